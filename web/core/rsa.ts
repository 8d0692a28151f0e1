/*
 * RSA blind signatures, RFC 9474: RSABSSA-SHA384-PSS-Deterministic with a salt
 * of 48 bytes, whose salt and blinding factor are given.  BigInt is not
 * constant in time: it runs on the device of the one whose secrets these are.
 */
import { b64url, compare, concat, equal, fromBigInt, fromHex, owned, toBigInt } from "./bytes.ts";
import { Fault } from "./fault.ts";
import { sha256, sha384 } from "./hash.ts";

export const SPKI_BYTES = 342;
export const RSA_BYTES = 256;
export const SALT_BYTES = 48;
const HASH = 48;

/** A public key of any size; the protocol's are 2048 bits with e = 65537. */
export interface RsaKey {
  readonly n: bigint;
  readonly e: bigint;
  /** Bits and bytes of n. */
  readonly bits: number;
  readonly size: number;
}

/** An issuer's key: `bytes` are the 342 of RFC 9578 6.5, `id` their SHA-256. */
export interface TokenKey extends RsaKey {
  readonly bytes: Uint8Array;
  readonly id: Uint8Array;
}

/* All of the 342 bytes before the modulus, and after it. */
const HEAD = fromHex(
  "30820152303d06092a864886f70d01010a3030a00d300b0609608648016503040202a11a301806092a86" +
    "4886f70d010108300b0609608648016503040202a2030201300382010f003082010a0282010100",
);
const TAIL = fromHex("0203010001");

/** A key from its numbers; Fault format of an even or too short modulus. */
export function rsaKey(n: bigint, e: bigint): RsaKey {
  const bits = n.toString(2).length;
  if (bits < 1024 || (n & 1n) === 0n || (e & 1n) === 0n || e === 1n) {
    throw new Fault("input", "format", "no RSA key");
  }
  return { n, e, bits, size: Math.ceil(bits / 8) };
}

/** Exactly the 342 bytes for an odd modulus of 2048 bits and e = 65537. */
export function parseTokenKey(bytes: Uint8Array): TokenKey {
  const modulus = bytes.subarray(HEAD.length, HEAD.length + RSA_BYTES);
  if (
    bytes.length !== SPKI_BYTES ||
    !equal(bytes.subarray(0, HEAD.length), HEAD) ||
    !equal(bytes.subarray(HEAD.length + RSA_BYTES), TAIL) ||
    ((modulus[0] as number) & 0x80) === 0
  ) {
    throw new Fault("input", "format", "not the 342 bytes of a token key");
  }
  return { ...rsaKey(toBigInt(modulus), 65537n), bytes: bytes.slice(), id: sha256(bytes) };
}

function power(base: bigint, exponent: bigint, n: bigint): bigint {
  let out = 1n;
  for (let e = exponent; e > 0n; e >>= 1n) {
    if ((e & 1n) === 1n) {
      out = (out * base) % n;
    }
    base = (base * base) % n;
  }
  return out;
}

/** 1/x mod n, or undefined where they have a common factor. */
function inverse(x: bigint, n: bigint): bigint | undefined {
  let [a, b, u, v] = [x % n, n, 1n, 0n];
  while (a !== 0n) {
    const q = b / a;
    [a, b, u, v] = [b - q * a, a, v - q * u, u];
  }
  if (b !== 1n) {
    return undefined;
  }
  return v < 0n ? v + n : v;
}

/** `out` ^= MGF1(seed) with SHA-384 (RFC 8017 B.2.1). */
function mask(out: Uint8Array, seed: Uint8Array): void {
  for (let at = 0, i = 0; at < out.length; at += HASH, i++) {
    const block = sha384(seed, Uint8Array.of(0, 0, 0, i));
    for (let j = 0; j < HASH && at + j < out.length; j++) {
      out[at + j] = (out[at + j] as number) ^ (block[j] as number);
    }
  }
}

/**
 * EMSA-PSS-ENCODE (RFC 8017 9.1.1) with the given salt for a modulus of `bits`
 * bits: ceil((bits - 1) / 8) bytes.  Fault limit where it does not fit.
 */
export function pssEncode(msg: Uint8Array, salt: Uint8Array, bits: number): Uint8Array {
  const size = Math.ceil((bits - 1) / 8);
  if (size < HASH + salt.length + 2) {
    throw new Fault("input", "limit", "the salt is too long for the key");
  }
  const h = sha384(new Uint8Array(8), sha384(msg), salt);
  const db = new Uint8Array(size - HASH - 1);
  db[db.length - salt.length - 1] = 1;
  db.set(salt, db.length - salt.length);
  mask(db, h);
  db[0] = (db[0] as number) & (0xff >> (8 * size - (bits - 1)));
  return concat(db, h, Uint8Array.of(0xbc));
}

/** The salt within an encoded message, which may hold anything. */
function saltWithin(em: Uint8Array, bits: number, length: number): Uint8Array {
  const db = em.slice(0, em.length - HASH - 1);
  mask(db, em.subarray(db.length, db.length + HASH));
  db[0] = (db[0] as number) & (0xff >> (8 * em.length - (bits - 1)));
  return db.subarray(db.length - length);
}

/** The blinding factor as a number; Fault limit unless 0 < r < n. */
function factor(key: RsaKey, r: Uint8Array): bigint {
  const f = toBigInt(r);
  if (r.length !== key.size || f === 0n || f >= key.n) {
    throw new Fault("input", "limit", "no blinding factor of this key");
  }
  return f;
}

/**
 * Blind (RFC 9474 4.2) with the given salt and factor, as many big-endian bytes
 * as the modulus has.  Fault limit: this r does not fit, take the next one;
 * Fault format: such a key is made to leak, give up.
 */
export function blind(
  key: RsaKey,
  msg: Uint8Array,
  salt: Uint8Array,
  r: Uint8Array,
): Uint8Array {
  const m = toBigInt(pssEncode(msg, salt, key.bits));
  const f = factor(key, r);
  const z = (m * power(f, key.e, key.n)) % key.n;
  /*
   * Both m and r must have no factor in common with n: a common factor would
   * show through the blinding.  It is so iff z, which is public, has none.
   */
  if (inverse(z, key.n) === undefined) {
    if (inverse(f, key.n) === undefined) {
      throw new Fault("input", "limit", "the blinding factor has no inverse");
    }
    throw new Fault("lie", "format", "the issuer's key is made to leak");
  }
  return fromBigInt(z, key.size);
}

/** Finalize (RFC 9474 4.4): unblind and verify; Fault signature. */
export async function finalize(
  key: RsaKey,
  msg: Uint8Array,
  r: Uint8Array,
  blindSig: Uint8Array,
  saltLength = SALT_BYTES,
): Promise<Uint8Array> {
  const s = toBigInt(blindSig);
  const inv = inverse(factor(key, r), key.n);
  if (blindSig.length !== key.size || s >= key.n || inv === undefined) {
    throw new Fault("lie", "signature", "the issuer's answer is no number of its key");
  }
  const sig = fromBigInt((s * inv) % key.n, key.size);
  if (!(await verifyPss(key, msg, sig, saltLength))) {
    throw new Fault("lie", "signature", "the issuer's answer is no signature");
  }
  return sig;
}

/** The number below n that `sig` encrypts to, as bytes of em; or undefined. */
function recover(key: RsaKey, sig: Uint8Array): Uint8Array | undefined {
  const s = toBigInt(sig);
  if (sig.length !== key.size || s >= key.n) {
    return undefined;
  }
  const m = power(s, key.e, key.n);
  const size = Math.ceil((key.bits - 1) / 8);
  return m >> BigInt(8 * size) === 0n ? fromBigInt(m, size) : undefined;
}

/** RSASSA-PSS-VERIFY in BigInt: encode again with the salt that is within. */
function verifyBig(key: RsaKey, msg: Uint8Array, sig: Uint8Array, saltLength: number): boolean {
  const em = recover(key, sig);
  return (
    em !== undefined &&
    equal(em, pssEncode(msg, saltWithin(em, key.bits, saltLength), key.bits))
  );
}

const imported = new WeakMap<RsaKey, Promise<CryptoKey>>();

/* WebCrypto refuses the id-RSASSA-PSS encoding: the numbers go in as a JWK. */
function native(key: RsaKey): Promise<CryptoKey> {
  let k = imported.get(key);
  if (k === undefined) {
    const number = (v: bigint): string =>
      b64url(fromBigInt(v, Math.ceil(v.toString(16).length / 2)));
    k = crypto.subtle.importKey(
      "jwk",
      { kty: "RSA", n: number(key.n), e: number(key.e), alg: "PS384", ext: true },
      { name: "RSA-PSS", hash: "SHA-384" },
      false,
      ["verify"],
    );
    imported.set(key, k);
  }
  return k;
}

/** The verification in one of two ways; for tests. */
export async function verifyPssWith(
  backend: "native" | "bigint",
  key: RsaKey,
  msg: Uint8Array,
  sig: Uint8Array,
  saltLength = SALT_BYTES,
): Promise<boolean> {
  if (sig.length !== key.size || compare(sig, fromBigInt(key.n, key.size)) >= 0) {
    return false;
  }
  if (backend === "bigint") {
    return verifyBig(key, msg, sig, saltLength);
  }
  return crypto.subtle.verify(
    { name: "RSA-PSS", saltLength },
    await native(key),
    owned(sig),
    owned(msg),
  );
}

/** RSASSA-PSS-VERIFY: SHA-384, MGF1-SHA-384, a salt of exactly 48 bytes. */
export async function verifyPss(
  key: RsaKey,
  msg: Uint8Array,
  sig: Uint8Array,
  saltLength = SALT_BYTES,
): Promise<boolean> {
  try {
    return await verifyPssWith("native", key, msg, sig, saltLength);
  } catch {
    /* Without WebCrypto, or of a size that it does not take. */
    return verifyPssWith("bigint", key, msg, sig, saltLength);
  }
}

/**
 * True iff `sig` is the one signature of `msg` with this very salt: another
 * salt could hide marks of whoever chose it.
 */
export function verifySalted(
  key: RsaKey,
  msg: Uint8Array,
  salt: Uint8Array,
  sig: Uint8Array,
): boolean {
  const em = recover(key, sig);
  return em !== undefined && equal(em, pssEncode(msg, salt, key.bits));
}
