/*
 * A resident's side of the protocol without any input or output (PROTOCOL 5,
 * 6): from the secret of a space to the bytes that are sent.  The same secret
 * always gives the same bytes, here and in client/wallet.c.
 */
import { b64url, concat, equal } from "./bytes.ts";
import { encode, type Choices } from "./choices.ts";
import { blindFactor, credentialSeed, pssSalt, type Purpose } from "./derive.ts";
import { publicKey, signDst } from "./ed25519.ts";
import { Fault } from "./fault.ts";
import type { Form } from "./form.ts";
import { hashDst } from "./hash.ts";
import type { FactorKind, Header } from "./header.ts";
import { encodeRecord, parseRecord } from "./record.ts";
import { blind, finalize as unblind, verifySalted, type TokenKey } from "./rsa.ts";
import { parseSealedBody, seal } from "./seal.ts";
import { tokenInput, tokenRequest, TOKEN_REQUEST_BYTES } from "./token.ts";

/** Half of all candidates fit for the worst modulus. */
const COUNTER_MAX = 4096;
const SALT_BYTES = 64;

/** What one issuer is asked to sign for one purpose. */
export interface Ask {
  /** The body of POST /token-request, 259 bytes. */
  readonly body: Uint8Array;
  /** The credential. */
  readonly pk: Uint8Array;
  /** Of the blinding factor that fitted. */
  readonly counter: number;
}

/** Everything of a request but the blinding factor. */
interface Parts {
  readonly key: TokenKey;
  readonly pk: Uint8Array;
  readonly salt: Uint8Array;
  readonly input: Uint8Array;
}

function parts(ss: Uint8Array, h: Header, issuer: number, purpose: Purpose): Parts {
  const i = h.issuers[issuer];
  const key = i?.keys[purpose];
  if (i === undefined || key === undefined) {
    throw new Fault("input", "not-found", `no issuer ${issuer} for the purpose ${purpose}`);
  }
  const pk = credentialKey(ss, purpose);
  return { key, pk, salt: pssSalt(ss, key.id), input: tokenInput(pk, i.challenge, key.id) };
}

/** The public key of the credential: how its owner finds her records. */
export function credentialKey(ss: Uint8Array, purpose: Purpose): Uint8Array {
  return publicKey(credentialSeed(ss, purpose));
}

/**
 * The token request, blinded with the first factor that fits.  Fault not-found:
 * the header has no such issuer or purpose; Fault format: a key made to leak.
 */
export function ask(ss: Uint8Array, h: Header, issuer: number, purpose: Purpose): Ask {
  const p = parts(ss, h, issuer, purpose);
  for (let counter = 0; counter < COUNTER_MAX; counter++) {
    try {
      const blinded = blind(p.key, p.input, p.salt, blindFactor(ss, p.key.id, counter));
      return { body: tokenRequest(p.key, blinded), pk: p.pk, counter };
    } catch (e) {
      if (!(e instanceof Fault) || e.code !== "limit") {
        throw e;
      }
    }
  }
  throw new Fault("lie", "format", "no blinding factor fits the issuer's key");
}

/** The 64 fresh random bytes of an ask: the only chance in a client. */
export function askSalt(): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(SALT_BYTES));
}

/** c = H(DST("ask") || salt || blinded_msg), which the ledger will show. */
export function askCommit(salt: Uint8Array, body: Uint8Array): Uint8Array {
  return hashDst("ask", salt, body.subarray(TOKEN_REQUEST_BYTES - 256));
}

/** The value of the Authorization header; `roll` is the roll key's seed. */
export function authorization(
  roll: Uint8Array,
  h: Header,
  issuer: number,
  purpose: Purpose,
  a: Ask,
  salt: Uint8Array,
  factor?: Uint8Array,
): string {
  const key = h.issuers[issuer]?.keys[purpose];
  if (key === undefined) {
    throw new Fault("input", "not-found", `no issuer ${issuer} for the purpose ${purpose}`);
  }
  const sig = signDst(roll, "issue", h.id, key.id, askCommit(salt, a.body));
  const last = factor === undefined ? "" : `, factor="${b64url(factor)}"`;
  const [k, s, g] = [publicKey(roll), salt, sig].map(b64url);
  return `Roll key="${k}", salt="${s}", sig="${g}"${last}`;
}

/** Unblind the answer to `a` and verify; Fault signature: the issuer lied. */
export function finalize(
  ss: Uint8Array,
  h: Header,
  issuer: number,
  purpose: Purpose,
  a: Ask,
  blindSig: Uint8Array,
): Promise<Uint8Array> {
  const p = parts(ss, h, issuer, purpose);
  return unblind(p.key, p.input, blindFactor(ss, p.key.id, a.counter), blindSig);
}

/**
 * True iff `token` is the one that `ss` gives: of its credential and with its
 * salt; whoever chose another could hide marks there.
 */
export function tokenCheck(
  ss: Uint8Array,
  h: Header,
  issuer: number,
  purpose: Purpose,
  token: Uint8Array,
): boolean {
  const p = parts(ss, h, issuer, purpose);
  return verifySalted(p.key, p.input, p.salt, token);
}

function isDate(iso: string): boolean {
  const [y, m, d] = iso.split("-").map(Number) as [number, number, number];
  if (y < 1850 || m < 1 || m > 12) {
    return false;
  }
  const leap = (y % 4 === 0 && y % 100 !== 0) || y % 400 === 0;
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  return d >= 1 && d <= (days[m - 1] as number);
}

function birthDate(typed: string): string {
  const italian = /^(\d{2})\/(\d{2})\/(\d{4})$/.exec(typed);
  const iso = italian === null ? typed : `${italian[3]}-${italian[2]}-${italian[1]}`;
  if (!/^\d{4}-\d{2}-\d{2}$/.test(iso) || !isDate(iso)) {
    throw new Fault("input", "factor-date", "a day written as 31/12/1970 or 1970-12-31");
  }
  return iso;
}

function documentEnd(typed: string): string {
  const all = typed.replace(/[ -]/g, "");
  if (!/^[A-Za-z0-9]{4,64}$/.test(all)) {
    throw new Fault("input", "factor-document", "letters and digits, four at least");
  }
  return all.slice(-4).toUpperCase();
}

/**
 * The normal form of a second factor: a date YYYY-MM-DD from that or from
 * dd/mm/yyyy; the last four characters of a document's number in upper case.
 * Fault factor-date, factor-document.
 */
export function factorText(kind: FactorKind, typed: string): string {
  switch (kind) {
    case "none":
      throw new Fault("input", "format", "no second factor is asked for");
    case "birth_date":
      return birthDate(typed);
    case "document":
      return documentEnd(typed);
  }
}

/** f = H(DST("factor") || roll_pk || text). */
export function factor(rollPk: Uint8Array, text: string): Uint8Array {
  return hashDst("factor", rollPk, new TextEncoder().encode(text));
}

/** What stands in the record: the choices, sealed where the form is. */
async function body(
  ss: Uint8Array,
  h: Header,
  f: Form,
  seq: number,
  choices: Choices,
): Promise<Uint8Array> {
  const plain = encode(f, choices);
  if (f.seal === undefined) {
    return plain;
  }
  const pk = credentialKey(ss, "vote");
  return seal({ spaceId: h.id, formId: f.id, pk, seq, y: f.seal.key }, ss, plain);
}

/**
 * The ballot record number `seq`, sealed where the form is (PROTOCOL 7.2).
 * `tokens` are the authenticators in the header's order; read at seq 0 only.
 * Fault seq-limit: the header allows no more; Faults of choices.check.
 */
export async function ballot(
  ss: Uint8Array,
  h: Header,
  f: Form,
  seq: number,
  tokens: readonly Uint8Array[],
  choices: Choices,
): Promise<Uint8Array> {
  if (seq > h.seqLimit) {
    throw new Fault("input", "seq-limit", `the choice can be changed ${h.seqLimit} times`);
  }
  if (seq === 0 && tokens.length !== h.issuers.length) {
    throw new Fault("input", "limit", "a first record needs a token of every issuer");
  }
  const fields = {
    kind: "ballot",
    purpose: "vote",
    spaceId: h.id,
    formId: f.id,
    seq,
    body: await body(ss, h, f, seq, choices),
    authenticators: seq === 0 ? tokens : [],
  } as const;
  return encodeRecord(fields, credentialSeed(ss, "vote"));
}

/**
 * How a record differs from the one that its owner's device should have made:
 * same; form: it answers another form; token: one is not of this secret;
 * choices: other ones, or sealed by chance; ciphertext: these choices,
 * encrypted otherwise; proof: made by chance; signature: another valid one, or
 * other lengths.
 */
export type Difference =
  | "same"
  | "form"
  | "token"
  | "choices"
  | "ciphertext"
  | "proof"
  | "signature";

function bodyDifference(f: Form, a: Uint8Array, b: Uint8Array): Difference {
  if (equal(a, b)) {
    return "same";
  }
  if (f.seal === undefined) {
    return "choices";
  }
  let x, y;
  try {
    [x, y] = [parseSealedBody(a), parseSealedBody(b)];
  } catch {
    return "choices";
  }
  if (!equal(x.r, y.r)) {
    return "choices";
  }
  return equal(x.ct, y.ct) ? "proof" : "ciphertext";
}

/**
 * The second-device check: make the record `raw` again from `ss` and `choices`
 * and name the first thing that differs.  Fault format: no ballot of the space;
 * Faults of choices.check.
 */
export async function compare(
  ss: Uint8Array,
  h: Header,
  f: Form,
  raw: Uint8Array,
  choices: Choices,
): Promise<Difference> {
  const theirs = parseRecord(raw, h.issuers.length);
  if (theirs.kind !== "ballot") {
    throw new Fault("input", "format", "not a ballot");
  }
  const ours = await ballot(ss, h, f, theirs.seq, theirs.authenticators, choices);
  if (!equal(theirs.formId, f.id)) {
    return "form";
  }
  if (!theirs.authenticators.every((t, i) => tokenCheck(ss, h, i, "vote", t))) {
    return "token";
  }
  const d = bodyDifference(f, theirs.body, parseRecord(ours, h.issuers.length).body);
  return d === "same" && !equal(raw, ours) ? "signature" : d;
}

/** All of a first record's tokens in one piece, as papers keep them. */
export function joined(tokens: readonly Uint8Array[]): Uint8Array {
  return concat(...tokens);
}
