/*
 * Signed records on their way to the server.  A record is made once, kept, and
 * sent until there is a verified receipt or a refusal that no second try can
 * change: sending the same bytes again never counts twice (PROTOCOL 6).
 */
import { Fault } from "../core/fault.ts";
import type { Source } from "../core/source.ts";
import { toFault } from "./faults.ts";
import type { Pending, State, Store } from "./store.ts";

/** What the outbox needs to know of the documents. */
export interface Judge {
  /** Fault "lie" unless `receipt` is good for this record. */
  receipt(pending: Pending, receipt: Uint8Array): Promise<void>;
  /** The papers file with the receipt in it. */
  keep(papers: Uint8Array, pending: Pending, receipt: Uint8Array): Uint8Array;
}

/** Seconds until try number `tries` + 1: 5, 10, 20 ... at most 5 minutes. */
export function backoff(tries: number): number {
  return Math.min(300, 5 * 2 ** Math.max(0, tries - 1));
}

/** No second try can change these; everything else is the way's fault. */
function definitive(fault: Fault): boolean {
  return fault.kind === "refused" || fault.kind === "lie";
}

/** The credential of a record (PROTOCOL 6), to keep its records in order. */
function credential(p: Pending): string {
  return p.slug + "/" + p.record.subarray(67, 99).join(",");
}

/** Put a record in; the same one twice is one. */
export function enqueue(state: State, p: Pending): void {
  if (!state.outbox.some((q) => q.leaf === p.leaf)) state.outbox.push(p);
}

/** Take a record out, whatever became of it. */
export function forgetPending(store: Store, leaf: string): Promise<void> {
  return store.update((state) => {
    state.outbox = state.outbox.filter((q) => q.leaf !== leaf);
  });
}

/** Nobody waits longer than that: the device's clock was set back. */
const WAIT_MAX = 300_000;

/** Records whose turn it is: not failed, due, and none of the same credential before. */
export function due(state: State, now: number): Pending[] {
  const seen = new Set<string>();
  return state.outbox.filter((p) => {
    if (p.failed !== "") return false;
    const first = !seen.has(credential(p));
    seen.add(credential(p));
    return first && (p.next <= now || p.next > now + WAIT_MAX);
  });
}

/** Send one record; gives the receipt's bytes, verified. */
export async function sendOne(net: Source, judge: Judge, p: Pending): Promise<Uint8Array> {
  const answer = await net.post(`${p.castUrl}/api/v1/records`, p.record, {
    "Content-Type": "application/vnd.partecipa.record",
  });
  await judge.receipt(p, answer.body);
  return answer.body;
}

/** Receipts that came while this page is open, by leaf: for who has no papers here. */
const came = new Map<string, Uint8Array>();

/** The verified receipt of a record that this page sent, undefined: none came. */
export function receiptOf(leaf: string): Uint8Array | undefined {
  return came.get(leaf);
}

/** Forget them: the next person sits down. */
export function forgetReceipts(): void {
  came.clear();
}

interface Run {
  store: Store;
  net: Source;
  judge: Judge;
  now: () => number;
}

async function attempt(run: Run, p: Pending): Promise<boolean> {
  const { store, judge } = run;
  try {
    const receipt = await sendOne(run.net, judge, p);
    came.set(p.leaf, receipt);
    await store.update((state) => {
      state.outbox = state.outbox.filter((q) => q.leaf !== p.leaf);
      const person = state.people.find((who) => who.id === p.person);
      if (person !== undefined) person.papers = judge.keep(person.papers, p, receipt);
    });
    return true;
  } catch (thrown) {
    const fault = toFault(thrown);
    await store.update((state) => {
      const mine = state.outbox.find((q) => q.leaf === p.leaf);
      if (mine === undefined) return;
      mine.tries++;
      mine.next = run.now() + backoff(mine.tries) * 1000;
      if (!definitive(fault)) return;
      mine.failed = fault.code;
      mine.detail = fault.detail;
      mine.evidence = fault.evidence ?? "";
    });
    return false;
  }
}

/**
 * Send all that is due, one after the other; true: something was sent.  One
 * tab at a time does it.
 */
export function flush(
  store: Store,
  net: Source,
  judge: Judge,
  now: () => number = Date.now,
): Promise<boolean> {
  const run: Run = { store, net, judge, now };
  return store.exclusive("outbox", async () => {
    let sent = false;
    for (;;) {
      const [next] = due(await store.read(), now());
      if (next === undefined) return sent;
      if (await attempt(run, next)) sent = true;
    }
  });
}

/** Try everything that waits at once: the network is back, or somebody pressed. */
export async function hurry(store: Store, net: Source, judge: Judge): Promise<boolean> {
  await store.update((state) => {
    for (const p of state.outbox) p.next = 0;
  });
  return flush(store, net, judge);
}

/** Keep sending while the page is there; gives what stops it. */
export function startOutbox(store: Store, net: Source, judge: Judge): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;
  const plan = async (): Promise<void> => {
    clearTimeout(timer);
    const waiting = (await store.read()).outbox.filter((p) => p.failed === "");
    if (stopped || waiting.length === 0) return;
    const next = Math.min(...waiting.map((p) => p.next));
    timer = setTimeout(run, Math.min(WAIT_MAX, Math.max(1000, next - Date.now())));
  };
  const run = (): void => void flush(store, net, judge).then(plan, plan);
  const online = (): void => void hurry(store, net, judge).then(plan, plan);
  const unwatch = store.watch(() => void plan());
  addEventListener("online", online);
  run();
  return () => {
    stopped = true;
    clearTimeout(timer);
    unwatch();
    removeEventListener("online", online);
  };
}
