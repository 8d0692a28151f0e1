/* The recovery code: shown, printed, saved as a picture, and asked for again. */
import { useId, useState } from "preact/hooks";
import { groupMatches, groupsToAsk } from "./codeinput.ts";
import { moment, t } from "./texts.ts";
import { Actions, Button, Callout, Desk, saveBlob, Step } from "./ui.tsx";
import { CodeField } from "./codefield.tsx";

/** Where the code can be used, for the sheet. */
const here = (): string => location.origin.replace(/^https?:\/\//, "");

/** A number below `n`, by chance. */
export function randomBelow(n: number): number {
  // 7 * 6 does not divide 2^32; the bias of 2^-26 hides nothing here.
  return (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) % n;
}

/** The seven groups, read out one by one, taken whole when copied. */
export function CodeGroups(props: { code: string }) {
  const groups = props.code.split("-");
  return (
    <p class="code code-big">
      {groups.map((group, i) => (
        <>
          {i > 0 && " "}
          <span key={group + i}>{group}</span>
        </>
      ))}
    </p>
  );
}

/** What comes out of the printer: the code, what it is for, whom to ask. */
export function PrintSheet(props: { code: string; title: string; urp: string }) {
  return (
    <section class="print-only" aria-hidden="true">
      <h2>{props.title}</h2>
      <CodeGroups code={props.code} />
      <p>{t("WEB_RECOVERY_SHEET_WHAT")}</p>
      <p>{t("WEB_RECOVERY_SHEET_HOW", here())}</p>
      <p>{t("WEB_RECOVERY_SHEET_SECRET")}</p>
      <p>
        {t("SITE")} – {here()}
      </p>
      <Desk urp={props.urp} />
      <p>{t("WEB_RECOVERY_SHEET_DATE", moment(Math.floor(Date.now() / 1000)))}</p>
    </section>
  );
}

/** The code as a picture of 1200 by 675 pixels. */
function draw(code: string, title: string): Promise<Blob | null> {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [1200, 675];
  const c = canvas.getContext("2d");
  if (c === null) return Promise.resolve(null);
  c.fillStyle = "#ffffff";
  c.fillRect(0, 0, 1200, 675);
  c.fillStyle = "#17324d";
  c.font = "600 48px 'Titillium Web', sans-serif";
  c.fillText(title, 60, 110, 1080);
  c.fillStyle = "#1a1a1a";
  c.font = "700 84px monospace";
  const groups = code.split("-");
  c.fillText(groups.slice(0, 4).join(" "), 60, 270, 1080);
  c.fillText(groups.slice(4).join(" "), 60, 380, 1080);
  c.font = "34px 'Titillium Web', sans-serif";
  c.fillText(t("WEB_RECOVERY_SHEET_SECRET"), 60, 490, 1080);
  c.fillText(`${t("SITE")} – ${here()}`, 60, 560, 1080);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}

type ShowProps = {
  code: string;
  title: string;
  urp: string;
  /** Of a picture; "": only paper, where nothing may be left on the device. */
  fileName: string;
};

/** The code with the ways to keep it. */
export function ShowCode(props: ShowProps) {
  return (
    <>
      <PrintSheet code={props.code} title={props.title} urp={props.urp} />
      <div class="no-print">
        <CodeGroups code={props.code} />
        <Actions>
          <Button kind="secondary" onClick={() => print()}>
            {t("WEB_RECOVERY_PRINT")}
          </Button>
          {props.fileName !== "" && (
            <Button
              kind="secondary"
              onClick={() =>
                void draw(props.code, props.title).then(
                  (png) => png !== null && saveBlob(`${props.fileName}.png`, png),
                )
              }
            >
              {t("WEB_RECOVERY_PNG")}
            </Button>
          )}
        </Actions>
        {props.fileName !== "" && <p class="note">{t("WEB_RECOVERY_PDF")}</p>}
      </div>
    </>
  );
}

type RecoveryProps = {
  code: string;
  urp: string;
  /** Whether the check may be put off: not where nothing stays on the device. */
  later: boolean;
  onKept: (kept: boolean) => void;
};

/** Show the code, then ask for two of its groups. */
export function Recovery(props: RecoveryProps) {
  const [asking, setAsking] = useState(false);
  if (asking)
    return (
      <CheckKept
        code={props.code}
        onBack={() => setAsking(false)}
        onKept={() => props.onKept(true)}
      />
    );
  return (
    <Step
      key="recovery"
      title={t("WEB_RECOVERY_TITLE")}
      lead={t("WEB_RECOVERY_LEAD")}
      printed={false}
    >
      <ShowCode
        code={props.code}
        title={t("WEB_RECOVERY_SHEET_TITLE")}
        urp={props.urp}
        fileName={t("WEB_RECOVERY_FILE")}
      />
      <div class="no-print">
        <Callout title={t("WEB_RECOVERY_WARN_TITLE")} kind="warning">
          <p>{t("WEB_RECOVERY_WARN")}</p>
        </Callout>
        <Actions>
          <Button onClick={() => setAsking(true)}>{t("WEB_RECOVERY_KEPT")}</Button>
          {props.later && (
            <Button kind="quiet" onClick={() => props.onKept(false)}>
              {t("WEB_RECOVERY_LATER")}
            </Button>
          )}
        </Actions>
      </div>
    </Step>
  );
}

function CheckKept(props: { code: string; onBack: () => void; onKept: () => void }) {
  const [groups] = useState(() => groupsToAsk(randomBelow));
  const [typed, setTyped] = useState<[string, string]>(["", ""]);
  const [wrong, setWrong] = useState<[string, string]>(["", ""]);
  const form = useId();
  const check = (event: Event): void => {
    event.preventDefault();
    const errors = groups.map((group, i) =>
      groupMatches(props.code, group, typed[i] ?? "") ? "" : t("WEB_KEPT_WRONG", group + 1),
    ) as [string, string];
    setWrong(errors);
    if (errors[0] === "" && errors[1] === "") props.onKept();
  };
  return (
    <Step key="kept" title={t("WEB_KEPT_TITLE")} lead={t("WEB_KEPT_LEAD")}>
      <form id={form} onSubmit={check} noValidate>
        <CodeField
          label={t("WEB_KEPT_GROUP", groups[0] + 1)}
          value={typed[0]}
          error={wrong[0]}
          max={4}
          onValue={(v) => setTyped([v, typed[1]])}
        />
        <CodeField
          label={t("WEB_KEPT_GROUP", groups[1] + 1)}
          value={typed[1]}
          error={wrong[0] === "" ? wrong[1] : ""}
          max={4}
          onValue={(v) => setTyped([typed[0], v])}
        />
        <Actions>
          <Button type="submit">{t("WEB_KEPT_CHECK")}</Button>
          <Button kind="quiet" onClick={props.onBack}>
            {t("WEB_KEPT_AGAIN")}
          </Button>
        </Actions>
      </form>
    </Step>
  );
}
