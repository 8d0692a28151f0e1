/*
 * What the booth knows, without a page: a draft of choices, what the form still
 * allows, what it still asks for, and in which order the options stand.  All
 * limits are those of core/choices.ts; here they are told before they break.
 */
import { compare, u32 } from "../core/bytes.ts";
import { check, type Choices } from "../core/choices.ts";
import { Fault } from "../core/fault.ts";
import type { Form, Option } from "../core/form.ts";
import { hashDst } from "../core/hash.ts";
import { millionths } from "../core/json.ts";

/**
 * One number per option, in the form's order: 1 or 0; points; the place in a
 * ranking.  A blank draft names nothing, on purpose.
 */
export interface Draft {
  readonly values: readonly number[];
  readonly blank: boolean;
}

/** Why an option cannot be taken, or not more of it; amounts in millionths. */
export type Barred =
  | { readonly why: "max"; readonly max: number }
  | { readonly why: "cost"; readonly cost: bigint; readonly left: bigint }
  | { readonly why: "option"; readonly max: number }
  | { readonly why: "total"; readonly left: number };

/** What is still asked for before one can go on. */
export type Lacking =
  | { readonly why: "nothing" }
  | { readonly why: "min"; readonly min: number; readonly more: number }
  | { readonly why: "cost"; readonly least: bigint; readonly more: bigint }
  | { readonly why: "total"; readonly least: number; readonly more: number };

/** Where the draft stands. */
export interface Tally {
  /** Options named, and the most that may be. */
  readonly named: number;
  readonly max: number;
  /** What they cost, in millionths; `most` undefined: no limit. */
  readonly spent: bigint;
  readonly most: bigint | undefined;
  /** Points given, and the most that may be; 0 where there are none. */
  readonly points: number;
  readonly pointsMost: number;
}

export function begin(form: Form): Draft {
  return { values: form.options.map(() => 0), blank: false };
}

export function isEmpty(d: Draft): boolean {
  return d.values.every((v) => v === 0);
}

/** The blank vote, or back to an empty draft. */
export function setBlank(form: Form, blank: boolean): Draft {
  return { ...begin(form), blank };
}

function changed(d: Draft, i: number, value: number): Draft {
  return { values: d.values.map((v, k) => (k === i ? value : v)), blank: false };
}

const costOf = (o: Option | undefined): bigint => millionths(o?.cost ?? "0");

export function tally(form: Form, d: Draft): Tally {
  const b = form.ballot;
  const named = d.values.filter((v) => v > 0).length;
  const spent = d.values.reduce((sum, v, i) => (v > 0 ? sum + costOf(form.options[i]) : sum), 0n);
  const most = b.type === "bitmap" && b.maxCost !== "" ? millionths(b.maxCost) : undefined;
  const points = b.type === "points" ? d.values.reduce((a, v) => a + v, 0) : 0;
  return { named, max: b.max, spent, most, points, pointsMost: pointsMost(form) };
}

/** The most points that a ballot of this form can give. */
function pointsMost(form: Form): number {
  const b = form.ballot;
  return b.type === "points" ? Math.min(b.totalMax, b.max * b.optionMax) : 0;
}

/** Why option `i` (from 0) cannot be taken now; undefined: it can, or it is. */
export function barred(form: Form, d: Draft, i: number): Barred | undefined {
  const b = form.ballot;
  const value = d.values[i] ?? 0;
  const now = tally(form, d);
  if (value === 0 && b.type !== "choice" && now.named >= b.max) {
    return { why: "max", max: b.max };
  }
  if (b.type === "points") {
    if (value >= b.optionMax) {
      return { why: "option", max: b.optionMax };
    }
    return now.points >= b.totalMax ? { why: "total", left: 0 } : undefined;
  }
  const cost = costOf(form.options[i]);
  if (value === 0 && now.most !== undefined && now.spent + cost > now.most) {
    return { why: "cost", cost, left: now.most - now.spent };
  }
  return undefined;
}

/** A changed draft, or the same one and why nothing changed. */
export interface Move {
  readonly draft: Draft;
  readonly barred?: Barred;
}

/** Take option `i`, or put it back; the last place of a ranking. */
export function toggle(form: Form, d: Draft, i: number): Move {
  if (form.ballot.type === "choice") {
    return { draft: changed(begin(form), i, 1) };
  }
  if ((d.values[i] ?? 0) > 0) {
    return { draft: form.ballot.type === "ranking" ? unrank(d, i) : changed(d, i, 0) };
  }
  const why = barred(form, d, i);
  if (why !== undefined) {
    return { draft: d, barred: why };
  }
  const place = form.ballot.type === "ranking" ? tally(form, d).named + 1 : 1;
  return { draft: changed(d, i, place) };
}

/** Take it out of the ranking; who stood behind moves up. */
function unrank(d: Draft, i: number): Draft {
  const place = d.values[i] ?? 0;
  const values = d.values.map((v, k) => (k === i ? 0 : v > place ? v - 1 : v));
  return { values, blank: false };
}

/** Exchange option `i` with the one a place better (-1) or worse (1). */
export function move(d: Draft, i: number, by: -1 | 1): Draft {
  const place = d.values[i] ?? 0;
  const other = d.values.indexOf(place + by);
  if (place === 0 || place + by < 1 || other < 0) {
    return d;
  }
  const values = d.values.map((v, k) => (k === i ? place + by : k === other ? place : v));
  return { values, blank: false };
}

/** Give option `i` so many points; as many as fit, with the reason, where not all do. */
export function setPoints(form: Form, d: Draft, i: number, points: number): Move {
  const b = form.ballot;
  if (b.type !== "points") {
    return { draft: d };
  }
  const value = d.values[i] ?? 0;
  const wanted = Number.isFinite(points) ? Math.max(0, Math.trunc(points)) : 0;
  if (wanted <= value) {
    return { draft: changed(d, i, wanted) };
  }
  const why = barred(form, d, i);
  if (why !== undefined) {
    return { draft: d, barred: why };
  }
  const room = b.totalMax - tally(form, d).points;
  const given = Math.min(wanted, b.optionMax, value + room);
  const draft = changed(d, i, given);
  if (given === wanted) {
    return { draft };
  }
  const over: Barred =
    wanted > b.optionMax ? { why: "option", max: b.optionMax } : { why: "total", left: room };
  return { draft, barred: over };
}

/** What is missing before the draft is a ballot; undefined: nothing. */
export function lacking(form: Form, d: Draft): Lacking | undefined {
  if (d.blank) {
    return undefined;
  }
  if (isEmpty(d)) {
    return { why: "nothing" };
  }
  const b = form.ballot;
  const now = tally(form, d);
  if (now.named < b.min) {
    return { why: "min", min: b.min, more: b.min - now.named };
  }
  if (b.type === "bitmap" && b.minCost !== "" && now.spent < millionths(b.minCost)) {
    const least = millionths(b.minCost);
    return { why: "cost", least, more: least - now.spent };
  }
  if (b.type === "points" && now.points < b.totalMin) {
    return { why: "total", least: b.totalMin, more: b.totalMin - now.points };
  }
  return undefined;
}

/** The choices of a draft; Fault of core/choices.ts where they are no ballot. */
export function toChoices(form: Form, d: Draft): Choices {
  if (!d.blank && isEmpty(d)) {
    throw new Fault("input", "choices-min", "nothing is chosen and the vote is not blank");
  }
  const c = choicesOf(form, d);
  check(form, c);
  return c;
}

function choicesOf(form: Form, d: Draft): Choices {
  const named = numbersOf(d);
  switch (form.ballot.type) {
    case "choice":
      return { type: "choice", option: named[0] ?? 0 };
    case "bitmap":
      return { type: "bitmap", named };
    case "points":
      return { type: "points", points: d.values };
    case "ranking":
      return { type: "ranking", ranked: rankedOf(d).map((i) => i + 1) };
  }
}

/** Options that the draft names, as numbers from 1. */
function numbersOf(d: Draft): number[] {
  return d.values.flatMap((v, i) => (v > 0 ? [i + 1] : []));
}

/** Options of a ranking, best first, counted from 0. */
export function rankedOf(d: Draft): number[] {
  const named = d.values.flatMap((v, i) => (v > 0 ? [i] : []));
  return named.sort((a, b) => (d.values[a] ?? 0) - (d.values[b] ?? 0));
}

/** One line of the summary: an option, counted from 0, and its number. */
export interface Line {
  readonly option: number;
  readonly value: number;
}

/** What the ballot says, in the order in which one reads it. */
export function summary(form: Form, d: Draft): Line[] {
  const named =
    form.ballot.type === "ranking" ? rankedOf(d) : d.values.flatMap((v, i) => (v > 0 ? [i] : []));
  return named.map((option) => ({ option, value: d.values[option] ?? 0 }));
}

/**
 * The order of the options on the screen: the form's, or one of each voter's
 * own where the form asks for it.  It follows from the secret, so that it is
 * the same tomorrow; from the secret and not from the credential, so that who
 * saw the screen cannot find the ballot by its order.
 */
export function orderOf(form: Form, ss: Uint8Array): number[] {
  const order = form.options.map((_, i) => i);
  if (!form.shuffle) {
    return order;
  }
  const keys = order.map((i) => hashDst("order", ss, form.id, u32(i)));
  return order.sort((a, b) => compare(keys[a] as Uint8Array, keys[b] as Uint8Array));
}

/** Text as one searches for it: without accents and capitals. */
function plain(s: string): string {
  return s.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

type Words = (texts: Readonly<Record<string, string>>) => string;

/** Of `order`, the options that hold every word of `query`, in the `category`. */
export function search(
  form: Form,
  order: readonly number[],
  query: string,
  category: string,
  words: Words,
): number[] {
  const wanted = plain(query).split(/\s+/).filter((w) => w !== "");
  return order.filter((i) => {
    const o = form.options[i];
    if (o === undefined || (category !== "" && o.category !== category)) {
      return false;
    }
    const text = plain([words(o.titles), words(o.description), o.place, o.category].join(" "));
    return wanted.every((w) => text.includes(w));
  });
}

/** The categories of the options, each once, in alphabetical order. */
export function categories(form: Form): string[] {
  return [...new Set(form.options.map((o) => o.category))].filter((c) => c !== "").sort();
}

/** The other options of the group of which at most one can win, from 0. */
export function rivals(form: Form, i: number): number[] {
  const id = form.options[i]?.id ?? "";
  const group = form.exclusive.find((g) => g.includes(id)) ?? [];
  return form.options.flatMap((o, k) => (k !== i && group.includes(o.id) ? [k] : []));
}

/** Millionths as a decimal of PROTOCOL 0. */
export function decimalOf(m: bigint): string {
  const digits = m.toString().padStart(7, "0");
  const frac = digits.slice(-6).replace(/0+$/, "");
  return digits.slice(0, -6) + (frac === "" ? "" : `.${frac}`);
}

/** Whether costs mean anything in this form: not all are zero. */
export function hasCosts(form: Form): boolean {
  return form.options.some((o) => millionths(o.cost) > 0n);
}

/** The steps of the booth, as the history of the browser keeps them. */
export type StepName = "start" | "choose" | "review" | "done";

/** The step that a history state means; nothing that is chosen stands in it. */
export function stepOf(state: unknown): StepName {
  const name = (state as { booth?: unknown } | null)?.booth;
  return name === "choose" || name === "review" || name === "done" ? name : "start";
}

/** Where back and forward may lead: not past what is not there, not back from a vote. */
export function allowed(
  wanted: StepName,
  ready: boolean,
  complete: boolean,
  cast: boolean,
): StepName {
  if (cast) {
    return "done";
  }
  if (!ready) {
    return "start";
  }
  if (wanted === "review" && !complete) {
    return "choose";
  }
  return wanted === "done" ? "review" : wanted;
}

/** Minutes since papers were collected in which one should not vote, where windows overlap. */
export const WAIT_MINUTES = 60;

/**
 * The moment from which on a vote is better hidden (UNIX seconds), or undefined
 * where there is nothing to wait for: another mode, papers of long ago, or a
 * window that ends before.
 */
export function waitUntil(
  overlapping: boolean,
  collected: number | undefined,
  now: number,
  end: number,
): number | undefined {
  if (!overlapping || collected === undefined || collected > now) {
    return undefined;
  }
  const until = collected + 60 * WAIT_MINUTES;
  return until > now && until < end ? until : undefined;
}
