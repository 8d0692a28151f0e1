/*
 * What people type: letter codes and recovery codes in Crockford's base32
 * (PROTOCOL 4, 5).  Reading folds case, drops hyphens and blanks, and takes O
 * for 0, I and L for 1.
 */
import { concat, equal, u8, utf8 } from "./bytes.ts";
import { Fault } from "./fault.ts";
import { sha256 } from "./hash.ts";

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
export const ROLL_CODE_CHARS = 20;
export const SECRET_BYTES = 16;
const RECOVERY_CHARS = 28;

/** Whose secret a recovery code shows: the line's, or that of one space. */
export type CodeKind = "master" | "space";

/** The values of exactly `n` typed characters; Fault code-format. */
function values(typed: string, n: number): number[] {
  const out = [...typed.replace(/[- \t\n\r]/g, "")].map((c) => {
    const upper = /[a-z]/.test(c) ? c.toUpperCase() : c;
    return ALPHABET.indexOf(upper.replace("O", "0").replace(/[IL]/, "1"));
  });
  if (out.length !== n || out.includes(-1)) {
    throw new Fault("input", "code-format", `not ${n} characters of a code`);
  }
  return out;
}

const letters = (v: readonly number[]): string => v.map((k) => ALPHABET.charAt(k)).join("");

/** Groups of four with hyphens between. */
function grouped(code: string): string {
  return (code.match(/.{4}/g) ?? []).join("-");
}

/** The first five and the next five bits of a hash. */
function checkValues(h: Uint8Array): [number, number] {
  const two = ((h[0] as number) << 8) | (h[1] as number);
  return [two >> 11, (two >> 6) & 31];
}

/**
 * The 20 canonical characters of a letter's code.  Fault code-format: a
 * character that no code has, or not 20 of them; code-check: the check
 * character is wrong.
 */
export function rollCode(typed: string): string {
  const code = letters(values(typed, ROLL_CODE_CHARS));
  const check = checkValues(sha256(utf8(code.slice(0, 19))))[0];
  if (code.charAt(19) !== ALPHABET.charAt(check)) {
    throw new Fault("input", "code-check", "the check character is wrong");
  }
  return code;
}

/** Five groups of four, as letters print it. */
export function rollCodePrinted(code: string): string {
  return grouped(code);
}

function recoveryCheck(kind: CodeKind, secret: Uint8Array): [number, number] {
  return checkValues(kind === "space" ? sha256(u8(1), secret) : sha256(secret));
}

/** Seven groups of four for 16 secret bytes. */
export function recoveryCode(secret: Uint8Array, kind: CodeKind): string {
  const bits = concat(secret, new Uint8Array(1));
  const v = Array.from({ length: 26 }, (_, i) => {
    const at = Math.floor((5 * i) / 8);
    const two = ((bits[at] as number) << 8) | (bits[at + 1] as number);
    return (two >> (11 - ((5 * i) % 8))) & 31;
  });
  return grouped(letters([...v, ...recoveryCheck(kind, secret)]));
}

/**
 * The way back.  Which kind it is the check characters say.  Fault code-format:
 * wrong characters or length, or unused bits set; code-check: the check
 * characters are of neither kind, or not of the `wanted` one.
 */
export function recoveryParse(
  typed: string,
  wanted?: CodeKind,
): { kind: CodeKind; secret: Uint8Array } {
  const v = values(typed, RECOVERY_CHARS);
  if (((v[25] as number) & 3) !== 0) {
    throw new Fault("input", "code-format", "unused bits are set");
  }
  const secret = new Uint8Array(SECRET_BYTES);
  for (let bit = 0; bit < 8 * SECRET_BYTES; bit++) {
    const one = ((v[Math.floor(bit / 5)] as number) >> (4 - (bit % 5))) & 1;
    secret[bit >> 3] = ((secret[bit >> 3] as number) << 1) | one;
  }
  const check = Uint8Array.from(v.slice(26));
  for (const kind of ["master", "space"] as const) {
    if ((wanted ?? kind) === kind && equal(check, Uint8Array.from(recoveryCheck(kind, secret)))) {
      return { kind, secret };
    }
  }
  throw new Fault("input", "code-check", "the check characters are wrong");
}
