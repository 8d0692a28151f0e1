/*
 * Trees of RFC 6962: roots, proofs and their verification (RFC 9162 2.1).  Sizes
 * are numbers below 2^53, hashes 32 bytes, leaves leaf hashes.
 */
import { concat, equal } from "./bytes.ts";
import { Fault } from "./fault.ts";
import { HASH_BYTES, sha256 } from "./hash.ts";

export const PROOF_MAX = 63;
const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

/** H(0x00 || entry). */
export function leafHash(entry: Uint8Array): Uint8Array {
  return sha256(LEAF, entry);
}

/** H(0x01 || left || right). */
export function hashNode(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256(concat(NODE, left, right));
}

/** The root of the tree without leaves. */
export function emptyRoot(): Uint8Array {
  return sha256();
}

/**
 * The root of the perfect subtree number `index` of height `level`: of the
 * leaves [index * 2^level, (index + 1) * 2^level).
 */
export type Node = (level: number, index: number) => Uint8Array;

/** Number of bits of n. */
function bits(n: number): number {
  let b = 0;
  while (2 ** b <= n) {
    b++;
  }
  return b;
}

const bit = (n: number, level: number): boolean => Math.floor(n / 2 ** level) % 2 === 1;

/**
 * The root of the leaves [begin, end), begin a multiple of a power of two that
 * is at least as large as the range.
 */
function rangeRoot(begin: number, end: number, node: Node): Uint8Array {
  const n = end - begin;
  let acc: Uint8Array | undefined;
  for (let level = 0; level < bits(n); level++) {
    if (bit(n, level)) {
      end -= 2 ** level;
      const h = node(level, end / 2 ** level);
      acc = acc === undefined ? h : hashNode(h, acc);
    }
  }
  if (acc === undefined) {
    throw new Fault("input", "limit", "a range without leaves");
  }
  return acc;
}

/** A perfect-subtree reader over leaf hashes that are all there. */
export function nodesOf(leaves: readonly Uint8Array[]): Node {
  const known = new Map<string, Uint8Array>();
  const node: Node = (level, index) => {
    if (level === 0) {
      const leaf = leaves[index];
      if (leaf === undefined) {
        throw new Fault("input", "limit", `leaf ${index} is not there`);
      }
      return leaf;
    }
    const name = `${level}/${index}`;
    let h = known.get(name);
    if (h === undefined) {
      h = hashNode(node(level - 1, 2 * index), node(level - 1, 2 * index + 1));
      known.set(name, h);
    }
    return h;
  };
  return node;
}

/** The root of all leaves. */
export function rootOf(leaves: readonly Uint8Array[]): Uint8Array {
  return treeRoot(leaves.length, nodesOf(leaves));
}

/** The root of the tree of `size` leaves. */
export function treeRoot(size: number, node: Node): Uint8Array {
  return size === 0 ? emptyRoot() : rangeRoot(0, size, node);
}

/** The largest power of two below n, n > 1. */
function split(n: number): number {
  let k = 2 ** (bits(n) - 1);
  if (k === n) {
    k /= 2;
  }
  return k;
}

type Range = readonly [begin: number, end: number];

function collect(ranges: readonly Range[], node: Node): Uint8Array[] {
  return ranges.map(([b, e]) => rangeRoot(b, e, node)).reverse();
}

/** Hashes from the leaf upwards; Fault limit when index >= size. */
export function proveInclusion(index: number, size: number, node: Node): Uint8Array[] {
  if (index < 0 || index >= size) {
    throw new Fault("input", "limit", `no leaf ${index} in a tree of ${size}`);
  }
  const ranges: Range[] = [];
  let [begin, end] = [0, size];
  while (end - begin > 1) {
    const k = begin + split(end - begin);
    if (index < k) {
      ranges.push([k, end]);
      end = k;
    } else {
      ranges.push([begin, k]);
      begin = k;
    }
  }
  return collect(ranges, node);
}

/** Empty from 0 and from the same size; Fault limit when size1 > size2. */
export function proveConsistency(size1: number, size2: number, node: Node): Uint8Array[] {
  if (size1 > size2) {
    throw new Fault("input", "limit", "the first tree is the larger");
  }
  if (size1 === 0 || size1 === size2) {
    return [];
  }
  /*
   * SUBPROOF of RFC 6962 2.1.2; the left part, once it starts at 0 and ends at
   * size1, is the old root, which the verifier has.
   */
  const ranges: Range[] = [];
  let [begin, end] = [0, size2];
  while (end !== size1) {
    const k = begin + split(end - begin);
    if (size1 <= k) {
      ranges.push([k, end]);
      end = k;
    } else {
      ranges.push([begin, k]);
      begin = k;
    }
  }
  if (begin !== 0) {
    ranges.push([begin, end]);
  }
  return collect(ranges, node);
}

const half = (n: number): number => Math.floor(n / 2);

/** A step of both verifications: which side, and the numbers one level up. */
function climb(fn: number, sn: number): { left: boolean; fn: number; sn: number } {
  const left = fn % 2 === 1 || fn === sn;
  if (left) {
    while (fn % 2 === 0 && fn !== 0) {
      fn = half(fn);
      sn = half(sn);
    }
  }
  return { left, fn: half(fn), sn: half(sn) };
}

/** RFC 9162 2.1.3.2. */
export function verifyInclusion(
  leaf: Uint8Array,
  index: number,
  size: number,
  proof: readonly Uint8Array[],
  root: Uint8Array,
): boolean {
  if (index < 0 || index >= size || proof.length > PROOF_MAX || root.length !== HASH_BYTES) {
    return false;
  }
  let [fn, sn, r] = [index, size - 1, leaf];
  for (const p of proof) {
    if (sn === 0) {
      return false;
    }
    const step = climb(fn, sn);
    r = step.left ? hashNode(p, r) : hashNode(r, p);
    [fn, sn] = [step.fn, step.sn];
  }
  return sn === 0 && equal(r, root);
}

/** RFC 9162 2.1.4.2, for 0 < size1 < size2 and a proof that is not empty. */
function verifyGrowth(
  size1: number,
  size2: number,
  proof: readonly Uint8Array[],
  root1: Uint8Array,
  root2: Uint8Array,
): boolean {
  let [fn, sn] = [size1 - 1, size2 - 1];
  while (fn % 2 === 1) {
    fn = half(fn);
    sn = half(sn);
  }
  /* A power of two is a subtree of its own: its root starts the proof. */
  const whole = fn === 0;
  let fr = whole ? root1 : (proof[0] as Uint8Array);
  let sr = fr;
  for (const p of proof.slice(whole ? 0 : 1)) {
    if (sn === 0) {
      return false;
    }
    const step = climb(fn, sn);
    fr = step.left ? hashNode(p, fr) : fr;
    sr = step.left ? hashNode(p, sr) : hashNode(sr, p);
    [fn, sn] = [step.fn, step.sn];
  }
  return sn === 0 && equal(fr, root1) && equal(sr, root2);
}

/**
 * size1 = 0 is refused unless size2 = 0 too: what it means callers must decide
 * before.
 */
export function verifyConsistency(
  size1: number,
  size2: number,
  proof: readonly Uint8Array[],
  root1: Uint8Array,
  root2: Uint8Array,
): boolean {
  if (size1 > size2 || proof.length > PROOF_MAX || root1.length !== HASH_BYTES) {
    return false;
  }
  if (size1 === size2) {
    const known = size1 !== 0 || equal(root1, emptyRoot());
    return known && proof.length === 0 && equal(root1, root2);
  }
  if (size1 === 0 || proof.length === 0) {
    return false;
  }
  return verifyGrowth(size1, size2, proof, root1, root2);
}
