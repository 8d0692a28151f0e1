/*
 * The booth: check, choose, riepilogo, cast, receipt.  What is chosen lives in
 * this page's memory only: not in the address, not in the history, not in any
 * storage, where only the sealed record goes.
 */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Fault } from "../core/fault.ts";
import { trustObject } from "../core/trust.ts";
import { Choose } from "./booth_choose.tsx";
import { Done, Waiting, type Accepted } from "./booth_done.tsx";
import {
  allowed,
  begin,
  lacking,
  stepOf,
  toChoices,
  type Draft,
  type StepName,
} from "./booth_model.ts";
import { Review } from "./booth_review.tsx";
import {
  castFrom,
  fate,
  holders,
  openBooth,
  sendNow,
  sitDown,
  windowOf,
  type Opened,
  type Seat,
} from "./booth_session.ts";
import { Checking, Enter, NoPapers, Shut, Stopped, Who } from "./booth_start.tsx";
import type { BoothProps, Caster, CastResult } from "./casting.ts";
import { theStore } from "./device.ts";
import { toFault } from "./faults.ts";
import { receiptOf } from "./outbox.ts";
import type { Person } from "./store.ts";
import { useLoaded } from "./ui.tsx";

/** Everything before a seat: what is open, and whose papers there are. */
interface Hall {
  readonly opened: Opened;
  readonly people: readonly Person[];
  /** Without the person. */
  readonly caster: Omit<Caster, "person">;
}

async function enterHall(
  props: BoothProps,
  signal: AbortSignal,
  progress: (done: number, all: number) => void,
): Promise<Hall> {
  const device = props.caster?.device ?? (await theStore());
  const caster = { device, store: props.caster?.store ?? device };
  const opened = await openBooth(device, props.slug, { signal, progress });
  if (opened.state === "shut") return { opened, caster, people: [] };
  const all = await holders(caster.store, opened.vote.header);
  const mine = props.caster?.person;
  return { opened, caster, people: mine === undefined ? all : all.filter((p) => p.id === mine) };
}

/** The page. */
export function Booth(props: BoothProps) {
  return (
    <div class="booth">
      <Hallway {...props} />
    </div>
  );
}

/** To the seat, or to what stands in the way. */
function Hallway(props: BoothProps) {
  const [read, setRead] = useState({ done: 0, all: 1 });
  const [person, setPerson] = useState("");
  const progress = (done: number, all: number): void => setRead({ done, all });
  const hall = useLoaded((signal) => enterHall(props, signal, progress), props.slug);
  const opened = hall.value?.opened;
  const people = hall.value?.people ?? [];
  const chosen = person !== "" ? person : people.length === 1 ? (people[0] as Person).id : "";
  if (hall.thrown !== undefined)
    return <Stopped fault={toFault(hall.thrown)} urp={props.urp} onRetry={hall.again} />;
  if (hall.value === undefined || opened === undefined) return <Checking {...read} />;
  if (opened.state === "shut") return <Shut {...opened} urp={props.urp} />;
  if (people.length === 0) return <NoPapers header={opened.vote.header} urp={props.urp} />;
  if (chosen === "") return <Who people={people} onPerson={setPerson} />;
  return (
    <Cabin
      key={chosen}
      opened={opened}
      caster={{ ...hall.value.caster, person: chosen }}
      urp={props.urp}
      onDone={props.onDone}
      onAnew={hall.again}
    />
  );
}

type CabinProps = {
  opened: Opened & { state: "open" };
  caster: Caster;
  urp: string;
  onDone: BoothProps["onDone"];
  /** Begin again from the log. */
  onAnew: () => void;
};

/** A seat for one person, or why there is none. */
function Cabin(props: CabinProps) {
  const { vote } = props.opened;
  const seat = useLoaded((signal) => sitDown(props.caster, vote, { signal }), props.caster.person);
  if (seat.thrown !== undefined)
    return <Stopped fault={toFault(seat.thrown)} urp={props.urp} onRetry={props.onAnew} />;
  if (seat.value === undefined) return <Checking done={0} all={1} />;
  return <Seated {...props} seat={seat.value} />;
}

/** The step that is shown, kept in step with the browser's back and forward. */
function useSteps(complete: boolean, cast: boolean): [StepName, (step: StepName) => void] {
  const [step, setStep] = useState<StepName>("start");
  const now = useRef({ complete, cast });
  now.current = { complete, cast };
  useEffect(() => {
    history.replaceState({ booth: "start" }, "");
    const back = (event: PopStateEvent): void =>
      setStep(allowed(stepOf(event.state), true, now.current.complete, now.current.cast));
    addEventListener("popstate", back);
    return () => removeEventListener("popstate", back);
  }, []);
  const go = (to: StepName): void => {
    history.pushState({ booth: to }, "");
    setStep(to);
  };
  return [step, go];
}

/** What became of the vote. */
type Outcome =
  | { state: "none" }
  | { state: "busy" }
  | { state: "waiting"; leaf: string; busy: boolean }
  | { state: "accepted"; receipt: Accepted; leaf: string };

/** Casting, and following a vote that waits for a network. */
function useCast(seat: Seat, onCast: () => void) {
  const [outcome, setOutcome] = useState<Outcome>({ state: "none" });
  const [fault, setFault] = useState<Fault | undefined>(undefined);
  const busy = useRef(false);
  const accept = async (leaf: string, text: Uint8Array): Promise<void> => {
    const windowEnd = await windowOf(seat, text);
    setOutcome({ state: "accepted", leaf, receipt: { text, windowEnd } });
    onCast();
  };
  const refuse = (thrown: unknown): void => {
    setFault(toFault(thrown));
    setOutcome({ state: "none" });
  };
  const cast = async (draft: Draft): Promise<void> => {
    /* A second press while the first is at work does nothing. */
    if (busy.current) return;
    busy.current = true;
    setFault(undefined);
    setOutcome({ state: "busy" });
    try {
      const result = await castFrom(seat, toChoices(seat.vote.form, draft));
      if (result.state === "accepted") await accept(result.leaf, result.receipt);
      else setOutcome({ state: "waiting", leaf: result.leaf, busy: false });
    } catch (thrown) {
      refuse(thrown);
    } finally {
      busy.current = false;
    }
  };
  const leaf = outcome.state === "waiting" ? outcome.leaf : "";
  useEffect(() => {
    if (leaf === "") return;
    const look = (): void =>
      void fate(seat, leaf)
        .then((receipt) => receipt ?? receiptOf(leaf))
        .then((receipt) => (receipt === undefined ? undefined : accept(leaf, receipt)))
        .catch(refuse);
    look();
    return seat.caster.device.watch(look);
  }, [leaf]);
  const retry = async (): Promise<void> => {
    if (outcome.state !== "waiting") return;
    setOutcome({ ...outcome, busy: true });
    await sendNow(seat.caster.device).catch(() => undefined);
    setOutcome((o) => (o.state === "waiting" ? { ...o, busy: false } : o));
  };
  return { outcome, fault, cast, retry };
}

function resultOf(o: Outcome): CastResult | undefined {
  if (o.state === "accepted") return { state: "accepted", leaf: o.leaf, receipt: o.receipt.text };
  return o.state === "waiting" ? { state: "waiting", leaf: o.leaf } : undefined;
}

/** One person, from the first look to the receipt. */
function Seated(props: CabinProps & { seat: Seat }) {
  const { seat, urp, onDone } = props;
  const { vote } = seat;
  const { form } = vote;
  const [draft, setDraft] = useState<Draft>(begin(form));
  const { outcome, fault, cast, retry } = useCast(seat, () => setDraft(begin(form)));
  const gone = outcome.state === "waiting" || outcome.state === "accepted";
  const [step, go] = useSteps(lacking(form, draft) === undefined, gone);
  const objects = useMemo(
    () => (hash: Uint8Array) => trustObject(vote.contact.trust, hash),
    [vote],
  );
  const leave = onDone === undefined ? undefined : () => onDone(resultOf(outcome));
  const revote = seat.before > 0;
  if (outcome.state === "accepted")
    return <Done vote={vote} receipt={outcome.receipt} urp={urp} onDone={leave} />;
  if (outcome.state === "waiting")
    return (
      <Waiting
        vote={vote}
        urp={urp}
        busy={outcome.busy}
        onRetry={() => void retry()}
        onDone={leave}
      />
    );
  if (step === "choose")
    return (
      <Choose
        form={form}
        order={seat.order}
        draft={draft}
        onDraft={setDraft}
        objects={objects}
        revote={revote}
        onNext={() => go("review")}
        onBack={() => history.back()}
      />
    );
  if (step === "review")
    return (
      <Review
        form={form}
        draft={draft}
        revote={revote}
        busy={outcome.state === "busy"}
        fault={fault}
        urp={urp}
        onCast={() => void cast(draft)}
        onBack={() => history.back()}
      />
    );
  return (
    <Enter
      seat={seat}
      witnesses={props.opened.witnesses}
      urp={urp}
      onEnter={() => go("choose")}
      onBack={leave}
    />
  );
}
