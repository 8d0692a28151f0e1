/* The result document (PROTOCOL 9), but for `explain`: what anybody recounts. */
import { equal, hex } from "../core/bytes.ts";
import { decode, isBlank, type Choices } from "../core/choices.ts";
import type { Purpose } from "../core/derive.ts";
import { Fault } from "../core/fault.ts";
import type { BallotForm, Form } from "../core/form.ts";
import { purposesOf } from "../core/header.ts";
import { canonical, isObject, millionths, readDocument, type Json } from "../core/json.ts";
import { rollCounts } from "../core/roll.ts";
import { decimalText } from "./amount.ts";
import { collect, type BallotKind, type Collector, type Election } from "./election.ts";
import { counted, credentials, type Credential, type Seen } from "./seen.ts";
import { endowmentText, outcomeIds, tally, type Outcome, type Question } from "./tally.ts";
import type { Space, World } from "./world.ts";

/** At most so many null and blank ballots are listed. */
const LISTED_MAX = 1000;

const KIND_OF: Readonly<Record<BallotForm["type"], BallotKind>> = {
  choice: "approval",
  bitmap: "approval",
  points: "points",
  ranking: "ranking",
};

/** Sealed ballots as they were opened, and by whom. */
export type Opened = {
  ballots: readonly Credential[];
  choices: readonly (Uint8Array | undefined)[];
  trustees: readonly number[];
};

type Count = { blank: number; null: number; listed: { blank: number[]; null: number[] } };

/** Add a ballot to an election: projects from 0. */
function add(all: Collector, c: Choices): void {
  switch (c.type) {
    case "choice":
      all.add(c.option === 0 ? [] : [c.option - 1], [1]);
      break;
    case "bitmap":
      all.add(c.named.map((n) => n - 1), c.named.map(() => 1));
      break;
    case "points":
      all.add(c.points.map((_, i) => i), [...c.points]);
      break;
    case "ranking":
      all.add(c.ranked.map((n) => n - 1), c.ranked.map((_, i) => c.ranked.length - i));
  }
}

/** Count one encoded ballot; index: its entry, where it is to be listed. */
function addBallot(
  all: Collector,
  f: Form,
  body: Uint8Array | undefined,
  n: Count,
  index?: number,
): void {
  let c: Choices;
  try {
    if (body === undefined) throw new Fault("input", "choices-format");
    c = decode(f, body);
  } catch (e) {
    if (!(e instanceof Fault)) throw e;
    n.null++;
    if (index !== undefined) n.listed.null.push(index);
    return;
  }
  if (isBlank(c)) {
    n.blank++;
    if (index !== undefined) n.listed.blank.push(index);
  }
  add(all, c);
}

function questionOf(f: Form, onRun: (runs: number) => void): Question {
  const { id, increment, minScore, compare } = f.rule;
  const q: Question = { rule: id, lot: f.ties, compare, onRun };
  if (id === "greedy-threshold") q.minScore = Number(minScore);
  if (id.includes("-add1")) q.increment = millionths(increment);
  return q;
}

function electionOf(s: Space, seen: Seen, opened: Opened | undefined, n: Count): Election {
  const f = s.form!;
  const place = new Map(f.options.map((o, i) => [o.id, i]));
  const projects = f.options.map((o) => ({ id: o.id, cost: millionths(o.cost) }));
  const groups = f.exclusive.map((g) => g.map((id) => place.get(id)!));
  const all = collect(KIND_OF[f.ballot.type], millionths(f.budget), projects, groups);
  if (opened === undefined) {
    for (const c of counted(seen, s)) addBallot(all, f, c.body, n);
  } else {
    opened.choices.forEach((body, i) => {
      addBallot(all, f, body, n, opened.ballots[i]!.index);
    });
  }
  const paper = s.paperList[1] ?? new Uint8Array();
  for (let at = 0; at < paper.length; at += f.choicesBytes) {
    addBallot(all, f, paper.subarray(at, at + f.choicesBytes), n);
  }
  return all.finish();
}

function outcomeDoc(e: Election, o: Outcome): Json {
  const { comparison } = o;
  return {
    cost: decimalText(o.cost),
    final_endowment: endowmentText(o),
    ...outcomeIds(e, o),
    ...(comparison === undefined ? {} : { comparison }),
  };
}

function issuedDoc(s: Space): Json {
  return s.header.issuers.flatMap((_, issuer) =>
    purposesOf(s.header.kind).map((purpose) => ({
      count: s.ledgers.get(`${issuer}/${purpose}`)?.count ?? 0,
      issuer,
      purpose,
    })),
  );
}

function linesDoc(w: World, s: Space): Json {
  const c = rollCounts(w.roll, s.header.id);
  const why = `the roll of ${s.header.slug} is not known`;
  if (c === undefined) throw new Fault("input", "roll", why);
  return { added: c.added, removed: c.removed, roll: c.roll, struck: c.struck };
}

const first = (list: number[]): number[] => list.sort((a, b) => a - b).slice(0, LISTED_MAX);

function sealedDoc(opened: Opened | undefined, n: Count): { [name: string]: Json } {
  if (opened === undefined) return {};
  return {
    openings: [...opened.trustees],
    listed: { blank: first(n.listed.blank), null: first(n.listed.null) },
  };
}

/** What is tallied: nothing of spaces that are no ballots, or of too few. */
export function statusOf(s: Space, seen: Seen): "counted" | "too_few" | "collected" {
  if (s.header.kind !== "ballot") return "collected";
  return credentials(seen, s, "vote") >= s.header.minOpen ? "counted" : "too_few";
}

export type Recount = { doc: { [name: string]: Json }; outcome: Outcome | undefined };

/** The document of a closed space as a JSON value, without `explain`. */
export function recount(
  w: World,
  s: Space,
  seen: Seen,
  opened: Opened | undefined,
  onRun: (runs: number) => void,
): Recount {
  const f = s.form!;
  const n: Count = { blank: 0, null: 0, listed: { blank: [], null: [] } };
  const status = statusOf(s, seen);
  const election = status === "counted" ? electionOf(s, seen, opened, n) : undefined;
  const outcome = election === undefined ? undefined : tally(election, questionOf(f, onRun));
  const purposes: readonly Purpose[] = purposesOf(s.header.kind);
  const all = purposes.reduce((sum, p) => sum + credentials(seen, s, p), 0);
  const disputes = s.hasResult ? s.disputesAtResult : s.disputes;
  const scores = (election?.projects ?? []).map((p, c) => ({
    id: p.id,
    score: String(election!.scores[c]),
    votes: election!.votes[c]!,
  }));
  const doc: { [name: string]: Json } = {
    ballots: {
      blank: n.blank,
      cast: s.closeRecords,
      counted: all,
      null: n.null,
      paper: s.paper[1]!,
    },
    close: { root: hex(s.closeRoot), size: s.closeSize },
    disputes,
    form_id: hex(f.id),
    issued: issuedDoc(s),
    lines: linesDoc(w, s),
    rule: f.rule.id,
    scores,
    space_id: hex(s.header.id),
    status,
    version: 1,
  };
  if (outcome === undefined) return { doc, outcome };
  const parts = { outcome: outcomeDoc(election!, outcome), ...sealedDoc(opened, n) };
  return { doc: { ...doc, ...parts }, outcome };
}

/**
 * Whether a published document is, byte for byte and but for `explain`, the
 * one that was recounted: "" or the members that differ.
 */
export function differs(published: Uint8Array, own: { [name: string]: Json }): string {
  let doc;
  try {
    doc = readDocument(published, "result");
  } catch {
    return "it is not a document in the canonical form";
  }
  const { explain, ...rest } = doc;
  if (explain !== undefined && !isObject(explain)) return "explain is no object";
  if (equal(canonical(rest), canonical(own))) return "";
  const names = new Set([...Object.keys(rest), ...Object.keys(own)]);
  const other = [...names].filter((name) => {
    const [a, b] = [rest[name], own[name]];
    return a === undefined || b === undefined || !equal(canonical(a), canonical(b));
  });
  return `it differs in ${other.sort().join(", ")}`;
}
