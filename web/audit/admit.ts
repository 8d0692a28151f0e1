/* Admission of records (PROTOCOL 6), as audit/admit.c has it. */
import { equal } from "../core/bytes.ts";
import { decode } from "../core/choices.ts";
import { isValidPoint } from "../core/ed25519.ts";
import { Fault } from "../core/fault.ts";
import type { Form } from "../core/form.ts";
import { pointFrom } from "../core/group.ts";
import { purposesOf, type Header } from "../core/header.ts";
import { parseContribution, parseRecord, verifyRecord, type Rec } from "../core/record.ts";
import { verifyPss } from "../core/rsa.ts";
import { parseSealedBody, verifyKnowledge, type SealedBody } from "../core/seal.ts";
import { tokenInput } from "../core/token.ts";
import { RULE } from "./rules.ts";

/** What records are held against. */
export type Ground = { header: Header; form: Form };

/** ${rule} is 0 where every rule holds; ${rec} undefined: the bytes are no record. */
export type Admission = { rule: number; why: string; rec: Rec | undefined };

/* By number of the action: is its content needed (1), forbidden (0), as it likes (2)? */
const CONTENT = [0, 1, 1, 1, 0, 0, 0, 0, 0, 0, 2, 1];
const ACTION_ANSWER = 11;

type Broken = { rule: number; why: string };

function isZero(b: Uint8Array): boolean {
  return b.every((v) => v === 0);
}

/** Admission 1 and 2. */
function checkFormat(g: Ground, rec: Rec): string {
  const { header: h, form: f } = g;
  if ((rec.kind === "ballot") !== (h.kind === "ballot")) {
    return "this space takes no records of this kind";
  }
  if (!purposesOf(h.kind).includes(rec.purpose)) {
    return "this space has no credentials of this purpose";
  }
  if (!equal(rec.spaceId, h.id)) return "the record is for another space";
  return equal(rec.formId, f.id) ? "" : "the record is for another form";
}

function checkContribution(rec: Rec): string {
  try {
    const c = parseContribution(rec.body);
    if ((c.action === ACTION_ANSWER) !== (rec.purpose === "answer")) {
      return "the credential has another purpose than this";
    }
    const need = CONTENT[c.action];
    const has = isZero(c.commit) ? 0 : 1;
    return need === 2 || need === has ? "" : "content is missing, or not allowed here";
  } catch {
    return "the body is not a contribution";
  }
}

function sealedBody(g: Ground, rec: Rec): SealedBody | undefined {
  if (rec.body.length !== g.form.bodyBytes) return undefined;
  try {
    return parseSealedBody(rec.body);
  } catch {
    return undefined;
  }
}

/*
 * R comes before tokens and proof (admission 4), but verifying the proof
 * decodes it: which fault comes first is asked only of a record that has one.
 */
function unlessNoPoint(body: SealedBody | undefined, broken: Broken): Broken {
  try {
    if (body !== undefined) pointFrom(body.r);
    return broken;
  } catch {
    return { rule: RULE.recordBody, why: "R is not a point, or the identity" };
  }
}

/** Admission 4. */
function checkBody(g: Ground, rec: Rec): string {
  if (rec.kind === "contribution") return checkContribution(rec);
  try {
    decode(g.form, rec.body);
    return "";
  } catch (e) {
    return e instanceof Error ? e.message : String(e);
  }
}

/** Admission 5. */
async function hasTokens(g: Ground, rec: Rec): Promise<boolean> {
  for (const [i, sig] of rec.authenticators.entries()) {
    const { challenge, keys } = g.header.issuers[i]!;
    const key = keys[rec.purpose]!;
    if (!(await verifyPss(key, tokenInput(rec.pk, challenge, key.id), sig))) return false;
  }
  return true;
}

function proves(g: Ground, rec: Rec, body: SealedBody): boolean {
  const { spaceId, formId, pk, seq } = rec;
  return verifyKnowledge({ spaceId, formId, pk, seq, y: g.form.seal!.key }, body);
}

async function firstBroken(g: Ground, rec: Rec): Promise<Broken | undefined> {
  const format = checkFormat(g, rec);
  if (format !== "") return { rule: RULE.recordFormat, why: format };
  if (!isValidPoint(rec.pk)) {
    return { rule: RULE.recordKey, why: "the key is not a point of prime order" };
  }
  const isSealed = g.header.trustees.keys.length > 0 && rec.kind === "ballot";
  const body = isSealed ? sealedBody(g, rec) : undefined;
  if (isSealed && body === undefined) {
    return { rule: RULE.recordBody, why: "the body is not a sealed ballot of this form" };
  }
  const wrong = isSealed ? "" : checkBody(g, rec);
  if (wrong !== "") return { rule: RULE.recordBody, why: wrong };
  if (!(await hasTokens(g, rec))) {
    return unlessNoPoint(body, { rule: RULE.recordToken, why: "a token does not verify" });
  }
  if (body !== undefined && !proves(g, rec, body)) {
    const why = "the proof of knowledge does not verify";
    return unlessNoPoint(body, { rule: RULE.recordProof, why });
  }
  if (!(await verifyRecord(rec))) {
    return { rule: RULE.recordSignature, why: "the record is not signed by its key" };
  }
  if (rec.seq > g.header.seqLimit) {
    return { rule: RULE.recordSequence, why: "the record's number is above the limit" };
  }
  return undefined;
}

/** Judge one record by rules 29 to 35, but for the numbers of its credential. */
export async function admit(g: Ground, raw: Uint8Array): Promise<Admission> {
  let rec: Rec;
  try {
    rec = parseRecord(raw, g.header.issuers.length);
  } catch (e) {
    if (!(e instanceof Fault)) throw e;
    const why = "the bytes are not one record, or lack its tokens";
    return { rule: RULE.recordFormat, why, rec: undefined };
  }
  const broken = await firstBroken(g, rec);
  return { rule: broken?.rule ?? 0, why: broken?.why ?? "", rec };
}
