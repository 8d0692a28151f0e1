/* The credentials of the spaces, each with its last record (PROTOCOL 8). */
import { compare, hex } from "../core/bytes.ts";
import type { Purpose } from "../core/derive.ts";
import type { Rec } from "../core/record.ts";
import type { Space } from "./world.ts";

export type Credential = {
  purpose: Purpose;
  pk: Uint8Array;
  seq: number;
  /** Entry number of its last record. */
  index: number;
  body: Uint8Array;
};

/** By space; then by purpose and key in hex. */
export type Seen = Map<Space, Map<string, Credential>>;

function of(seen: Seen, s: Space): Map<string, Credential> {
  let all = seen.get(s);
  if (all === undefined) {
    all = new Map();
    seen.set(s, all);
  }
  return all;
}

/**
 * Take in a record; what is wrong with its number, or "".  A record of another
 * number than the next is the last one all the same if its number is higher.
 */
export function take(seen: Seen, s: Space, rec: Rec, index: number): string {
  const all = of(seen, s);
  const name = `${rec.purpose} ${hex(rec.pk)}`;
  const old = all.get(name);
  const want = old === undefined ? 0 : old.seq + 1;
  if (old === undefined || rec.seq > old.seq) {
    const { purpose, pk, seq, body } = rec;
    all.set(name, { purpose, pk, seq, index, body });
  }
  if (rec.seq === want) return "";
  return `the record has number ${rec.seq}, the next of its credential is ${want}`;
}

/** How many credentials of that purpose took part. */
export function credentials(seen: Seen, s: Space, purpose: Purpose): number {
  let n = 0;
  for (const c of of(seen, s).values()) n += c.purpose === purpose ? 1 : 0;
  return n;
}

/** The counted ballots: per credential the last, in order of pk. */
export function counted(seen: Seen, s: Space): Credential[] {
  const votes = [...of(seen, s).values()].filter((c) => c.purpose === "vote");
  return votes.sort((a, b) => compare(a.pk, b.pk));
}
