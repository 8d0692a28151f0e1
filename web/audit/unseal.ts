/* Openings of sealed ballots (PROTOCOL 7.3), as a whole log has them. */
import { equal } from "../core/bytes.ts";
import { Fault } from "../core/fault.ts";
import { pointFrom, type Point } from "../core/group.ts";
import {
  combine,
  lagrange,
  openingPoints,
  openingSigned,
  openSealed,
  parseOpening,
  parseSealedBody,
  type OpeningFile,
  type SealedBody,
} from "../core/seal.ts";
import type { Credential } from "./seen.ts";
import type { Space } from "./world.ts";

/** One opening entry, and why it is not valid ("": it is). */
export type JudgedOpening = { trustee: number; index: number; why: string };

/** The valid openings that are needed, with their points D by ballot. */
export type Openings = {
  judged: JudgedOpening[];
  needed: { trustee: number; d: Point[] }[];
  bodies: SealedBody[];
};

/** Told how much of the work is done, 0 to 1. */
export type OnPart = (part: number) => void;

/** Is it an opening of these ballots by that trustee at all?  "": it is. */
function subject(s: Space, o: OpeningFile, trustee: number, m: number): string {
  if (!equal(o.spaceId, s.header.id)) return "it is an opening of another space";
  if (!equal(o.formId, s.form!.id)) return "it is an opening of another form";
  if (o.size !== s.closeSize || !equal(o.root, s.closeRoot)) {
    return `it was made for another close: a log of ${o.size} entries, not ${s.closeSize}`;
  }
  if (o.trustee !== trustee) {
    return `it is the opening of trustee ${o.trustee}, not of trustee ${trustee}`;
  }
  return o.m === m ? "" : `it opens ${o.m} ballots, ${m} were counted`;
}

type One = { why: string; d: Point[] | undefined };

async function judgeOne(
  s: Space,
  file: Uint8Array,
  trustee: number,
  r: Uint8Array[],
): Promise<One> {
  let o: OpeningFile;
  try {
    o = parseOpening(file);
  } catch (e) {
    if (!(e instanceof Fault)) throw e;
    return { why: "the bytes are not an opening file", d: undefined };
  }
  const why = subject(s, o, trustee, r.length);
  if (why !== "") return { why, d: undefined };
  if (!(await openingSigned(o, s.header.trustees.keys[trustee - 1]!))) {
    return { why: `it is not signed by trustee ${trustee}`, d: undefined };
  }
  const d = openingPoints(o, s.form!.seal!.shares[trustee - 1]!, r);
  return { why: d === undefined ? "its proof does not verify" : "", d };
}

/** Fault "format": a body of another length, which broke rule 31 where it stands. */
function bodyOf(s: Space, c: Credential): SealedBody {
  if (c.body.length !== s.form!.bodyBytes) throw new Fault("input", "format", "no sealed ballot");
  return parseSealedBody(c.body);
}

/** Judge all openings of a closed space; of a trustee the first valid one counts. */
export async function judgeOpenings(
  s: Space,
  ballots: readonly Credential[],
  onPart: OnPart,
): Promise<Openings> {
  const bodies = ballots.map((b) => bodyOf(s, b));
  const r = bodies.map((b) => b.r);
  const judged: JudgedOpening[] = [];
  const valid = new Map<number, Point[]>();
  for (const [i, { trustee, index, file }] of s.openings.entries()) {
    const again = `there is a valid one of trustee ${trustee} before it`;
    const one: One = valid.has(trustee)
      ? { why: again, d: undefined }
      : await judgeOne(s, file, trustee, r);
    judged.push({ trustee, index, why: one.why });
    if (one.d !== undefined) valid.set(trustee, one.d);
    onPart((i + 1) / s.openings.length);
  }
  const needed = [...valid]
    .sort((a, b) => a[0] - b[0])
    .slice(0, s.header.trustees.threshold)
    .map(([trustee, d]) => ({ trustee, d }));
  return { judged, needed, bodies };
}

/**
 * Who has not opened, if some more have to; "": enough have.  Fault "signature"
 * where a counted ballot is none.
 */
export function missingOpenings(s: Space, o: Openings): string {
  const { keys, threshold } = s.header.trustees;
  if (o.bodies.length === 0 || o.needed.length >= threshold) return "";
  /* No opening is valid where a ballot is none, which broke rule 31. */
  for (const b of o.bodies) pointFrom(b.r);
  const valid = new Set(o.judged.filter((j) => j.why === "").map((j) => j.trustee));
  const missing = keys.map((_, i) => i + 1).filter((i) => !valid.has(i));
  const more = threshold - o.needed.length;
  const who = `trustee${missing.length > 1 ? "s" : ""} ${missing.join(", ")}`;
  const what = `${more} more opening${more > 1 ? "s" : ""}`;
  return `${s.header.slug} needs ${what}: ${who} ha${missing.length > 1 ? "ve" : "s"} not opened`;
}

/** Ballots opened between two reports of progress. */
const SLICE = 32;

/** The encoded choices of every ballot; undefined: it is null. */
export async function openBallots(
  s: Space,
  ballots: readonly Credential[],
  o: Openings,
  onPart: OnPart,
): Promise<(Uint8Array | undefined)[]> {
  const lambda = lagrange(o.needed.map((n) => n.trustee));
  const { id: formId, seal } = s.form!;
  const spaceId = s.header.id;
  const one = (i: number): Promise<Uint8Array | undefined> => {
    const { pk, seq } = ballots[i]!;
    const shared = combine(lambda, o.needed.map((n) => n.d[i]!));
    return openSealed({ spaceId, formId, pk, seq, y: seal!.key }, o.bodies[i]!, shared);
  };
  const out: (Uint8Array | undefined)[] = [];
  for (let from = 0; from < ballots.length; from += SLICE) {
    const n = Math.min(SLICE, ballots.length - from);
    out.push(...(await Promise.all(Array.from({ length: n }, (_, i) => one(from + i)))));
    onPart(out.length / ballots.length);
  }
  return out;
}
