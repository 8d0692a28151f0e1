/*
 * Altered documents, entries and notes, and whether they are taken: the
 * verdicts of tests/vectors/verdicts.json, which tests/test_verdicts.c holds
 * against the other client's code.  Made anew with `node verdicts.ts --write`.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { concat, fromHex, fromUtf8, hex, utf8 } from "../core/bytes.ts";
import { parseCeremonyMessage } from "../core/ceremony.ts";
import { openCheckpoint } from "../core/checkpoint.ts";
import { parseEntry } from "../core/entry.ts";
import { Fault } from "../core/fault.ts";
import { parseForm } from "../core/form.ts";
import { parseHeader } from "../core/header.ts";
import type { Json, JsonObject } from "../core/json.ts";
import { canonical } from "../core/json.ts";
import { parseVkey } from "../core/note.ts";
import { openReceipt } from "../core/receipt.ts";
import { parseRecord } from "../core/record.ts";
import { rollApply, rollNew, rollOpen } from "../core/roll.ts";
import { own, unhex, type Case } from "./vectors.ts";

const FILE = fileURLToPath(new URL("../../tests/vectors/verdicts.json", import.meta.url));

/** How one kind of bytes is judged; base: tests[case].member of its file. */
interface Kind {
  readonly file: string;
  readonly member: string;
  readonly count: number;
  /** Is the member text, and not hex? */
  readonly text: boolean;
  readonly judge: (bytes: Uint8Array, t: Case) => unknown;
}

function judgeChanges(bytes: Uint8Array, t: Case): void {
  const r = rollNew();
  rollOpen(r, unhex(t["space_id"]), unhex(t["roll"]));
  rollApply(r, bytes);
}

export const KINDS: Readonly<Record<string, Kind>> = {
  header: {
    file: "header.json",
    member: "header",
    count: 160,
    text: true,
    judge: (b) => parseHeader(b),
  },
  form: {
    file: "form.json",
    member: "form",
    count: 160,
    text: true,
    judge: (b) => parseForm(b, undefined),
  },
  entry: {
    file: "entry.json",
    member: "entry",
    count: 90,
    text: false,
    judge: (b) => parseEntry(b),
  },
  record: {
    file: "record.json",
    member: "record",
    count: 40,
    text: false,
    judge: (b) => parseRecord(b, 1),
  },
  changes: { file: "roll.json", member: "changes", count: 60, text: false, judge: judgeChanges },
  checkpoint: {
    file: "checkpoint.json",
    member: "checkpoint",
    count: 40,
    text: true,
    judge: (b, t) => openCheckpoint(b, parseVkey(t["vkey"] as string)),
  },
  vkey: {
    file: "checkpoint.json",
    member: "vkey",
    count: 30,
    text: true,
    judge: (b) => parseVkey(fromUtf8(b)),
  },
  receipt: {
    file: "receipt.json",
    member: "receipt",
    count: 40,
    text: true,
    judge: (b, t) => openReceipt(b, parseVkey(t["vkey"] as string), unhex(t["leaf"])),
  },
  message: {
    file: "ceremony.json",
    member: "trustees.0.reveal",
    count: 30,
    text: true,
    judge: (b, t) => parseCeremonyMessage(fromUtf8(b), parseHeader(utf8(t["header"] as string))),
  },
};

export interface Verdict {
  readonly kind: string;
  readonly case: number;
  /** Where, how many bytes go, and the hex of those that come instead. */
  readonly at: number;
  readonly drop: number;
  readonly put: string;
  readonly taken: number;
}

function at(t: unknown, path: string): string {
  return path
    .split(".")
    .reduce<unknown>((o, name) => (o as Record<string, unknown>)[name], t) as string;
}

/** The bytes before they are altered, and the case that they are of. */
function baseOf(kind: Kind, number: number): { bytes: Uint8Array; t: Case } {
  const t = own(kind.file).tests[number] as Case;
  const value = at(t, kind.member);
  return { t, bytes: kind.text ? utf8(value) : fromHex(value) };
}

/** Whether the altered bytes are taken; what is not a Fault is a mistake of ours. */
export async function taken(v: Verdict): Promise<boolean> {
  const kind = KINDS[v.kind] as Kind;
  const { bytes, t } = baseOf(kind, v.case);
  try {
    await kind.judge(
      concat(bytes.subarray(0, v.at), fromHex(v.put), bytes.subarray(v.at + v.drop)),
      t,
    );
    return true;
  } catch (e) {
    if (e instanceof Fault) return false;
    throw e;
  }
}

/* ---- Altering ------------------------------------------------------------ */

/** Numbers that are the same on every machine (xorshift32). */
function numbers(seed: number): (below: number) => number {
  let s = seed;
  return (below) => {
    s ^= s << 13;
    s ^= s >>> 17;
    s ^= s << 5;
    return (s >>> 0) % below;
  };
}

const VALUES: readonly Json[] = [
  0,
  1,
  2,
  3,
  5,
  9,
  255,
  65535,
  65536,
  604800,
  604801,
  1000000,
  1000001,
  4294967295,
  4294967296,
  -1,
  Number.MAX_SAFE_INTEGER,
  "",
  "0",
  "1",
  "01",
  "0.5",
  "0.50",
  "999999999999999.999999",
  "1000000000000000",
  "-1",
  "a",
  "A",
  "-",
  "a-b",
  "ballot",
  "ideas",
  "separated",
  "overlapping",
  "none",
  "document",
  "greedy-votes",
  "mes-cost-int-add1u",
  "mes-points",
  "phragmen",
  "greedy-threshold",
  "points",
  "ranking",
  "bitmap",
  "choice",
  "x y",
  "é",
  "\n",
  "\u0085",
  "\u{1f600}",
  "https://a",
  "https://a/",
  "http://",
  "https://a?b",
  "//a",
  "x".repeat(64),
  "x".repeat(65),
  "x".repeat(200),
  "x".repeat(201),
  "x".repeat(256),
  "00".repeat(32),
  "ff".repeat(32),
  `0${"0".repeat(62)}`,
  [],
  {},
  [1],
  ["a"],
  ["a", "b"],
  [[]],
  { it: "" },
  { it: "x" },
  { en: "x" },
  { it: "x", en: "y" },
  { IT: "x", it: "x" },
];

type Editable = Json[] | Record<string, Json>;

/* Change, remove, repeat or add something somewhere in the document. */
function alterJson(doc: Json, n: (below: number) => number): Json {
  const root = structuredClone(doc) as Editable;
  let o = root;
  for (;;) {
    const keys = Object.keys(o);
    const key = keys[n(Math.max(1, keys.length))];
    const value = key === undefined ? undefined : (o as Record<string, Json>)[key];
    if (typeof value === "object" && n(3) > 0) {
      o = value as Editable;
      continue;
    }
    const fresh = VALUES[n(VALUES.length)] as Json;
    const what = n(8);
    if (key === undefined || what === 0) {
      if (Array.isArray(o)) o.push(keys.length > 0 && n(2) === 0 ? (o[0] as Json) : fresh);
      else o[["more", "compare", "exclusive", "en", "picture"][n(5)] as string] = fresh;
    } else if (what === 1) {
      if (Array.isArray(o)) o.splice(Number(key), 1);
      else delete o[key];
    } else if (typeof value === "number" && what < 5) {
      (o as Record<string, Json>)[key] = value + n(5) - 2;
    } else {
      (o as Record<string, Json>)[key] = fresh;
    }
    return root as Json;
  }
}

function alterBytes(b: Uint8Array, n: (below: number) => number): Uint8Array {
  const i = n(b.length);
  const [head, tail] = [b.subarray(0, i), b.subarray(i + 1)];
  switch (n(6)) {
    case 0:
      return head.slice();
    case 1:
      return concat(head, tail);
    case 2:
      return concat(head, Uint8Array.of(b[i] as number, b[i] as number), tail);
    case 3:
      return concat(b, Uint8Array.of(n(256)));
    case 4:
      return concat(head, Uint8Array.of((b[i] as number) ^ (1 << n(8))), tail);
    default:
      return concat(head, Uint8Array.of([0, 1, 2, 10, 32, 45, 255][n(7)] as number), tail);
  }
}

/** How `b` came out of `a`, as one edit. */
function editOf(a: Uint8Array, b: Uint8Array): { at: number; drop: number; put: string } {
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (
    tail < Math.min(a.length, b.length) - head &&
    a[a.length - 1 - tail] === b[b.length - 1 - tail]
  )
    tail++;
  return { at: head, drop: a.length - tail - head, put: hex(b.subarray(head, b.length - tail)) };
}

async function make(): Promise<Verdict[]> {
  const n = numbers(20270118);
  const out: Verdict[] = [];
  for (const [name, kind] of Object.entries(KINDS))
    for (let i = 0; i < kind.count; i++) {
      const number = n(own(kind.file).tests.length);
      const { bytes } = baseOf(kind, number);
      const json = (name === "header" || name === "form") && i % 4 !== 0;
      const altered = json
        ? canonical(alterJson(JSON.parse(fromUtf8(bytes)) as JsonObject, n))
        : alterBytes(bytes, n);
      const v = { kind: name, case: number, ...editOf(bytes, altered), taken: 0 };
      out.push({ ...v, taken: (await taken(v)) ? 1 : 0 });
    }
  return out;
}

/** The verdicts of the file. */
export function verdicts(): Verdict[] {
  return (JSON.parse(readFileSync(FILE, "utf8")) as { tests: Verdict[] }).tests;
}

if (process.argv.includes("--write")) {
  const lines = (await make()).map((v) => `    ${JSON.stringify(v)}`);
  const head =
    '{\n  "format": "altered values and whether they are taken; made by web/test/verdicts.ts",\n  "tests": [\n';
  writeFileSync(FILE, `${head}${lines.join(",\n")}\n  ]\n}\n`);
}
