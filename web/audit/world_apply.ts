/* Entries by kind, and where records stand (audit/world.c, world_batch.c). */
import { compare, equal, hex } from "../core/bytes.ts";
import type { Entry, EntryKind } from "../core/entry.ts";
import { isWindowEnd } from "../core/header.ts";
import { RULE } from "./rules.ts";
import {
  check,
  fetchObject,
  must,
  noBatch,
  Refused,
  spaceById,
  staffOf,
  type EntryOf,
  type Space,
  type Step,
  type World,
} from "./world.ts";
import { applyClose, applyModeration, applyOpening } from "./world_close.ts";
import { applyPaper, applyResult } from "./world_close.ts";
import { applyBundle, applyGenesis, applyStaff, checkSigners } from "./world_log.ts";
import { applyChanges, applyDestroyed, applyDispute } from "./world_roll.ts";
import { applyLedger, judgeMissing } from "./world_roll.ts";
import { applyCancel, applyForm, applyHeader } from "./world_space.ts";

/** Kinds that speak of a space that has a header. */
const OF_SPACE: ReadonlySet<EntryKind> = new Set([
  "form",
  "ledger",
  "batch",
  "close",
  "opening",
  "result",
  "moderation",
  "paper",
  "key_destroyed",
  "dispute",
  "cancel",
  "progress",
] as const);

/** Rules 17, 24, 26, 27 and 28 of a batch entry. */
function applyBatch(t: Step, e: EntryOf<"batch">): void {
  const s = t.s!;
  const { header: h } = s;
  must(t, RULE.recordPlace, !s.closed, `a batch of ${h.slug} stands after its close`);
  const formed = s.form !== undefined || s.lostForm;
  check(t, RULE.formOnce, formed, `a batch of ${h.slug} stands before its form`);
  const end = e.windowEnd;
  check(t, RULE.window, isWindowEnd(h, end), `${end} is not the end of a window of ${h.slug}`);
  const later = `the batches of ${h.slug} are not in order of their windows`;
  check(t, RULE.window, end > s.lastWindow, later);
  check(t, RULE.batch, e.count > 0, "a batch of no records");
  if (h.mode === "separated" && s.batches === 0) judgeMissing(t, s);
  s.lostForm ||= s.form === undefined;
  s.batches++;
  s.lastWindow = end;
  t.w.batch = { ...noBatch(), s, left: e.count };
}

/** Rule 26: what only the end of a batch, or of the log, shows. */
export function judgeBatchEnd(w: World, index: number, own?: Step): void {
  const { s, left } = w.batch;
  if (s === undefined || left === 0) return;
  const t: Step = own ?? { w, index, e: undefined, s, quiet: false, root: undefined };
  check({ ...t, s }, RULE.batch, false, `the batch before lacks ${left} of its records`);
}

/** Find the space of an entry; Refused: it is to be left out. */
function findSpace(t: Step, id: Uint8Array, kind: EntryKind): void {
  const { w } = t;
  t.s = spaceById(w, id);
  if (t.s === undefined && (w.shunned.has(hex(id)) || w.gap)) throw new Refused("left out");
  const none = `the entry speaks of the space ${hex(id)}, which has no header`;
  if (t.s === undefined) must(t, RULE.entry, false, none);
  const why = `an entry of the space ${t.s?.header.slug}, which was cancelled`;
  must(t, RULE.cancel, t.s?.cancelled === false || kind === "key_destroyed", why);
}

async function byKind(t: Step, e: Entry): Promise<void> {
  switch (e.kind) {
    case "genesis":
      return applyGenesis(t, e);
    case "header":
      return applyHeader(t, e);
    case "form":
      return applyForm(t, e);
    case "roll_change":
      return applyChanges(t, e);
    case "ledger":
      return applyLedger(t, e);
    case "batch":
      return applyBatch(t, e);
    case "close":
      return applyClose(t, e);
    case "opening":
      return applyOpening(t, e);
    case "result":
      return applyResult(t, e);
    case "moderation":
      return applyModeration(t);
    case "paper":
      return applyPaper(t, e);
    case "key_destroyed":
      return applyDestroyed(t, e);
    case "bundle":
      return applyBundle(t, e);
    case "dispute":
      return applyDispute(t, e);
    case "cancel":
      return applyCancel(t);
    case "staff":
      return applyStaff(t, e);
    case "progress":
      await fetchObject(t, e.object);
      return;
    case "record":
      return;
  }
}

async function apply(t: Step, e: Entry): Promise<void> {
  const { w } = t;
  if (w.lost) throw new Refused("there is no genesis");
  if (t.index === 0) {
    w.lost = true;
    must(t, RULE.genesis, e.kind === "genesis", "the log does not begin with genesis");
    await byKind(t, e);
    w.lost = false;
    return;
  }
  if (OF_SPACE.has(e.kind) && "spaceId" in e) findSpace(t, e.spaceId, e.kind);
  await checkSigners(t, e);
  await byKind(t, e);
  if (t.s !== undefined) t.s.end = t.index + 1;
}

/**
 * Judge entry number ${index}, which is no record, and take it in; false: it
 * could not be taken in.  ${root} is that of the tree which ends with it.
 */
export async function applyEntry(
  w: World,
  index: number,
  e: Entry,
  root: Uint8Array | undefined,
): Promise<boolean> {
  const t: Step = { w, index, e, s: undefined, quiet: false, root };
  check(t, RULE.entry, true, "");
  judgeBatchEnd(w, index, t);
  w.batch = noBatch();
  try {
    await apply(t, e);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    w.batch.out = e.kind === "batch";
    return false;
  }
  for (const g of index > 0 ? e.signers : []) {
    const s = staffOf(w, g.pk);
    if (s !== undefined && s.n < g.n) s.n = g.n;
  }
  return true;
}

/* Where a record's bytes say its space and its number (PROTOCOL 6). */
const SPACE_AT = 2;
const SEQ_AT = 99;
const RECORD_FIXED = 169;

/** The space that the bytes speak of; undefined where they are no record. */
function recordSpace(raw: Uint8Array): Uint8Array | undefined {
  const known = raw.length >= SPACE_AT + 32 && raw[0] === 1;
  return known ? raw.subarray(SPACE_AT, SPACE_AT + 32) : undefined;
}

/** The records of a batch stand by number, then by leaf hash. */
function judgeOrder(t: Step, raw: Uint8Array, leaf: Uint8Array): void {
  const { batch } = t.w;
  const seq = new DataView(raw.buffer, raw.byteOffset).getUint32(SEQ_AT);
  const sorted =
    batch.leaf === undefined ||
    seq > batch.seq ||
    (seq === batch.seq && compare(batch.leaf, leaf) < 0);
  check(t, RULE.batch, sorted, "the record is not in its order");
  batch.seq = seq;
  batch.leaf = leaf;
}

function place(t: Step, raw: Uint8Array, leaf: Uint8Array): Space | undefined {
  const { w } = t;
  const s = w.batch.s;
  if (w.batch.out) throw new Refused("its batch was left out");
  t.s = s;
  must(t, RULE.recordPlace, s !== undefined, "the record stands in no batch");
  check(t, RULE.batch, w.batch.left > 0, "one record more than its batch says");
  let own: Space | undefined = s!;
  const id = recordSpace(raw);
  if (id !== undefined) {
    const same = equal(id, s!.header.id);
    const why = `a record of another space than its batch, ${s!.header.slug}`;
    check(t, RULE.recordPlace, same, why);
    if (!same) {
      s!.lostRecords = true;
      const other = spaceById(w, id);
      if (other !== undefined) other.lostRecords = true;
      own = undefined;
    }
  }
  if (own !== undefined && raw.length >= RECORD_FIXED) judgeOrder(t, raw, leaf);
  if (w.batch.left > 0) w.batch.left--;
  s!.records++;
  s!.end = t.index + 1;
  return own;
}

/** Judge the place of a record; the space whose batch it stands in, if any. */
export function applyRecord(
  w: World,
  index: number,
  raw: Uint8Array,
  leaf: Uint8Array,
): Space | undefined {
  const t: Step = { w, index, e: undefined, s: undefined, quiet: false, root: undefined };
  check(t, RULE.entry, true, "");
  try {
    if (w.lost) return undefined;
    if (index === 0) {
      w.lost = true;
      must(t, RULE.genesis, false, "the log does not begin with genesis");
    }
    return place(t, raw, leaf);
  } catch (error) {
    if (error instanceof Refused) return undefined;
    throw error;
  }
}

/** An entry that does not parse: what it may have been is not held against others. */
export function applyGap(w: World, index: number): void {
  w.lost ||= index === 0;
  const { s, left } = w.batch;
  if (s !== undefined && left > 0) {
    w.batch.left--;
    s.records++;
    s.end = index + 1;
    s.lostRecords = true;
    return;
  }
  w.gap = true;
  w.lostRoll = true;
  for (const one of w.spaces) {
    one.lostForm ||= one.form === undefined;
    one.lostRoll ||= !one.closed;
    one.lostLedgers ||= !one.closed;
    one.lostResult = true;
  }
}
