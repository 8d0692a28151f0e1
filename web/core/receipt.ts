/*
 * Receipts (PROTOCOL 6): signed notes by the key "<origin>/receipt".  A plain
 * one names the leaf; a grouped one signs the root over the salted leaves of a
 * commit group and carries salt, index and path in front of the note.
 */
import { equal, fromB64, utf8 } from "./bytes.ts";
import { after, linesOf, parseNumber, parsePath } from "./checkpoint.ts";
import { Fault } from "./fault.ts";
import { hashDst } from "./hash.ts";
import { leafHash, verifyInclusion } from "./merkle.ts";
import { noteString, parseNote, verifyNote, type NoteKey } from "./note.ts";

const PLAIN = "partecipa/receipt/v1";
const GROUP = "partecipa/receipt-group/v1";
const MEMBER = "partecipa/receipt-member/v1";

export interface Receipt {
  readonly spaceId: Uint8Array;
  readonly leaf: Uint8Array;
  /** UNIX seconds. */
  readonly windowEnd: number;
}

interface Group {
  readonly salt: Uint8Array;
  readonly index: number;
  readonly size: number;
  readonly path: readonly Uint8Array[];
  readonly root: Uint8Array;
}

/** What a receipt promises to somebody who does not have the record. */
export interface ReceiptPromise {
  readonly spaceId: Uint8Array;
  readonly windowEnd: number;
  /** The leaf of a plain one, or the group that it may be in. */
  readonly of: Uint8Array | Group;
}

const format = (detail: string): Fault => new Fault("input", "format", detail);

/** The lines of the note's text, signed by `k`; `head` is the first. */
async function signedLines(
  note: Uint8Array,
  k: NoteKey,
  head: string,
  count: number,
): Promise<string[]> {
  const n = parseNote(note);
  try {
    await verifyNote(n, k);
  } catch (e) {
    throw e instanceof Fault ? new Fault("input", "signature", e.detail) : e;
  }
  const lines = linesOf(n.text);
  if (lines.shift() !== head || lines.length !== count) {
    throw format("no receipt");
  }
  return lines;
}

async function openPlain(bytes: Uint8Array, k: NoteKey): Promise<ReceiptPromise> {
  const [space, leaf, end] = (await signedLines(bytes, k, PLAIN, 3)) as [string, string, string];
  return { spaceId: fromB64(space, 32), of: fromB64(leaf, 32), windowEnd: parseNumber(end) };
}

async function openMember(text: string, k: NoteKey): Promise<ReceiptPromise> {
  const split = text.indexOf("\n\n");
  if (split < 0) {
    throw format("no receipt");
  }
  const [, salt, index, ...path] = text.slice(0, split).split("\n");
  const member = {
    salt: fromB64(after(salt, "salt "), 16),
    index: parseNumber(after(index, "index ")),
    path: parsePath(path),
  };
  const note = utf8(text.slice(split + 2));
  const lines = await signedLines(note, k, GROUP, 4);
  const [space, end, size, root] = lines as [string, string, string, string];
  const group = { ...member, size: parseNumber(size), root: fromB64(root, 32) };
  if (group.index >= group.size) {
    throw new Fault("input", "signature", "a place that the group does not have");
  }
  return { spaceId: fromB64(space, 32), windowEnd: parseNumber(end), of: group };
}

/** Verify a receipt of either form; Fault format, limit, signature. */
export async function openPromise(bytes: Uint8Array, k: NoteKey): Promise<ReceiptPromise> {
  const text = noteString(bytes);
  if (text.startsWith(`${PLAIN}\n`)) {
    return openPlain(bytes, k);
  }
  if (text.startsWith(`${MEMBER}\n`)) {
    return openMember(text, k);
  }
  throw format("no receipt");
}

/** H(DST("receipt") || salt || leaf), an entry of the group's tree. */
export function groupEntry(salt: Uint8Array, leaf: Uint8Array): Uint8Array {
  return hashDst("receipt", salt, leaf);
}

/** True iff the promise is kept by a log that has the leaf. */
export function isPromiseOf(p: ReceiptPromise, leaf: Uint8Array): boolean {
  if (p.of instanceof Uint8Array) {
    return equal(p.of, leaf);
  }
  const { salt, index, size, path, root } = p.of;
  return verifyInclusion(leafHash(groupEntry(salt, leaf)), index, size, path, root);
}

/**
 * Verify a receipt of either form for the record whose leaf hash is `leaf`.
 * Fault format, limit, signature; Fault conflict: a good one for another leaf.
 */
export async function openReceipt(
  bytes: Uint8Array,
  k: NoteKey,
  leaf: Uint8Array,
): Promise<Receipt> {
  const p = await openPromise(bytes, k);
  if (!isPromiseOf(p, leaf)) {
    const code = p.of instanceof Uint8Array ? "conflict" : "signature";
    throw new Fault("input", code, "the receipt is for another record");
  }
  return { spaceId: p.spaceId, leaf, windowEnd: p.windowEnd };
}
