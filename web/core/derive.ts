/*
 * Every derivation of a client (PROTOCOL 4, 5 and 7): HKDF with info = label ||
 * fields.  One label has one length and one purpose.
 */
import { concat, u32, u8, utf8 } from "./bytes.ts";
import { hkdf, hkdf512 } from "./hash.ts";

/** What a credential is for (PROTOCOL 2). */
export const PURPOSES = { vote: 1, author: 2, voice: 3, answer: 4 } as const;
export type Purpose = keyof typeof PURPOSES;

function info(label: string, ...fields: readonly Uint8Array[]): Uint8Array {
  return concat(utf8(label), ...fields);
}

/** Seed of the roll key, from a letter's 20 canonical characters: 32 bytes. */
export function rollSeed(code20: string): Uint8Array {
  return hkdf(utf8(code20), info("roll"), 32);
}

/** ss: what everything of one space is derived from; 16 bytes. */
export function spaceSecret(secret: Uint8Array, spaceId: Uint8Array): Uint8Array {
  return hkdf(secret, info("space", spaceId), 16);
}

/** Seed of the credential of one purpose: 32 bytes. */
export function credentialSeed(ss: Uint8Array, purpose: Purpose): Uint8Array {
  return hkdf(ss, info("sign", u8(PURPOSES[purpose])), 32);
}

/** The PSS salt for one issuer key: 48 bytes. */
export function pssSalt(ss: Uint8Array, keyId: Uint8Array): Uint8Array {
  return hkdf(ss, info("pss-salt", keyId), 48);
}

/** Candidate number `counter` for the blinding factor: 256 bytes. */
export function blindFactor(ss: Uint8Array, keyId: Uint8Array, counter: number): Uint8Array {
  return hkdf(ss, info("blind", keyId, u32(counter)), 256);
}

/** The salt of a content's commitment: 16 bytes. */
export function contentSalt(
  ss: Uint8Array,
  purpose: Purpose,
  formId: Uint8Array,
  seq: number,
  contentHash: Uint8Array,
): Uint8Array {
  return hkdf(ss, info("content", u8(PURPOSES[purpose]), formId, u32(seq), contentHash), 16);
}

/** 64 bytes that become the sealing scalar, of the trustees' key `y`. */
export function sealScalar(
  ss: Uint8Array,
  formId: Uint8Array,
  seq: number,
  y: Uint8Array,
  choicesHash: Uint8Array,
): Uint8Array {
  return hkdf512(ss, info("seal", formId, u32(seq), y, choicesHash), 64);
}

/** 64 bytes that become the nonce of the proof with this SHA-512(ctx). */
export function pokNonce(ss: Uint8Array, contextHash: Uint8Array): Uint8Array {
  return hkdf512(ss, info("pok", contextHash), 64);
}
