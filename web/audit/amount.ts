/*
 * Exact numbers: money in millionths as a bigint, fractions as two bigints.
 * Nothing here rounds (RULES.md, beginning).
 */

/** A fraction; the denominator is above 0, lowest terms are not promised. */
export type Fraction = { num: bigint; den: bigint };

/** Millionths in 1: amounts have at most six digits behind the point. */
export const MILLION = 1_000_000n;

/** The greatest common divisor of two numbers >= 0. */
export function gcd(a: bigint, b: bigint): bigint {
  while (b > 0n) [a, b] = [b, a % b];
  return a;
}

/** ${f} in lowest terms. */
export function lowest(f: Fraction): Fraction {
  const d = gcd(f.num, f.den);
  return d > 1n ? { num: f.num / d, den: f.den / d } : f;
}

/** Below 0 if a < b, 0 if they are equal, above 0 if a > b. */
export function compareFractions(a: Fraction, b: Fraction): number {
  const x = a.num * b.den;
  const y = b.num * a.den;
  return x < y ? -1 : x > y ? 1 : 0;
}

const AMOUNT = /^([0-9]{1,15})(?:[.,]([0-9]{1,6}))?$/;

/**
 * An amount in millionths (RULES.md 1: 1 to 15 digits, then a point, or where
 * ${comma} a comma, and 1 to 6 digits); null if ${text} is none.
 */
export function parseAmount(text: string, comma = false): bigint | null {
  const m = AMOUNT.exec(text);
  if (m === null || (!comma && text.includes(","))) return null;
  return BigInt(m[1]! + (m[2] ?? "").padEnd(6, "0"));
}

/** Millionths as a decimal: no zero at its end (PROTOCOL 0). */
export function decimalText(millionths: bigint): string {
  const whole = (millionths / MILLION).toString();
  const part = (millionths % MILLION).toString().padStart(6, "0").replace(/0+$/, "");
  return part === "" ? whole : `${whole}.${part}`;
}

/** A whole number, or p/q in lowest terms (RULES.md 7). */
export function fractionText(f: Fraction): string {
  const { num, den } = lowest(f);
  return den === 1n ? num.toString() : `${num}/${den}`;
}
