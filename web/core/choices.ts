/*
 * Choices of a ballot: their encoding, one of fixed size per form, and the
 * form's limits (PROTOCOL 3).  Options are numbered from 1.
 */
import { concat, reader, u16 } from "./bytes.ts";
import { Fault } from "./fault.ts";
import type { Form } from "./form.ts";
import { millionths } from "./json.ts";

/** 0: none. */
export interface Choice {
  readonly type: "choice";
  readonly option: number;
}
/** Ascending, none twice. */
export interface Bitmap {
  readonly type: "bitmap";
  readonly named: readonly number[];
}
/** One number per option, in the form's order. */
export interface Points {
  readonly type: "points";
  readonly points: readonly number[];
}
/** Best first, none twice. */
export interface Ranking {
  readonly type: "ranking";
  readonly ranked: readonly number[];
}
/** What a ballot says; the blank one names nothing (see blank). */
export type Choices = Choice | Bitmap | Points | Ranking;

/** The limit that is not kept, or what is no ballot at all. */
export type ChoicesFault =
  | "choices-format"
  | "choices-min"
  | "choices-max"
  | "choices-cost-min"
  | "choices-cost-max"
  | "choices-option-max"
  | "choices-total-min"
  | "choices-total-max";

const refused = (code: ChoicesFault, detail: string): Fault => new Fault("input", code, detail);

/** The blank ballot (scheda bianca), which is always allowed. */
export function blank(form: Form): Choices {
  switch (form.ballot.type) {
    case "choice":
      return { type: "choice", option: 0 };
    case "bitmap":
      return { type: "bitmap", named: [] };
    case "points":
      return { type: "points", points: form.options.map(() => 0) };
    case "ranking":
      return { type: "ranking", ranked: [] };
  }
}

/** The options that are named, in the order of the choices. */
export function named(c: Choices): number[] {
  switch (c.type) {
    case "choice":
      return c.option === 0 ? [] : [c.option];
    case "bitmap":
      return [...c.named];
    case "points":
      return c.points.flatMap((p, i) => (p > 0 ? [i + 1] : []));
    case "ranking":
      return [...c.ranked];
  }
}

export function isBlank(c: Choices): boolean {
  return named(c).length === 0;
}

/** What the named options cost together, in millionths. */
export function costOf(form: Form, c: Choices): bigint {
  return named(c).reduce((sum, n) => sum + millionths(form.options[n - 1]?.cost ?? "0"), 0n);
}

/** Numbers of options, none twice; Fault choices-format. */
function checkNumbers(form: Form, numbers: readonly number[]): void {
  for (const n of numbers) {
    if (!Number.isInteger(n) || n < 1 || n > form.options.length) {
      throw refused("choices-format", `there is no option ${n}`);
    }
  }
  if (new Set(numbers).size !== numbers.length) {
    throw refused("choices-format", "an option is named twice");
  }
}

function checkPoints(form: Form, points: readonly number[]): void {
  if (points.length !== form.options.length) {
    throw refused("choices-format", `${points.length} numbers for ${form.options.length} options`);
  }
  if (points.some((p) => !Number.isInteger(p) || p < 0 || p > 0xffff)) {
    throw refused("choices-format", "points are whole numbers up to 65535");
  }
}

/** What can be said at all in this form. */
function checkShape(form: Form, c: Choices): void {
  if (c.type !== form.ballot.type) {
    throw refused("choices-format", `a ${c.type} for a form of the type ${form.ballot.type}`);
  }
  if (c.type === "points") {
    checkPoints(form, c.points);
  } else {
    checkNumbers(form, named(c));
  }
  if (c.type === "bitmap" && c.named.some((n, i) => i > 0 && n < (c.named[i - 1] as number))) {
    throw refused("choices-format", "the options are not in order");
  }
}

function checkCosts(form: Form, c: Choices, minCost: string, maxCost: string): void {
  const cost = costOf(form, c);
  if (minCost !== "" && cost < millionths(minCost)) {
    throw refused("choices-cost-min", `they cost less than ${minCost} together`);
  }
  if (maxCost !== "" && cost > millionths(maxCost)) {
    throw refused("choices-cost-max", `they cost more than ${maxCost} together`);
  }
}

function checkTotals(form: Form, c: Choices): void {
  const b = form.ballot;
  if (b.type !== "points" || c.type !== "points") {
    return;
  }
  const total = c.points.reduce((a, p) => a + p, 0);
  if (total < b.totalMin) {
    throw refused("choices-total-min", `${total} points, at least ${b.totalMin} are asked for`);
  }
  if (total > b.totalMax) {
    throw refused("choices-total-max", `${total} points, at most ${b.totalMax} are allowed`);
  }
}

/**
 * Fault of the code that names the limit which `c` does not keep; nothing where
 * it keeps all of them, or is blank.
 */
export function check(form: Form, c: Choices): void {
  checkShape(form, c);
  const n = named(c).length;
  const b = form.ballot;
  if (n === 0) {
    return;
  }
  if (b.type === "points" && c.type === "points" && c.points.some((p) => p > b.optionMax)) {
    throw refused("choices-option-max", `at most ${b.optionMax} points for one option`);
  }
  if (n < b.min) {
    throw refused("choices-min", `${n} options, at least ${b.min} are asked for`);
  }
  if (n > b.max) {
    throw refused("choices-max", `${n} options, at most ${b.max} are allowed`);
  }
  if (b.type === "bitmap") {
    checkCosts(form, c, b.minCost, b.maxCost);
  }
  checkTotals(form, c);
}

function put(form: Form, c: Choices): Uint8Array {
  switch (c.type) {
    case "choice":
      return u16(c.option);
    case "bitmap": {
      const out = new Uint8Array(form.choicesBytes);
      for (const n of c.named) {
        out[(n - 1) >> 3] = (out[(n - 1) >> 3] as number) | (0x80 >> ((n - 1) & 7));
      }
      return out;
    }
    case "points":
      return concat(...c.points.map(u16));
    case "ranking":
      return concat(...c.ranked.map(u16), new Uint8Array(form.choicesBytes - 2 * c.ranked.length));
  }
}

/** The encoding; Faults as check. */
export function encode(form: Form, c: Choices): Uint8Array {
  check(form, c);
  return put(form, c);
}

function getBitmap(form: Form, bytes: Uint8Array): Choices {
  const bits: number[] = [];
  for (let i = 0; i < 8 * bytes.length; i++) {
    if (((bytes[i >> 3] as number) & (0x80 >> (i & 7))) !== 0) {
      bits.push(i + 1);
    }
  }
  /* An unused bit becomes an option that is not there. */
  checkNumbers(form, bits);
  return { type: "bitmap", named: bits };
}

function getRanking(numbers: readonly number[]): Choices {
  const end = numbers.indexOf(0);
  const ranked = end < 0 ? numbers : numbers.slice(0, end);
  if (numbers.slice(ranked.length).some((n) => n !== 0)) {
    throw refused("choices-format", "a place is taken, but one before it is empty");
  }
  return { type: "ranking", ranked };
}

function get(form: Form, bytes: Uint8Array): Choices {
  if (form.ballot.type === "bitmap") {
    return getBitmap(form, bytes);
  }
  const r = reader(bytes);
  const numbers = Array.from({ length: bytes.length / 2 }, () => r.u16());
  switch (form.ballot.type) {
    case "choice":
      return { type: "choice", option: numbers[0] as number };
    case "points":
      return { type: "points", points: numbers };
    case "ranking":
      return getRanking(numbers);
  }
}

/** The choices that `bytes` encode; Fault choices-format, and those of check. */
export function decode(form: Form, bytes: Uint8Array): Choices {
  if (bytes.length !== form.choicesBytes) {
    const want = form.choicesBytes;
    throw refused("choices-format", `${bytes.length} bytes, a ballot of this form has ${want}`);
  }
  const c = get(form, bytes);
  check(form, c);
  return c;
}
