/*
 * ristretto255 (RFC 9496) as crypto/point.h has it: points are canonical and
 * not the identity when read, scalars below the group's order.  The arithmetic
 * is @noble/curves'.
 */
import { pippenger } from "@noble/curves/abstract/curve.js";
import { ristretto255 } from "@noble/curves/ed25519.js";
import { concat, hex } from "./bytes.ts";
import { Fault } from "./fault.ts";

export type Point = InstanceType<typeof ristretto255.Point>;
/** 0 <= s < ORDER. */
export type Scalar = bigint;

const P = ristretto255.Point;
export const POINT_BYTES = 32;
/** q, the order of the group. */
export const ORDER: bigint = P.Fn.ORDER;
export const BASE: Point = P.BASE;
export const IDENTITY: Point = P.ZERO;

const refused = (detail: string): Fault => new Fault("input", "signature", detail);

/** A canonical point that is not the identity; Fault signature. */
export function pointFrom(b: Uint8Array): Point {
  let p: Point;
  try {
    p = P.fromBytes(b);
  } catch {
    throw refused("not a point of ristretto255");
  }
  if (p.is0()) {
    throw refused("the identity stands for a point");
  }
  return p;
}

export function pointBytes(p: Point): Uint8Array {
  return p.toBytes();
}

function littleEndian(b: Uint8Array): bigint {
  return BigInt("0x" + hex(b.slice().reverse()));
}

/** 32 little-endian bytes below the order; Fault signature. */
export function scalarFrom(b: Uint8Array): Scalar {
  const s = b.length === 32 ? littleEndian(b) : ORDER;
  if (s >= ORDER) {
    throw refused("not a canonical scalar");
  }
  return s;
}

export function scalarBytes(s: Scalar): Uint8Array {
  return P.Fn.toBytes(s);
}

/** 64 little-endian bytes modulo the order. */
export function reduce64(b: Uint8Array): Scalar {
  return littleEndian(b) % ORDER;
}

/** a modulo the order, never below zero. */
export function mod(a: bigint): Scalar {
  const r = a % ORDER;
  return r < 0n ? r + ORDER : r;
}

/** The inverse; Fault limit of zero. */
export function invert(s: Scalar): Scalar {
  if (s === 0n) {
    throw new Fault("input", "limit", "zero has no inverse");
  }
  return P.Fn.inv(s);
}

/** s p for a secret s, in a time that hardly depends on it. */
export function multiply(p: Point, s: Scalar): Point {
  return s === 0n ? IDENTITY : p.multiply(s);
}

/** s p for public values: faster. */
export function multiplyPublic(p: Point, s: Scalar): Point {
  return p.multiplyUnsafe(s);
}

/** sum of scalars[i] points[i], of public values. */
export function sum(points: readonly Point[], scalars: readonly Scalar[]): Point {
  return pippenger(P, points as Point[], scalars as Scalar[]);
}

/** All points one after the other. */
export function pointList(points: readonly Point[]): Uint8Array {
  return concat(...points.map(pointBytes));
}
