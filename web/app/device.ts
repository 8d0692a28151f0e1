/*
 * This device and its server: the store, the network, what is believed of the
 * log, and the outbox that runs while a page is open.
 */
import { equal } from "../core/bytes.ts";
import { parseCheckpointText } from "../core/checkpoint.ts";
import { recoveryCode } from "../core/code.ts";
import { contactHeader, keysAlone, openContact, papersKept, type Contact } from "../core/contact.ts";
import { spaceSecret } from "../core/derive.ts";
import { Fault } from "../core/fault.ts";
import { parseNote } from "../core/note.ts";
import { papersFind, parsePapers, putPapers, type Papers } from "../core/papers.ts";
import type { Source } from "../core/source.ts";
import { keptOf } from "../core/trust.ts";
import { checkPage } from "./bundle.ts";
import { givesPapers, type Offer } from "./collecting.ts";
import { toFault } from "./faults.ts";
import { openNet } from "./net.ts";
import { freshId, openStore, type State, type Store } from "./store.ts";

let store: Promise<Store> | undefined;

/** The store of this browser, opened once. */
export function theStore(): Promise<Store> {
  store ??= openStore();
  return store;
}

/** This server. */
export const net: Source = openNet();

/** How often another tab may have seen another log meanwhile. */
const TURNS = 8;

/**
 * Read a log and hold it against what `device` saw before, and what is in each
 * of its papers.  The checkpoint is kept for the next time: only where it was
 * held against the one it takes the place of, which another tab may have put
 * there meanwhile.
 */
export async function openSeen(
  device: Store,
  source: Source,
  signal?: AbortSignal,
): Promise<Contact> {
  for (let turn = 1; ; turn++) {
    const before = await device.read();
    const own = { logKey: before.logKey, checkpoint: before.checkpoint };
    const kept = [own, ...before.people.map((p) => papersKept(parsePapers(p.papers)))];
    const c = await openContact(source, kept, signal);
    const put = await device.update((s) => {
      const same = s.logKey === before.logKey && equal(s.checkpoint, before.checkpoint);
      if (same) Object.assign(s, keptOf(c.trust));
      return same;
    });
    if (put) return c;
    if (turn === TURNS) throw new Fault("offline", "unavailable", "the log changes all the time");
  }
}

/** Reach this server, and see that this page is the one in its log. */
export async function contact(device: Store, signal?: AbortSignal): Promise<Contact> {
  const c = await openSeen(device, net, signal);
  await checkPage(c.trust, signal);
  return c;
}

/** What papers can be had for, each header proven; one that lies says so. */
export async function offers(c: Contact, signal?: AbortSignal): Promise<Offer[]> {
  const out: Offer[] = [];
  for (const row of c.rows.filter((r) => givesPapers(r.phase))) {
    const offer = { slug: row.slug, titles: row.titles, phase: row.phase };
    try {
      const header = await contactHeader(c, row, signal);
      await keysAlone(c, header, signal);
      out.push({ ...offer, titles: header.titles, header, fault: undefined });
    } catch (thrown) {
      const fault = toFault(thrown);
      if (fault.kind !== "lie" && fault.kind !== "refused") throw fault;
      out.push({ ...offer, header: undefined, fault });
    }
  }
  return out;
}

/** The papers of a person in `state`; Fault "papers" where there is none. */
export function papersOf(state: State, person: string): Papers {
  const found = state.people.find((p) => p.id === person);
  if (found === undefined) throw new Fault("input", "papers", "these papers are gone");
  return parsePapers(found.papers);
}

/** Change the papers of a person in one transaction. */
export function changePapers(
  device: Store,
  person: string,
  change: (papers: Papers) => void,
): Promise<void> {
  return device.update((state) => {
    const found = state.people.find((p) => p.id === person);
    if (found === undefined) throw new Fault("input", "papers", "these papers are gone");
    const papers = parsePapers(found.papers);
    change(papers);
    found.papers = putPapers(papers);
  });
}

/** The recovery code of a line, and of one of its spaces. */
export function masterCode(papers: Papers): string {
  return recoveryCode(papers.secret, "master");
}

export function spaceCode(papers: Papers, spaceId: Uint8Array): string {
  return recoveryCode(spaceSecret(papers.secret, spaceId), "space");
}

/** Of a checkpoint that papers hold; -1: they hold none. */
function seenSize(checkpoint: Uint8Array): number {
  try {
    return parseCheckpointText(parseNote(checkpoint).text).size;
  } catch (e) {
    if (e instanceof Fault) return -1;
    throw e;
  }
}

/**
 * Put what `from` holds into `into`, which has the same secret: spaces that are
 * missing, tokens that are missing, the later of two records, and what another
 * device saw of the log, if that is more.
 */
export function mergePapers(into: Papers, from: Papers): void {
  const more = into.logKey === from.logKey && seenSize(from.checkpoint) > seenSize(into.checkpoint);
  if (into.logKey === "" || more) {
    into.logKey = from.logKey;
    into.checkpoint = from.checkpoint;
  }
  for (const theirs of from.spaces) {
    const mine = papersFind(into, theirs.slug);
    if (mine === undefined) {
      into.spaces.push(theirs);
      continue;
    }
    if (!equal(mine.spaceId, theirs.spaceId)) continue;
    mine.tokens = { ...theirs.tokens, ...mine.tokens };
    const later =
      mine.record.length === 0 ? theirs.record.length > 0 : theirs.seq > mine.seq;
    const answered =
      equal(mine.record, theirs.record) && mine.receipt.length === 0 && theirs.receipt.length > 0;
    if (!later && !answered) continue;
    mine.seq = theirs.seq;
    mine.record = theirs.record;
    mine.receipt = theirs.receipt;
  }
}

/** What became of a file that was opened. */
export type Opened = "added" | "merged" | "other-log";

/**
 * Put a papers file into `state`: a new entry, or what an entry of the same
 * secret lacks.  Fault "papers": it is none.
 */
export function openPapersFile(state: State, bytes: Uint8Array): Opened {
  const theirs = parsePapers(bytes);
  if (state.logKey !== "" && theirs.logKey !== "" && state.logKey !== theirs.logKey)
    return "other-log";
  const mine = state.people.find((p) => equal(parsePapers(p.papers).secret, theirs.secret));
  if (mine === undefined) {
    const papers = putPapers(theirs);
    state.people.push({ id: freshId(), label: "", papers, codeKept: true });
    return "added";
  }
  const merged = parsePapers(mine.papers);
  mergePapers(merged, theirs);
  mine.papers = putPapers(merged);
  return "merged";
}
