/* SHA-2, HMAC and HKDF (RFC 5869) of PROTOCOL 0; @noble/hashes underneath. */
import { expand, extract } from "@noble/hashes/hkdf.js";
import { hmac } from "@noble/hashes/hmac.js";
import * as sha2 from "@noble/hashes/sha2.js";
import { concat, dst, utf8 } from "./bytes.ts";

export const HASH_BYTES = 32;

const salt = utf8("partecipa/v1");

/** SHA-256 of the arguments one after the other; so the two below. */
export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  const h = sha2.sha256.create();
  parts.forEach((p) => h.update(p));
  return h.digest();
}

export function sha384(...parts: readonly Uint8Array[]): Uint8Array {
  return sha2.sha384(concat(...parts));
}

export function sha512(...parts: readonly Uint8Array[]): Uint8Array {
  const h = sha2.sha512.create();
  parts.forEach((p) => h.update(p));
  return h.digest();
}

/** SHA-256(DST(label) || parts). */
export function hashDst(label: string, ...parts: readonly Uint8Array[]): Uint8Array {
  return sha256(dst(label), ...parts);
}

/** SHA-512(DST(label) || parts). */
export function hashDst512(label: string, ...parts: readonly Uint8Array[]): Uint8Array {
  return sha512(dst(label), ...parts);
}

export function hmacSha256(key: Uint8Array, data: Uint8Array): Uint8Array {
  return hmac(sha2.sha256, key, data);
}

/**
 * HKDF(ikm, info, length) of PROTOCOL 0, salt `partecipa/v1`; `salted` is
 * another salt, for the vectors of RFC 5869.
 */
export function hkdf(
  ikm: Uint8Array,
  info: Uint8Array,
  length: number,
  salted = salt,
): Uint8Array {
  return expand(sha2.sha256, extract(sha2.sha256, ikm, salted), info, length);
}

/** The same with SHA-512 (PROTOCOL 7). */
export function hkdf512(ikm: Uint8Array, info: Uint8Array, length: number): Uint8Array {
  return expand(sha2.sha512, extract(sha2.sha512, ikm, salt), info, length);
}
