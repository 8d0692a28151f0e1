/* Sealed ballots and their opening (PROTOCOL 7.2, 7.3). */
import { concat, dst, equal, owned, reader, u32, u64, u8 } from "./bytes.ts";
import { pokNonce, sealScalar } from "./derive.ts";
import { verify } from "./ed25519.ts";
import { Fault } from "./fault.ts";
import {
  BASE,
  IDENTITY,
  invert,
  mod,
  multiply,
  multiplyPublic,
  pointBytes,
  pointFrom,
  reduce64,
  scalarBytes,
  scalarFrom,
  sum,
  type Point,
  type Scalar,
} from "./group.ts";
import { hashDst512, sha256, sha512 } from "./hash.ts";

export const TAG_BYTES = 16;
/** R, pok_c, pok_z and the tag. */
export const SEAL_OVERHEAD = 3 * 32 + TAG_BYTES;

/** What a sealed ballot is bound to; `y` is the trustees' joint key. */
export interface Seal {
  readonly spaceId: Uint8Array;
  readonly formId: Uint8Array;
  readonly pk: Uint8Array;
  readonly seq: number;
  readonly y: Uint8Array;
}

/** The body `R[32] | pok_c[32] | pok_z[32] | ct`. */
export interface SealedBody {
  readonly r: Uint8Array;
  readonly pokC: Uint8Array;
  readonly pokZ: Uint8Array;
  readonly ct: Uint8Array;
}

/** Fault format. No point or scalar is looked at. */
export function parseSealedBody(body: Uint8Array): SealedBody {
  const b = reader(body);
  const out = { r: b.take(32), pokC: b.take(32), pokZ: b.take(32), ct: b.rest() };
  if (out.ct.length < TAG_BYTES) {
    throw new Fault("input", "format", "a sealed body without a tag");
  }
  return out;
}

/* A key encrypts one message, so that its nonce may be zeros. */
async function aesKey(k: Uint8Array, use: "encrypt" | "decrypt"): Promise<CryptoKey> {
  if (globalThis.crypto?.subtle === undefined) {
    throw new Fault("device", "no-crypto", "no WebCrypto: not a secure context");
  }
  return crypto.subtle.importKey("raw", owned(k), "AES-GCM", false, [use]);
}

const gcm = (ad: Uint8Array): AesGcmParams => ({
  name: "AES-GCM",
  iv: new Uint8Array(12),
  additionalData: owned(ad),
  tagLength: 8 * TAG_BYTES,
});

/** AEAD of PROTOCOL 7: AES-256-GCM, the tag at the end. */
export async function encrypt(
  k: Uint8Array,
  plain: Uint8Array,
  ad: Uint8Array,
): Promise<Uint8Array> {
  return new Uint8Array(
    await crypto.subtle.encrypt(gcm(ad), await aesKey(k, "encrypt"), owned(plain)),
  );
}

/** The way back; undefined where the tag does not verify. */
export async function decrypt(
  k: Uint8Array,
  ct: Uint8Array,
  ad: Uint8Array,
): Promise<Uint8Array | undefined> {
  const key = await aesKey(k, "decrypt");
  try {
    return new Uint8Array(await crypto.subtle.decrypt(gcm(ad), key, owned(ct)));
  } catch {
    return undefined;
  }
}

/** K and the data that is authenticated. */
function keyOf(s: Seal, r: Uint8Array, shared: Uint8Array): { k: Uint8Array; ad: Uint8Array } {
  const seq = u32(s.seq);
  const wide = hashDst512("seal", s.spaceId, s.formId, s.y, r, shared, s.pk, seq);
  return { k: wide.slice(0, 32), ad: concat(s.formId, s.pk, seq, r, s.y) };
}

/** ctx of the proof: what it speaks of. */
function context(s: Seal, r: Uint8Array, ct: Uint8Array): Uint8Array {
  return concat(dst("pok"), s.spaceId, s.formId, s.pk, u32(s.seq), s.y, r, ct);
}

/** The proof that its author knows r with R = rG, with the secret nonce k. */
export function proveKnowledge(
  s: Seal,
  ct: Uint8Array,
  r: Scalar,
  k: Scalar,
): { pokC: Uint8Array; pokZ: Uint8Array } {
  const ctx = context(s, pointBytes(multiply(BASE, r)), ct);
  const c = reduce64(sha512(ctx, pointBytes(multiply(BASE, k))));
  return { pokC: scalarBytes(c), pokZ: scalarBytes(mod(k + c * r)) };
}

/** True iff the proof in `body` holds; false also of what is no point or scalar. */
export function verifyKnowledge(s: Seal, body: SealedBody): boolean {
  try {
    const r = pointFrom(body.r);
    const c = scalarFrom(body.pokC);
    const z = scalarFrom(body.pokZ);
    const kG = multiplyPublic(BASE, z).subtract(multiplyPublic(r, c));
    return c === reduce64(sha512(context(s, body.r, body.ct), pointBytes(kG)));
  } catch {
    return false;
  }
}

/** Everything on the way, for vectors and the second-device check. */
export interface SealTrace {
  readonly r: Scalar;
  readonly point: Uint8Array;
  readonly shared: Uint8Array;
  readonly key: Uint8Array;
  readonly nonce: Scalar;
  readonly pokC: Uint8Array;
  readonly pokZ: Uint8Array;
  readonly ct: Uint8Array;
  readonly body: Uint8Array;
}

/** seal with all that is computed on the way. */
export async function sealTrace(
  s: Seal,
  ss: Uint8Array,
  choices: Uint8Array,
): Promise<SealTrace> {
  const r = reduce64(sealScalar(ss, s.formId, s.seq, s.y, sha256(choices)));
  const point = pointBytes(multiply(BASE, r));
  const shared = pointBytes(multiply(pointFrom(s.y), r));
  const { k, ad } = keyOf(s, point, shared);
  const ct = await encrypt(k, choices, ad);
  const ctx = context(s, point, ct);
  const nonce = reduce64(pokNonce(ss, sha512(ctx)));
  const c = reduce64(sha512(ctx, pointBytes(multiply(BASE, nonce))));
  const pokC = scalarBytes(c);
  const pokZ = scalarBytes(mod(nonce + c * r));
  const body = concat(point, pokC, pokZ, ct);
  return { r, point, shared, key: k, nonce, pokC, pokZ, ct, body };
}

/**
 * The sealed body of the encoded `choices`: SEAL_OVERHEAD more bytes.  The same
 * ss and choices give the same bytes.
 */
export async function seal(s: Seal, ss: Uint8Array, choices: Uint8Array): Promise<Uint8Array> {
  return (await sealTrace(s, ss, choices)).body;
}

/** The encoded choices, with S = `shared`; undefined is a null ballot. */
export function openSealed(
  s: Seal,
  body: SealedBody,
  shared: Point,
): Promise<Uint8Array | undefined> {
  const { k, ad } = keyOf(s, body.r, pointBytes(shared));
  return decrypt(k, body.ct, ad);
}

/** lambda_j = product over the other indices h of h / (h - j), for each j. */
export function lagrange(indices: readonly number[]): Scalar[] {
  return indices.map((j) => {
    let top = 1n;
    let bottom = 1n;
    for (const h of indices) {
      if (h !== j) {
        top = mod(top * BigInt(h));
        bottom = mod(bottom * BigInt(h - j));
      }
    }
    return mod(top * invert(bottom));
  });
}

/**
 * S = sum lambda_j D_j of one ballot; `shares` are its D by trustee index.
 * Fault signature where it is the identity.
 */
export function interpolate(shares: readonly { index: number; d: Point }[]): Point {
  const lambda = lagrange(shares.map((s) => s.index));
  return combine(lambda, shares.map((s) => s.d));
}

/** The same with the coefficients given, for many ballots. */
export function combine(lambda: readonly Scalar[], d: readonly Point[]): Point {
  const { top, bottom } = fractions(lambda);
  let s = IDENTITY;
  d.forEach((point, i) => {
    const a = top[i] as bigint;
    const part = multiplyPublic(point, a < 0n ? -a : a);
    s = a < 0n ? s.subtract(part) : s.add(part);
  });
  if (s.is0()) {
    throw new Fault("input", "signature", "the shares add up to nothing");
  }
  return bottom === 1n ? s : multiplyPublic(s, invert(bottom));
}

/** lambda_i = top_i / bottom, with small numbers where there are any. */
interface Fractions {
  readonly top: readonly bigint[];
  readonly bottom: bigint;
}

const known = new WeakMap<readonly Scalar[], Fractions>();
const SMALL = 1n << 40n;
/** No product of differences of nine indices needs a larger one: 8!. */
const BOTTOM_MAX = 40320n;

/*
 * Multiplying by small numbers is cheap: coefficients of indices up to nine are
 * fractions of such, with one denominator, by which one divides once.
 */
function fractions(lambda: readonly Scalar[]): Fractions {
  let found = known.get(lambda);
  for (let bottom = 1n; found === undefined && bottom <= BOTTOM_MAX; bottom++) {
    const top = lambda.map((l) => near(mod(l * bottom)));
    if (top.every((a) => a < SMALL && a > -SMALL)) {
      found = { top, bottom };
    }
  }
  found ??= { top: lambda, bottom: 1n };
  known.set(lambda, found);
  return found;
}

/** The number of the same class that is nearest to zero. */
function near(s: Scalar): bigint {
  const minus = mod(-s);
  return minus < s ? -minus : s;
}

/** A parsed opening file; D, c, z as they stand in it. */
export interface OpeningFile {
  readonly spaceId: Uint8Array;
  readonly formId: Uint8Array;
  readonly size: number;
  readonly root: Uint8Array;
  readonly trustee: number;
  readonly m: number;
  readonly d: readonly Uint8Array[];
  readonly c: Uint8Array;
  readonly z: Uint8Array;
  readonly sig: Uint8Array;
  readonly signedPart: Uint8Array;
}

const TRUSTEES_MAX = 9;
const COUNT_MAX = 16_777_216;

/** Exactly one opening file; no point, proof or signature is looked at. */
export function parseOpening(bytes: Uint8Array): OpeningFile {
  const r = reader(bytes);
  const version = r.u8();
  const head = { spaceId: r.take(32), formId: r.take(32), size: r.u64(), root: r.take(32) };
  const trustee = r.u8();
  const m = r.u32();
  if (version !== 1 || trustee === 0 || trustee > TRUSTEES_MAX || m === 0) {
    throw new Fault("input", "format", "no opening file");
  }
  if (m > COUNT_MAX) {
    throw new Fault("input", "limit", `an opening of ${m} ballots`);
  }
  const all = r.take(32 * m);
  const d = Array.from({ length: m }, (_, i) => all.subarray(32 * i, 32 * i + 32));
  const proof = { c: r.take(32), z: r.take(32) };
  const signedPart = bytes.subarray(0, bytes.length - r.left());
  const sig = r.take(64);
  r.end();
  return { ...head, trustee, m, d, ...proof, sig, signedPart };
}

/** seed = SHA-512(DST("open") || the whole statement). */
export function openingSeed(f: OpeningFile, v: Uint8Array, r: readonly Uint8Array[]): Uint8Array {
  return hashDst512(
    "open",
    f.spaceId,
    f.formId,
    u64(f.size),
    f.root,
    u8(f.trustee),
    v,
    u32(f.m),
    ...r,
    ...f.d,
  );
}

/** w_i of ballot number i, from 1. */
function weight(seed: Uint8Array, i: number): Scalar {
  return reduce64(sha512(seed, u32(i)));
}

/** M = sum w_i R_i and Z = sum w_i D_i. */
export function openingSums(
  seed: Uint8Array,
  r: readonly Point[],
  d: readonly Point[],
): { M: Point; Z: Point } {
  const w = r.map((_, i) => weight(seed, i + 1));
  return { M: sum(r, w), Z: sum(d, w) };
}

/**
 * True iff the proof holds that every D is x_j R with V_j = x_j G: `r` are the
 * counted ballots' R in order of pk, `v` is V_j, both checked by whoever read
 * them; D is read here (no point, or the identity: false).
 */
export function verifyOpening(f: OpeningFile, v: Uint8Array, r: readonly Uint8Array[]): boolean {
  return openingPoints(f, v, r) !== undefined;
}

/** The same, with the points D of a valid opening for who goes on with them. */
export function openingPoints(
  f: OpeningFile,
  v: Uint8Array,
  r: readonly Uint8Array[],
): Point[] | undefined {
  if (r.length !== f.m) {
    return undefined;
  }
  try {
    const [c, z, vp] = [scalarFrom(f.c), scalarFrom(f.z), pointFrom(v)];
    const d = f.d.map(pointFrom);
    const seed = openingSeed(f, v, r);
    const { M, Z } = openingSums(seed, r.map(pointFrom), d);
    const kG = multiplyPublic(BASE, z).subtract(multiplyPublic(vp, c));
    const kM = multiplyPublic(M, z).subtract(multiplyPublic(Z, c));
    const wide = hashDst512("dleq", seed, ...[M, Z, kG, kM].map(pointBytes));
    return c === reduce64(wide) ? d : undefined;
  } catch {
    return undefined;
  }
}

/** True iff the trustee's identity key signed the file. */
export function openingSigned(f: OpeningFile, identity: Uint8Array): Promise<boolean> {
  return verify(identity, concat(dst("opening"), f.signedPart), f.sig);
}

/** True iff two bodies hold the same bytes. */
export function sameBody(a: SealedBody, b: SealedBody): boolean {
  return (["r", "pokC", "pokZ", "ct"] as const).every((k) => equal(a[k], b[k]));
}
