/* Records (PROTOCOL 6). */
import { concat, dst, lp, reader, u32, u8 } from "./bytes.ts";
import { PURPOSES, type Purpose } from "./derive.ts";
import { publicKey, sign, verify } from "./ed25519.ts";
import { Fault } from "./fault.ts";
import { hashDst } from "./hash.ts";
import { leafHash } from "./merkle.ts";
import { RSA_BYTES } from "./rsa.ts";

export const RECORD_BODY_MAX = 16384;
const ISSUERS_MAX = 8;
const VERSION = 1;
const SIG_BYTES = 64;
const KINDS = { ballot: 1, contribution: 2 } as const;
export type RecordKind = keyof typeof KINDS;

/** A record before it is signed. */
export interface RecordFields {
  readonly kind: RecordKind;
  readonly spaceId: Uint8Array;
  readonly formId: Uint8Array;
  readonly purpose: Purpose;
  readonly seq: number;
  readonly body: Uint8Array;
  /** One of 256 bytes per issuer in the header's order at seq 0, else none. */
  readonly authenticators: readonly Uint8Array[];
}

/** A parsed record; the bytes are views of what was parsed. */
export interface Rec extends RecordFields {
  readonly pk: Uint8Array;
  readonly sig: Uint8Array;
  /** All before the signature. */
  readonly signedPart: Uint8Array;
  readonly raw: Uint8Array;
}

/** The record, signed by the key of `seed`; Fault limit. */
export function encodeRecord(r: RecordFields, seed: Uint8Array): Uint8Array {
  if (
    r.body.length > RECORD_BODY_MAX ||
    r.authenticators.length > ISSUERS_MAX ||
    (r.seq > 0 && r.authenticators.length > 0)
  ) {
    throw new Fault("input", "limit", "a record that is too long");
  }
  const signed = concat(
    u8(VERSION),
    u8(KINDS[r.kind]),
    r.spaceId,
    r.formId,
    u8(PURPOSES[r.purpose]),
    publicKey(seed),
    u32(r.seq),
    lp(r.body),
    ...r.authenticators,
  );
  return concat(signed, sign(seed, concat(dst("record"), signed)));
}

function keyOf<K extends string>(table: Readonly<Record<K, number>>, n: number): K {
  const found = (Object.keys(table) as K[]).find((k) => table[k] === n);
  if (found === undefined) {
    throw new Fault("input", "format", `there is no kind or purpose ${n}`);
  }
  return found;
}

/**
 * Exactly one record with `issuers` authenticators at seq 0 and none later.
 * Fault format; Fault limit: body above 16,384 bytes.  No signature is looked
 * at.
 */
export function parseRecord(raw: Uint8Array, issuers: number): Rec {
  if (issuers > ISSUERS_MAX) {
    throw new Fault("input", "limit", `${issuers} issuers`);
  }
  const r = reader(raw);
  const version = r.u8();
  const kind = r.u8();
  const ids = { spaceId: r.take(32), formId: r.take(32) };
  const purpose = r.u8();
  const pk = r.take(32);
  const seq = r.u32();
  const body = r.lp();
  const n = seq === 0 ? issuers : 0;
  const authenticators = Array.from({ length: n }, () => r.take(RSA_BYTES));
  const sig = r.take(SIG_BYTES);
  r.end();
  if (version !== VERSION) {
    throw new Fault("input", "format", `a record of version ${version}`);
  }
  const names = { kind: keyOf(KINDS, kind), purpose: keyOf(PURPOSES, purpose) };
  if (body.length > RECORD_BODY_MAX) {
    throw new Fault("input", "limit", `a body of ${body.length} bytes`);
  }
  const signedPart = raw.subarray(0, raw.length - SIG_BYTES);
  return { ...ids, ...names, pk, seq, body, authenticators, sig, signedPart, raw };
}

/** The record's own signature. */
export function verifyRecord(r: Rec): Promise<boolean> {
  return verify(r.pk, concat(dst("record"), r.signedPart), r.sig);
}

export { leafHash } from "./merkle.ts";

/** The log entry of a record: kind 7, version 1. */
export function recordEntry(record: Uint8Array): Uint8Array {
  return concat(u8(7), u8(1), record);
}

/** The leaf hash of a record's entry. */
export function recordLeaf(record: Uint8Array): Uint8Array {
  return leafHash(recordEntry(record));
}

/** The body of a contribution: `u8 action | target[32] | commit[32]`. */
export interface Contribution {
  readonly action: number;
  readonly target: Uint8Array;
  readonly commit: Uint8Array;
}

const ACTION_MAX = 11;

export function parseContribution(body: Uint8Array): Contribution {
  const r = reader(body);
  const out = { action: r.u8(), target: r.take(32), commit: r.take(32) };
  r.end();
  if (out.action < 1 || out.action > ACTION_MAX) {
    throw new Fault("input", "format", `there is no action ${out.action}`);
  }
  return out;
}

export function contributionBody(c: Contribution): Uint8Array {
  return concat(u8(c.action), c.target, c.commit);
}

/** H(DST("content") || salt || content). */
export function contentCommit(salt: Uint8Array, content: Uint8Array): Uint8Array {
  return hashDst("content", salt, content);
}
