/*
 * Collecting the papers of all spaces with one letter: what is asked, in which
 * order, and what each answer means.  Without pages and without network.
 */
import type { Purpose } from "../core/derive.ts";
import { Fault } from "../core/fault.ts";
import { purposesOf, type FactorKind, type Header } from "../core/header.ts";
import { toFault } from "./faults.ts";

/** A space that papers can be had for, now or later. */
export interface Offer {
  slug: string;
  titles: Readonly<Record<string, string>>;
  phase: string;
  /** Proven to be in the witnessed log; undefined where `fault` says why not. */
  header: Header | undefined;
  fault: Fault | undefined;
}

/** The answers to the second factors, in their normal form. */
export type Factors = Readonly<Partial<Record<FactorKind, string>>>;

export type OutcomeState =
  | "waiting"
  | "asking"
  /** has it now; had it before */
  | "collected"
  | "had"
  /** not yet open; over */
  | "later"
  | "closed"
  /** this line collected it with another secret */
  | "elsewhere"
  /** this line takes no part in it; its code was replaced or struck */
  | "none"
  | "replaced"
  | "failed";

export interface Outcome {
  offer: Offer;
  state: OutcomeState;
  fault: Fault | undefined;
}

/** Where the papers are, and who asks. */
export interface Job {
  offers: readonly Offer[];
  has(offer: Offer, purpose: Purpose): boolean;
  /** Ask all issuers of a space; the authenticators one after the other. */
  ask(header: Header, purpose: Purpose): Promise<Uint8Array>;
  /** On the device before the next is asked for. */
  keep(header: Header, purpose: Purpose, tokens: Uint8Array): Promise<void>;
}

/** Phases in which a space may still give papers, at least to whom it gave them before. */
export function givesPapers(phase: string): boolean {
  return ["announced", "issuance", "waiting", "open"].includes(phase);
}

/** The kinds of second factor that the spaces still to be collected ask for. */
export function factorsNeeded(job: Pick<Job, "offers" | "has">): FactorKind[] {
  const kinds = new Set<FactorKind>();
  for (const offer of job.offers)
    if (offer.header !== undefined && begun(offer) && !hasAll(job, offer))
      for (const issuer of offer.header.issuers) kinds.add(issuer.factor);
  return (["birth_date", "document"] as const).filter((kind) => kinds.has(kind));
}

/** By the server's word, which only spares a refusal: a device's clock may be wrong. */
function begun(offer: Offer): boolean {
  return offer.phase !== "announced";
}

function hasAll(job: Pick<Job, "has">, offer: Offer): boolean {
  return (
    offer.header !== undefined && purposesOf(offer.header.kind).every((p) => job.has(offer, p))
  );
}

/** What an issuer's refusal means for the person. */
function meaning(fault: Fault): OutcomeState {
  switch (fault.code) {
    case "issuance-closed":
      return "closed";
    case "already-issued":
      return "elsewhere";
    case "not-on-roll":
      return "none";
    case "code-replaced":
      return "replaced";
    default:
      return "failed";
  }
}

/** After these the others would only fail, or count another wrong try. */
function ends(fault: Fault): boolean {
  const last = ["factor", "factor-locked", "stopped", "storage"];
  return fault.kind === "offline" || last.includes(fault.code);
}

async function one(job: Job, offer: Offer): Promise<OutcomeState> {
  const { header } = offer;
  if (header === undefined) throw offer.fault ?? new Fault("lie", "header-unknown");
  if (!begun(offer)) return "later";
  if (hasAll(job, offer)) return "had";
  for (const purpose of purposesOf(header.kind))
    if (!job.has(offer, purpose)) await job.keep(header, purpose, await job.ask(header, purpose));
  return "collected";
}

/**
 * Ask for everything, one space after the other, and tell each change.  A
 * second factor that is refused, or a network that is gone, ends it; what was
 * collected stays, and asking again gives the same papers.
 */
export async function collectAll(
  job: Job,
  tell: (outcomes: readonly Outcome[]) => void,
): Promise<Outcome[]> {
  let outcomes: Outcome[] = job.offers.map((offer) => ({
    offer,
    state: "waiting",
    fault: undefined,
  }));
  const set = (i: number, state: OutcomeState, fault?: Fault): void => {
    outcomes = outcomes.map((o, k) => (k === i ? { offer: o.offer, state, fault } : o));
    tell(outcomes);
  };
  for (const [i, offer] of job.offers.entries()) {
    set(i, "asking");
    try {
      set(i, await one(job, offer));
    } catch (thrown) {
      const fault = toFault(thrown);
      set(i, meaning(fault), fault);
      if (!ends(fault)) continue;
      for (let rest = i + 1; rest < job.offers.length; rest++) set(rest, "failed", fault);
      break;
    }
  }
  return outcomes;
}

export interface Sum {
  /** Papers that this device holds now. */
  held: number;
  /** The refusal of the second factor, or of the letter as a whole. */
  factor: Fault | undefined;
  letter: Fault | undefined;
  /** Worth another try with the same papers. */
  again: boolean;
  /** Some or all went to another device. */
  elsewhere: boolean;
  /** Nothing was kept, and no lost answer can hide a paper that was issued. */
  useless: boolean;
}

/** What to show after collectAll. */
export function sumUp(outcomes: readonly Outcome[]): Sum {
  const count = (...states: OutcomeState[]): Outcome[] =>
    outcomes.filter((o) => states.includes(o.state));
  const held = count("collected", "had").length;
  const asked = count("none", "replaced", "elsewhere", "closed");
  const wrong = outcomes.find((o) => o.fault?.code.startsWith("factor") === true);
  const refused = count("none", "replaced");
  const lost = outcomes.some((o) => o.state === "failed" && o.fault?.kind !== "refused");
  return {
    held,
    factor: wrong?.fault,
    letter: held === 0 && asked.length > 0 && asked.length === refused.length && !lost
      ? refused[0]?.fault
      : undefined,
    again: outcomes.some((o) => o.state === "failed" && o.fault?.kind === "offline"),
    elsewhere: count("elsewhere").length > 0,
    useless: held === 0 && !lost,
  };
}
