/*
 * How one ballot was counted: of a sealed space it is opened here again, from
 * the trustees' published openings, whole files, each proof verified (PROTOCOL
 * 7.3).  Nobody learns whose ballot it is.
 */
import { compare, equal, hex } from "./bytes.ts";
import type { Vote } from "./cast.ts";
import { decode, type Choices } from "./choices.ts";
import { Fault } from "./fault.ts";
import type { Point } from "./group.ts";
import { parseRecord } from "./record.ts";
import { recordOf, type Found } from "./records.ts";
import {
  interpolate,
  openingPoints,
  openingSigned,
  openSealed,
  parseOpening,
  parseSealedBody,
} from "./seal.ts";
import { eachEntry, rootAt, trustObject, type ReadOptions } from "./trust.ts";

/**
 * choices: as these; null: opened, and no ballot of the form; replaced: a later
 * one of the same credential counts; few: too few ballots, so nothing was
 * opened; pending: not closed, or not opened yet.
 */
export type Counted =
  | { readonly state: "choices"; readonly choices: Choices }
  | { readonly state: "null" | "replaced" | "few" | "pending" };

/** What a credential's last record is, and where. */
interface Last {
  readonly pk: Uint8Array;
  readonly seq: number;
  readonly index: number;
  /** R of a sealed one, else its beginning. */
  readonly r: Uint8Array;
}

interface Space {
  readonly last: Map<string, Last>;
  /** Number of the close entry; -1: none. */
  close: number;
  /** Hashes of opening files by trustee, as logged. */
  readonly openings: Map<number, Uint8Array[]>;
}

async function readSpace(v: Vote, o: ReadOptions): Promise<Space> {
  const { header: h, contact, row } = v;
  const s: Space = { last: new Map(), close: -1, openings: new Map() };
  await eachEntry(
    contact.trust,
    row.first,
    contact.trust.checkpoint.size,
    (index, e) => {
      if (e.kind === "close" && equal(e.spaceId, h.id)) s.close = index;
      if (e.kind === "opening" && equal(e.spaceId, h.id))
        s.openings.set(e.trustee, [...(s.openings.get(e.trustee) ?? []), e.object]);
      const rec = e.kind === "record" ? recordOf(e.record, h) : undefined;
      if (rec === undefined || rec.purpose !== "vote") return;
      const pk = hex(rec.pk);
      const known = s.last.get(pk);
      if (known === undefined || rec.seq > known.seq)
        s.last.set(pk, { pk: rec.pk.slice(), seq: rec.seq, index, r: rec.body.slice(0, 32) });
    },
    o,
  );
  return s;
}

/* The points D of the first valid opening of a trustee; undefined: none. */
async function validOpening(
  v: Vote,
  s: Space,
  trustee: number,
  root: Uint8Array,
  r: readonly Uint8Array[],
  o: ReadOptions,
): Promise<Point[] | undefined> {
  const share = v.form.seal?.shares[trustee - 1];
  const identity = v.header.trustees.keys[trustee - 1];
  if (share === undefined || identity === undefined) return undefined;
  for (const hash of s.openings.get(trustee) ?? []) {
    const bytes = await trustObject(v.contact.trust, hash, o.signal);
    try {
      const f = parseOpening(bytes);
      const ours =
        equal(f.spaceId, v.header.id) && equal(f.formId, v.form.id) && f.trustee === trustee;
      if (
        !ours ||
        f.size !== s.close + 1 ||
        !equal(f.root, root) ||
        !(await openingSigned(f, identity))
      )
        continue;
      const d = openingPoints(f, share, r);
      if (d !== undefined) return d;
    } catch (e) {
      /* An opening that is none is named by the audit and ignored here. */
      if (!(e instanceof Fault)) throw e;
    }
  }
  return undefined;
}

/* The shares of ballot number `at` of the t trustees with the lowest indices. */
async function shares(v: Vote, s: Space, r: readonly Uint8Array[], at: number, o: ReadOptions) {
  const root = await rootAt(v.contact.trust, s.close + 1, o.signal);
  const out: { index: number; d: Point }[] = [];
  for (
    let j = 1;
    j <= v.header.trustees.keys.length && out.length < v.header.trustees.threshold;
    j++
  ) {
    const d = await validOpening(v, s, j, root, r, o);
    if (d !== undefined) out.push({ index: j, d: d[at] as Point });
  }
  return out;
}

function decoded(v: Vote, bytes: Uint8Array | undefined): Counted {
  if (bytes === undefined) return { state: "null" };
  try {
    return { state: "choices", choices: decode(v.form, bytes) };
  } catch (e) {
    if (e instanceof Fault) return { state: "null" };
    throw e;
  }
}

/** How the ballot that was found in the log was counted. */
export async function countedAs(v: Vote, found: Found, o: ReadOptions = {}): Promise<Counted> {
  const rec = parseRecord(found.record, v.header.issuers.length);
  const s = await readSpace(v, o);
  if (s.last.get(hex(rec.pk))?.index !== found.index) return { state: "replaced" };
  if (s.close < 0) return { state: "pending" };
  if (s.last.size < v.header.minOpen) return { state: "few" };
  if (v.form.seal === undefined) return decoded(v, rec.body);
  const counted = [...s.last.values()].sort((a, b) => compare(a.pk, b.pk));
  const at = counted.findIndex((c) => equal(c.pk, rec.pk));
  const of = await shares(
    v,
    s,
    counted.map((c) => c.r),
    at,
    o,
  );
  if (of.length < v.header.trustees.threshold) return { state: "pending" };
  const seal = {
    spaceId: v.header.id,
    formId: v.form.id,
    pk: rec.pk,
    seq: rec.seq,
    y: v.form.seal.key,
  };
  return decoded(v, await openSealed(seal, parseSealedBody(rec.body), interpolate(of)));
}
