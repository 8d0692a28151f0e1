/*
 * The second-device check: the ballot made again from the code and the choices
 * and held against the log.  What the first device did otherwise is seen here.
 */
import { useState } from "preact/hooks";
import type { Vote } from "../core/cast.ts";
import type { Recreated } from "../core/check.ts";
import { trustObject } from "../core/trust.ts";
import { Choose } from "./booth_choose.tsx";
import { begin, toChoices, type Draft } from "./booth_model.ts";
import { openForm, recreate, type Desk as Space, type Who } from "./check_session.ts";
import { codeError, differenceText, whereText } from "./check_words.ts";
import { CodeField } from "./codefield.tsx";
import { RECOVERY } from "./codeinput.ts";
import { toFault } from "./faults.ts";
import type { Store } from "./store.ts";
import { local, t, whole } from "./texts.ts";
import {
  Actions,
  Alert,
  Button,
  ButtonLink,
  Callout,
  Desk,
  ErrorBox,
  Progress,
  Step,
  useLoaded,
} from "./ui.tsx";

type RecreateProps = {
  device: Store;
  desk: Space;
  /** Whose ballot, if that is known already. */
  who: Who | undefined;
  urp: string;
  onBack: () => void;
};

export function Recreate(props: RecreateProps) {
  const [code, setCode] = useState("");
  const [who, setWho] = useState<Who | undefined>(
    props.who?.kind === "code" ? props.who : undefined,
  );
  if (who === undefined)
    return (
      <CodeStep
        {...props}
        code={code}
        onCode={setCode}
        onNext={() => setWho({ kind: "code", code, receipt: undefined })}
        onPapers={props.who === undefined ? undefined : () => setWho(props.who)}
      />
    );
  return <WithForm {...props} who={who} />;
}

type CodeProps = RecreateProps & {
  code: string;
  onCode: (code: string) => void;
  onNext: () => void;
  /** With the papers of this very device, which is a weaker check. */
  onPapers: (() => void) | undefined;
};

function CodeStep(props: CodeProps) {
  const [error, setError] = useState("");
  const { header } = props.desk;
  const submit = (event: Event): void => {
    event.preventDefault();
    const wrong = codeError(props.code, props.desk.header);
    setError(wrong);
    if (wrong === "") props.onNext();
  };
  return (
    <Step key="code" title={t("WEB_CHECK_SECOND")} lead={<bdi>{local(header.titles)}</bdi>}>
      <p>{t("WEB_CHECK_SECOND_WHY")}</p>
      <Callout title={t("WEB_CHECK_SECOND_HOW")}>
        <ol>
          <li>{t("WEB_CHECK_SECOND_1", t("NAV_PAPERS"), `${location.host}/tessere`)}</li>
          <li>{t("WEB_CHECK_SECOND_2", t("WEB_PAPERS_CODE"))}</li>
          <li>{t("WEB_CHECK_SECOND_3")}</li>
        </ol>
      </Callout>
      <form onSubmit={submit} noValidate>
        <CodeField
          label={t("WEB_CHECK_SPACE_CODE")}
          hint={t("WEB_CHECK_SPACE_CODE_HINT")}
          value={props.code}
          onValue={props.onCode}
          error={error}
          max={RECOVERY}
        />
        <Actions>
          <Button type="submit">{t("WEB_NEXT")}</Button>
          <Button kind="quiet" onClick={props.onBack}>
            {t("WEB_BACK")}
          </Button>
        </Actions>
      </form>
      {props.onPapers !== undefined && (
        <details>
          <summary>{t("WEB_CHECK_SAME_DEVICE")}</summary>
          <p>{t("WEB_CHECK_SAME_DEVICE_TEXT")}</p>
          <Button kind="secondary" onClick={props.onPapers}>
            {t("WEB_CHECK_SAME_DEVICE_GO")}
          </Button>
        </details>
      )}
    </Step>
  );
}

/* ---- The choices --------------------------------------------------------- */

function WithForm(props: RecreateProps & { who: Who }) {
  const [read, setRead] = useState({ done: 0, all: 1 });
  const vote = useLoaded(
    (signal) => openForm(props.desk, { signal, progress: (done, all) => setRead({ done, all }) }),
    props.desk.header.slug,
  );
  if (vote.thrown !== undefined)
    return (
      <Step key="stopped" title={t("WEB_CHECK_STOPPED")}>
        <ErrorBox fault={toFault(vote.thrown)} urp={props.urp} onRetry={vote.again} />
      </Step>
    );
  if (vote.value === undefined)
    return (
      <Step key="form" title={t("WEB_CHECK_SECOND")}>
        <Progress value={read.done} max={read.all} text={t("WEB_CHECK_OPENING")} />
      </Step>
    );
  return <Chosen {...props} vote={vote.value} />;
}

function Chosen(props: RecreateProps & { who: Who; vote: Vote }) {
  const { vote } = props;
  const [draft, setDraft] = useState<Draft>(begin(vote.form));
  const [done, setDone] = useState(false);
  if (done) return <Compared {...props} draft={draft} onChange={() => setDone(false)} />;
  return (
    <Choose
      form={vote.form}
      order={vote.form.options.map((_, i) => i)}
      draft={draft}
      onDraft={setDraft}
      objects={(hash) => trustObject(vote.contact.trust, hash)}
      revote={false}
      words={{
        title: t("WEB_CHECK_CHOICES"),
        lead: t("WEB_CHECK_CHOICES_LEAD"),
        next: t("WEB_CHECK_COMPARE"),
      }}
      onNext={() => setDone(true)}
      onBack={props.onBack}
    />
  );
}

/* ---- What came out ------------------------------------------------------- */

type ComparedProps = RecreateProps & { who: Who; vote: Vote; draft: Draft; onChange: () => void };

function Compared(props: ComparedProps) {
  const [read, setRead] = useState({ done: 0, all: 1 });
  const { device, vote, who, draft } = props;
  const result = useLoaded((signal) => {
    const progress = (done: number, all: number): void => setRead({ done, all });
    return recreate(device, vote, who, toChoices(vote.form, draft), { signal, progress });
  }, "");
  if (result.thrown !== undefined)
    return (
      <Step key="stopped" title={t("WEB_CHECK_STOPPED")}>
        <ErrorBox fault={toFault(result.thrown)} urp={props.urp} onRetry={result.again} />
      </Step>
    );
  if (result.value === undefined)
    return (
      <Step key="compare" title={t("WEB_CHECK_LOOKING")} lead={t("APP_CHECK_LEAD")}>
        <Progress value={read.done} max={read.all} text={t("WEB_CHECK_READING")} />
      </Step>
    );
  return <Verdict {...props} result={result.value} />;
}

const TITLES: Readonly<Record<Recreated["state"], string>> = {
  same: "WEB_RECREATED_SAME",
  replaced: "WEB_RECREATED_REPLACED",
  different: "WEB_RECREATED_DIFFERENT",
  none: "WEB_RECREATED_NONE",
};

function Said(props: { result: Recreated; sealed: boolean }) {
  const { result, sealed } = props;
  switch (result.state) {
    case "same":
      return (
        <>
          <Alert kind="success">{t("WEB_RECREATED_SAME_TEXT")}</Alert>
          <p>{whereText(result.found)}</p>
        </>
      );
    case "replaced":
      return (
        <>
          <Alert kind="warning">{t("WEB_RECREATED_REPLACED_TEXT")}</Alert>
          <p>{whereText(result.found)}</p>
          <p>{t("WEB_RECREATED_INSTEAD")}</p>
          <p>{whereText(result.last)}</p>
          <p>{differenceText(result.difference, sealed)}</p>
          <p>{t("WEB_RECREATED_REPLACED_DO")}</p>
        </>
      );
    case "different":
      return (
        <>
          <Alert kind="danger">{t("WEB_RECREATED_DIFFERENT_TEXT")}</Alert>
          <p>{differenceText(result.difference, sealed)}</p>
          <p>{whereText(result.last)}</p>
          <p>{t("WEB_RECREATED_DIFFERENT_DO")}</p>
        </>
      );
    case "none":
      return <Alert kind="info">{t("WEB_RECREATED_NONE_TEXT", whole(result.size))}</Alert>;
  }
}

function Verdict(props: ComparedProps & { result: Recreated }) {
  const { result, vote } = props;
  const open = props.desk.row.phase === "open";
  return (
    <Step
      key="verdict"
      title={t(TITLES[result.state])}
      lead={<bdi>{local(vote.header.titles)}</bdi>}
    >
      <Said result={result} sealed={vote.form.seal !== undefined} />
      <Actions>
        {result.state !== "same" && (
          <Button onClick={props.onChange}>{t("WEB_RECREATED_CHOICES_AGAIN")}</Button>
        )}
        {result.state !== "same" && open && (
          <ButtonLink href={`/spazi/${vote.header.slug}/vota`} kind="secondary">
            {t("WEB_RECREATED_VOTE")}
          </ButtonLink>
        )}
        <Button kind={result.state === "same" ? "primary" : "quiet"} onClick={props.onBack}>
          {t("WEB_CHECK_ANOTHER")}
        </Button>
      </Actions>
      {result.state !== "same" && <Desk urp={props.urp} />}
    </Step>
  );
}
