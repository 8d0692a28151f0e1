/* RFC 9577 challenges and RFC 9578 tokens of type 0x0002 (PROTOCOL 5). */
import { concat, lp, reader, u16, u8, utf8 } from "./bytes.ts";
import { Fault } from "./fault.ts";
import { sha256 } from "./hash.ts";
import { RSA_BYTES, type TokenKey } from "./rsa.ts";

const TYPE = 2;
export const TOKEN_REQUEST_BYTES = 3 + RSA_BYTES;

/** TokenChallenge of a space: `0002 | lp(issuer) | u8 32 | space_id | lp(origin)`. */
export function challenge(
  issuerName: string,
  spaceId: Uint8Array,
  originInfo: string,
): Uint8Array {
  if (issuerName === "") {
    throw new Fault("input", "limit", "an issuer without a name");
  }
  return concat(u16(TYPE), lp(utf8(issuerName)), u8(32), spaceId, lp(utf8(originInfo)));
}

/** H(TokenChallenge). */
export function challengeHash(
  issuerName: string,
  spaceId: Uint8Array,
  originInfo: string,
): Uint8Array {
  return sha256(challenge(issuerName, spaceId, originInfo));
}

/** RFC 9577 2.1, strictly; the context has 0 or 32 bytes. */
export function parseChallenge(b: Uint8Array): {
  type: number;
  issuerName: Uint8Array;
  context: Uint8Array;
  originInfo: Uint8Array;
} {
  const r = reader(b);
  const out = { type: r.u16(), issuerName: r.lp(), context: r.take(r.u8()), originInfo: r.lp() };
  r.end();
  if (out.issuerName.length === 0 || (out.context.length !== 0 && out.context.length !== 32)) {
    throw new Fault("input", "format", "no token challenge");
  }
  return out;
}

/** What the issuer signs: `0002 | pk | H(TokenChallenge) | token_key_id`. */
export function tokenInput(
  pk: Uint8Array,
  challengeDigest: Uint8Array,
  keyId: Uint8Array,
): Uint8Array {
  return concat(u16(TYPE), pk, challengeDigest, keyId);
}

/** `0002 | last byte of token_key_id | blinded_msg`: 259 bytes. */
export function tokenRequest(key: TokenKey, blinded: Uint8Array): Uint8Array {
  return concat(u16(TYPE), key.id.subarray(31), blinded);
}
