/*
 * A resident's papers, the very file of client/papers.c: one secret, and for
 * each space what was collected with it and the last record made.  Whoever has
 * it can vote in its owner's place.
 */
import { b64, fromB64, hex, utf8 } from "./bytes.ts";
import { recoveryCode, recoveryParse } from "./code.ts";
import { PURPOSES } from "./derive.ts";
import type { Purpose } from "./derive.ts";
import { Fault } from "./fault.ts";
import type { Header } from "./header.ts";
import { isSlug } from "./header.ts";
import type { Json, JsonObject } from "./json.ts";
import {
  getArray,
  getHex,
  getInt,
  getObject,
  getString,
  isObject,
  only,
  readJson,
  refuse,
} from "./json.ts";

const NOTE =
  "Secret: whoever has this file can vote in your place. Keep it until the result is published.";
const TOKEN_BYTES = 256;
const ISSUERS_MAX = 8;
const RECORD_MAX = 169 + 16384 + ISSUERS_MAX * TOKEN_BYTES;
const NOTE_MAX = 65536;
const U32 = 0xffffffff;
const NAMES = Object.keys(PURPOSES) as Purpose[];

/** What the papers hold for one space; empty bytes: nothing. */
export interface PapersSpace {
  readonly slug: string;
  readonly spaceId: Uint8Array;
  /** Authenticators, 256 bytes per issuer, in the header's order. */
  tokens: Partial<Record<Purpose, Uint8Array>>;
  /** The last record made, and its number. */
  record: Uint8Array;
  seq: number;
  /** Of that record; empty: no answer came yet. */
  receipt: Uint8Array;
}

export interface Papers {
  /** The log's vkey seen first; "": none yet. */
  logKey: string;
  /** The note verified last; empty: none. */
  checkpoint: Uint8Array;
  /** 16 bytes. */
  readonly secret: Uint8Array;
  spaces: PapersSpace[];
}

/** Papers with nothing collected. */
export function newPapers(secret: Uint8Array): Papers {
  return { logKey: "", checkpoint: new Uint8Array(0), secret, spaces: [] };
}

/** Random papers: a new secret for a line. */
export function randomPapers(): Papers {
  return newPapers(crypto.getRandomValues(new Uint8Array(16)));
}

export function papersFind(p: Papers, slug: string): PapersSpace | undefined {
  return p.spaces.find((s) => s.slug === slug);
}

/** The part of the space `h`, made where it is not there. */
export function papersSpace(p: Papers, h: Header): PapersSpace {
  const found = papersFind(p, h.slug);
  if (found !== undefined) return found;
  const none = new Uint8Array(0);
  const made: PapersSpace = {
    slug: h.slug,
    spaceId: h.id,
    tokens: {},
    record: none,
    seq: 0,
    receipt: none,
  };
  p.spaces.push(made);
  return made;
}

/* ---- Reading ------------------------------------------------------------- */

/* An optional member of base64; absent gives no bytes. */
function getBytes(o: JsonObject, name: string, max: number): Uint8Array {
  if (o[name] === undefined) return new Uint8Array(0);
  const bytes = fromB64(getString(o, name, 0, 4 * Math.ceil(max / 3)));
  return bytes.length <= max ? bytes : refuse(`${name} is too long`);
}

function getTokens(o: JsonObject): PapersSpace["tokens"] {
  const tokens = getObject(o, "tokens");
  const out: PapersSpace["tokens"] = {};
  only(tokens, NAMES);
  for (const purpose of NAMES) {
    if (tokens[purpose] === undefined) continue;
    const bytes = getBytes(tokens, purpose, ISSUERS_MAX * TOKEN_BYTES);
    if (bytes.length === 0 || bytes.length % TOKEN_BYTES !== 0)
      return refuse(`the token for ${purpose} is not whole`);
    out[purpose] = bytes;
  }
  return out;
}

function getSpace(o: Json): PapersSpace {
  if (!isObject(o)) return refuse("spaces holds something that is no object");
  only(o, ["receipt", "record", "seq", "slug", "space_id", "tokens"]);
  const slug = getString(o, "slug", 1, 64);
  return {
    slug: isSlug(slug) ? slug : refuse("the slug of a space is none"),
    spaceId: getHex(o, "space_id", 32),
    seq: getInt(o, "seq", 0, U32),
    tokens: getTokens(o),
    record: getBytes(o, "record", RECORD_MAX),
    receipt: getBytes(o, "receipt", NOTE_MAX),
  };
}

function parse(bytes: Uint8Array): Papers {
  const o = readJson(bytes);
  if (!isObject(o)) return refuse("the file is not an object");
  only(o, ["checkpoint", "log_key", "note", "secret", "spaces", "version"]);
  getInt(o, "version", 1, 1);
  const { secret } = recoveryParse(getString(o, "secret", 1, 100), "master");
  const spaces = getArray(o, "spaces", 0, 10000).map(getSpace);
  if (new Set(spaces.map((s) => s.slug)).size !== spaces.length)
    return refuse("a space is there twice");
  return {
    secret,
    spaces,
    checkpoint: getBytes(o, "checkpoint", NOTE_MAX),
    logKey: o["log_key"] === undefined ? "" : getString(o, "log_key", 1, 1000),
  };
}

/** The papers in a file; strict.  Fault("input", "papers"). */
export function parsePapers(bytes: Uint8Array): Papers {
  try {
    return parse(bytes);
  } catch (e) {
    throw e instanceof Fault ? new Fault("input", "papers", e.detail) : e;
  }
}

/* ---- Writing ------------------------------------------------------------- */

function some(name: string, bytes: Uint8Array): Record<string, string> {
  return bytes.length === 0 ? {} : { [name]: b64(bytes) };
}

function spaceJson(s: PapersSpace): Record<string, unknown> {
  /* Names in order, as jansson sorts them. */
  const tokens = [...NAMES]
    .sort()
    .flatMap((p) => Object.entries(some(p, s.tokens[p] ?? new Uint8Array(0))));
  return {
    ...some("receipt", s.receipt),
    ...some("record", s.record),
    seq: s.seq,
    slug: s.slug,
    space_id: hex(s.spaceId),
    tokens: Object.fromEntries(tokens),
  };
}

/** The file, byte for byte as the other client writes it. */
export function putPapers(p: Papers): Uint8Array {
  const doc = {
    ...some("checkpoint", p.checkpoint),
    ...(p.logKey === "" ? {} : { log_key: p.logKey }),
    note: NOTE,
    secret: recoveryCode(p.secret, "master"),
    spaces: p.spaces.map(spaceJson),
    version: 1,
  };
  return utf8(`${JSON.stringify(doc, null, 2)}\n`);
}
