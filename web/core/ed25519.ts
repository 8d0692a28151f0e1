/*
 * Ed25519 by the rule of PROTOCOL 0, which is libsodium's: cofactorless, S < L,
 * A and R canonical and not of small order, the re-encoded R compared bytewise.
 *
 * Implementations of WebCrypto differ in what they check, so that one is used
 * only if it answers three known questions right, and what it leaves out is
 * checked here first; otherwise the equation is computed with @noble/curves.
 */
import { ed25519, ED25519_TORSION_SUBGROUP } from "@noble/curves/ed25519.js";
import { concat, dst, equal, fromHex, hex, owned } from "./bytes.ts";
import { sha512 } from "./hash.ts";

export const KEY_BYTES = 32;
export const SIGNATURE_BYTES = 64;

const Point = ed25519.Point;
const L = Point.Fn.ORDER;

export type Backend = "native" | "noble";

/** The public key of a 32-byte seed. */
export function publicKey(seed: Uint8Array): Uint8Array {
  return ed25519.getPublicKey(seed);
}

/** Signature of 64 bytes; deterministic (RFC 8032). */
export function sign(seed: Uint8Array, msg: Uint8Array): Uint8Array {
  return ed25519.sign(msg, seed);
}

/** The same over DST(label) || parts. */
export function signDst(
  seed: Uint8Array,
  label: string,
  ...parts: readonly Uint8Array[]
): Uint8Array {
  return sign(seed, concat(dst(label), ...parts));
}

/** The encoding with the sign of x taken off. */
function unsigned(b: Uint8Array): Uint8Array {
  const out = b.slice();
  out[31] = (out[31] as number) & 0x7f;
  return out;
}

const smallOrder = new Set(ED25519_TORSION_SUBGROUP.map((h) => hex(unsigned(fromHex(h)))));

/** y < p, whatever the sign bit says. */
function isCanonical(b: Uint8Array): boolean {
  const y = unsigned(b);
  const ones = y[31] === 0x7f && y.subarray(1, 31).every((v) => v === 0xff);
  return !(ones && (y[0] as number) >= 0xed);
}

function isSmall(b: Uint8Array): boolean {
  return smallOrder.has(hex(unsigned(b)));
}

function littleEndian(b: Uint8Array): bigint {
  return BigInt("0x" + hex(b.slice().reverse()));
}

/** All of the rule but the equation. */
function isWellFormed(pk: Uint8Array, sig: Uint8Array): boolean {
  if (pk.length !== KEY_BYTES || sig.length !== SIGNATURE_BYTES) {
    return false;
  }
  const r = sig.subarray(0, 32);
  return (
    littleEndian(sig.subarray(32)) < L &&
    isCanonical(pk) &&
    !isSmall(pk) &&
    isCanonical(r) &&
    !isSmall(r)
  );
}

/** R = S B - H(R || A || M) A, encoded. */
function verifyNoble(pk: Uint8Array, msg: Uint8Array, sig: Uint8Array): boolean {
  const r = sig.subarray(0, 32);
  let a;
  try {
    a = Point.fromBytes(pk, false);
  } catch {
    return false;
  }
  const k = littleEndian(sha512(r, pk, msg)) % L;
  const s = littleEndian(sig.subarray(32));
  const check = Point.BASE.multiplyUnsafe(s).subtract(a.multiplyUnsafe(k));
  return equal(check.toBytes(), r);
}

async function verifyNative(pk: Uint8Array, msg: Uint8Array, sig: Uint8Array): Promise<boolean> {
  try {
    const key = await crypto.subtle.importKey("raw", owned(pk), { name: "Ed25519" }, false, [
      "verify",
    ]);
    return await crypto.subtle.verify({ name: "Ed25519" }, key, owned(sig), owned(msg));
  } catch {
    /* No such algorithm, or a key that is no point. */
    return false;
  }
}

/*
 * Questions to WebCrypto: key, message, signature, right answer.  A signature of
 * RFC 8032; one with a point of order 8 added to R, which holds only where the
 * cofactor is multiplied away; and one of a key of mixed order, which holds
 * without that.
 */
const questions: readonly (readonly [string, string, string, boolean])[] = [
  [
    "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    "72",
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da" +
      "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    true,
  ],
  [
    "c9554872e9c015e62fb95782072867647d9bfc5bfad0032aafdd9ea930c99b17",
    "706172746563697061",
    "186ed2bdbd1a36f6437c5168b0221914018ea4f32a1c3fcd1c1794d64fbd596e" +
      "d68311046b195d98466238cc076c0a41c0b87022dd8a34465c0c19db2996cf0a",
    false,
  ],
  [
    "da698e2c83f849f9445acf58efdcc450977b2f4dc01a813f57ae84ae7d349af2",
    "706172746563697061203131",
    "b31b20f50426242514d81b383548bd90de72fd0b8cf2382a88f9f52ce5076b23" +
      "52fd97c01a49c60b89751f1f6a1ba7ccecc0e7e4412eb2849c31528b9a3be70b",
    true,
  ],
];

let trusted: Promise<boolean> | undefined;

/** Whether this WebCrypto knows Ed25519 and answers as the rule asks. */
export function nativeIsRight(): Promise<boolean> {
  trusted ??= (async () => {
    if (globalThis.crypto?.subtle === undefined) {
      return false;
    }
    for (const [pk, msg, sig, right] of questions) {
      if ((await verifyNative(fromHex(pk), fromHex(msg), fromHex(sig))) !== right) {
        return false;
      }
    }
    return true;
  })();
  return trusted;
}

/** The rule with one of the two ways to compute it; for tests. */
export async function verifyWith(
  backend: Backend,
  pk: Uint8Array,
  msg: Uint8Array,
  sig: Uint8Array,
): Promise<boolean> {
  if (!isWellFormed(pk, sig)) {
    return false;
  }
  return backend === "native" ? verifyNative(pk, msg, sig) : verifyNoble(pk, msg, sig);
}

/** True iff `sig` is a signature of `msg` by `pk` by the rule of PROTOCOL 0. */
export async function verify(pk: Uint8Array, msg: Uint8Array, sig: Uint8Array): Promise<boolean> {
  return verifyWith((await nativeIsRight()) ? "native" : "noble", pk, msg, sig);
}

/** The same over DST(label) || parts. */
export function verifyDst(
  pk: Uint8Array,
  label: string,
  parts: readonly Uint8Array[],
  sig: Uint8Array,
): Promise<boolean> {
  return verify(pk, concat(dst(label), ...parts), sig);
}

/**
 * True iff `pk` is canonical, on the curve, in the prime-order subgroup and not
 * of small order (crypto_core_ed25519_is_valid_point).
 */
export function isValidPoint(pk: Uint8Array): boolean {
  if (pk.length !== KEY_BYTES || !isCanonical(pk) || isSmall(pk)) {
    return false;
  }
  try {
    return Point.fromBytes(pk, false).isTorsionFree();
  } catch {
    return false;
  }
}
