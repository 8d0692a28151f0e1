/* The result document (PROTOCOL 9), as far as pages show it. */
import type { Json, JsonObject } from "./json.ts";
import {
  getArray,
  getHex,
  getInt,
  getObject,
  getString,
  isObject,
  readDocument,
  refuse,
} from "./json.ts";

export interface Score {
  readonly id: string;
  /** Decimal. */
  readonly score: string;
  readonly votes: number;
}

export interface Result {
  readonly bytes: Uint8Array;
  readonly spaceId: Uint8Array;
  readonly formId: Uint8Array;
  readonly status: "counted" | "too_few" | "collected";
  readonly ballots: Readonly<Record<"blank" | "cast" | "counted" | "null" | "paper", number>>;
  readonly close: { readonly size: number; readonly root: Uint8Array };
  readonly disputes: number;
  readonly rule: string;
  /** Numbers of entries that were opened as blank and as null; of a sealed space. */
  readonly listed:
    { readonly blank: readonly number[]; readonly null: readonly number[] } | undefined;
  readonly scores: readonly Score[];
  /** Ids of the options that won; none where nothing was tallied. */
  readonly selected: readonly string[];
  /** Everything, for the explanation and the rest. */
  readonly doc: JsonObject;
}

const COUNT_MAX = Number.MAX_SAFE_INTEGER;

function strings(list: readonly Json[], what: string): string[] {
  return list.map((v) =>
    typeof v === "string" ? v : refuse(`${what} holds something that is no text`),
  );
}

function numbers(list: readonly Json[], what: string): number[] {
  return list.map((v) =>
    typeof v === "number" && v >= 0 ? v : refuse(`${what} holds something that is no number`),
  );
}

function readListed(doc: JsonObject): Result["listed"] {
  if (doc["listed"] === undefined) return undefined;
  const o = getObject(doc, "listed");
  return {
    blank: numbers(getArray(o, "blank", 0, 1000), "listed.blank"),
    null: numbers(getArray(o, "null", 0, 1000), "listed.null"),
  };
}

function readScore(v: Json): Score {
  if (!isObject(v)) return refuse("scores holds something that is no object");
  return {
    id: getString(v, "id", 1, 64),
    score: getString(v, "score", 1, 40),
    votes: getInt(v, "votes", 0, COUNT_MAX),
  };
}

/** A canonical result document.  Fault("input", "format"). */
export function parseResult(bytes: Uint8Array): Result {
  const doc = readDocument(bytes, "result");
  getInt(doc, "version", 1, 1);
  const b = getObject(doc, "ballots");
  const close = getObject(doc, "close");
  const status = getString(doc, "status", 1, 20);
  const count = (name: string) => getInt(b, name, 0, COUNT_MAX);
  if (status !== "counted" && status !== "too_few" && status !== "collected")
    return refuse("status is unknown");
  return {
    bytes,
    doc,
    status,
    spaceId: getHex(doc, "space_id", 32),
    formId: getHex(doc, "form_id", 32),
    ballots: {
      blank: count("blank"),
      cast: count("cast"),
      counted: count("counted"),
      null: count("null"),
      paper: count("paper"),
    },
    close: { size: getInt(close, "size", 0, COUNT_MAX), root: getHex(close, "root", 32) },
    disputes: getInt(doc, "disputes", 0, COUNT_MAX),
    rule: getString(doc, "rule", 0, 47),
    listed: readListed(doc),
    scores: getArray(doc, "scores", 0, 4096).map(readScore),
    selected:
      doc["outcome"] === undefined
        ? []
        : strings(getArray(getObject(doc, "outcome"), "selected", 0, 4096), "selected"),
  };
}
