/* The documents of a space: header, form, cancel. */
import { equal, hex } from "../core/bytes.ts";
import { parseTranscript, sealIsOf } from "../core/ceremony.ts";
import { verifyDst } from "../core/ed25519.ts";
import { parseForm, type Form } from "../core/form.ts";
import { parseHeader, sharesKey, type Header } from "../core/header.ts";
import { rollClose, rollOpen, rollRoot, rollRows } from "../core/roll.ts";
import { RULE } from "./rules.ts";
import {
  check,
  fetchObject,
  must,
  mustParse,
  Refused,
  spaceById,
  spaceBySlug,
  type EntryOf,
  type Space,
  type Step,
} from "./world.ts";

function newSpace(header: Header, index: number): Space {
  return {
    header,
    form: undefined,
    batches: 0,
    records: 0,
    lastWindow: 0,
    end: index + 1,
    closed: false,
    cancelled: false,
    closeSize: 0,
    closeRoot: new Uint8Array(32),
    closeRecords: 0,
    closeCredentials: 0,
    hasResult: false,
    result: undefined,
    ledgers: new Map(),
    openings: [],
    paper: [0, 0, 0, 0],
    paperList: [],
    disputes: 0,
    disputesAtResult: 0,
    lostForm: false,
    lostRoll: false,
    lostRecords: false,
    lostLedgers: false,
    lostResult: false,
  };
}

/** Rules 12 to 14. */
function judgeHeader(t: Step, h: Header): void {
  const { w } = t;
  check(t, RULE.header, h.origin === w.origin, `the header was made for the log ${h.origin}`);
  const same = spaceBySlug(w, h.slug) !== undefined;
  check(t, RULE.headerOnce, !same, `there was a space ${h.slug} before`);
  for (const { header: o } of w.spaces) {
    const why = `${h.slug} uses a token key of ${o.slug}`;
    check(t, RULE.issuerKey, !sharesKey(h, o), why);
  }
  check(t, RULE.issuerKey, true, "");
}

/** Rule 15: judge the roll and begin the space's lines with it. */
async function beginRoll(t: Step, h: Header): Promise<void> {
  const name = hex(h.roll.root);
  const file = await t.w.files.object(name);
  const why = `${h.slug}: the roll ${name} is not published`;
  must(t, RULE.object, file !== null, why);
  const rows = mustParse(t, RULE.roll, `${h.slug}: `, () => rollRows(file!).length);
  const same = equal(rollRoot(file!), h.roll.root);
  must(t, RULE.roll, same, `${h.slug}: the published roll has another root`);
  const says = `${h.slug}: the roll has ${rows} rows, the header says ${h.roll.size}`;
  check(t, RULE.roll, rows === h.roll.size, says);
  try {
    rollOpen(t.w.roll, h.id, file!);
  } catch (e) {
    must(t, RULE.roll, false, `${h.slug}: ${e instanceof Error ? e.message : ""}`);
  }
}

async function takeHeader(t: Step, id: Uint8Array): Promise<void> {
  const { w } = t;
  const bytes = await fetchObject(t, id);
  let h: Header | undefined;
  let why = "";
  try {
    h = parseHeader(bytes);
  } catch (e) {
    why = e instanceof Error ? e.message : String(e);
  }
  t.quiet = h !== undefined && w.slug !== undefined && w.slug !== h.slug;
  must(t, RULE.header, h !== undefined, why);
  judgeHeader(t, h!);
  const s = newSpace(h!, t.index);
  try {
    await beginRoll(t, h!);
  } catch (e) {
    if (!(e instanceof Refused)) throw e;
    s.lostRoll = true;
  }
  w.lostRoll ||= s.lostRoll;
  w.spaces.push(s);
}

/** A header's entry. */
export async function applyHeader(t: Step, e: EntryOf<"header">): Promise<void> {
  const { w } = t;
  const before = spaceById(w, e.spaceId);
  const again = `the header of ${before?.header.slug ?? ""} was there before`;
  if (before !== undefined) must(t, RULE.headerOnce, false, again);
  try {
    await takeHeader(t, e.spaceId);
  } catch (error) {
    if (error instanceof Refused) {
      w.lostRoll = true;
      w.shunned.add(hex(e.spaceId));
    }
    throw error;
  }
}

/** Rule 18. */
async function judgeTrustees(t: Step, e: EntryOf<"form">): Promise<void> {
  const { keys } = t.s!.header.trustees;
  const n = e.trusteeSigs.length;
  const why = `${n} trustees signed the form, the header has ${keys.length}`;
  check(t, RULE.formTrustees, n === keys.length, why);
  for (let i = 0; i < n && i < keys.length; i++) {
    const good = await verifyDst(keys[i]!, "form", [e.formId], e.trusteeSigs[i]!);
    check(t, RULE.formTrustees, good, `the signature of trustee ${i + 1} does not verify`);
  }
}

/** Rule 46: what the ballots are sealed with comes from the ceremony. */
async function judgeCeremony(t: Step, f: Form): Promise<void> {
  const { header: h } = t.s!;
  const bytes = await fetchObject(t, f.seal!.transcript);
  let why = `${h.slug}: the keys of the form are not those of the ceremony`;
  try {
    if (sealIsOf(f, await parseTranscript(bytes, h))) why = "";
  } catch (e) {
    why = `${h.slug}: ${e instanceof Error ? e.message : ""}`;
  }
  must(t, RULE.ceremony, why === "", why);
}

/** Rule 11 of pictures; whether they are well-formed pictures is not judged here. */
async function fetchPictures(t: Step, f: Form): Promise<void> {
  for (const o of f.options) if (o.picture !== undefined) await fetchObject(t, o.picture.hash);
}

async function takeForm(t: Step, e: EntryOf<"form">): Promise<void> {
  const s = t.s!;
  const bytes = await fetchObject(t, e.formId);
  const f = mustParse(t, RULE.form, `${s.header.slug}: `, () => parseForm(bytes, s.header));
  await judgeTrustees(t, e);
  if (f.seal !== undefined) await judgeCeremony(t, f);
  await fetchPictures(t, f);
  s.form = f;
}

/** A form's entry: rules 16 to 18 and 46. */
export async function applyForm(t: Step, e: EntryOf<"form">): Promise<void> {
  const s = t.s!;
  const { slug } = s.header;
  must(t, RULE.formOnce, s.form === undefined && !s.lostForm, `a second form of ${slug}`);
  const early = s.batches === 0 && !s.closed;
  check(t, RULE.formOnce, early, `the form of ${slug} comes after its first batch`);
  try {
    await takeForm(t, e);
  } catch (error) {
    if (error instanceof Refused) s.lostForm = true;
    throw error;
  }
}

/** A cancel's entry. */
export function applyCancel(t: Step): void {
  t.s!.cancelled = true;
  rollClose(t.w.roll, t.s!.header.id);
}
