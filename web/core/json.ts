/*
 * Documents (PROTOCOL 0): canonical JSON (RFC 8785) of objects, arrays, strings
 * and integers below 2^53, nothing else.  What is refused here is what
 * audit/json.c refuses; every refusal is Fault("input", "format", sentence).
 */
import { equal, fromHex, fromUtf8, utf8 } from "./bytes.ts";
import { Fault } from "./fault.ts";

export type Json = number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: Json;
}

/** Text by language; `it` is always there. */
export type Texts = Readonly<Record<string, string>>;

export const DOCUMENT_MAX = 1048576;
/** No document of the protocol needs more than a third of this. */
const DEPTH_MAX = 32;
/** A string that may be longer than this may hold newlines and tabs. */
const ONE_LINE = 255;

/** The refusal of this module, for others that read documents. */
export function refuse(detail: string): never {
  throw new Fault("input", "format", detail);
}

/* Texts of strangers go into sentences only as plain ASCII. */
function plain(s: string, max = 40): string {
  return s.slice(0, max).replace(/[^ -~]/g, "?");
}

interface State {
  readonly text: string;
  at: number;
}

const BLANK = /[ \t\r\n]*/y;
const LONE_SURROGATE = /\p{Surrogate}/u;
const INTEGER = /-?(?:0|[1-9][0-9]*)/y;

function match(s: State, what: RegExp): string {
  what.lastIndex = s.at;
  const found = what.exec(s.text)?.[0] ?? "";
  s.at += found.length;
  return found;
}

function unexpected(s: State): never {
  return refuse(`not a document of the protocol: character ${s.at + 1}`);
}

/* Character by character: an expression with a repeated group would need more
   stack than there is for the longest string. */
function readString(s: State): string {
  const start = s.at;
  let escaped = false;
  s.at++;
  for (;;) {
    const c = s.text.charCodeAt(s.at);
    if (Number.isNaN(c) || c < 0x20) return unexpected(s);
    s.at++;
    if (escaped) escaped = false;
    else if (c === 0x5c) escaped = true;
    else if (c === 0x22) break;
  }
  let value: unknown;
  try {
    value = JSON.parse(s.text.slice(start, s.at));
  } catch {
    return unexpected(s);
  }
  if (typeof value !== "string" || value.includes("\0") || LONE_SURROGATE.test(value))
    return unexpected(s);
  return value;
}

function readInteger(s: State): number {
  const text = match(s, INTEGER);
  const value = Number(text);
  if (text === "" || /[.eE]/.test(s.text.charAt(s.at))) return unexpected(s);
  if (!Number.isSafeInteger(value)) return refuse("an integer of 2^53 or more");
  return value === 0 ? 0 : value;
}

/* After a value: another one, or the end that `close` marks. */
function more(s: State, close: string): boolean {
  match(s, BLANK);
  const c = s.text.charAt(s.at);
  if (c !== "," && c !== close) return unexpected(s);
  s.at++;
  return c === ",";
}

function readArray(s: State, depth: number): Json[] {
  const out: Json[] = [];
  s.at++;
  match(s, BLANK);
  if (s.text.charAt(s.at) === "]") {
    s.at++;
    return out;
  }
  do {
    out.push(readValue(s, depth));
  } while (more(s, "]"));
  return out;
}

function readObject(s: State, depth: number): JsonObject {
  /* Without a prototype: "__proto__" is a name like any other. */
  const out = Object.create(null) as Record<string, Json>;
  s.at++;
  match(s, BLANK);
  if (s.text.charAt(s.at) === "}") {
    s.at++;
    return out;
  }
  do {
    match(s, BLANK);
    if (s.text.charAt(s.at) !== '"') return unexpected(s);
    const name = readString(s);
    match(s, BLANK);
    if (s.text.charAt(s.at++) !== ":") return unexpected(s);
    if (name in out) return refuse(`the name ${plain(name)} stands twice in an object`);
    out[name] = readValue(s, depth);
  } while (more(s, "}"));
  return out;
}

function readValue(s: State, depth: number): Json {
  match(s, BLANK);
  const c = s.text.charAt(s.at);
  if (c === '"') return readString(s);
  if (c !== "[" && c !== "{") return readInteger(s);
  if (depth === DEPTH_MAX) return refuse(`nested more than ${DEPTH_MAX} levels deep`);
  return c === "[" ? readArray(s, depth + 1) : readObject(s, depth + 1);
}

/**
 * Any JSON text of objects, arrays, strings and integers, blanks allowed, no
 * name twice; for files that people keep (papers).
 */
export function readJson(bytes: Uint8Array, max = DOCUMENT_MAX): Json {
  if (bytes.length > max) return refuse(`the document has ${bytes.length} bytes, at most ${max}`);
  if (bytes.length === 0) return refuse("the document is empty");
  const s: State = { text: fromUtf8(bytes), at: 0 };
  match(s, BLANK);
  if (!/[[{]/.test(s.text.charAt(s.at))) return unexpected(s);
  const value = readValue(s, 0);
  match(s, BLANK);
  return s.at === s.text.length ? value : unexpected(s);
}

/** Whether `v` is an object. */
export function isObject(v: Json | undefined): v is JsonObject {
  return typeof v === "object" && !Array.isArray(v);
}

function isArray(v: Json | undefined): v is readonly Json[] {
  return Array.isArray(v);
}

function put(v: Json, out: string[], depth: number): void {
  if (depth > DEPTH_MAX) return refuse("nested too deep");
  if (typeof v === "number") {
    if (!Number.isSafeInteger(v)) return refuse("a number that is no integer below 2^53");
    out.push(String(v === 0 ? 0 : v));
  } else if (typeof v === "string") {
    out.push(JSON.stringify(v));
  } else if (isArray(v)) {
    out.push("[");
    v.forEach((e, i) => {
      if (i > 0) out.push(",");
      put(e, out, depth + 1);
    });
    out.push("]");
  } else if (isObject(v)) {
    out.push("{");
    /* The order of UTF-16 code units, which is what sort() compares. */
    Object.keys(v)
      .sort()
      .forEach((name, i) => {
        out.push(i > 0 ? "," : "", JSON.stringify(name), ":");
        put(v[name] as Json, out, depth + 1);
      });
    out.push("}");
  } else {
    refuse("a value that no document holds");
  }
}

/** The canonical form (RFC 8785) of `v`. */
export function canonical(v: Json): Uint8Array {
  const out: string[] = [];
  put(v, out, 0);
  return utf8(out.join(""));
}

/** A document that is an object: canonical, byte for byte. */
export function readDocument(bytes: Uint8Array, what: string): JsonObject {
  const v = readJson(bytes);
  if (!equal(canonical(v), bytes))
    return refuse(`the ${what} is not in the canonical form of RFC 8785`);
  return isObject(v) ? v : refuse(`the ${what} is not an object`);
}

/* ---- Members of an object ------------------------------------------------ */

function member(o: JsonObject, name: string): Json {
  const v = o[name];
  return v === undefined ? refuse(`${name} is missing`) : v;
}

/** Refuse members whose names are not in the list. */
export function only(o: JsonObject, names: readonly string[]): void {
  for (const name of Object.keys(o))
    if (!names.includes(name)) refuse(`${plain(name)} is not a member here`);
}

/** An integer member from `min` to `max`. */
export function getInt(o: JsonObject, name: string, min: number, max: number): number {
  const v = member(o, name);
  if (typeof v !== "number") return refuse(`${name} is not an integer`);
  return v < min || v > max ? refuse(`${name} is ${v}, and must be from ${min} to ${max}`) : v;
}

function checkString(v: Json | undefined, name: string, min: number, max: number): string {
  if (typeof v !== "string") return refuse(`${name} is not a string`);
  let n = 0;
  for (const ch of v) {
    n++;
    const c = ch.codePointAt(0) ?? 0;
    if (max > ONE_LINE && (c === 9 || c === 10)) continue;
    if (c < 0x20 || (c >= 0x7f && c < 0xa0))
      return refuse(`${name} holds the control character U+${c.toString(16).padStart(4, "0")}`);
  }
  if (n < min || n > max)
    return refuse(`${name} has ${n} characters, and must have ${min} to ${max}`);
  return v;
}

/** A string member of `min` to `max` characters (code points), no controls. */
export function getString(o: JsonObject, name: string, min: number, max: number): string {
  return checkString(member(o, name), name, min, max);
}

/** Exactly `n` bytes as lower-case hex. */
export function hexValue(v: Json | undefined, name: string, n: number): Uint8Array {
  if (typeof v !== "string" || v.length !== 2 * n || !/^[0-9a-f]*$/.test(v))
    return refuse(`${name} is not ${n} bytes as lower-case hex`);
  return fromHex(v);
}

/** A member of exactly `n` bytes as lower-case hex. */
export function getHex(o: JsonObject, name: string, n: number): Uint8Array {
  return hexValue(member(o, name), name, n);
}

/** A member that is an object. */
export function getObject(o: JsonObject, name: string): JsonObject {
  const v = member(o, name);
  return isObject(v) ? v : refuse(`${name} is not an object`);
}

/** A member that is an array of `min` to `max` elements. */
export function getArray(o: JsonObject, name: string, min: number, max: number): readonly Json[] {
  const v = member(o, name);
  if (!isArray(v)) return refuse(`${name} is not an array`);
  if (v.length < min || v.length > max)
    return refuse(`${name} has ${v.length} elements, and must have ${min} to ${max}`);
  return v;
}

/** A text map, each text of at most `max` characters. */
export function getTexts(o: JsonObject, name: string, max: number): Texts {
  const map = getObject(o, name);
  const out: Record<string, string> = {};
  for (const [lang, text] of Object.entries(map)) {
    if (!/^[a-z]{2,3}$/.test(lang)) return refuse(`${name}.${plain(lang)} is no language`);
    out[lang] = checkString(text, `${name}.${lang}`, 0, max);
  }
  return out["it"] === undefined ? refuse(`${name}.it is missing`) : out;
}

/** The text in `lang`, else in Italian. */
export function textOf(texts: Texts, lang: string): string {
  return texts[lang] ?? texts["it"] ?? "";
}

/** Whether `s` is a decimal of PROTOCOL 0. */
export function isDecimal(s: string): boolean {
  return /^(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{0,5}[1-9])?$/.test(s);
}

/** A decimal in whole millionths, exact. */
export function millionths(decimal: string): bigint {
  const [whole, places] = decimal.split(".");
  return BigInt((whole ?? "0") + (places ?? "").padEnd(6, "0"));
}
