/* Who may take part, and who asked: changes, ledgers, disputes, keys. */
import { compare, equal, u8 } from "../core/bytes.ts";
import { PURPOSES } from "../core/derive.ts";
import { verifyDst } from "../core/ed25519.ts";
import { refuse } from "../core/json.ts";
import { purposesOf } from "../core/header.ts";
import { checkLedger, ledgerRow, LEDGER_ROW, verifyRow } from "../core/ledger.ts";
import {
  CHANGE_BYTES,
  parseChanges,
  rollApply,
  rollEntitled,
  rollLine,
  type Roll,
  type RollChange,
} from "../core/roll.ts";
import { RULE } from "./rules.ts";
import {
  check,
  countRows,
  fetchObject,
  isWanted,
  ledgerOf,
  must,
  mustParse,
  Refused,
  type EntryOf,
  type Space,
  type Step,
} from "./world.ts";

/* --- Changes of the roll -------------------------------------------------- */

/** Whole rows, each well formed, sorted, none twice. */
function checkList(list: Uint8Array, count: number): RollChange[] {
  const rows = parseChanges(list);
  if (rows.length !== count) refuse(`the list has ${rows.length} rows, its entry says ${count}`);
  const row = (i: number): Uint8Array => list.subarray(i * CHANGE_BYTES, (i + 1) * CHANGE_BYTES);
  for (let i = 1; i < rows.length; i++) {
    if (compare(row(i - 1), row(i)) >= 0) refuse(`row ${i + 1} is not sorted, or there twice`);
  }
  return rows;
}

function hasCollected(s: Space, line: number): boolean {
  return [...s.ledgers.values()].some((l) => l.lines?.has(line) === true);
}

/** The line of a key, looked up through the replacements of the same list. */
function lineOf(roll: Roll, rows: RollChange[], pk: Uint8Array): number | undefined {
  let at = pk;
  for (let hops = 0; hops <= rows.length; hops++) {
    const line = rollLine(roll, at);
    if (line !== undefined) return line;
    const from = rows.find((c) => c.action === "replace" && equal(c.newPk, at));
    if (from === undefined) return undefined;
    at = from.oldPk;
  }
  return undefined;
}

/** A line that collected keeps its right: its paper would be a second vote. */
function judgeStrikes(t: Step, rows: RollChange[]): void {
  rows.forEach((c, i) => {
    if (c.action !== "strike" && c.action !== "remove") return;
    const line = lineOf(t.w.roll, rows, c.oldPk);
    for (const s of t.w.spaces) {
      if (line === undefined || s.closed || s.cancelled) continue;
      const why = `row ${i + 1} strikes a line that has collected in ${s.header.slug}`;
      check(t, RULE.changeLines, !hasCollected(s, line), why);
    }
  });
}

async function takeChanges(t: Step, e: EntryOf<"roll_change">): Promise<void> {
  const { w } = t;
  const list = await fetchObject(t, e.object);
  const rows = mustParse(t, RULE.changes, "", () => checkList(list, e.count));
  judgeStrikes(t, rows);
  try {
    rollApply(w.roll, list);
  } catch (error) {
    const why = error instanceof Error ? error.message : "";
    if (w.lostRoll) throw new Refused(why);
    must(t, RULE.changeLines, false, why);
  }
  check(t, RULE.changeLines, true, "");
}

/** Rules 19 and 20. */
export async function applyChanges(t: Step, e: EntryOf<"roll_change">): Promise<void> {
  try {
    await takeChanges(t, e);
  } catch (error) {
    if (error instanceof Refused) for (const s of t.w.spaces) s.lostRoll ||= !s.closed;
    throw error;
  }
}

/* --- Ledgers -------------------------------------------------------------- */

type OfIssuer = EntryOf<"ledger"> | EntryOf<"key_destroyed"> | EntryOf<"dispute">;

function hasIssuer(s: Space, e: OfIssuer): boolean {
  const { header: h } = s;
  return e.issuer < h.issuers.length && purposesOf(h.kind).includes(e.purpose);
}

function noIssuer(s: Space, e: OfIssuer): string {
  return `${s.header.slug} has no issuer ${e.issuer} for purpose ${e.purpose}`;
}

/** Signatures verified between two reports of progress. */
const SLICE = 64;

/** Rule 22. */
async function judgeSignatures(t: Step, e: EntryOf<"ledger">, rows: Uint8Array): Promise<void> {
  const { header: h } = t.s!;
  if (!isWanted(t.w, t.s)) return;
  const n = rows.length / LEDGER_ROW;
  const keyId = h.issuers[e.issuer]!.keys[e.purpose]!.id;
  countRows(t, RULE.ledgerSignature, n);
  const bad: number[] = [];
  for (let from = 0; from < n; from += SLICE) {
    const some = Array.from({ length: Math.min(SLICE, n - from) }, (_, i) => from + i);
    const good = await Promise.all(some.map((i) => verifyRow(ledgerRow(rows, i), h.id, keyId)));
    good.forEach((ok, i) => {
      if (!ok) bad.push(from + i);
    });
    t.w.onRows(from + some.length, n);
  }
  if (bad.length === 0) return;
  const why = `row ${bad[0]! + 1} is not signed by its roll key (${bad.length} rows are not)`;
  check(t, RULE.ledgerSignature, false, why);
}

/** Rule 23: which lines asked. */
function judgeLines(t: Step, rows: Uint8Array): Set<number> {
  const s = t.s!;
  const n = rows.length / LEDGER_ROW;
  const lines = new Set<number>();
  let twice = false;
  for (let i = 0; i < n; i++) {
    const line = rollLine(t.w.roll, ledgerRow(rows, i).rollPk);
    if (line !== undefined && rollEntitled(t.w.roll, s.header.id, line)) {
      twice ||= lines.has(line);
      lines.add(line);
    } else if (!s.lostRoll) {
      check(t, RULE.ledgerLines, false, `row ${i + 1} is of no line that may take part`);
    }
  }
  if (s.lostRoll) return lines;
  countRows(t, RULE.ledgerLines, n);
  if (twice) check(t, RULE.ledgerLines, false, "two rows are of one line");
  return lines;
}

function judgePlace(t: Step, e: EntryOf<"ledger">): void {
  const s = t.s!;
  must(t, RULE.ledger, hasIssuer(s, e), noIssuer(s, e));
  const again = ledgerOf(s, e.issuer, e.purpose).present;
  const why = `a second ledger of issuer ${e.issuer} for purpose ${e.purpose}`;
  must(t, RULE.ledger, !again, why);
  const late = s.header.mode === "separated" && s.batches > 0;
  const after = `a ledger of ${s.header.slug} stands after its `;
  check(t, RULE.ledgerTime, !s.closed && !late, after + (s.closed ? "close" : "first batch"));
}

async function takeLedger(t: Step, e: EntryOf<"ledger">): Promise<void> {
  const s = t.s!;
  judgePlace(t, e);
  const l = ledgerOf(s, e.issuer, e.purpose);
  /* Its count is known even where its rows are not. */
  l.present = true;
  l.count = e.count;
  const rows = await fetchObject(t, e.object);
  const n = mustParse(t, RULE.ledger, "", () => checkLedger(rows));
  const why = `the ledger has ${n} rows, its entry says ${e.count}`;
  check(t, RULE.ledger, n === e.count, why);
  await judgeSignatures(t, e, rows);
  l.lines = judgeLines(t, rows);
  l.count = n;
}

/** Rules 21 to 24. */
export async function applyLedger(t: Step, e: EntryOf<"ledger">): Promise<void> {
  const s = t.s!;
  try {
    await takeLedger(t, e);
  } catch (error) {
    const known = s.ledgers.get(`${e.issuer}/${e.purpose}`)?.lines !== undefined;
    if (error instanceof Refused && !known) s.lostLedgers = true;
    throw error;
  }
}

/** Rule 24: every ledger of the space is there. */
export function judgeMissing(t: Step, s: Space): void {
  s.header.issuers.forEach((_, issuer) => {
    for (const purpose of purposesOf(s.header.kind)) {
      if (s.lostLedgers) continue;
      const there = s.ledgers.get(`${issuer}/${purpose}`)?.present === true;
      const what = `the ledger of issuer ${issuer} for purpose ${purpose}`;
      check(t, RULE.ledgerTime, there, `${s.header.slug}: ${what} is not there yet`);
      s.lostLedgers ||= !there;
    }
  });
}

/* --- Destroyed keys and disputes ------------------------------------------ */

/** Rule 25. */
export function applyDestroyed(t: Step, e: EntryOf<"key_destroyed">): void {
  const s = t.s!;
  const { slug, issuers } = s.header;
  must(t, RULE.keyDestroyed, hasIssuer(s, e), noIssuer(s, e));
  const l = ledgerOf(s, e.issuer, e.purpose);
  const own = equal(issuers[e.issuer]!.keys[e.purpose]!.id, e.keyId);
  check(t, RULE.keyDestroyed, own, `the key is not the one in the header of ${slug}`);
  const due = s.cancelled || s.lostLedgers || l.present;
  check(t, RULE.keyDestroyed, due, `a key of ${slug} is destroyed before its ledger`);
  must(t, RULE.keyDestroyed, !l.destroyed, `a key of ${slug} is destroyed twice`);
  l.destroyed = true;
}

/** Rule 42. */
export async function applyDispute(t: Step, e: EntryOf<"dispute">): Promise<void> {
  const s = t.s!;
  must(t, RULE.dispute, hasIssuer(s, e), noIssuer(s, e));
  const parts = [s.header.id, u8(e.issuer), u8(PURPOSES[e.purpose])];
  const good = await verifyDst(e.rollPk, "dispute", parts, e.sig);
  check(t, RULE.dispute, good, "the dispute is not signed by its roll key");
  s.disputes++;
  if (s.lostLedgers || s.lostRoll) return;
  const line = rollLine(t.w.roll, e.rollPk);
  const l = ledgerOf(s, e.issuer, e.purpose);
  const asked = line !== undefined && l.lines?.has(line) === true;
  check(t, RULE.dispute, asked, "the dispute is of no line in the ledger");
  if (!asked) return;
  check(t, RULE.dispute, !l.disputed.has(line), "the line has disputed before");
  l.disputed.add(line);
}
