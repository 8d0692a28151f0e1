/* A space's form (PROTOCOL 3); refuses what audit/form.c refuses. */
import { equal } from "./bytes.ts";
import { Fault } from "./fault.ts";
import { pointFrom } from "./group.ts";
import { sha256 } from "./hash.ts";
import type { Header } from "./header.ts";
import type { Json, JsonObject, Texts } from "./json.ts";
import {
  getArray,
  getHex,
  getInt,
  getObject,
  getString,
  getTexts,
  hexValue,
  isDecimal,
  isObject,
  millionths,
  only,
  readDocument,
  refuse,
} from "./json.ts";
import { ruleFits } from "./rule.ts";

export interface Option {
  readonly id: string;
  /** Decimal. */
  readonly cost: string;
  readonly category: string;
  readonly place: string;
  readonly titles: Texts;
  readonly description: Texts;
  /** Hex. */
  readonly ideas: readonly string[];
  readonly picture: Picture | undefined;
}

/** A picture by its hash (an object), and what it shows. */
export interface Picture {
  readonly hash: Uint8Array;
  readonly alt: Texts;
}

/** min and max count the options that a ballot names; costs are decimals or "". */
export type BallotForm =
  | { readonly type: "choice"; readonly min: 1; readonly max: 1 }
  | {
      readonly type: "bitmap";
      readonly min: number;
      readonly max: number;
      readonly minCost: string;
      readonly maxCost: string;
    }
  | {
      readonly type: "points";
      readonly min: number;
      readonly max: number;
      readonly optionMax: number;
      readonly totalMin: number;
      readonly totalMax: number;
    }
  | { readonly type: "ranking"; readonly min: number; readonly max: number };

/** The joint key of the trustees Y, their V_j and the ceremony's hash. */
export interface FormSeal {
  readonly key: Uint8Array;
  readonly shares: readonly Uint8Array[];
  readonly transcript: Uint8Array;
}

export interface Form {
  /** The exact bytes that are hashed. */
  readonly bytes: Uint8Array;
  /** form_id = H(bytes). */
  readonly id: Uint8Array;
  readonly spaceId: Uint8Array;
  readonly titles: Texts;
  readonly texts: Texts;
  readonly options: readonly Option[];
  readonly ballot: BallotForm;
  /** Decimal. */
  readonly budget: string;
  readonly rule: {
    readonly id: string;
    readonly increment: string;
    readonly minScore: string;
    readonly compare: boolean;
  };
  /** Groups of option ids of which at most one wins. */
  readonly exclusive: readonly (readonly string[])[];
  /** The drawn order: all ids, or none. */
  readonly ties: readonly string[];
  readonly shuffle: boolean;
  readonly seal: FormSeal | undefined;
  /** Bytes of the choices, and of the body of every ballot record. */
  readonly choicesBytes: number;
  readonly bodyBytes: number;
}

const MEMBERS = [
  "ballot",
  "budget",
  "exclusive",
  "options",
  "rule",
  "seal",
  "shuffle",
  "space_id",
  "texts",
  "ties",
  "titles",
  "version",
];
const OPTION_MEMBERS = [
  "category",
  "cost",
  "description",
  "id",
  "ideas",
  "picture",
  "place",
  "titles",
];
const TITLE_CHARS = 200;
const TEXT_CHARS = 20000;
const ALT_CHARS = 300;
const OPTIONS_MAX = 4096;
const U32 = 0xffffffff;
const RULE_CHARS = 47;
const RULE_PLAIN = "greedy-votes";
/** R, the proof's two scalars and the tag of a sealed body. */
const SEAL_OVERHEAD = 112;

function getDecimal(o: JsonObject, name: string, empty = false): string {
  const s = getString(o, name, 0, 22);
  return (empty && s === "") || isDecimal(s) ? s : refuse(`${name} is not a decimal`);
}

function parsePicture(o: JsonObject): Picture | undefined {
  if (o["picture"] === undefined) return undefined;
  const picture = getObject(o, "picture");
  only(picture, ["alt", "hash"]);
  const alt = getTexts(picture, "alt", ALT_CHARS);
  if (Object.values(alt).includes(""))
    return refuse("picture.alt is empty: say what the picture shows");
  return { hash: getHex(picture, "hash", 32), alt };
}

function parseOption(o: Json, i: number): Option {
  if (!isObject(o)) return refuse(`options[${i}] is not an object`);
  only(o, OPTION_MEMBERS);
  const id = getString(o, "id", 1, 64);
  if (id.includes(",")) return refuse(`options[${i}].id holds a comma`);
  const ideas = getArray(o, "ideas", 0, OPTIONS_MAX).map((v, k) => {
    hexValue(v, `options[${i}].ideas[${k}]`, 32);
    return v as string;
  });
  return {
    id,
    ideas,
    picture: parsePicture(o),
    cost: getDecimal(o, "cost"),
    category: getString(o, "category", 0, TITLE_CHARS),
    place: getString(o, "place", 0, TITLE_CHARS),
    titles: getTexts(o, "titles", TITLE_CHARS),
    description: getTexts(o, "description", TEXT_CHARS),
  };
}

function parseOptions(doc: JsonObject): Option[] {
  const options = getArray(doc, "options", 1, OPTIONS_MAX).map(parseOption);
  const ids = new Set(options.map((o) => o.id));
  return ids.size === options.length ? options : refuse("two options have the same id");
}

/* Ids of options, each once in `seen`. */
function idsOf(
  list: readonly Json[],
  options: readonly Option[],
  seen: Set<string>,
  name: string,
): string[] {
  const known = new Set(options.map((o) => o.id));
  return list.map((v, i) => {
    if (typeof v !== "string" || !known.has(v))
      return refuse(`${name}[${i}] is not the id of an option`);
    if (seen.has(v)) return refuse(`${name}[${i}] names an option for the second time`);
    seen.add(v);
    return v;
  });
}

function parseTies(doc: JsonObject, options: readonly Option[]): string[] {
  const list = getArray(doc, "ties", 0, OPTIONS_MAX);
  if (list.length !== 0 && list.length !== options.length)
    return refuse("ties must have no ids or all of them");
  return idsOf(list, options, new Set(), "ties");
}

function parseExclusive(doc: JsonObject, options: readonly Option[]): string[][] {
  if (doc["exclusive"] === undefined) return [];
  const seen = new Set<string>();
  return getArray(doc, "exclusive", 1, OPTIONS_MAX / 2).map((group, i) => {
    if (!Array.isArray(group) || group.length < 2)
      return refuse(`exclusive[${i}] is not an array of two or more`);
    return idsOf(group, options, seen, `exclusive[${i}]`);
  });
}

/* ---- Ballot -------------------------------------------------------------- */

function minMax(o: JsonObject, n: number): { min: number; max: number } {
  const min = getInt(o, "min", 1, n);
  const max = getInt(o, "max", 1, n);
  return min <= max ? { min, max } : refuse(`ballot.min is ${min}, above max, ${max}`);
}

function parsePoints(o: JsonObject, n: number): BallotForm {
  only(o, ["max", "min", "option_max", "total_max", "total_min", "type"]);
  const { min, max } = minMax(o, n);
  const optionMax = getInt(o, "option_max", 1, 0xffff);
  const totalMin = getInt(o, "total_min", 0, U32);
  const totalMax = getInt(o, "total_max", 0, U32);
  if (totalMin > totalMax || totalMax < min || totalMin > max * optionMax)
    return refuse("ballot: totals of points that no ballot can keep");
  return { type: "points", min, max, optionMax, totalMin, totalMax };
}

function parseBallot(doc: JsonObject, n: number): BallotForm {
  const o = getObject(doc, "ballot");
  const type = getString(o, "type", 1, 20);
  switch (type) {
    case "choice":
      only(o, ["type"]);
      return { type, min: 1, max: 1 };
    case "bitmap":
      only(o, ["max", "max_cost", "min", "min_cost", "type"]);
      return {
        type,
        ...minMax(o, n),
        minCost: getDecimal(o, "min_cost", true),
        maxCost: getDecimal(o, "max_cost", true),
      };
    case "points":
      return parsePoints(o, n);
    case "ranking":
      only(o, ["max", "min", "type"]);
      return { type, ...minMax(o, n) };
    default:
      return refuse("ballot.type is none of choice, bitmap, points, ranking");
  }
}

function sum(costs: readonly bigint[]): bigint {
  return costs.reduce((a, b) => a + b, 0n);
}

/* Is there a ballot at all that keeps the limits? */
function checkCosts(options: readonly Option[], ballot: BallotForm, budget: string): void {
  const costs = options.map((o) => millionths(o.cost)).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  if ((costs[0] ?? 0n) > millionths(budget))
    refuse(`budget is ${budget}: not even the cheapest option can be paid`);
  if (ballot.type !== "bitmap") return;
  const { minCost, maxCost, min, max } = ballot;
  if (minCost !== "" && maxCost !== "" && millionths(minCost) > millionths(maxCost))
    refuse(`ballot.min_cost is ${minCost}, above max_cost, ${maxCost}`);
  if (maxCost !== "" && sum(costs.slice(0, min)) > millionths(maxCost))
    refuse(`ballot.max_cost is ${maxCost}: the ${min} cheapest options cost more`);
  if (minCost !== "" && sum(costs.slice(costs.length - max)) < millionths(minCost))
    refuse(`ballot.min_cost is ${minCost}: the ${max} dearest options cost less`);
}

/** The bytes of the encoding of choices (PROTOCOL 3). */
function choicesBytes(ballot: BallotForm, n: number): number {
  switch (ballot.type) {
    case "choice":
      return 2;
    case "bitmap":
      return Math.ceil(n / 8);
    case "points":
      return 2 * n;
    case "ranking":
      return 2 * ballot.max;
  }
}

/* ---- Rule and seal ------------------------------------------------------- */

function parseRule(doc: JsonObject, ballot: BallotForm): Form["rule"] {
  const o = getObject(doc, "rule");
  only(o, ["compare", "id", "increment", "min_score"]);
  const id = getString(o, "id", 1, RULE_CHARS);
  const increment = getDecimal(o, "increment");
  const minScore = getDecimal(o, "min_score");
  if (!ruleFits(id, ballot.type))
    return refuse(`rule.id is no rule for ballots of the type ${ballot.type}`);
  if (increment === "0") return refuse("rule.increment is 0");
  if (minScore.includes(".") || (id === "greedy-threshold") === (minScore === "0"))
    return refuse(
      "rule.min_score is a whole number above 0 for greedy-threshold, and 0 for all others",
    );
  if (o["compare"] === undefined) return { id, increment, minScore, compare: false };
  if (getString(o, "compare", 1, RULE_CHARS) !== RULE_PLAIN || id === RULE_PLAIN)
    return refuse(`rule.compare can only be ${RULE_PLAIN}, and not with itself`);
  return { id, increment, minScore, compare: true };
}

function point(v: Json | undefined, name: string): Uint8Array {
  const bytes = hexValue(v, name, 32);
  pointFrom(bytes);
  return bytes;
}

function parseSeal(doc: JsonObject, h: Header | undefined): FormSeal | undefined {
  const sealed = doc["seal"] !== undefined;
  const n = h?.trustees.keys.length ?? 0;
  if (h !== undefined && sealed !== n > 0)
    return refuse("seal must be there exactly where the header has trustees");
  if (!sealed) return undefined;
  const o = getObject(doc, "seal");
  only(o, ["key", "shares", "transcript"]);
  return {
    key: point(o["key"], "seal.key"),
    transcript: getHex(o, "transcript", 32),
    shares: getArray(o, "shares", n > 0 ? n : 1, n > 0 ? n : 9).map((v, i) =>
      point(v, `seal.shares[${i}]`),
    ),
  };
}

function parse(bytes: Uint8Array, h: Header | undefined): Form {
  const doc = readDocument(bytes, "form");
  only(doc, MEMBERS);
  getInt(doc, "version", 1, 1);
  const spaceId = getHex(doc, "space_id", 32);
  if (h !== undefined && !equal(spaceId, h.id)) return refuse("space_id is not that of the header");
  const options = parseOptions(doc);
  const ballot = parseBallot(doc, options.length);
  const budget = getDecimal(doc, "budget");
  const seal = parseSeal(doc, h);
  checkCosts(options, ballot, budget);
  const size = choicesBytes(ballot, options.length);
  return {
    bytes,
    id: sha256(bytes),
    spaceId,
    options,
    ballot,
    budget,
    seal,
    titles: getTexts(doc, "titles", TITLE_CHARS),
    texts: getTexts(doc, "texts", TEXT_CHARS),
    rule: parseRule(doc, ballot),
    exclusive: parseExclusive(doc, options),
    ties: parseTies(doc, options),
    shuffle: getInt(doc, "shuffle", 0, 1) === 1,
    choicesBytes: size,
    bodyBytes: size + (seal === undefined ? 0 : SEAL_OVERHEAD),
  };
}

/**
 * The form in `bytes`, which are what is hashed; it must belong to `h`
 * (undefined: space_id and seal are not compared).  Fault("input", "format"):
 * anything that PROTOCOL 3 does not allow, with the member named.
 */
export function parseForm(bytes: Uint8Array, h: Header | undefined): Form {
  try {
    return parse(bytes, h);
  } catch (e) {
    throw e instanceof Fault ? new Fault("input", "format", `the form: ${e.detail}`) : e;
  }
}
