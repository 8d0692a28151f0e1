/* The server's list of spaces (PROTOCOL 10): where to look, not to be believed. */
import { fromHex } from "./bytes.ts";
import { Fault } from "./fault.ts";
import type { SpaceKind } from "./header.ts";
import { isSlug } from "./header.ts";
import type { Json, Texts } from "./json.ts";
import { getHex, getInt, getString, getTexts, isObject, readJson, refuse } from "./json.ts";
import type { Source } from "./source.ts";

export type Phase =
  "announced" | "issuance" | "waiting" | "open" | "closing" | "closed" | "result" | "cancelled";

export interface Row {
  readonly slug: string;
  readonly kind: SpaceKind;
  readonly phase: Phase;
  readonly spaceId: Uint8Array;
  /** undefined before the form. */
  readonly formId: Uint8Array | undefined;
  /** Log range [first, last), from the header on. */
  readonly first: number;
  readonly last: number;
  readonly titles: Texts;
}

const KINDS: readonly SpaceKind[] = ["ballot", "ideas", "questionnaire"];
const PHASES: readonly Phase[] = [
  "announced",
  "issuance",
  "waiting",
  "open",
  "closing",
  "closed",
  "result",
  "cancelled",
];

function word<T extends string>(v: string, words: readonly T[]): T {
  return words.find((w) => w === v) ?? refuse("a word that is not known");
}

function readRow(v: Json): Row {
  if (!isObject(v)) return refuse("a row that is no object");
  const slug = getString(v, "slug", 1, 64);
  const form = getString(v, "form_id", 0, 64);
  const first = getInt(v, "first", 0, Number.MAX_SAFE_INTEGER);
  return {
    slug: isSlug(slug) ? slug : refuse("a slug that is none"),
    kind: word(getString(v, "kind", 1, 20), KINDS),
    phase: word(getString(v, "phase", 1, 20), PHASES),
    spaceId: getHex(v, "space_id", 32),
    formId: form === "" ? undefined : fromHex(form, 32),
    first,
    last: getInt(v, "last", first, Number.MAX_SAFE_INTEGER),
    titles: getTexts(v, "titles", 200),
  };
}

/** The list.  Fault("lie", "spaces"): not in the form of PROTOCOL 10. */
export function parseSpaces(bytes: Uint8Array): Row[] {
  try {
    const list = readJson(bytes);
    return Array.isArray(list) ? list.map(readRow) : refuse("not a list");
  } catch (e) {
    throw e instanceof Fault ? new Fault("lie", "spaces", `the list of spaces: ${e.detail}`) : e;
  }
}

export async function getSpaces(source: Source, signal?: AbortSignal): Promise<Row[]> {
  return parseSpaces(await source.get("api/v1/spaces", signal));
}
