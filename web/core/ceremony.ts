/*
 * The transcript of a key ceremony (PROTOCOL 7.1), all of it verified: every
 * message signed by its trustee, bound to those before it, commitments and
 * proofs, and the joint key computed again.  Refuses what audit/ceremony.c
 * refuses; Fault("input", "format" or "signature").
 */
import { concat, equal, fromB64, utf8, u32, u8 } from "./bytes.ts";
import { Fault } from "./fault.ts";
import type { Form } from "./form.ts";
import {
  BASE,
  IDENTITY,
  multiplyPublic,
  pointBytes,
  pointFrom,
  reduce64,
  scalarFrom,
} from "./group.ts";
import type { Point, Scalar } from "./group.ts";
import { hashDst, hashDst512, sha256 } from "./hash.ts";
import type { Header } from "./header.ts";
import { getArray, getHex, getInt, only, readDocument, refuse } from "./json.ts";
import { NOTE_ED25519, noteKey, parseNote, verifyNote } from "./note.ts";
import { lp } from "./bytes.ts";

const HEAD = "partecipa/ceremony/v1 ";
const MESSAGE_MAX = 8192;
const ATTEMPT_MAX = 1000000;
const SHARE_BYTES = 48;
const ROUNDS = ["commit", "reveal", "share", "accept"] as const;
type Round = (typeof ROUNDS)[number];

/** What comes out of a ceremony: Y, V_1..V_n, the transcript's hash. */
export interface CeremonyKeys {
  readonly attempt: number;
  readonly y: Uint8Array;
  readonly v: readonly Uint8Array[];
  readonly transcript: Uint8Array;
}

/** A message as it stands in the transcript. */
export interface CeremonyMessage {
  readonly round: Round | "complaint";
  readonly attempt: number;
  /** From 1. */
  readonly index: number;
  /** T_1, T_2 or T_3; undefined in a commit. */
  readonly before: Uint8Array | undefined;
  /** commit: E; reveal: A_0..; accept: Y, V_1..; share, complaint: none. */
  readonly points: readonly Point[];
  readonly commitment: Uint8Array | undefined;
  /** reveal: c and z. */
  readonly proof: readonly [Scalar, Scalar] | undefined;
}

function wrong(detail: string): never {
  throw new Fault("input", "signature", detail);
}

/** The lines of a text, read one by one. */
function lines(text: string) {
  const all = text.split("\n");
  let at = 0;
  const line = (): string =>
    at + 1 < all.length ? (all[at++] as string) : refuse("a line is missing");
  const number = (max: number): number => {
    const s = line();
    const n = Number(s);
    return /^[1-9][0-9]{0,9}$/.test(s) && n <= max
      ? n
      : refuse(`${s.slice(0, 20)} is no number from 1 to ${max}`);
  };
  return {
    line,
    number,
    bytes: (n: number) => fromB64(line(), n),
    point: () => pointFrom(fromB64(line(), 32)),
    scalar: () => scalarFrom(fromB64(line(), 32)),
    end: () =>
      at + 1 === all.length && all[at] === ""
        ? undefined
        : refuse("lines that do not belong there"),
  };
}

type Lines = ReturnType<typeof lines>;

function times<T>(n: number, f: () => T): T[] {
  return Array.from({ length: n }, f);
}

/* What follows the first four lines. */
function readContent(
  l: Lines,
  round: CeremonyMessage["round"],
  h: Header,
): Omit<CeremonyMessage, "round" | "attempt" | "index"> {
  const n = h.trustees.keys.length;
  const none = { before: undefined, points: [], commitment: undefined, proof: undefined };
  if (round === "commit") return { ...none, points: [l.point()], commitment: l.bytes(32) };
  const before = l.bytes(32);
  switch (round) {
    case "reveal":
      return {
        ...none,
        before,
        points: times(h.trustees.threshold, l.point),
        proof: [l.scalar(), l.scalar()],
      };
    case "share":
      times(n, () => l.bytes(SHARE_BYTES));
      return { ...none, before };
    case "accept":
      return { ...none, before, points: times(n + 1, l.point) };
    case "complaint":
      l.number(n);
      return { ...none, before };
  }
}

/**
 * One message, signed by the trustee whom it names, for the space `h`; its
 * points and scalars are canonical.
 */
export async function parseCeremonyMessage(text: string, h: Header): Promise<CeremonyMessage> {
  const bytes = utf8(text);
  if (bytes.length > MESSAGE_MAX) return refuse(`the message has ${bytes.length} bytes`);
  const note = parseNote(bytes);
  if (note.sigs.length !== 1) return refuse("the message has not exactly one signature");
  const l = lines(note.text);
  const head = l.line();
  const word = head.startsWith(HEAD) ? head.slice(HEAD.length) : "";
  const round =
    [...ROUNDS, "complaint" as const].find((r) => r === word) ?? refuse("line 1 names no round");
  if (!equal(l.bytes(32), h.id)) return refuse("the message belongs to another space");
  const attempt = l.number(ATTEMPT_MAX);
  const index = l.number(h.trustees.keys.length);
  const content = readContent(l, round, h);
  l.end();
  const key = noteKey(
    `${h.origin}/trustee`,
    NOTE_ED25519,
    h.trustees.keys[index - 1] as Uint8Array,
  );
  await verifyNote(note, key);
  return { round, attempt, index, ...content };
}

/* T_1, T_2 or T_3 over whole notes. */
function binding(
  number: number,
  before: Uint8Array | undefined,
  notes: readonly string[],
): Uint8Array {
  return hashDst(
    "transcript",
    u8(number),
    before ?? new Uint8Array(0),
    ...notes.map((n) => lp(utf8(n))),
  );
}

interface Check {
  readonly h: Header;
  readonly attempt: number;
  readonly notes: Readonly<Record<Round, readonly string[]>>;
}

/* All messages of a round, of this attempt, each by whom it should be. */
async function readRound(
  c: Check,
  round: Round,
  before: Uint8Array | undefined,
): Promise<CeremonyMessage[]> {
  const out: CeremonyMessage[] = [];
  for (const [i, text] of c.notes[round].entries()) {
    const m = await parseCeremonyMessage(text, c.h);
    if (m.round !== round || m.index !== i + 1 || m.attempt !== c.attempt)
      return wrong(`in place of the ${round} of trustee ${i + 1} stands another message`);
    if (before !== undefined && !equal(m.before as Uint8Array, before))
      return wrong(`the ${round} of trustee ${i + 1} follows other messages than these`);
    out.push(m);
  }
  return out;
}

/* space_id || u32 attempt || u8 i || u8 n || u8 t. */
function which(c: Check, index: number): Uint8Array {
  const { keys, threshold } = c.h.trustees;
  return concat(c.h.id, u32(c.attempt), u8(index), u8(keys.length), u8(threshold));
}

function checkReveal(
  c: Check,
  commit: CeremonyMessage,
  reveal: CeremonyMessage,
  t1: Uint8Array,
): void {
  const a = reveal.points.map(pointBytes);
  const e = pointBytes(commit.points[0] as Point);
  const commitment = hashDst("coefficients", which(c, reveal.index), e, ...a);
  if (!equal(commitment, commit.commitment as Uint8Array))
    return wrong(`trustee ${reveal.index} revealed other coefficients than those of the commit`);
  const [pc, pz] = reveal.proof as readonly [Scalar, Scalar];
  const kG = multiplyPublic(BASE, pz).subtract(multiplyPublic(reveal.points[0] as Point, pc));
  const want = reduce64(hashDst512("possession", which(c, reveal.index), t1, ...a, pointBytes(kG)));
  if (want !== pc)
    return wrong(
      `trustee ${reveal.index} does not prove to know the secret of the first coefficient`,
    );
}

/* sum_k j^k A_k. */
function evaluate(a: readonly Point[], j: number): Point {
  return a.reduceRight((sum, ak) => multiplyPublic(sum, BigInt(j)).add(ak), IDENTITY);
}

/* Y and V_1..V_n of all commitments. */
function joint(reveals: readonly CeremonyMessage[]): { y: Uint8Array; v: Uint8Array[] } {
  const all = [0, ...reveals.map((_, i) => i + 1)].map((j) => {
    const p = reveals.reduce(
      (sum, m) => sum.add(j === 0 ? (m.points[0] as Point) : evaluate(m.points, j)),
      IDENTITY,
    );
    return p.is0() ? wrong("the coefficients add up to no key") : pointBytes(p);
  });
  return { y: all[0] as Uint8Array, v: all.slice(1) };
}

async function check(c: Check): Promise<{ y: Uint8Array; v: Uint8Array[] }> {
  const commits = await readRound(c, "commit", undefined);
  const t1 = binding(1, undefined, c.notes.commit);
  const reveals = await readRound(c, "reveal", t1);
  reveals.forEach((m, i) => checkReveal(c, commits[i] as CeremonyMessage, m, t1));
  const t2 = binding(2, t1, c.notes.reveal);
  await readRound(c, "share", t2);
  const t3 = binding(3, t2, c.notes.share);
  const keys = joint(reveals);
  for (const m of await readRound(c, "accept", t3)) {
    const same = m.points.every((p, k) =>
      equal(pointBytes(p), k === 0 ? keys.y : (keys.v[k - 1] as Uint8Array)),
    );
    if (!same) return wrong(`trustee ${m.index} accepted other keys`);
  }
  return keys;
}

/** A transcript document and all of what it says, for the space `h`. */
export async function parseTranscript(bytes: Uint8Array, h: Header): Promise<CeremonyKeys> {
  const doc = readDocument(bytes, "transcript");
  only(doc, ["accepts", "attempt", "commits", "reveals", "shares", "space_id", "version"]);
  getInt(doc, "version", 1, 1);
  const attempt = getInt(doc, "attempt", 1, ATTEMPT_MAX);
  const n = h.trustees.keys.length;
  if (!equal(getHex(doc, "space_id", 32), h.id))
    return refuse("the transcript belongs to another space");
  if (n === 0) return refuse("the space is not sealed: it has no trustees");
  const list = (name: string): string[] =>
    getArray(doc, name, n, n).map((v) =>
      typeof v === "string" ? v : refuse(`${name} holds something that is no text`),
    );
  const notes = {
    commit: list("commits"),
    reveal: list("reveals"),
    share: list("shares"),
    accept: list("accepts"),
  };
  return { attempt, transcript: sha256(bytes), ...(await check({ h, attempt, notes })) };
}

/** Whether the form's seal is what the ceremony made. */
export function sealIsOf(f: Form, k: CeremonyKeys): boolean {
  const s = f.seal;
  return (
    s !== undefined &&
    s.shares.length === k.v.length &&
    equal(s.transcript, k.transcript) &&
    equal(s.key, k.y) &&
    s.shares.every((v, i) => equal(v, k.v[i] as Uint8Array))
  );
}
