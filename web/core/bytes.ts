/*
 * Bytes, integers and their spellings (PROTOCOL 0).  Everything that is read is
 * read strictly: one encoding per value, nothing before or after.
 */
import { Fault } from "./fault.ts";

const format = (detail: string): Fault => new Fault("input", "format", detail);

/** The arguments one after the other. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const p of parts) {
    out.set(p, at);
    at += p.length;
  }
  return out;
}

/** Bytewise order: below 0, 0 or above 0. Public values only. */
export function compare(a: Uint8Array, b: Uint8Array): number {
  const n = Math.min(a.length, b.length);
  for (let i = 0; i < n; i++) {
    const d = (a[i] as number) - (b[i] as number);
    if (d !== 0) {
      return d;
    }
  }
  return a.length - b.length;
}

export function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && compare(a, b) === 0;
}

/** Big-endian integer of `size` bytes; Fault limit where it does not fit. */
function integer(n: number, size: number): Uint8Array {
  if (!Number.isSafeInteger(n) || n < 0 || n >= 2 ** (8 * size)) {
    throw new Fault("input", "limit", `${n} is no unsigned integer of ${size} bytes`);
  }
  const out = new Uint8Array(size);
  for (let i = size - 1; i >= 0; i--) {
    out[i] = n % 256;
    n = Math.floor(n / 256);
  }
  return out;
}

export const u8 = (n: number): Uint8Array => integer(n, 1);
export const u16 = (n: number): Uint8Array => integer(n, 2);
export const u32 = (n: number): Uint8Array => integer(n, 4);
/** `n` below 2^53. */
export const u64 = (n: number): Uint8Array => integer(n, 8);

/** u16 length and the bytes; Fault limit above 65,535 bytes. */
export function lp(x: Uint8Array): Uint8Array {
  return concat(u16(x.length), x);
}

export function utf8(s: string): Uint8Array {
  return new TextEncoder().encode(s);
}

/** Strict UTF-8 (RFC 3629); a byte order mark is a character like others. */
export function fromUtf8(b: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(b);
  } catch {
    throw format("not UTF-8");
  }
}

/** DST(label): the ASCII bytes `partecipa/v1/label` and one zero byte. */
export function dst(label: string): Uint8Array {
  return utf8(`partecipa/v1/${label}\0`);
}

/** Lower-case hex. */
export function hex(b: Uint8Array): string {
  let out = "";
  for (const v of b) {
    out += v.toString(16).padStart(2, "0");
  }
  return out;
}

/** Lower-case hex only; `size` bytes where given. */
export function fromHex(s: string, size?: number): Uint8Array {
  if (s.length % 2 !== 0 || !/^[0-9a-f]*$/.test(s)) {
    throw format("not hex in lower case");
  }
  const out = new Uint8Array(s.length / 2);
  for (let i = 0; i < out.length; i++) {
    out[i] = parseInt(s.slice(2 * i, 2 * i + 2), 16);
  }
  return sized(out, size);
}

function sized(b: Uint8Array, size: number | undefined): Uint8Array {
  if (size !== undefined && b.length !== size) {
    throw format(`${b.length} bytes instead of ${size}`);
  }
  return b;
}

/** RFC 4648 section 4, with padding. */
export function b64(b: Uint8Array): string {
  let out = "";
  /* String.fromCharCode takes its arguments from the stack: in pieces. */
  for (let i = 0; i < b.length; i += 8192) {
    out += String.fromCharCode(...b.subarray(i, i + 8192));
  }
  return btoa(out);
}

/** Strict: padding demanded, unused bits zero, no blanks. */
export function fromB64(s: string, size?: number): Uint8Array {
  /* atob takes blanks and misses padding: what it gives must encode to `s`. */
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(s) || s.length % 4 !== 0) {
    throw format("not base64");
  }
  let text;
  try {
    text = atob(s);
  } catch {
    throw format("not base64");
  }
  const out = Uint8Array.from(text, (c) => c.charCodeAt(0));
  if (b64(out) !== s) {
    throw format("base64 with unused bits set");
  }
  return sized(out, size);
}

/** RFC 4648 section 5, without padding. */
export function b64url(b: Uint8Array): string {
  return b64(b).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

export function fromB64url(s: string, size?: number): Uint8Array {
  if (!/^[A-Za-z0-9_-]*$/.test(s) || s.length % 4 === 1) {
    throw format("not base64url");
  }
  const std = s.replace(/-/g, "+").replace(/_/g, "/");
  return fromB64(std + "=".repeat((4 - (std.length % 4)) % 4), size);
}

/** Reads integers and bytes; Fault format where they do not fit. */
export interface Reader {
  u8(): number;
  u16(): number;
  u32(): number;
  /** Fault limit from 2^53 on. */
  u64(): number;
  /** The next `n` bytes: a view, not a copy. */
  take(n: number): Uint8Array;
  /** The bytes behind a u16 length. */
  lp(): Uint8Array;
  /** All that is left; the reader is at its end then. */
  rest(): Uint8Array;
  /** How many are left. */
  left(): number;
  /** Fault format unless everything was read. */
  end(): void;
}

export function reader(bytes: Uint8Array): Reader {
  let at = 0;
  const take = (n: number): Uint8Array => {
    if (n > bytes.length - at) {
      throw format(`${n} bytes wanted, ${bytes.length - at} are left`);
    }
    at += n;
    return bytes.subarray(at - n, at);
  };
  const number = (size: number): number => {
    let v = 0;
    for (const b of take(size)) {
      v = v * 256 + b;
    }
    if (v > Number.MAX_SAFE_INTEGER) {
      throw new Fault("input", "limit", "a number above 2^53");
    }
    return v;
  };
  return {
    u8: () => number(1),
    u16: () => number(2),
    u32: () => number(4),
    u64: () => number(8),
    take,
    lp: () => take(number(2)),
    rest: () => take(bytes.length - at),
    left: () => bytes.length - at,
    end: () => {
      if (at !== bytes.length) {
        throw format(`${bytes.length - at} bytes too many`);
      }
    },
  };
}

/** What WebCrypto takes: our arrays are never shared memory. */
export function owned(b: Uint8Array): Uint8Array<ArrayBuffer> {
  return b as Uint8Array<ArrayBuffer>;
}

/** Unsigned big-endian number, and back into exactly `size` bytes. */
export function toBigInt(b: Uint8Array): bigint {
  return b.length === 0 ? 0n : BigInt("0x" + hex(b));
}

export function fromBigInt(v: bigint, size: number): Uint8Array {
  const text = v.toString(16);
  if (v < 0n || text.length > 2 * size) {
    throw new Fault("input", "limit", `a number of more than ${size} bytes`);
  }
  return fromHex(text.padStart(2 * size, "0"));
}
