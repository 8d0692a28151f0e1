/* Page "collect" (/ritira): from the letter's code to papers on this device. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { Fault } from "../core/fault.ts";
import type { FactorKind } from "../core/header.ts";
import { Information, LetterCode, SecondFactor, type Whose } from "./collect_start.tsx";
import { noteCollected } from "./collected.ts";
import type { Factors, Outcome, Sum } from "./collecting.ts";
import { Done } from "./collect_done.tsx";
import { Here } from "./here.tsx";
import { masterCode, papersOf, theStore } from "./device.ts";
import { toFault } from "./faults.ts";
import { takeCode } from "./home.ts";
import { Outcomes, outcomesDone } from "./outcomes.tsx";
import { Recovery } from "./recovery.tsx";
import { collect, needed, plan, wipe, type Plan, type Session } from "./session.ts";
import { keepFirmly, memoryStore, type Person, type Store } from "./store.ts";
import { t } from "./texts.ts";
import {
  Actions,
  Button,
  ButtonLink,
  Callout,
  Desk,
  ErrorBox,
  Progress,
  SaveEvidence,
  Status,
  Step,
  Stepper,
  type PageProps,
} from "./ui.tsx";

export type At = "info" | "code" | "factor" | "run" | "outcome" | "recovery" | "done";

const ORDER: Readonly<Record<At, number>> = {
  info: 0,
  code: 1,
  factor: 1,
  run: 2,
  outcome: 2,
  recovery: 3,
  done: 4,
};

/** What a run has given so far. */
export interface Run {
  outcomes: readonly Outcome[];
  sum: Sum | undefined;
  issuer: number;
  issuers: number;
  fault: Fault | undefined;
}

const NOTHING: Run = { outcomes: [], sum: undefined, issuer: 0, issuers: 0, fault: undefined };

/** All that the steps share. */
export interface Work {
  at: At;
  setAt: (at: At) => void;
  run: Run;
  refusal: Fault | undefined;
  kinds: readonly FactorKind[];
  /** Whether she has shown before that she has the recovery code. */
  kept: boolean;
  session: Session | undefined;
  start: (code: string, secret: Uint8Array | undefined) => void;
  go: (factors: Factors) => void;
}

/** The letter's refusal goes back to the code, the second factor's to its own step. */
function nextAt(sum: Sum): At {
  if (sum.letter !== undefined) return "code";
  if (sum.factor !== undefined && sum.factor.code === "factor") return "factor";
  return "outcome";
}

/** The steps from a code to papers, and where one is. */
export function useWork(whose: Whose, device: Store | undefined, first: At): Work {
  const [at, setAt] = useState<At>(first);
  const [run, setRun] = useState<Run>(NOTHING);
  const [refusal, setRefusal] = useState<Fault | undefined>(undefined);
  const [kinds, setKinds] = useState<readonly FactorKind[]>([]);
  const [kept, setKept] = useState(false);
  const session = useRef<Session | undefined>(undefined);
  const known = useRef<Plan | undefined>(undefined);

  const gather = async (s: Session, factors: Factors): Promise<void> => {
    setAt("run");
    setRun(NOTHING);
    known.current ??= await plan(s.device);
    const wanted = (await needed(s, known.current)).filter((k) => factors[k] === undefined);
    if (wanted.length > 0) {
      setKinds(wanted);
      setRefusal(undefined);
      return setAt("factor");
    }
    const { outcomes, sum } = await collect(s, known.current, factors, (now, issuer, issuers) =>
      setRun({ ...NOTHING, outcomes: now, issuer, issuers }),
    );
    setRun({ ...NOTHING, outcomes, sum });
    if (s.store === s.device && outcomes.some((o) => o.state === "collected")) noteCollected();
    const next = nextAt(sum);
    setRefusal(next === "code" ? sum.letter : sum.factor);
    if (next === "factor") setKinds(await needed(s, known.current));
    if (sum.held > 0) setKept(await codeKept(s));
    setAt(next);
  };
  const go = (factors: Factors): void => {
    const s = session.current;
    if (s === undefined) return;
    gather(s, factors).catch((thrown: unknown) => {
      known.current = undefined;
      setRun({ ...NOTHING, fault: toFault(thrown) });
    });
  };
  const start = (code: string, secret: Uint8Array | undefined): void => {
    if (device === undefined) return;
    // The same letter again goes on with the secret that it began with.
    const old = session.current;
    const same = old?.code === code && secret === undefined && old.secret === undefined;
    const again = same && (old.store === device) === whose.keep ? old : undefined;
    const store = again?.store ?? (whose.keep ? device : memoryStore());
    const person = whose.person !== "" ? whose.person : (again?.person ?? "");
    session.current = { store, device, person, label: whose.label.trim(), code, secret };
    if (whose.keep) void keepFirmly();
    go({});
  };
  return { at, setAt, run, refusal, kinds, kept, session: session.current, start, go };
}

/** Whether she has shown that she has the recovery code. */
async function codeKept(s: Session): Promise<boolean> {
  const state = await s.store.read();
  return state.people.find((p) => p.id === s.person)?.codeKept ?? false;
}

/** Page "collect"; `recover`: begin with the letter and the recovery code. */
export function Collect(props: PageProps & { recover?: boolean }) {
  const [code] = useState(takeCode);
  const [device, setDevice] = useState<Store | undefined>(undefined);
  const [people, setPeople] = useState<readonly Person[]>([]);
  const [whose, setWhose] = useState<Whose>({ keep: true, person: "", label: "" });
  const work = useWork(whose, device, props.recover === true ? "code" : "info");
  useEffect(() => {
    void theStore().then(async (store) => {
      const state = await store.read();
      setPeople(state.people);
      // A paper may have been signed for a secret whose answer never came
      // whole: going on with it fetches the paper, another secret would not.
      const broken = state.people.find((p) => papersOf(state, p.id).spaces.length === 0);
      if (broken !== undefined) setWhose({ keep: true, person: broken.id, label: broken.label });
      setDevice(store);
    });
  }, []);
  useLeaveWarning(work, whose);
  useBack(work);
  if (device === undefined) return <Step title={t("WEB_COLLECT_TITLE")} lead={t("WEB_LOADING")} />;
  const steps = [
    t("WEB_STEP_INFO"),
    t("WEB_STEP_CODE"),
    t("WEB_STEP_COLLECT"),
    t("WEB_STEP_RECOVERY"),
    t("WEB_STEP_DONE_NAME"),
  ];
  return (
    <>
      <div class="no-print">
        <Stepper steps={steps} at={ORDER[work.at]} />
      </div>
      <StepAt
        {...props}
        work={work}
        device={device}
        code={code}
        people={people}
        whose={whose}
        onWhose={setWhose}
      />
    </>
  );
}

/** While something could be lost, the browser asks before it leaves. */
function useLeaveWarning(work: Work, whose: Whose): void {
  const busy = work.at === "run" && work.run.fault === undefined;
  const unkept = work.at === "recovery" || (work.at === "done" && !whose.keep);
  useEffect(() => {
    if (!busy && !unkept) return;
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
    addEventListener("beforeunload", ask);
    return () => removeEventListener("beforeunload", ask);
  }, [busy, unkept]);
}

/** Steps that "back" leads to; what was asked of the server is not asked again. */
const TYPED: readonly At[] = ["info", "code", "factor"];

function typedStep(state: unknown): At | undefined {
  const at = (state as { collect?: unknown } | null)?.collect;
  return TYPED.find((step) => step === at);
}

/**
 * The browser's back goes from one typed step to the one before; from the
 * papers on it leaves the page.
 */
function useBack(work: Work): void {
  const at = useRef(work.at);
  at.current = work.at;
  useEffect(() => {
    if (!TYPED.includes(work.at) || typedStep(history.state) === work.at) return;
    if (typedStep(history.state) === undefined) history.replaceState({ collect: work.at }, "");
    else history.pushState({ collect: work.at }, "");
  }, [work.at]);
  useEffect(() => {
    const back = (event: PopStateEvent): void => {
      const to = typedStep(event.state);
      if (to === undefined) return;
      if (TYPED.includes(at.current)) work.setAt(to);
      else if (at.current !== "run") history.back();
    };
    addEventListener("popstate", back);
    return () => removeEventListener("popstate", back);
  }, []);
}

type StepProps = PageProps & {
  recover?: boolean;
  work: Work;
  device: Store;
  code: string;
  people: readonly Person[];
  whose: Whose;
  onWhose: (whose: Whose) => void;
};

function StepAt(props: StepProps) {
  const { work, urp } = props;
  const [recovering, setRecovering] = useState(props.recover === true);
  switch (work.at) {
    case "info":
      return (
        <Information
          people={props.people}
          value={props.whose}
          onValue={props.onWhose}
          canKeep={props.device.kind === "disk"}
          onNext={() => work.setAt("code")}
        />
      );
    case "code":
      return (
        <LetterCode
          initial={work.session?.code ?? props.code}
          refusal={work.refusal}
          urp={urp}
          withRecovery={recovering}
          onCode={work.start}
          onBack={() => work.setAt("info")}
        />
      );
    case "factor":
      return (
        <SecondFactor
          kinds={work.kinds}
          refusal={work.refusal}
          urp={urp}
          keep={props.whose.keep}
          onFactors={work.go}
          onBack={() => work.setAt("code")}
        />
      );
    case "run":
      return <Running run={work.run} urp={urp} onRetry={() => work.go({})} />;
    case "outcome":
      return (
        <WhatCame
          run={work.run}
          urp={urp}
          onRetry={() => work.go({})}
          onRecovery={() => (setRecovering(true), work.setAt("code"))}
          onNext={() => work.setAt(work.kept ? "done" : "recovery")}
        />
      );
    case "recovery":
      return (
        <KeepCode work={work} urp={urp} later={props.whose.keep && props.device.kind === "disk"} />
      );
    case "done":
      return <Finished {...props} />;
  }
}

/** On one's own device links; elsewhere the booth itself, then nothing. */
function Finished(props: StepProps) {
  const { work, device } = props;
  const [left, setLeft] = useState(false);
  const { session } = work;
  if (left || session === undefined)
    return <Step key="left" title={t("WEB_DONE_LEFT_TITLE")} lead={t("WEB_DONE_LEFT")} />;
  if (props.whose.keep) return <Done outcomes={work.run.outcomes} session={session} />;
  return (
    <Here
      session={session}
      device={device}
      outcomes={work.run.outcomes}
      urp={props.urp}
      title={t("WEB_DONE_TITLE")}
      lead={t("WEB_DONE_LEAD_PUBLIC")}
      onVoted={undefined}
      onLeave={() => void wipe(session).then(() => setLeft(true))}
    />
  );
}

/** The progress of asking; says so where even that could not begin. */
export function Running(props: {
  run: Run;
  urp: string;
  onRetry: () => void;
  onLeave?: () => void;
}) {
  const { run } = props;
  const done = outcomesDone(run.outcomes);
  const all = run.outcomes.length;
  const text =
    all === 0
      ? t("WEB_RUN_CHECKING")
      : run.issuers > 1
        ? t("WEB_RUN_ISSUER", Math.min(all, done + 1), all, run.issuer + 1, run.issuers)
        : t("WEB_RUN_OF", Math.min(all, done + 1), all);
  return (
    <Step key="run" title={t("WEB_RUN_TITLE")}>
      {run.fault !== undefined ? (
        <>
          <ErrorBox fault={run.fault} urp={props.urp} onRetry={props.onRetry} />
          <Actions>
            <Leave kind="secondary" onLeave={props.onLeave} />
          </Actions>
        </>
      ) : (
        <>
          <Progress value={done} max={all} text={text} />
          <p>{t("WEB_RUN_STAY")}</p>
        </>
      )}
      {all > 0 && <Outcomes outcomes={run.outcomes} />}
    </Step>
  );
}

type OutcomeProps = {
  run: Run;
  urp: string;
  onRetry: () => void;
  onRecovery: () => void;
  onNext: () => void;
  /** In a kiosk, instead of the way to the home page. */
  onLeave?: () => void;
};

function Leave(props: { kind: "primary" | "secondary"; onLeave: (() => void) | undefined }) {
  return props.onLeave === undefined ? (
    <ButtonLink href="/" kind={props.kind}>
      {t("NAV_HOME")}
    </ButtonLink>
  ) : (
    <Button kind={props.kind} onClick={props.onLeave}>
      {t("WEB_KIOSK_STOP")}
    </Button>
  );
}

/** What came of it, space by space, and what to do where something is missing. */
export function WhatCame(props: OutcomeProps) {
  const { run } = props;
  if (run.outcomes.length === 0)
    return (
      <Step key="nothing" title={t("WEB_RUN_NOTHING")} lead={t("WEB_RUN_NOTHING_DO")}>
        <Actions>
          <Leave kind="primary" onLeave={props.onLeave} />
        </Actions>
      </Step>
    );
  const evidence = run.outcomes.find((o) => o.fault?.evidence !== undefined)?.fault;
  return (
    <Step key="outcome" title={t("WEB_RUN_RESULT")}>
      <Outcomes outcomes={run.outcomes} />
      {run.sum?.elsewhere === true && (
        <Callout title={t("WEB_ELSEWHERE_TITLE")} kind="warning">
          <p>{t("WEB_ELSEWHERE_YES")}</p>
          <p>{t("WEB_ELSEWHERE_NO")}</p>
          <Desk urp={props.urp} />
          <Actions>
            <Button kind="secondary" onClick={props.onRecovery}>
              {t("WEB_ELSEWHERE_USE")}
            </Button>
            {evidence?.evidence !== undefined && <SaveEvidence text={evidence.evidence} />}
          </Actions>
        </Callout>
      )}
      {evidence !== undefined && run.sum?.elsewhere !== true && (
        <ErrorBox fault={evidence} urp={props.urp} />
      )}
      <Actions>
        {run.sum !== undefined && run.sum.held > 0 && (
          <Button onClick={props.onNext}>{t("WEB_NEXT")}</Button>
        )}
        {run.sum?.again === true && (
          <Button kind="secondary" onClick={props.onRetry}>
            {t("WEB_RETRY")}
          </Button>
        )}
        <Leave kind="secondary" onLeave={props.onLeave} />
      </Actions>
    </Step>
  );
}

/** The recovery code of the papers that were just collected. */
function KeepCode(props: { work: Work; urp: string; later: boolean }) {
  const { session, setAt } = props.work;
  const [code, setCode] = useState("");
  useEffect(() => {
    void session?.store.read().then((state) => setCode(masterCode(papersOf(state, session.person))));
  }, []);
  const onKept = (done: boolean): void => {
    void session?.store
      .update((state) => {
        const mine = state.people.find((p) => p.id === session.person);
        if (mine !== undefined && done) mine.codeKept = true;
      })
      .then(() => setAt("done"));
  };
  if (code === "") return <Status>{t("WEB_LOADING")}</Status>;
  return <Recovery code={code} urp={props.urp} later={props.later} onKept={onKept} />;
}
