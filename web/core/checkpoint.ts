/* C2SP tlog-checkpoint and tlog-proof. */
import { b64, equal, fromB64, utf8 } from "./bytes.ts";
import { Fault } from "./fault.ts";
import { PROOF_MAX, verifyInclusion } from "./merkle.ts";
import {
  isNoteName,
  noteCosigned,
  noteString,
  parseNote,
  verifyNote,
  type Note,
  type NoteKey,
} from "./note.ts";

export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
}

const format = (detail: string): Fault => new Fault("input", "format", detail);

/** A decimal without sign or leading zeros, below 2^53; Fault format. */
export function parseNumber(s: string): number {
  const n = /^(?:0|[1-9]\d{0,15})$/.test(s) ? Number(s) : NaN;
  if (!Number.isSafeInteger(n)) {
    throw format(`not a number: ${s.slice(0, 40)}`);
  }
  return n;
}

/** Lines that each end in a newline, without it; Fault format. */
export function linesOf(text: string): string[] {
  const lines = text.split("\n");
  if (lines.pop() !== "") {
    throw format("the last line does not end");
  }
  return lines;
}

/** The text of a note; extension lines are read over. */
export function parseCheckpointText(text: string): Checkpoint {
  const [origin, size, root, ...extensions] = linesOf(text);
  if (origin === undefined || size === undefined || root === undefined || !isNoteName(origin)) {
    throw format("no checkpoint");
  }
  const out = { origin, size: parseNumber(size), root: fromB64(root, 32) };
  if (extensions.includes("")) {
    throw format("an empty line in a checkpoint");
  }
  return out;
}

/**
 * Demand that `k` signed it and that its origin is the name of `k`; the note is
 * for cosignatures.  Fault format, limit; Fault signature: of another log, or
 * not signed by it.
 */
export async function openCheckpoint(
  bytes: Uint8Array,
  k: NoteKey,
): Promise<Checkpoint & { readonly note: Note; readonly bytes: Uint8Array }> {
  const note = parseNote(bytes);
  const c = parseCheckpointText(note.text);
  try {
    await verifyNote(note, k);
  } catch (e) {
    throw e instanceof Fault ? new Fault("input", "signature", e.detail) : e;
  }
  if (c.origin !== k.name) {
    throw new Fault("input", "signature", `a checkpoint of ${c.origin}`);
  }
  return { ...c, note, bytes };
}

/**
 * Which of `keys` cosigned validly, each public key once: one key under two
 * names is one witness, and a broken line counts as none.
 */
export async function cosigners(note: Note, keys: readonly NoteKey[]): Promise<NoteKey[]> {
  const out: NoteKey[] = [];
  for (const k of keys) {
    const signed = await noteCosigned(note, k).then(
      () => true,
      () => false,
    );
    if (signed && !out.some((o) => equal(o.pk, k.pk))) {
      out.push(k);
    }
  }
  return out;
}

/** True iff at least `quorum` different keys cosigned validly. */
export async function hasQuorum(
  note: Note,
  keys: readonly NoteKey[],
  quorum: number,
): Promise<boolean> {
  return (await cosigners(note, keys)).length >= quorum;
}

/** One base64 hash a line, as the C2SP formats write a path. */
export function parsePath(lines: readonly string[]): Uint8Array[] {
  if (lines.length > PROOF_MAX) {
    throw new Fault("input", "limit", "a path of more than 63 hashes");
  }
  return lines.map((l) => fromB64(l, 32));
}

export interface TlogProof {
  /** Decoded; undefined where the line is absent. */
  readonly extra: Uint8Array | undefined;
  readonly index: number;
  readonly path: readonly Uint8Array[];
  /** The note. */
  readonly checkpoint: Uint8Array;
}

const PROOF_HEAD = "c2sp.org/tlog-proof@v1";

/** What follows `prefix`; Fault format. */
export function after(line: string | undefined, prefix: string): string {
  if (line === undefined || !line.startsWith(prefix)) {
    throw format(`no line "${prefix.trim()}"`);
  }
  return line.slice(prefix.length);
}

/** Strict (Fault format, limit); no signature is looked at. */
export function parseProof(bytes: Uint8Array): TlogProof {
  const text = noteString(bytes);
  const end = text.indexOf("\n\n");
  const lines = text.slice(0, end).split("\n");
  if (end < 0 || lines.shift() !== PROOF_HEAD) {
    throw format("no proof of a log");
  }
  let extra;
  if (lines[0]?.startsWith("extra ") === true) {
    extra = fromB64(after(lines.shift(), "extra "));
    if (extra.length === 0) {
      throw format("an empty extra line");
    }
  }
  const index = parseNumber(after(lines.shift(), "index "));
  const checkpoint = utf8(text.slice(end + 2));
  if (checkpoint.length === 0) {
    throw format("a proof without a checkpoint");
  }
  return { extra, index, path: parsePath(lines), checkpoint };
}

/** The bytes of a proof without an extra line. */
export function printProof(
  index: number,
  path: readonly Uint8Array[],
  checkpoint: Uint8Array,
): Uint8Array {
  const lines = [PROOF_HEAD, `index ${index}`, ...path.map(b64), "", ""];
  return utf8(lines.join("\n") + noteString(checkpoint));
}

/** Open the checkpoint with `k` and verify the inclusion of `leaf`. */
export async function verifyProof(
  p: TlogProof,
  leaf: Uint8Array,
  k: NoteKey,
): Promise<Checkpoint & { readonly note: Note }> {
  const c = await openCheckpoint(p.checkpoint, k);
  if (!verifyInclusion(leaf, p.index, c.size, p.path, c.root)) {
    throw new Fault("input", "signature", "the path does not lead to the root");
  }
  return c;
}
