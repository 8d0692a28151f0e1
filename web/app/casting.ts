/*
 * Casting through the outbox: the record is made once, stands in the papers and
 * in the outbox after one transaction, and is sent from there.  A page that is
 * closed, a network that goes, two tabs: the same bytes arrive, once.
 */
import { checkCrowd, checkReceipt, isPending, keepRecord, makeBallot, nextSeq, paperOf, type Vote } from "../core/cast.ts";
import type { Choices } from "../core/choices.ts";
import { equal, hex } from "../core/bytes.ts";
import { Fault } from "../core/fault.ts";
import { parseHeader } from "../core/header.ts";
import { parseVkey, printVkey } from "../core/note.ts";
import { papersFind, parsePapers, putPapers, type PapersSpace } from "../core/papers.ts";
import { recordLeaf } from "../core/record.ts";
import { changePapers, net, papersOf } from "./device.ts";
import { enqueue, hurry, receiptOf, type Judge } from "./outbox.ts";
import type { Pending, State, Store } from "./store.ts";
import type { PageProps } from "./ui.tsx";

/** What receipts must be, and where they go. */
export const judge: Judge = {
  receipt: async (p, receipt) => {
    await checkReceipt(parseHeader(p.header), p.record, parseVkey(p.receiptKey), receipt);
  },
  keep: (file, p, receipt) => {
    const papers = parsePapers(file);
    const mine = papersFind(papers, p.slug);
    if (mine === undefined || !equal(mine.record, p.record)) return file;
    mine.receipt = receipt;
    return putPapers(papers);
  },
};

/** Whose papers, where; and where records wait (the same store but in a kiosk). */
export interface Caster {
  store: Store;
  person: string;
  /** Of this device: its outbox holds no secrets. */
  device: Store;
}

/**
 * What the booth gets: without `caster` it finds the papers of this device
 * (theStore), and asks whose where there are several.  Inside the kiosk it
 * calls onDone when the person leaves the receipt's page, or gives up.
 */
export interface BoothProps extends PageProps {
  caster?: Caster;
  onDone?: (result: CastResult | undefined) => void;
}

export type CastResult =
  /** The server has it and promised the log; the receipt is verified. */
  | { state: "accepted"; leaf: string; receipt: Uint8Array }
  /** Signed and kept; it goes when there is a network. */
  | { state: "waiting"; leaf: string };

function pendingOf(c: Caster, v: Vote, record: Uint8Array): Pending {
  return {
    leaf: hex(recordLeaf(record)),
    slug: v.header.slug,
    castUrl: v.header.castUrl,
    record,
    header: v.header.bytes,
    receiptKey: printVkey(v.contact.receiptKey),
    person: c.store === c.device ? c.person : "",
    tries: 0,
    next: 0,
    failed: "",
    detail: "",
    evidence: "",
  };
}

/**
 * A refused record was never made: the one before is the last again, and its
 * number is free, unless another device used it: then the log knows.
 */
function undo(mine: PapersSpace, p: Pending): void {
  const taken = p.failed.startsWith("seq-");
  const none = { record: new Uint8Array(0), receipt: new Uint8Array(0), seq: taken ? 0 : mine.seq };
  Object.assign(mine, taken ? none : (p.before ?? none));
}

/** Take back what was refused for good, so that a new try can be made. */
export async function takeBack(c: Caster, slug: string): Promise<void> {
  const papers = papersOf(await c.store.read(), c.person);
  const mine = papersFind(papers, slug);
  if (mine === undefined || !isPending(mine)) return;
  const leaf = hex(recordLeaf(mine.record));
  const left = (await c.device.read()).outbox.find((p) => p.leaf === leaf);
  if (left === undefined || left.failed === "" || left.failed === "receipt") return;
  await c.device.update((s) => {
    s.outbox = s.outbox.filter((p) => p.leaf !== leaf);
  });
  await changePapers(c.store, c.person, (p) => undo(paperOfSlug(p.spaces, slug), left));
}

function paperOfSlug(spaces: readonly PapersSpace[], slug: string): PapersSpace {
  const mine = spaces.find((s) => s.slug === slug);
  if (mine === undefined) throw new Fault("input", "no-paper");
  return mine;
}

/** The record into papers and outbox: in one transaction where it is one store. */
async function keepBoth(c: Caster, v: Vote, seq: number, record: Uint8Array): Promise<Pending> {
  const p = pendingOf(c, v, record);
  const keep = (state: State): void => {
    const person = state.people.find((who) => who.id === c.person);
    if (person === undefined) throw new Fault("input", "papers", "these papers are gone");
    const papers = parsePapers(person.papers);
    const mine = paperOf(papers, v.header);
    if (c.store === c.device && !isPending(mine) && mine.record.length > 0)
      p.before = { record: mine.record, receipt: mine.receipt, seq: mine.seq };
    keepRecord(mine, seq, record);
    person.papers = putPapers(papers);
    if (c.store === c.device) enqueue(state, p);
  };
  await c.store.update(keep);
  if (c.store !== c.device) await c.device.update((state) => enqueue(state, p));
  return p;
}

/** The record to send: the one that waits, if it says the same, or a new one. */
async function recordFor(c: Caster, v: Vote, choices: Choices, known?: number): Promise<Pending> {
  const papers = papersOf(await c.store.read(), c.person);
  const mine = paperOf(papers, v.header);
  if (isPending(mine)) {
    const again = await makeBallot(v, papers, mine.seq, choices);
    if (equal(again, mine.record)) return keepBoth(c, v, mine.seq, again);
  }
  const first = mine.record.length === 0 && mine.seq === 0;
  const seq = first && known !== undefined ? known : await nextSeq(v, papers);
  return keepBoth(c, v, seq, await makeBallot(v, papers, seq, choices));
}

/** The receipt of a record that left the outbox; in the papers, also where it waited elsewhere. */
async function settled(c: Caster, v: Vote, leaf: string): Promise<Uint8Array> {
  const receipt = receiptOf(leaf);
  if (c.store !== c.device && receipt !== undefined)
    await changePapers(c.store, c.person, (p) => {
      paperOfSlug(p.spaces, v.header.slug).receipt = receipt;
    });
  const papers = papersOf(await c.store.read(), c.person);
  return paperOfSlug(papers.spaces, v.header.slug).receipt;
}

/** What ended a record's way, as it was thrown. */
export function faultOf(p: Pending): Fault {
  return p.evidence === ""
    ? new Fault("refused", p.failed, p.detail)
    : new Fault("lie", p.failed, p.detail, p.evidence);
}

/**
 * Cast, or change, a vote.  Faults: refused few-collected and ledger-missing
 * (unless `despiteFew`; `seq` is the number that the log gave to a first
 * record, for who read it before the network went); what the server refuses for good; lie/receipt; input
 * of the choices.  A network that is gone is no Fault: the vote waits.
 */
export function castBallot(
  c: Caster,
  v: Vote,
  choices: Choices,
  o: { despiteFew?: boolean; seq?: number } = {},
): Promise<CastResult> {
  return c.store.exclusive(`cast-${c.person}`, async () => {
    if (o.despiteFew !== true) await checkCrowd(v);
    await takeBack(c, v.header.slug);
    const sending = await recordFor(c, v, choices, o.seq);
    const { leaf } = sending;
    await hurry(c.device, net, judge);
    const left = (await c.device.read()).outbox.find((p) => p.leaf === leaf);
    if (left === undefined) return { state: "accepted", leaf, receipt: await settled(c, v, leaf) };
    if (left.failed === "") return { state: "waiting", leaf };
    await takeBack(c, v.header.slug);
    throw faultOf(left);
  });
}
