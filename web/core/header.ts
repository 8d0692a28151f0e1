/* A space's header (PROTOCOL 3); refuses what audit/header.c refuses. */
import { compare, equal, fromB64url, hex } from "./bytes.ts";
import type { Purpose } from "./derive.ts";
import { isValidPoint } from "./ed25519.ts";
import { Fault } from "./fault.ts";
import { sha256 } from "./hash.ts";
import type { Json, JsonObject, Texts } from "./json.ts";
import {
  getArray,
  getHex,
  getInt,
  getObject,
  getString,
  getTexts,
  hexValue,
  isObject,
  only,
  readDocument,
  refuse,
} from "./json.ts";
import { isNoteName, parseVkey } from "./note.ts";
import type { NoteKey } from "./note.ts";
import { parseTokenKey } from "./rsa.ts";
import type { TokenKey } from "./rsa.ts";
import { challenge } from "./token.ts";

export type SpaceKind = "ballot" | "ideas" | "questionnaire";
export type FactorKind = "none" | "birth_date" | "document";

const KIND_PURPOSES: Readonly<Record<SpaceKind, readonly Purpose[]>> = {
  ballot: ["vote"],
  ideas: ["author", "voice"],
  questionnaire: ["answer"],
};

/** From and to, in UNIX seconds. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

export type TokenKeys = Readonly<Partial<Record<Purpose, TokenKey>>>;

/** One issuer. */
export interface Issuer {
  readonly name: string;
  /** "" is the log's own server. */
  readonly url: string;
  readonly factor: FactorKind;
  /** H(TokenChallenge), 32 bytes. */
  readonly challenge: Uint8Array;
  /** Exactly the purposes of the space's kind. */
  readonly keys: TokenKeys;
}

export interface Header {
  /** The exact bytes that are hashed. */
  readonly bytes: Uint8Array;
  /** space_id = H(bytes). */
  readonly id: Uint8Array;
  readonly origin: string;
  readonly slug: string;
  readonly kind: SpaceKind;
  readonly process: string;
  readonly titles: Texts;
  readonly eligibility: Texts;
  readonly minAge: number;
  readonly issuers: readonly Issuer[];
  readonly originInfo: string;
  readonly issuance: Window;
  readonly participation: Window;
  readonly mode: "separated" | "overlapping";
  readonly roll: { readonly root: Uint8Array; readonly size: number };
  readonly trustees: { readonly keys: readonly Uint8Array[]; readonly threshold: number };
  readonly witnesses: { readonly keys: readonly NoteKey[]; readonly quorum: number };
  readonly seqLimit: number;
  /** Seconds, as grace. */
  readonly batchInterval: number;
  readonly grace: number;
  readonly minCollected: number;
  readonly minOpen: number;
  readonly paper: boolean;
  /** "" is this host. */
  readonly castUrl: string;
}

const U32 = 0xffffffff;
const TIME_MAX = Number.MAX_SAFE_INTEGER;
const TITLE_CHARS = 200;
const TEXT_CHARS = 20000;
/* The receipt key's name is the origin and "/receipt". */
const ORIGIN_BYTES = 247;
const INTERVAL_MAX = 604800;
const TRUSTEES_MAX = 9;
const WITNESSES_MAX = 32;
const ISSUERS_MAX = 8;
const SPKI_CHARS = 456;

const MEMBERS = [
  "batch_interval",
  "cast_url",
  "eligibility",
  "grace",
  "issuance",
  "issuers",
  "kind",
  "min_age",
  "min_collected",
  "min_open",
  "mode",
  "origin",
  "origin_info",
  "paper",
  "participation",
  "process",
  "roll",
  "seq_limit",
  "slug",
  "titles",
  "trustees",
  "version",
  "witnesses",
];

/** The purposes of a kind of space, by name. */
export function purposesOf(kind: SpaceKind): readonly Purpose[] {
  return KIND_PURPOSES[kind];
}

/** Whether `s` is a slug: 1 to 64 of a-z 0-9 -, neither first nor last -. */
export function isSlug(s: string): boolean {
  return /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/.test(s);
}

/** One of a few words. */
function oneOf<T extends string>(v: string, words: readonly T[], name: string): T {
  const found = words.find((w) => w === v);
  return found ?? refuse(`${name} is none of ${words.join(", ")}`);
}

/* One line of ASCII without blanks: what names a host. */
function isWord(s: string): boolean {
  return /^[!-~]*$/.test(s);
}

function getSlug(o: JsonObject, name: string, min: number): string {
  const s = getString(o, name, min, 64);
  return s === "" || isSlug(s) ? s : refuse(`${name} is no slug`);
}

function getHost(o: JsonObject, name: string): string {
  const s = getString(o, name, 1, 255);
  return isWord(s) ? s : refuse(`${name} is not a host name: ASCII without blanks`);
}

function getUrl(o: JsonObject, name: string): string {
  const s = getString(o, name, 0, 1000);
  if (
    s !== "" &&
    (!/^https?:\/\/[^/]/.test(s) || !isWord(s) || /[?#"<>\\]/.test(s) || s.endsWith("/"))
  )
    return refuse(
      `${name} is neither empty nor http(s)://host... without query and without a slash at the end`,
    );
  return s;
}

function getWindow(o: JsonObject, name: string): Window {
  const w = getObject(o, name);
  only(w, ["from", "to"]);
  const from = getInt(w, "from", 0, TIME_MAX);
  const to = getInt(w, "to", 0, TIME_MAX);
  return from < to ? { from, to } : refuse(`${name} ends (to) before or when it begins (from)`);
}

function getTitles(doc: JsonObject): Texts {
  const titles = getTexts(doc, "titles", TITLE_CHARS);
  return Object.values(titles).includes("") ? refuse("a title is empty") : titles;
}

function getOrigin(doc: JsonObject): string {
  const s = getString(doc, "origin", 1, ORIGIN_BYTES);
  if (!isNoteName(s) || new TextEncoder().encode(s).length > ORIGIN_BYTES)
    return refuse("origin is not the name of a log");
  return s;
}

/* What the mode asks of the windows. */
function getMode(doc: JsonObject, i: Window, p: Window): "separated" | "overlapping" {
  const mode = oneOf(getString(doc, "mode", 1, 20), ["separated", "overlapping"] as const, "mode");
  const holds =
    mode === "separated" ? i.to <= p.from : i.from <= p.from && p.from < i.to && i.to <= p.to;
  return holds ? mode : refuse(`mode is ${mode}, but the windows are not`);
}

function getRoll(doc: JsonObject): Header["roll"] {
  const o = getObject(doc, "roll");
  only(o, ["root", "size"]);
  return { root: getHex(o, "root", 32), size: getInt(o, "size", 0, U32) };
}

function trusteeKey(v: Json, i: number): Uint8Array {
  const key = hexValue(v, `trustees.keys[${i}]`, 32);
  return isValidPoint(key) ? key : refuse(`trustees.keys[${i}] is not an Ed25519 key`);
}

function refuseTwice(keys: readonly Uint8Array[], name: string): void {
  const sorted = [...keys].sort(compare);
  if (sorted.some((k, i) => i > 0 && equal(k, sorted[i - 1] as Uint8Array)))
    refuse(`${name} has a key twice`);
}

function getTrustees(doc: JsonObject, kind: SpaceKind): Header["trustees"] {
  const o = getObject(doc, "trustees");
  only(o, ["keys", "threshold"]);
  const keys = getArray(o, "keys", 0, TRUSTEES_MAX).map(trusteeKey);
  const threshold = getInt(o, "threshold", 0, TRUSTEES_MAX);
  refuseTwice(keys, "trustees.keys");
  if (keys.length > 0 && kind !== "ballot")
    return refuse("trustees: only votes are sealed, and this space is none");
  if (keys.length === 0 ? threshold !== 0 : threshold > keys.length || keys.length >= 2 * threshold)
    return refuse(`trustees.threshold is ${threshold} of ${keys.length} keys`);
  return { keys, threshold };
}

function witnessKey(v: Json, i: number): NoteKey {
  if (typeof v !== "string") return refuse(`witnesses.keys[${i}] is not a string`);
  const key = parseVkey(v);
  return key.type === 4
    ? key
    : refuse(`witnesses.keys[${i}] is not a witness's verifier key (type 04)`);
}

function getWitnesses(doc: JsonObject): Header["witnesses"] {
  const o = getObject(doc, "witnesses");
  only(o, ["keys", "quorum"]);
  const keys = getArray(o, "keys", 0, WITNESSES_MAX).map(witnessKey);
  const quorum = getInt(o, "quorum", 0, WITNESSES_MAX);
  refuseTwice(
    keys.map((k) => k.pk),
    "witnesses.keys",
  );
  return quorum <= keys.length
    ? { keys, quorum }
    : refuse(`witnesses.quorum is ${quorum}, but there are ${keys.length} keys`);
}

function getKeys(o: JsonObject, kind: SpaceKind, used: Set<string>): TokenKeys {
  const keys = getObject(o, "keys");
  const out: Partial<Record<Purpose, TokenKey>> = {};
  only(keys, KIND_PURPOSES[kind]);
  for (const purpose of KIND_PURPOSES[kind]) {
    const key = parseTokenKey(fromB64url(getString(keys, purpose, 0, SPKI_CHARS), 342));
    const id = hex(key.id);
    if (used.has(id)) return refuse(`the token key of ${purpose} is used in this header already`);
    used.add(id);
    out[purpose] = key;
  }
  return out;
}

interface Names {
  readonly id: Uint8Array;
  readonly kind: SpaceKind;
  readonly originInfo: string;
}

function getIssuers(doc: JsonObject, space: Names): Issuer[] {
  const used = new Set<string>();
  return getArray(doc, "issuers", 1, ISSUERS_MAX).map((o, i) => {
    if (!isObject(o)) return refuse(`issuers[${i}] is not an object`);
    only(o, ["factor", "keys", "name", "url"]);
    const name = getHost(o, "name");
    return {
      name,
      url: getUrl(o, "url"),
      factor: oneOf(
        getString(o, "factor", 1, 20),
        ["none", "birth_date", "document"] as const,
        "factor",
      ),
      keys: getKeys(o, space.kind, used),
      challenge: sha256(challenge(name, space.id, space.originInfo)),
    };
  });
}

function parse(bytes: Uint8Array): Header {
  const doc = readDocument(bytes, "header");
  only(doc, MEMBERS);
  getInt(doc, "version", 1, 1);
  const id = sha256(bytes);
  const kind = oneOf(
    getString(doc, "kind", 1, 20),
    ["ballot", "ideas", "questionnaire"] as const,
    "kind",
  );
  const originInfo = getHost(doc, "origin_info");
  const issuance = getWindow(doc, "issuance");
  const participation = getWindow(doc, "participation");
  return {
    bytes,
    id,
    kind,
    originInfo,
    issuance,
    participation,
    origin: getOrigin(doc),
    slug: getSlug(doc, "slug", 1),
    process: getSlug(doc, "process", 0),
    titles: getTitles(doc),
    eligibility: getTexts(doc, "eligibility", TEXT_CHARS),
    minAge: getInt(doc, "min_age", 0, 120),
    castUrl: getUrl(doc, "cast_url"),
    mode: getMode(doc, issuance, participation),
    roll: getRoll(doc),
    trustees: getTrustees(doc, kind),
    witnesses: getWitnesses(doc),
    seqLimit: getInt(doc, "seq_limit", 0, 1000000),
    batchInterval: getInt(doc, "batch_interval", 1, INTERVAL_MAX),
    grace: getInt(doc, "grace", 0, INTERVAL_MAX),
    minCollected: getInt(doc, "min_collected", 0, U32),
    minOpen: getInt(doc, "min_open", 0, U32),
    paper: getInt(doc, "paper", 0, 1) === 1,
    issuers: getIssuers(doc, { id, kind, originInfo }),
  };
}

/**
 * The header in `bytes`, which are what is hashed.  Fault("input", "format"):
 * anything that PROTOCOL 3 does not allow, with the member named.
 */
export function parseHeader(bytes: Uint8Array): Header {
  try {
    return parse(bytes);
  } catch (e) {
    throw e instanceof Fault ? new Fault("input", "format", `the header: ${e.detail}`) : e;
  }
}

/** Whether two headers have a token key in common. */
export function sharesKey(a: Header, b: Header): boolean {
  const ids = (h: Header) => h.issuers.flatMap((i) => Object.values(i.keys).map((k) => hex(k.id)));
  const known = new Set(ids(a));
  return ids(b).some((id) => known.has(id));
}

/** The end of the window of a record admitted at `t`; 0: participation is not open then. */
export function windowEnd(h: Header, t: number): number {
  const { from, to } = h.participation;
  if (t < from || t >= to) return 0;
  return Math.min(t - ((t - from) % h.batchInterval) + h.batchInterval, to);
}

/** Whether `end` is one of the space's window ends. */
export function isWindowEnd(h: Header, end: number): boolean {
  const { from, to } = h.participation;
  return end === to || (end > from && end < to && (end - from) % h.batchInterval === 0);
}
