/*
 * The .pb format of Pabulib, read as RULES.md 8 says: every error with its
 * line, up to a hundred, and then nothing is counted.
 */
import { Fault } from "../core/fault.ts";
import { parseAmount } from "./amount.ts";
import { collect, type BallotKind, type Election, type Project } from "./election.ts";

const MAX_FILE = 256 * 1024 * 1024;
const MAX_BALLOTS = 1_000_000;
const MAX_PROJECTS = 4096;
const MAX_ID = 256;
const MAX_KEY = 64;
const MAX_TEXT = 65_535;
const MAX_POINTS = 1_000_000_000n;
const MAX_ERRORS = 100;

const VOTE_TYPES = new Map<string, BallotKind>([
  ["approval", "approval"],
  ["choose-1", "approval"],
  ["cumulative", "points"],
  ["scoring", "points"],
  ["ordinal", "ranking"],
]);
const SECTIONS = ["META", "PROJECTS", "VOTES"];
const AMOUNTS = ["budget", "min_sum_cost", "max_sum_cost"];
const NUMBERS = [
  "num_projects",
  "num_votes",
  "default_score",
  "min_length",
  "max_length",
  "min_points",
  "max_points",
  "min_sum_points",
  "max_sum_points",
  "min_project_score_threshold",
];

type Row = { line: number; cells: string[] };
type Section = { line: number; header: string[]; rows: Row[] };

type Reader = {
  name: string;
  errors: string[];
  sections: Map<string, Section>;
  meta: Map<string, string>;
  amounts: Map<string, bigint>;
  numbers: Map<string, bigint>;
  projects: Project[];
  index: Map<string, number>;
};

function stop(r: Reader): never {
  throw new Fault("input", "pb", r.errors.join("\n"));
}

function error(r: Reader, line: number, what: string): void {
  r.errors.push(`${r.name}:${line}: ${what}`);
  if (r.errors.length >= MAX_ERRORS) stop(r);
}

function giveUp(r: Reader, line: number, what: string): never {
  error(r, line, what);
  return stop(r);
}

function strip(text: string): string {
  return text.replace(/^[ \t]+|[ \t]+$/g, "");
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** A whole number of 1 to 18 digits. */
function whole(text: string): bigint | null {
  return /^[0-9]{1,18}$/.test(text) ? BigInt(text) : null;
}

function decode(r: Reader, bytes: Uint8Array): string {
  if (bytes.length > MAX_FILE) giveUp(r, 1, "a file has at most 256 MiB");
  let text = "";
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    giveUp(r, 1, "is not UTF-8");
  }
  const bad = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/.exec(text);
  if (bad !== null) {
    giveUp(r, text.slice(0, bad.index).split("\n").length, "a control character");
  }
  return text.startsWith("\ufeff") ? text.slice(1) : text;
}

/** The rows that are not blank, with the lines they begin on. */
function* rowsOf(r: Reader, text: string): Generator<Row> {
  const cell = /[ \t]*"((?:[^"]|"")*)"[ \t]*|([^";\r\n]*)/y;
  const end = /\r\n|\r|\n/y;
  let at = 0;
  let line = 1;
  while (at < text.length) {
    const row: Row = { line, cells: [] };
    let blank = true;
    for (;;) {
      cell.lastIndex = at;
      const m = cell.exec(text)!;
      at = cell.lastIndex;
      let bare = m[2] ?? "";
      if (m[1] !== undefined) {
        line += m[1].match(/\r\n|\r|\n/g)?.length ?? 0;
        bare = m[1].replaceAll('""', '"');
        blank = false;
      }
      row.cells.push(strip(bare));
      if (text[at] !== ";") break;
      at++;
    }
    end.lastIndex = at;
    if (at < text.length && end.exec(text) === null) {
      error(r, row.line, "a quote is in the wrong place, or is not closed");
      const rest = /\r\n|\r|\n/.exec(text.slice(at));
      at = rest === null ? text.length : at + rest.index + rest[0].length;
    } else {
      at = at < text.length ? end.lastIndex : at;
    }
    line++;
    if (!blank || row.cells.length > 1 || row.cells[0] !== "") yield row;
  }
}

function split(r: Reader, text: string): void {
  let section: Section | undefined;
  for (const row of rowsOf(r, text)) {
    const name = row.cells[0]!.toUpperCase();
    if (row.cells.length === 1 && SECTIONS.includes(name)) {
      if (SECTIONS[r.sections.size] !== name) {
        giveUp(r, row.line, "the sections must be META, PROJECTS, VOTES, each once");
      }
      section = { line: row.line, header: [], rows: [] };
      r.sections.set(name, section);
    } else if (section === undefined) {
      giveUp(r, row.line, "the file must begin with a line META");
    } else if (section.header.length === 0) {
      section.header = row.cells.map((c) => c.toLowerCase());
    } else if (row.cells.length !== section.header.length) {
      const n = section.header.length;
      error(r, row.line, `this row has ${row.cells.length} cells, its header has ${n}`);
    } else {
      section.rows.push(row);
    }
  }
  for (const name of SECTIONS) {
    const none: Section = { line: 1, header: [], rows: [] };
    const { header, line } = r.sections.get(name) ?? none;
    if (header.length === 0) giveUp(r, 1, `there is no section ${name} with a header`);
    header.forEach((c, i) => {
      if (header.indexOf(c) < i) error(r, line, `column ${c} comes twice`);
    });
  }
}

function columns(r: Reader, name: string, wanted: string[]): number[] {
  const { header, line } = r.sections.get(name)!;
  return wanted.map((column) => {
    const at = header.indexOf(column);
    return at >= 0 ? at : giveUp(r, line, `there is no column ${column}`);
  });
}

function readMeta(r: Reader): void {
  const section = r.sections.get("META")!;
  if (section.header.join("\n") !== "key\nvalue") {
    giveUp(r, section.line, "META must begin with key;value");
  }
  for (const { line, cells } of section.rows) {
    const key = cells[0]!.toLowerCase();
    const value = cells[1]!;
    const n = bytesOf(key);
    if (n < 1 || n > MAX_KEY) error(r, line, `a META key has 1 to ${MAX_KEY} bytes`);
    if (r.meta.has(key)) error(r, line, `META says ${key} twice`);
    if (bytesOf(value) > MAX_TEXT) error(r, line, `the value of ${key} is too long`);
    r.meta.set(key, value);
    if (value === "" || value === "None") continue;
    if (AMOUNTS.includes(key)) {
      const money = parseAmount(value, true);
      if (money === null) error(r, line, `${key} must be an amount`);
      else r.amounts.set(key, money);
    }
    if (NUMBERS.includes(key)) {
      const number = whole(value);
      if (number === null) error(r, line, `${key} must be a whole number`);
      else r.numbers.set(key, number);
    }
  }
  if (!r.amounts.has("budget")) error(r, section.line, "META has no budget");
  if (!VOTE_TYPES.has(r.meta.get("vote_type") ?? "")) {
    giveUp(r, section.line, `vote_type must be one of ${[...VOTE_TYPES.keys()].join(", ")}`);
  }
  if ((r.numbers.get("default_score") ?? 0n) > MAX_POINTS) {
    error(r, section.line, "default_score is too large");
  }
}

function checkCount(r: Reader, name: string, key: string, most: number): void {
  const section = r.sections.get(name)!;
  const n = section.rows.length;
  if (n > most) error(r, section.line, `at most ${most} rows`);
  const stated = r.numbers.get(key);
  if (stated !== undefined && stated !== BigInt(n)) {
    error(r, section.line, `META says ${key} is ${stated}, but there are ${n}`);
  }
}

function readProjects(r: Reader): void {
  const section = r.sections.get("PROJECTS")!;
  const [atId, atCost] = columns(r, "PROJECTS", ["project_id", "cost"]) as [number, number];
  const texts = ["name", "category", "description"]
    .map((c) => section.header.indexOf(c))
    .filter((at) => at >= 0);
  for (const { line, cells } of section.rows) {
    const id = cells[atId]!;
    const cost = parseAmount(cells[atCost]!, true);
    const n = bytesOf(id);
    if (n < 1 || n > MAX_ID || id.includes(",")) {
      error(r, line, `project_id must have 1 to ${MAX_ID} bytes and no comma`);
    } else if (r.index.has(id)) {
      error(r, line, `project ${id} is listed twice`);
    } else if (cost === null) {
      error(r, line, `the cost of ${id} must be an amount`);
    } else if (texts.some((at) => bytesOf(cells[at]!) > MAX_TEXT)) {
      error(r, line, "a text is too long");
    } else {
      r.index.set(id, r.projects.length);
      r.projects.push({ id, cost });
    }
  }
  checkCount(r, "PROJECTS", "num_projects", MAX_PROJECTS);
}

/** Points as numbers: at most 10^9, so exact. */
function pointsOf(r: Reader, line: number, cell: string, named: number): number[] {
  const texts = cell === "" || cell === "None" ? [] : cell.split(",");
  const points = texts.map((t) => whole(strip(t)));
  if (points.some((p) => p === null || p > MAX_POINTS)) {
    error(r, line, `points are whole numbers up to ${MAX_POINTS}`);
  }
  if (points.length > named) error(r, line, "there are more points than projects");
  return Array.from({ length: named }, (_, i) => Number(points[i] ?? 0n));
}

/** The utilities that a ballot gives, by project. */
function utilitiesOf(
  r: Reader,
  line: number,
  named: number[],
  points: number[],
): Map<number, number> {
  const type = r.meta.get("vote_type")!;
  const distinct = [...new Set(named)];
  if (type === "choose-1" && distinct.length > 1) {
    error(r, line, "a choose-1 ballot names one project");
  }
  const out = new Map<number, number>();
  if (type === "scoring") {
    const given = Number(r.numbers.get("default_score") ?? 0n);
    if (given > 0) r.projects.forEach((_, c) => out.set(c, given));
  }
  switch (VOTE_TYPES.get(type)) {
    case "approval":
      for (const c of distinct) out.set(c, 1);
      break;
    case "ranking":
      distinct.forEach((c, i) => out.set(c, distinct.length - i));
      break;
    default:
      named.forEach((c, i) => out.set(c, points[i]!));
  }
  return out;
}

function readVotes(r: Reader, add: (of: Map<number, number>) => void): void {
  const section = r.sections.get("VOTES")!;
  const scored = VOTE_TYPES.get(r.meta.get("vote_type")!) === "points";
  const wanted = ["voter_id", "vote", ...(scored ? ["points"] : [])];
  const [atVoter, atVote, atPoints] = columns(r, "VOTES", wanted) as [number, number, number?];
  const voters = new Set<string>();
  for (const { line, cells } of section.rows) {
    const voter = cells[atVoter]!;
    if (voter === "") error(r, line, "a ballot needs a voter_id");
    else if (voters.has(voter)) error(r, line, `voter ${voter} has voted already`);
    voters.add(voter);
    const vote = cells[atVote]!;
    const names = vote === "" ? [] : vote.split(",").map(strip);
    const unknown = names.find((name) => !r.index.has(name));
    if (unknown !== undefined) {
      error(r, line, `there is no project ${unknown}`);
      continue;
    }
    const named = names.map((name) => r.index.get(name)!);
    const points =
      atPoints === undefined ? [] : pointsOf(r, line, cells[atPoints]!, named.length);
    add(utilitiesOf(r, line, named, points));
  }
  checkCount(r, "VOTES", "num_votes", MAX_BALLOTS);
}

/**
 * Read a .pb file; ${exclusive}: groups of ids (RULES.md 1).  Fault "input"
 * whose detail has one line `file:line: what` per error.
 */
export function readPb(
  bytes: Uint8Array,
  name = "-",
  exclusive: readonly string[][] = [],
): Election {
  const r: Reader = {
    name,
    errors: [],
    sections: new Map(),
    meta: new Map(),
    amounts: new Map(),
    numbers: new Map(),
    projects: [],
    index: new Map(),
  };
  split(r, decode(r, bytes));
  readMeta(r);
  readProjects(r);
  const ids = exclusive.flat();
  if (new Set(ids).size < ids.length || ids.some((id) => !r.index.has(id))) {
    error(r, 1, "the groups name a project twice or one that is not");
  }
  if (exclusive.some((g) => g.length < 2)) error(r, 1, "a group has two or more projects");
  const kind = VOTE_TYPES.get(r.meta.get("vote_type")!)!;
  const groups = exclusive.map((g) => g.map((id) => r.index.get(id) ?? 0));
  const all = collect(kind, r.amounts.get("budget") ?? 0n, r.projects, groups);
  readVotes(r, (of) => all.add([...of.keys()], [...of.values()]));
  if (r.errors.length > 0) stop(r);
  const e = all.finish();
  const threshold = r.numbers.get("min_project_score_threshold");
  if (threshold !== undefined) e.threshold = Number(threshold);
  return e;
}
