/*
 * C2SP signed notes, verifier keys (types 01 and 04) and witnesses'
 * cosignatures (tlog-cosignature).
 */
import { b64, concat, equal, fromB64, fromHex, fromUtf8, hex, reader, utf8 } from "./bytes.ts";
import { verify } from "./ed25519.ts";
import { Fault } from "./fault.ts";
import { sha256 } from "./hash.ts";

export const NOTE_ED25519 = 1;
export const NOTE_COSIGNATURE = 4;
const NAME_MAX = 255;
const SIGS_MAX = 100;
const NOTE_MAX = 65536;

/** A verifier key, "name+id+key". */
export interface NoteKey {
  readonly name: string;
  /** The first 4 bytes of H(name || 0a || type || key). */
  readonly id: Uint8Array;
  readonly type: typeof NOTE_ED25519 | typeof NOTE_COSIGNATURE;
  readonly pk: Uint8Array;
}

/** One signature line: `blob` is what follows the key id. */
export interface NoteSig {
  readonly name: string;
  readonly id: Uint8Array;
  readonly blob: Uint8Array;
}

export interface Note {
  /** With its final newline. */
  readonly text: string;
  readonly sigs: readonly NoteSig[];
}

const format = (detail: string): Fault => new Fault("input", "format", detail);

/* Control characters, the blanks of Unicode, and a plus. */
const NOT_IN_NAMES =
  /[\u0000-\u0020+\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/u;

/** A key's name: not empty, at most 255 bytes, no blank, control or plus. */
export function isNoteName(name: string): boolean {
  return utf8(name).length <= NAME_MAX && name !== "" && !NOT_IN_NAMES.test(name);
}

/** A key from its parts; Fault format of another name. */
export function noteKey(name: string, type: NoteKey["type"], pk: Uint8Array): NoteKey {
  if (!isNoteName(name)) {
    throw format("no name of a key");
  }
  return { name, type, pk, id: keyId(name, concat(Uint8Array.of(type), pk)) };
}

function keyId(name: string, data: Uint8Array): Uint8Array {
  return sha256(utf8(`${name}\n`), data).slice(0, 4);
}

/**
 * Fault format: malformed, or the id is not that of name, type and key; Fault
 * not-found: a key of another type.
 */
export function parseVkey(vkey: string): NoteKey {
  const at = vkey.indexOf("+");
  const then = vkey.indexOf("+", at + 1);
  if (at < 0 || then < 0) {
    throw format("no verifier key");
  }
  const name = vkey.slice(0, at);
  const id = fromHex(vkey.slice(at + 1, then), 4);
  const data = fromB64(vkey.slice(then + 1));
  if (!isNoteName(name) || data.length === 0 || !equal(id, keyId(name, data))) {
    throw format("a verifier key whose id is another");
  }
  const type = data[0];
  if (type !== NOTE_ED25519 && type !== NOTE_COSIGNATURE) {
    throw new Fault("input", "not-found", "a key of a type that nobody verifies here");
  }
  if (data.length !== 33) {
    throw format("a verifier key of another length");
  }
  return { name, id, type, pk: data.slice(1) };
}

export function printVkey(k: NoteKey): string {
  return `${k.name}+${hex(k.id)}+${b64(concat(Uint8Array.of(k.type), k.pk))}`;
}

/** Bytes as text: UTF-8, and no control character but newlines. */
export function noteString(bytes: Uint8Array): string {
  const s = fromUtf8(bytes);
  if (/[\u0000-\u0009\u000b-\u001f]/.test(s)) {
    throw format("a control character");
  }
  return s;
}

function parseLine(line: string): NoteSig {
  const space = line.indexOf(" ", 2);
  if (!line.startsWith("\u2014 ") || space < 0) {
    throw format("no line of a signature");
  }
  const name = line.slice(2, space);
  const blob = fromB64(line.slice(space + 1));
  if (name === "" || NOT_IN_NAMES.test(name) || blob.length <= 4) {
    throw format("no line of a signature");
  }
  return { name, id: blob.slice(0, 4), blob: blob.slice(4) };
}

/** Fault format: malformed by the C2SP text; Fault limit: too large. */
export function parseNote(bytes: Uint8Array): Note {
  if (bytes.length > NOTE_MAX) {
    throw new Fault("input", "limit", "a note above 64 KiB");
  }
  const s = noteString(bytes);
  const split = s.lastIndexOf("\n\n");
  if (split < 0 || !s.endsWith("\n")) {
    throw format("no note");
  }
  const lines = s.slice(split + 2).split("\n").slice(0, -1);
  if (lines.length > SIGS_MAX) {
    throw new Fault("input", "limit", "a note of more than 100 signatures");
  }
  if (lines.length === 0) {
    throw format("a note without signatures");
  }
  return { text: s.slice(0, split + 1), sigs: lines.map(parseLine) };
}

const isFrom = (sig: NoteSig, k: NoteKey): boolean => sig.name === k.name && equal(sig.id, k.id);

/**
 * Fault not-found: no line of that name and id; Fault signature: there is one
 * that does not verify, which spoils the note.
 */
export async function verifyNote(n: Note, k: NoteKey): Promise<void> {
  const lines = k.type === NOTE_ED25519 ? n.sigs.filter((s) => isFrom(s, k)) : [];
  if (lines.length === 0) {
    throw new Fault("input", "not-found", `no signature of ${k.name}`);
  }
  for (const line of lines) {
    if (!(await verify(k.pk, utf8(n.text), line.blob))) {
      throw new Fault("input", "signature", `the signature of ${k.name} does not verify`);
    }
  }
}

/** What a witness signs. */
function cosigned(text: string, time: number): Uint8Array {
  return utf8(`cosignature/v1\ntime ${time}\n${text}`);
}

/** The time of a cosignature that verifies, UNIX seconds; else Fault signature. */
async function cosignature(text: string, line: NoteSig, pk: Uint8Array): Promise<number> {
  if (line.blob.length === 72) {
    const r = reader(line.blob);
    /* A time above 2^53 is none: the reader refuses it. */
    try {
      const time = r.u64();
      if (await verify(pk, cosigned(text, time), r.rest())) {
        return time;
      }
    } catch (e) {
      if (!(e instanceof Fault)) {
        throw e;
      }
    }
  }
  throw new Fault("input", "signature", `the cosignature of ${line.name} does not verify`);
}

/**
 * The latest time of a witness's cosignatures, UNIX seconds (key of type 04).
 * Fault not-found and signature as verifyNote.
 */
export async function noteCosigned(n: Note, k: NoteKey): Promise<number> {
  const lines = k.type === NOTE_COSIGNATURE ? n.sigs.filter((s) => isFrom(s, k)) : [];
  if (lines.length === 0) {
    throw new Fault("input", "not-found", `no cosignature of ${k.name}`);
  }
  const times = [];
  for (const line of lines) {
    times.push(await cosignature(n.text, line, k.pk));
  }
  return Math.max(...times);
}
