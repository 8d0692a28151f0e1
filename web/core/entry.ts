/* Entries of the log (PROTOCOL 8); refuses what audit/entry.c refuses. */
import {
  compare,
  concat,
  dst,
  fromUtf8,
  lp,
  reader,
  toBigInt,
  fromBigInt,
  u8,
  utf8,
} from "./bytes.ts";
import type { Reader } from "./bytes.ts";
import type { Purpose } from "./derive.ts";
import { PURPOSES } from "./derive.ts";
import { verify } from "./ed25519.ts";
import { Fault } from "./fault.ts";
import { refuse } from "./json.ts";

/** One staff signature; n rises per key along the log. */
export interface Signer {
  readonly pk: Uint8Array;
  readonly n: bigint;
  readonly sig: Uint8Array;
}

/** The issuer counts from 0 in the header's array. */
interface OfIssuer {
  readonly spaceId: Uint8Array;
  readonly issuer: number;
  readonly purpose: Purpose;
}

interface OfObject {
  readonly spaceId: Uint8Array;
  /** Hash of the object. */
  readonly object: Uint8Array;
}

/** What the entry of each kind says; bytes are views into the entry. */
export type EntryBody =
  | { readonly kind: "genesis"; readonly text: Uint8Array }
  | { readonly kind: "staff"; readonly text: Uint8Array }
  | { readonly kind: "header"; readonly spaceId: Uint8Array }
  | {
      readonly kind: "form";
      readonly spaceId: Uint8Array;
      readonly formId: Uint8Array;
      readonly trusteeSigs: readonly Uint8Array[];
    }
  | { readonly kind: "roll_change"; readonly count: number; readonly object: Uint8Array }
  | (OfIssuer & { readonly kind: "ledger"; readonly count: number; readonly object: Uint8Array })
  /* UNIX seconds; above 2^53 rounded, which is no window of any space. */
  | {
      readonly kind: "batch";
      readonly spaceId: Uint8Array;
      readonly windowEnd: number;
      readonly count: number;
    }
  | { readonly kind: "record"; readonly record: Uint8Array }
  | {
      readonly kind: "close";
      readonly spaceId: Uint8Array;
      readonly records: number;
      readonly credentials: number;
    }
  /* The trustee counts from 1. */
  | (OfObject & { readonly kind: "opening"; readonly trustee: number })
  | (OfObject & { readonly kind: "result" })
  | (OfObject & { readonly kind: "progress" })
  | {
      readonly kind: "moderation";
      readonly spaceId: Uint8Array;
      readonly target: Uint8Array;
      readonly action: number;
      readonly reason: string;
    }
  | (OfObject & {
      readonly kind: "paper";
      readonly sort: number;
      readonly count: number;
      readonly scan: Uint8Array;
    })
  | (OfIssuer & { readonly kind: "key_destroyed"; readonly keyId: Uint8Array })
  | { readonly kind: "bundle"; readonly object: Uint8Array }
  | (OfIssuer & { readonly kind: "dispute"; readonly rollPk: Uint8Array; readonly sig: Uint8Array })
  | { readonly kind: "cancel"; readonly spaceId: Uint8Array; readonly reason: string };

export type EntryKind = EntryBody["kind"];

export type Entry = EntryBody & {
  /** What staff signed, after the kind. */
  readonly payload: Uint8Array;
  readonly signers: readonly Signer[];
};

export type Role = "admin" | "registrar" | "desk" | "moderator" | "editor" | "observer";

/** By number from 1: kind, staff signatures, who may give them. */
const KINDS: readonly (readonly [EntryKind, number, readonly Role[]])[] = [
  ["genesis", 0, []],
  ["header", 2, ["admin"]],
  ["form", 2, ["admin"]],
  ["roll_change", 2, ["admin", "registrar"]],
  ["ledger", 0, []],
  ["batch", 0, []],
  ["record", 0, []],
  ["close", 2, ["admin"]],
  ["opening", 0, []],
  ["result", 2, ["admin"]],
  ["moderation", 1, ["moderator", "admin"]],
  ["paper", 2, ["desk", "registrar", "admin"]],
  ["key_destroyed", 0, []],
  ["bundle", 1, ["admin"]],
  ["dispute", 0, []],
  ["cancel", 2, ["admin"]],
  ["staff", 2, ["admin"]],
  ["progress", 1, ["editor", "admin"]],
];

const ENTRY_MAX = 65535;
const VERSION = 1;
const ISSUERS_MAX = 8;
const TRUSTEES_MAX = 9;
const NAMES = Object.keys(PURPOSES) as Purpose[];

/** The roles whose signatures an entry of that kind may carry. */
export function signingRoles(kind: EntryKind): readonly Role[] {
  return KINDS.find(([k]) => k === kind)?.[2] ?? [];
}

function range(n: number, min: number, max: number, what: string): number {
  return n >= min && n <= max ? n : refuse(`the entry's ${what} is ${n}`);
}

/* UTF-8 without control characters but newlines, and not empty. */
function reason(bytes: Uint8Array): string {
  const text = fromUtf8(bytes);
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c < 0x20 && c !== 0x0a) return refuse("a reason with a control character");
  }
  return text === "" ? refuse("a reason that is empty") : text;
}

function some(bytes: Uint8Array): Uint8Array {
  return bytes.length === 0 ? refuse("an entry without content") : bytes;
}

function ofIssuer(r: Reader): OfIssuer {
  const spaceId = r.take(32);
  const issuer = range(r.u8(), 0, ISSUERS_MAX - 1, "issuer");
  const purpose = purposeOf(r.u8());
  return { spaceId, issuer, purpose };
}

function purposeOf(n: number): Purpose {
  return NAMES.find((p) => PURPOSES[p] === n) ?? refuse(`there is no purpose ${n}`);
}

function take(n: number, r: Reader): Uint8Array[] {
  return Array.from({ length: n }, () => r.take(64));
}

/* The kinds that belong to a space and log an object or nothing. */
function readBody(kind: EntryKind, r: Reader): EntryBody {
  switch (kind) {
    case "genesis":
      return { kind, text: some(r.rest()) };
    case "staff":
      return { kind, text: some(r.lp()) };
    case "record":
      return { kind, record: some(r.rest()) };
    case "header":
      return { kind, spaceId: r.take(32) };
    case "form":
      return {
        kind,
        spaceId: r.take(32),
        formId: r.take(32),
        trusteeSigs: take(range(r.u8(), 0, TRUSTEES_MAX, "number of trustees"), r),
      };
    case "roll_change":
      return { kind, count: r.u32(), object: r.take(32) };
    case "ledger":
      return { kind, ...ofIssuer(r), count: r.u32(), object: r.take(32) };
    case "batch":
      return { kind, spaceId: r.take(32), windowEnd: Number(toBigInt(r.take(8))), count: r.u32() };
    case "close":
      return { kind, spaceId: r.take(32), records: r.u32(), credentials: r.u32() };
    case "opening":
      return {
        kind,
        spaceId: r.take(32),
        trustee: range(r.u8(), 1, TRUSTEES_MAX, "trustee"),
        object: r.take(32),
      };
    case "result":
    case "progress":
      return { kind, spaceId: r.take(32), object: r.take(32) };
    case "moderation":
      return {
        kind,
        spaceId: r.take(32),
        target: r.take(32),
        action: range(r.u8(), 1, 4, "action"),
        reason: reason(r.lp()),
      };
    case "paper":
      return {
        kind,
        spaceId: r.take(32),
        sort: range(r.u8(), 1, 3, "sort"),
        count: r.u32(),
        object: r.take(32),
        scan: r.take(32),
      };
    case "key_destroyed":
      return { kind, ...ofIssuer(r), keyId: r.take(32) };
    case "bundle":
      return { kind, object: r.take(32) };
    case "dispute":
      return { kind, ...ofIssuer(r), rollPk: r.take(32), sig: r.take(64) };
    case "cancel":
      return { kind, spaceId: r.take(32), reason: reason(r.lp()) };
  }
}

function readSigners(r: Reader, wanted: number): Signer[] {
  if (r.u8() !== wanted) return refuse("the entry has not the number of signers of its kind");
  const out: Signer[] = [];
  for (let i = 0; i < wanted; i++) {
    const s = { pk: r.take(32), n: toBigInt(r.take(8)), sig: r.take(64) };
    const before = out[i - 1];
    if (s.n === 0n || (before !== undefined && compare(before.pk, s.pk) >= 0))
      return refuse("the entry's signers are not sorted, or one has no number");
    out.push(s);
  }
  return out;
}

/**
 * Exactly one entry of a known kind, version 1.  Fault("input", "format" or
 * "limit").  No signature is looked at; what is inside is not parsed.
 */
export function parseEntry(bytes: Uint8Array): Entry {
  if (bytes.length > ENTRY_MAX) throw new Fault("input", "limit", "an entry above 65,535 bytes");
  const r = reader(bytes);
  const row = KINDS[r.u8() - 1] ?? refuse("an entry of an unknown kind");
  if (r.u8() !== VERSION) return refuse("an entry of an unknown version");
  const body = readBody(row[0], r);
  const payload = bytes.subarray(2, bytes.length - r.left());
  const signers = row[1] > 0 ? readSigners(r, row[1]) : [];
  r.end();
  return { ...body, payload, signers };
}

/** The number of a kind, from 1. */
export function kindNumber(kind: EntryKind): number {
  return KINDS.findIndex(([k]) => k === kind) + 1;
}

/** Whether `s` signed the entry of the log `origin`. */
export function verifySigner(e: Entry, origin: string, s: Signer): Promise<boolean> {
  const head = concat(dst("entry"), lp(utf8(origin)), fromBigInt(s.n, 8), u8(kindNumber(e.kind)));
  return verify(s.pk, concat(head, e.payload), s.sig);
}
