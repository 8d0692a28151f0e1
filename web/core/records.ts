/* The records of one credential, without telling the server whose. */
import { equal } from "./bytes.ts";
import type { Purpose } from "./derive.ts";
import { Fault } from "./fault.ts";
import type { Header } from "./header.ts";
import { leafHash } from "./merkle.ts";
import { parseRecord } from "./record.ts";
import type { Rec } from "./record.ts";
import type { Row } from "./spaces.ts";
import { eachEntry } from "./trust.ts";
import type { ReadOptions, Trust } from "./trust.ts";

/** One record in the log. */
export interface Found {
  /** Number of the entry. */
  readonly index: number;
  readonly windowEnd: number;
  readonly seq: number;
  readonly leaf: Uint8Array;
  readonly record: Uint8Array;
  /** The leaf hashes of its bundle, for the proof. */
  readonly leaves: readonly Uint8Array[];
}

/** A record of the space, or undefined: its length is that of its seq. */
export function recordOf(raw: Uint8Array, h: Header): Rec | undefined {
  try {
    const rec = parseRecord(raw, h.issuers.length);
    return equal(rec.spaceId, h.id) ? rec : undefined;
  } catch (e) {
    if (e instanceof Fault) return undefined;
    throw e;
  }
}

/**
 * All records of the credential `pk`, in the order of the log.  The whole log
 * from the space's header on is read, whatever range the server says and
 * whatever was found: what is read does not tell whose record is looked for.
 */
export async function findRecords(
  t: Trust,
  row: Row,
  h: Header,
  pk: Uint8Array,
  o: ReadOptions = {},
  purpose: Purpose = "vote",
): Promise<Found[]> {
  const found: Found[] = [];
  let windowEnd = 0;
  await eachEntry(
    t,
    row.first,
    t.checkpoint.size,
    (index, e, entry, leaves) => {
      if (e.kind === "batch" && equal(e.spaceId, h.id)) windowEnd = e.windowEnd;
      if (e.kind !== "record") return;
      const rec = recordOf(e.record, h);
      if (rec === undefined || rec.purpose !== purpose || !equal(rec.pk, pk)) return;
      found.push({
        index,
        windowEnd,
        seq: rec.seq,
        leaf: leafHash(entry),
        record: e.record.slice(),
        leaves,
      });
    },
    o,
  );
  return found;
}

/** Of the highest number: the one that counts; of equal ones the first. */
export function lastOf(found: readonly Found[]): Found | undefined {
  return found.reduce<Found | undefined>(
    (last, f) => (last === undefined || f.seq > last.seq ? f : last),
    undefined,
  );
}
