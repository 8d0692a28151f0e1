/*
 * Page "kiosk" (/kiosk): one resident after the other at the same tablet.  What
 * is hers is in memory and ends with her; what waits for the network is signed
 * records, which hold no secret and name nobody.
 */
import { useEffect, useRef, useState } from "preact/hooks";
import type { CastResult } from "./casting.ts";
import { useWork, Running, WhatCame } from "./collect.tsx";
import { LetterCode, SecondFactor } from "./collect_start.tsx";
import { masterCode, papersOf, theStore } from "./device.ts";
import { Here } from "./here.tsx";
import { IdleWatch } from "./idlewatch.tsx";
import { useStored } from "./outboxbar.tsx";
import { Qr } from "./qrcode.tsx";
import { ShowCode } from "./recovery.tsx";
import { wipe, type Session } from "./session.ts";
import type { Store } from "./store.ts";
import { plural, t } from "./texts.ts";
import { Actions, Alert, Button, Callout, Status, Step, type PageProps } from "./ui.tsx";

/** How the last one left, for the farewell. */
type Farewell = "sent" | "waits" | "none";

/** Seconds after which the farewell makes room for the next person. */
const FAREWELL = 45;

export function Kiosk(props: PageProps) {
  const [device, setDevice] = useState<Store | undefined>(undefined);
  const [turn, setTurn] = useState(0);
  const [at, setAt] = useState<"welcome" | "person" | "bye">("welcome");
  const [farewell, setFarewell] = useState<Farewell>("none");
  useEffect(() => {
    void theStore().then(setDevice);
  }, []);
  if (device === undefined) return <Step title={t("WEB_KIOSK_TITLE")} lead={t("WEB_LOADING")} />;
  if (at === "person")
    return (
      <Resident
        key={turn}
        {...props}
        device={device}
        onLeave={(how) => {
          setFarewell(how);
          setTurn(turn + 1);
          setAt("bye");
        }}
      />
    );
  if (at === "bye") return <Bye how={farewell} device={device} onNext={() => setAt("welcome")} />;
  return (
    <Step key="welcome" title={t("WEB_KIOSK_TITLE")} lead={t("WEB_KIOSK_LEAD")}>
      {device.kind !== "disk" && <Alert kind="warning">{t("WEB_KIOSK_MEMORY")}</Alert>}
      <Actions>
        <Button onClick={() => setAt("person")}>{t("WEB_KIOSK_BEGIN")}</Button>
      </Actions>
      <Queue device={device} />
    </Step>
  );
}

/** How many signed ballots wait, and what was refused; nothing where none is. */
function Queue(props: { device: Store }) {
  const { outbox } = useStored(props.device);
  const waiting = outbox.filter((p) => p.failed === "").length;
  const failed = outbox.filter((p) => p.failed !== "");
  useEffect(() => {
    if (waiting === 0 || props.device.kind === "disk") return;
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
    addEventListener("beforeunload", ask);
    return () => removeEventListener("beforeunload", ask);
  }, [waiting > 0]);
  return (
    <>
      <Status>
        {waiting > 0 && (
          <p class="fact warn">{plural(waiting, "WEB_KIOSK_QUEUE_ONE", "WEB_KIOSK_QUEUE_MANY")}</p>
        )}
      </Status>
      {failed.map((p) => (
        <Alert key={p.leaf} kind="danger">
          {t("WEB_OUTBOX_FAILED", p.slug)} <span class="note">{`${p.failed}: ${p.detail}`}</span>
        </Alert>
      ))}
    </>
  );
}

type ResidentProps = PageProps & { device: Store; onLeave: (how: Farewell) => void };

/** One person, from her code to her farewell. */
function Resident(props: ResidentProps) {
  const { device, urp } = props;
  const work = useWork({ keep: false, person: "", label: "" }, device, "code");
  const [recovering, setRecovering] = useState(false);
  const [voted, setVoted] = useState<{ slug: string; how: Farewell } | undefined>(undefined);
  const last = useRef<Farewell>("none");
  const { session } = work;
  useEffect(() => {
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
    addEventListener("beforeunload", ask);
    return () => removeEventListener("beforeunload", ask);
  }, []);
  const leave = (): void => {
    const gone = session === undefined ? Promise.resolve() : wipe(session);
    void gone.then(() => props.onLeave(last.current));
  };
  const onVoted = (slug: string, result: CastResult | undefined): void => {
    if (result === undefined) return;
    last.current = result.state === "accepted" ? "sent" : "waits";
    setVoted({ slug, how: last.current });
  };
  const screen = (): preact.JSX.Element => {
    if (voted !== undefined && session !== undefined)
      return (
        <AfterVote {...props} slug={voted.slug} session={session} onLeave={leave}
          onMore={() => setVoted(undefined)} />
      );
    switch (work.at) {
      case "info":
      case "code":
        return (
          <LetterCode initial="" refusal={work.refusal} urp={urp} withRecovery={recovering}
            onCode={work.start} onBack={leave} />
        );
      case "factor":
        return (
          <SecondFactor kinds={work.kinds} refusal={work.refusal} urp={urp} keep={false}
            onFactors={work.go} onBack={() => work.setAt("code")} />
        );
      case "run":
        return <Running run={work.run} urp={urp} onRetry={() => work.go({})} onLeave={leave} />;
      case "outcome":
        return (
          <WhatCame run={work.run} urp={urp} onRetry={() => work.go({})} onLeave={leave}
            onRecovery={() => (setRecovering(true), work.setAt("code"))}
            onNext={() => work.setAt("done")} />
        );
      default:
        return session === undefined ? <Status>{t("WEB_LOADING")}</Status> : (
          <Here session={session} device={device} outcomes={work.run.outcomes} urp={urp}
            title={t("WEB_KIOSK_CHOOSE")} lead={t("WEB_KIOSK_CHOOSE_LEAD")}
            onVoted={onVoted} onLeave={leave} />
        );
    }
  };
  return (
    <>
      {screen()}
      <IdleWatch onIdle={leave} />
    </>
  );
}

type AfterProps = PageProps & {
  session: Session;
  onLeave: () => void;
  onMore: () => void;
};

/** The way to check later: an address, and the code for those who want it. */
function AfterVote(props: AfterProps) {
  const [code, setCode] = useState("");
  const address = `${location.origin}/spazi/${props.slug}/controlla`;
  const show = (): void => {
    void props.session.store
      .read()
      .then((state) => setCode(masterCode(papersOf(state, props.session.person))));
  };
  return (
    <Step key="after" title={t("WEB_KIOSK_VOTED")} printed={code === ""}>
      {code === "" ? (
        <Callout title={t("WEB_KIOSK_CODE")}>
          <p>{t("WEB_KIOSK_CODE_TEXT")}</p>
          <Actions>
            <Button kind="secondary" onClick={show}>
              {t("WEB_KIOSK_CODE_SHOW")}
            </Button>
          </Actions>
        </Callout>
      ) : (
        <>
          <ShowCode code={code} title={t("WEB_RECOVERY_SHEET_TITLE")} urp={props.urp} fileName="" />
          <p class="no-print">{t("WEB_RECOVERY_WARN")}</p>
          <div class="no-print">
            <p>{t("WEB_KIOSK_CHECK_AT")}</p>
            <p class="code">{address}</p>
            <Qr text={address} label={t("WEB_KIOSK_QR", address)} />
          </div>
        </>
      )}
      <Actions>
        <Button onClick={props.onLeave}>{t("WEB_KIOSK_FINISH")}</Button>
        <Button kind="quiet" onClick={props.onMore}>
          {t("WEB_KIOSK_MORE")}
        </Button>
      </Actions>
    </Step>
  );
}

function Bye(props: { how: Farewell; device: Store; onNext: () => void }) {
  useEffect(() => {
    const timer = setTimeout(props.onNext, FAREWELL * 1000);
    return () => clearTimeout(timer);
  }, []);
  const said = {
    sent: "WEB_KIOSK_BYE_SENT",
    waits: "WEB_KIOSK_BYE_WAITS",
    none: "WEB_KIOSK_BYE_NONE",
  }[props.how];
  return (
    <Step key="bye" title={t("WEB_KIOSK_BYE")} lead={t(said)}>
      <Actions>
        <Button onClick={props.onNext}>{t("WEB_KIOSK_NEXT")}</Button>
      </Actions>
      <Queue device={props.device} />
    </Step>
  );
}
