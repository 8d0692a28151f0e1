/* The end of a space: close, paper, openings, result; and moderation. */
import { compare } from "../core/bytes.ts";
import { decode } from "../core/choices.ts";
import type { Purpose } from "../core/derive.ts";
import type { Form } from "../core/form.ts";
import { purposesOf } from "../core/header.ts";
import { refuse } from "../core/json.ts";
import { rollClose, rollCounts } from "../core/roll.ts";
import { RULE } from "./rules.ts";
import { check, fetchObject, must, mustParse, Refused } from "./world.ts";
import type { EntryOf, Space, Step, World } from "./world.ts";
import { judgeMissing } from "./world_roll.ts";

/** Rule 36, the first half; rule 24. */
export function applyClose(t: Step, e: EntryOf<"close">): void {
  const s = t.s!;
  const { slug } = s.header;
  must(t, RULE.close, !s.closed, `${slug} closed before`);
  const formed = s.form !== undefined || s.lostForm;
  check(t, RULE.close, formed, `${slug} closes without a form`);
  const why = `${slug} has ${s.records} records in the log, its close says ${e.records}`;
  check(t, RULE.close, e.records === s.records, why);
  judgeMissing(t, s);
  s.closed = true;
  s.closeSize = t.index + 1;
  s.closeRoot = t.root!;
  s.closeRecords = e.records;
  s.closeCredentials = e.credentials;
  rollClose(t.w.roll, s.header.id);
}

function judgeIssued(t: Step, purpose: Purpose, credentials: number): void {
  const s = t.s!;
  s.header.issuers.forEach((_, i) => {
    const l = s.ledgers.get(`${i}/${purpose}`);
    if (l === undefined || !l.present) return;
    const issued = `${s.header.slug}: issuer ${i} issued ${l.count} for purpose ${purpose}`;
    const why = `${issued}, but ${credentials} credentials took part`;
    check(t, RULE.issued, l.count >= credentials, why);
  });
}

/** Rules 36 and 37, once all records before the close are taken in. */
export function judgeClose(w: World, s: Space, credentials: (p: Purpose) => number): void {
  if (s.lostRecords || s.form === undefined) return;
  const index = s.closeSize - 1;
  const t: Step = { w, index, e: undefined, s, quiet: false, root: undefined };
  const purposes = purposesOf(s.header.kind);
  const all = purposes.reduce((sum, p) => sum + credentials(p), 0);
  const why = `${s.header.slug} has ${all} credentials, its close says ${s.closeCredentials}`;
  check(t, RULE.close, all === s.closeCredentials, why);
  for (const p of purposes) judgeIssued(t, p, credentials(p));
}

/** The sorted encodings of so many ballots, each within the form's limits. */
function checkBallots(f: Form, list: Uint8Array, count: number): void {
  const n = f.choicesBytes;
  if (list.length !== n * count) refuse(`the list does not hold ${count} ballots`);
  const one = (i: number): Uint8Array => list.subarray(i * n, (i + 1) * n);
  for (let i = 0; i < count; i++) {
    decode(f, one(i));
    if (i > 0 && compare(one(i - 1), one(i)) > 0) refuse(`ballot ${i + 1} is not sorted`);
  }
}

/** Rule 38. */
export async function applyPaper(t: Step, e: EntryOf<"paper">): Promise<void> {
  const s = t.s!;
  const { w } = t;
  const { slug } = s.header;
  const placed = (s.closed || w.gap) && !s.hasResult;
  check(t, RULE.paper, placed, `paper of ${slug} is not logged between close and result`);
  const before = s.openings.length === 0;
  check(t, RULE.paper, before, `paper of ${slug} is logged after an opening`);
  check(t, RULE.paper, s.header.paper, `${slug} takes no paper`);
  must(t, RULE.paper, s.paperList[e.sort] === undefined, `paper of ${slug} is logged twice`);
  const struck = rollCounts(w.roll, s.header.id)?.struck ?? 0;
  const many = `${slug} has ${e.count} on paper, but ${struck} lines were struck`;
  check(t, RULE.paper, s.lostRoll || e.count <= struck, many);
  s.lostResult = true;
  const list = await fetchObject(t, e.object);
  if (e.sort === 1 && s.form !== undefined) {
    const f = s.form;
    mustParse(t, RULE.paper, `${slug}: `, () => {
      checkBallots(f, list, e.count);
    });
  }
  s.lostResult = false;
  s.paper[e.sort] = e.count;
  s.paperList[e.sort] = list;
}

/** Is there something to be opened, by this trustee, now? */
function judgeOpening(t: Step, e: EntryOf<"opening">): void {
  const s = t.s!;
  const { header: h } = s;
  const n = h.trustees.keys.length;
  const of = `an opening of ${h.slug}`;
  must(t, RULE.opening, n > 0 && h.kind === "ballot", `${of}, which is not sealed`);
  must(t, RULE.opening, s.closed || t.w.gap, `${of} before its close`);
  must(t, RULE.opening, !s.hasResult, `${of} after its result`);
  must(t, RULE.opening, e.trustee <= n, `${of} by trustee ${e.trustee}, of ${n}`);
  const counted = s.closeCredentials;
  const enough = (counted > 0 && counted >= h.minOpen) || t.w.gap;
  const needed = Math.max(h.minOpen, 1);
  must(t, RULE.opening, enough, `${of}, where ${counted} ballots were counted of ${needed} needed`);
}

/** Rule 44; whether the file is valid is judged with the result. */
export async function applyOpening(t: Step, e: EntryOf<"opening">): Promise<void> {
  const s = t.s!;
  judgeOpening(t, e);
  try {
    const file = await fetchObject(t, e.object);
    s.openings.push({ trustee: e.trustee, index: t.index, file });
  } catch (error) {
    /* A file that is not there may have been one of those needed. */
    if (error instanceof Refused) s.lostResult = true;
    throw error;
  }
}

/** Rule 40. */
export async function applyResult(t: Step, e: EntryOf<"result">): Promise<void> {
  const s = t.s!;
  const { slug } = s.header;
  if (t.w.gap && !s.closed) throw new Refused("the close may have been lost");
  must(t, RULE.resultPlace, s.closed, `a result of ${slug} stands before its close`);
  must(t, RULE.resultPlace, !s.hasResult, `a second result of ${slug}`);
  try {
    s.result = await fetchObject(t, e.object);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    s.lostResult = true;
  }
  s.hasResult = true;
  s.disputesAtResult = s.disputes;
}

/** Rule 43, the half that needs no leaves. */
export function applyModeration(t: Step): void {
  const { slug, kind } = t.s!.header;
  must(t, RULE.moderation, kind !== "ballot", `${slug} has ballots, which are not moderated`);
}
