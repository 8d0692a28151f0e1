/* Casting a ballot, and changing it (PROTOCOL 6; client/cmd_resident_vote.c). */
import { b64, equal, fromUtf8, utf8 } from "./bytes.ts";
import type { Choices } from "./choices.ts";
import type { Contact } from "./contact.ts";
import { contactHeader, contactRow, tokensOf } from "./contact.ts";
import { spaceSecret } from "./derive.ts";
import { Fault } from "./fault.ts";
import type { Form } from "./form.ts";
import type { Header } from "./header.ts";
import { isWindowEnd } from "./header.ts";
import type { NoteKey } from "./note.ts";
import { papersFind, parsePapers, putPapers } from "./papers.ts";
import type { Papers, PapersSpace } from "./papers.ts";
import { openReceipt } from "./receipt.ts";
import type { Receipt } from "./receipt.ts";
import { recordLeaf } from "./record.ts";
import { findRecords } from "./records.ts";
import type { Source } from "./source.ts";
import type { Row } from "./spaces.ts";
import { eachEntry, evidenceText, trustForm } from "./trust.ts";
import type { ReadOptions } from "./trust.ts";
import { ballot, credentialKey } from "./wallet.ts";

/** A vote with everything that was accepted about it. */
export interface Vote {
  readonly contact: Contact;
  readonly row: Row;
  readonly header: Header;
  readonly form: Form;
}

const NONE = new Uint8Array(0);

/** Header and form of a vote, accepted; Faults of trust.ts, refused/not-a-vote. */
export async function openVote(contact: Contact, slug: string, o: ReadOptions = {}): Promise<Vote> {
  const row = contactRow(contact, slug);
  const header = await contactHeader(contact, row, o.signal);
  if (header.kind !== "ballot") throw new Fault("refused", "not-a-vote", `"${slug}" is not a vote`);
  return { contact, row, header, form: await trustForm(contact.trust, row, header, o) };
}

/* ---- Few papers hide nobody ---------------------------------------------- */

/**
 * How many people collected, by the shortest ledger of a separated space;
 * undefined where ledgers are not logged yet or the space is overlapping.
 * Clients do not cast where it is below header.minCollected (PROTOCOL 3).
 */
export async function collected(v: Vote, o: ReadOptions = {}): Promise<number | undefined> {
  const { header: h, contact } = v;
  if (h.mode !== "separated") return undefined;
  const counts = new Map<number, number>();
  /* Ledgers stand before the first batch. */
  await eachEntry(
    contact.trust,
    v.row.first,
    contact.trust.checkpoint.size,
    (_, e) => {
      const ours = e.kind === "ledger" && equal(e.spaceId, h.id) && e.purpose === "vote";
      if (ours && e.issuer < h.issuers.length) counts.set(e.issuer, e.count);
      if (counts.size === h.issuers.length) return true;
      return (
        (e.kind === "batch" || e.kind === "close" || e.kind === "cancel") && equal(e.spaceId, h.id)
      );
    },
    o,
  );
  return counts.size === h.issuers.length ? Math.min(...counts.values()) : undefined;
}

/** Fault refused: few-collected, ledger-missing; nothing where enough did. */
export async function checkCrowd(v: Vote, o: ReadOptions = {}): Promise<void> {
  if (v.header.mode !== "separated") return;
  const n = await collected(v, o);
  if (n === undefined)
    throw new Fault("refused", "ledger-missing", "the ledger is not in the log yet");
  if (n < v.header.minCollected)
    throw new Fault(
      "refused",
      "few-collected",
      `${n} people collected papers, at least ${v.header.minCollected} were promised`,
    );
}

/* ---- The record ---------------------------------------------------------- */

/** The part of the papers for this very space; Fault input, no-paper. */
export function paperOf(papers: Papers, h: Header): PapersSpace {
  const mine = papersFind(papers, h.slug);
  if (mine === undefined || !equal(mine.spaceId, h.id))
    throw new Fault("input", "no-paper", `no paper for "${h.slug}" is here`);
  return mine;
}

/** Whether a record was made whose receipt did not come yet. */
export function isPending(mine: PapersSpace): boolean {
  return mine.record.length > 0 && mine.receipt.length === 0;
}

/** The number of the next record: from the papers, else from the log. */
export async function nextSeq(v: Vote, papers: Papers, o: ReadOptions = {}): Promise<number> {
  const mine = paperOf(papers, v.header);
  if (mine.record.length > 0 || mine.seq > 0) return mine.seq + (mine.record.length > 0 ? 1 : 0);
  const pk = credentialKey(spaceSecret(papers.secret, v.header.id), "vote");
  const found = await findRecords(v.contact.trust, v.row, v.header, pk, o);
  return found.reduce((seq, f) => Math.max(seq, f.seq + 1), 0);
}

/** The bytes of record number `seq`; Fault input: no-paper, seq-limit, choices. */
export async function makeBallot(
  v: Vote,
  papers: Papers,
  seq: number,
  choices: Choices,
): Promise<Uint8Array> {
  const tokens = tokensOf(paperOf(papers, v.header).tokens.vote);
  if (seq === 0 && tokens.length !== v.header.issuers.length)
    throw new Fault("input", "no-paper", `no paper for "${v.header.slug}" is here`);
  return ballot(spaceSecret(papers.secret, v.header.id), v.header, v.form, seq, tokens, choices);
}

/** Put a record that was just made into the papers: before it is sent. */
export function keepRecord(mine: PapersSpace, seq: number, record: Uint8Array): void {
  mine.record = record;
  mine.seq = seq;
  mine.receipt = NONE;
}

/* ---- The receipt --------------------------------------------------------- */

/**
 * Verify a receipt for the `record` of the space `h`: of this leaf, this space,
 * one of its windows.  Fault lie, receipt, with the evidence.
 */
export async function checkReceipt(
  h: Header,
  record: Uint8Array,
  key: NoteKey,
  receipt: Uint8Array,
): Promise<Receipt> {
  const evidence = {
    space: h.slug,
    record: b64(record),
    receipt: new TextDecoder().decode(receipt),
  };
  const bad = (detail: string) =>
    new Fault(
      "lie",
      "receipt",
      detail,
      evidenceText(`The server took this record, but ${detail}.`, evidence),
    );
  const r = await openReceipt(receipt, key, recordLeaf(record)).catch((e: unknown) => {
    throw e instanceof Fault ? bad(`its receipt is worthless: ${e.detail}`) : e;
  });
  if (!equal(r.spaceId, h.id) || !isWindowEnd(h, r.windowEnd))
    throw bad("its receipt names another space or no window of this one");
  return r;
}

/** Put the receipt of `record` into a papers file, if that is its last record. */
export function papersWithReceipt(
  papers: string,
  slug: string,
  record: Uint8Array,
  receipt: Uint8Array,
): string {
  const p = parsePapers(utf8(papers));
  const mine = papersFind(p, slug);
  if (mine === undefined || !equal(mine.record, record)) return papers;
  mine.receipt = receipt;
  return fromUtf8(putPapers(p));
}

export interface Sent {
  /** The receipt as it came, verified. */
  readonly text: Uint8Array;
  readonly receipt: Receipt;
  /** The server had the record already (200). */
  readonly repeat: boolean;
}

/**
 * Send the record and verify its receipt.  The same bytes may be sent again at
 * any time.  Faults: refused (409 seq-used: another record has this number),
 * offline, lie/receipt.
 */
export async function sendRecord(
  source: Source,
  h: Header,
  record: Uint8Array,
  key: NoteKey,
  signal?: AbortSignal,
): Promise<Sent> {
  const headers = { "Content-Type": "application/vnd.partecipa.record" };
  const answer = await source.post(`${h.castUrl}/api/v1/records`, record, headers, signal);
  return {
    text: answer.body,
    receipt: await checkReceipt(h, record, key, answer.body),
    repeat: answer.status === 200,
  };
}

/* ---- All together -------------------------------------------------------- */

export interface CastOptions extends ReadOptions {
  readonly papers: Papers;
  readonly choices: Choices;
  readonly save: (papers: Papers) => Promise<void> | void;
  /** Cast although fewer collected than were promised. */
  readonly despiteFew?: boolean;
}

async function sendPending(v: Vote, o: CastOptions): Promise<Sent> {
  const mine = paperOf(o.papers, v.header);
  const sent = await sendRecord(
    v.contact.source,
    v.header,
    mine.record,
    v.contact.receiptKey,
    o.signal,
  );
  mine.receipt = sent.text;
  await o.save(o.papers);
  return sent;
}

function isRefusal(e: unknown): e is Fault {
  return e instanceof Fault && e.kind === "refused";
}

/* A record whose answer was lost goes first: it may have arrived.  What is
   refused for good was never made, and its number is free, unless another
   device used it: then the log knows. */
async function settle(v: Vote, o: CastOptions): Promise<void> {
  const mine = paperOf(o.papers, v.header);
  if (!isPending(mine)) return;
  try {
    await sendPending(v, o);
  } catch (e) {
    if (!isRefusal(e)) throw e;
    mine.record = NONE;
    if (e.code.startsWith("seq-")) mine.seq = 0;
  }
}

async function sendNew(v: Vote, o: CastOptions): Promise<Sent> {
  const mine = paperOf(o.papers, v.header);
  const before = { ...mine };
  const seq = await nextSeq(v, o.papers, o);
  const record = await makeBallot(v, o.papers, seq, o.choices);
  keepRecord(mine, seq, record);
  await o.save(o.papers);
  try {
    return await sendPending(v, o);
  } catch (e) {
    if (isRefusal(e)) {
      Object.assign(mine, { record: before.record, receipt: before.receipt, seq: before.seq });
      await o.save(o.papers);
    }
    throw e;
  }
}

/**
 * Cast a ballot, or change the one cast before: the last one counts.  The
 * record is in the papers before it is sent; after a lost answer the very same
 * choices give the very same bytes again.
 */
export async function cast(v: Vote, o: CastOptions): Promise<Sent & { readonly seq: number }> {
  const mine = paperOf(o.papers, v.header);
  if (o.despiteFew !== true) await checkCrowd(v, o);
  if (isPending(mine)) {
    const lost = await makeBallot(v, o.papers, mine.seq, o.choices);
    if (equal(lost, mine.record)) return { ...(await sendPending(v, o)), seq: mine.seq };
  }
  await settle(v, o);
  const sent = await sendNew(v, o);
  return { ...sent, seq: mine.seq };
}
