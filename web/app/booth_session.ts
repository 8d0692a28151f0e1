/*
 * Entering the booth: what is proven before anybody chooses, whose papers are
 * used, and what became of a vote.  Without pages.
 */
import { equal, hex } from "../core/bytes.ts";
import {
  checkCrowd,
  checkReceipt,
  collected,
  isPending,
  nextSeq,
  paperOf,
  type Vote,
} from "../core/cast.ts";
import type { Choices } from "../core/choices.ts";
import { contactHeader, contactRow } from "../core/contact.ts";
import { spaceSecret } from "../core/derive.ts";
import { Fault } from "../core/fault.ts";
import type { Header } from "../core/header.ts";
import { papersFind, parsePapers } from "../core/papers.ts";
import { recordLeaf } from "../core/record.ts";
import type { Phase } from "../core/spaces.ts";
import { trustForm, witnessCount, type ReadOptions } from "../core/trust.ts";
import { orderOf } from "./booth_model.ts";
import { castBallot, faultOf, judge, takeBack, type CastResult, type Caster } from "./casting.ts";
import { contact, net, papersOf } from "./device.ts";
import { hurry } from "./outbox.ts";
import type { Person, Store } from "./store.ts";

/** The space as it is: open to votes, or why not. */
export type Opened =
  | { readonly state: "open"; readonly vote: Vote; readonly witnesses: number }
  | { readonly state: "shut"; readonly header: Header; readonly phase: Phase };

/**
 * Hold the log against what this device saw, and accept header and form of the
 * space.  Faults of trust.ts; refused, not-a-vote.
 */
export async function openBooth(device: Store, slug: string, o: ReadOptions): Promise<Opened> {
  const c = await contact(device, o.signal);
  const row = contactRow(c, slug);
  const header = await contactHeader(c, row, o.signal);
  if (header.kind !== "ballot") throw new Fault("refused", "not-a-vote", `"${slug}" is not a vote`);
  if (row.phase !== "open") return { state: "shut", header, phase: row.phase };
  const form = await trustForm(c.trust, row, header, o);
  const witnesses = await witnessCount(c.trust, header);
  return { state: "open", vote: { contact: c, row, header, form }, witnesses };
}

/** Whoever has a paper of this space in `store`. */
export async function holders(store: Store, h: Header): Promise<Person[]> {
  return (await store.read()).people.filter((p) => {
    const mine = papersFind(parsePapers(p.papers), h.slug);
    return mine !== undefined && equal(mine.spaceId, h.id) && mine.tokens.vote !== undefined;
  });
}

/** One person in the booth. */
export interface Seat {
  readonly caster: Caster;
  readonly vote: Vote;
  /** Options in the order that is hers. */
  readonly order: readonly number[];
  /** How many votes were cast with this paper before. */
  readonly before: number;
  /** The record that was the last one when she sat down. */
  readonly base: Uint8Array;
  /** People who collected, where their number is known. */
  readonly crowd: number | undefined;
  /** Why the vote before was refused. */
  readonly refused: Fault | undefined;
}

/* A vote that still waits goes first: there is a network now. */
async function sendBefore(c: Caster, h: Header): Promise<Fault | undefined> {
  const mine = paperOf(papersOf(await c.store.read(), c.person), h);
  if (!isPending(mine)) return undefined;
  await hurry(c.device, net, judge);
  const leaf = hex(recordLeaf(mine.record));
  const left = (await c.device.read()).outbox.find((p) => p.leaf === leaf);
  if (left === undefined || left.failed === "") return undefined;
  await takeBack(c, h.slug);
  return faultOf(left);
}

/**
 * Faults refused: few-collected, ledger-missing, seq-limit (all changes were
 * made); input, no-paper.
 */
export async function sitDown(c: Caster, vote: Vote, o: ReadOptions): Promise<Seat> {
  const { header: h, form } = vote;
  await checkCrowd(vote, o);
  const refused = await sendBefore(c, h);
  const papers = papersOf(await c.store.read(), c.person);
  const before = await nextSeq(vote, papers, o);
  if (before > h.seqLimit)
    throw new Fault("refused", "seq-limit", `${before} votes were cast with this paper`);
  return {
    caster: c,
    vote,
    refused,
    before,
    base: paperOf(papers, h).record,
    order: orderOf(form, spaceSecret(papers.secret, h.id)),
    crowd: await collected(vote, o),
  };
}

/**
 * Cast from a seat.  Fault input, vote-changed: another tab has voted with this
 * paper since; Faults of castBallot.
 */
export function castFrom(seat: Seat, choices: Choices): Promise<CastResult> {
  const { caster, vote } = seat;
  return caster.store.exclusive(`booth-${caster.person}`, async () => {
    const mine = paperOf(papersOf(await caster.store.read(), caster.person), vote.header);
    if (!equal(mine.record, seat.base))
      throw new Fault("input", "vote-changed", "the papers hold another record than at the start");
    /* The log was read when she sat down; now there may be no network. */
    return castBallot(caster, vote, choices, { despiteFew: true, seq: seat.before });
  });
}

/** The end of the window that a receipt names, UNIX seconds; Fault lie, receipt. */
export async function windowOf(seat: Seat, receipt: Uint8Array): Promise<number> {
  const { caster, vote } = seat;
  const mine = paperOf(papersOf(await caster.store.read(), caster.person), vote.header);
  return (await checkReceipt(vote.header, mine.record, vote.contact.receiptKey, receipt)).windowEnd;
}

/** What became of a vote that waited: its receipt, undefined: it waits; or a Fault. */
export async function fate(seat: Seat, leaf: string): Promise<Uint8Array | undefined> {
  const { caster, vote } = seat;
  const left = (await caster.device.read()).outbox.find((p) => p.leaf === leaf);
  if (left !== undefined && left.failed !== "") {
    await takeBack(caster, vote.header.slug);
    throw faultOf(left);
  }
  if (left !== undefined) return undefined;
  const mine = paperOf(papersOf(await caster.store.read(), caster.person), vote.header);
  return mine.receipt.length > 0 ? mine.receipt : undefined;
}

/** Try to send now. */
export async function sendNow(device: Store): Promise<void> {
  await hurry(device, net, judge);
}
