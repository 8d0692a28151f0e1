/* Who wins: every rule of RULES.md by its name, and the comparison of 7.1. */
import { Fault } from "../core/fault.ts";
import { compareFractions, fractionText, MILLION, type Fraction } from "./amount.ts";
import {
  barsOf,
  compareTexts,
  costOf,
  isWithdrawn,
  tieOrder,
  type BallotKind,
  type Election,
} from "./election.ts";
import { phragmen } from "./phragmen.ts";
import { raised, sharesOf, type Raise, type ShareKey } from "./shares.ts";

type Switches = Raise & { completes: boolean };

const GREEDY = [
  "greedy-votes",
  "greedy-votes-per-cost",
  "greedy-no-skip",
  "greedy-threshold",
];

const SHARES: [string, BallotKind, ShareKey][] = [
  ["mes-cost", "approval", "votes"],
  ["mes-card", "approval", "price"],
  ["mes-costpoints", "points", "votes"],
  ["mes-points", "points", "price"],
  ["mes-costrank", "ranking", "votes"],
  ["mes-rank", "ranking", "price"],
];

const still: Switches = { floor: false, rises: false, fullOver: "", completes: false };
const SUFFIXES: [string, Switches][] = [
  ["", still],
  ["-u", { ...still, completes: true }],
  ["-add1", { ...still, rises: true, fullOver: "supported" }],
  ["-add1u", { ...still, rises: true, fullOver: "supported", completes: true }],
  ["-add1-nostop", { ...still, rises: true }],
  ["-add1-nostop-u", { ...still, rises: true, completes: true }],
  ["-int-add1", { ...still, floor: true, rises: true, fullOver: "all" }],
  ["-int-add1u", { floor: true, rises: true, fullOver: "all", completes: true }],
  ["-int-add1-nostop", { ...still, floor: true, rises: true }],
  ["-int-add1-nostop-u", { ...still, floor: true, rises: true, completes: true }],
];

type Method =
  | { method: "greedy" }
  | { method: "phragmen" }
  | { method: "shares"; key: ShareKey; switches: Switches };

function methodOf(rule: string, kind: BallotKind): Method | null {
  if (GREEDY.includes(rule)) return { method: "greedy" };
  if (rule === "phragmen") return kind === "approval" ? { method: "phragmen" } : null;
  for (const [base, its, key] of SHARES) {
    if (its !== kind || !rule.startsWith(base)) continue;
    const suffix = SUFFIXES.find(([s]) => rule === base + s);
    if (suffix !== undefined) return { method: "shares", key, switches: suffix[1] };
  }
  return null;
}

/** The ids of all rules that are defined for ${kind}. */
export function rulesFor(kind: BallotKind): string[] {
  const out = [...GREEDY];
  if (kind === "approval") out.push("phragmen");
  for (const [base, its] of SHARES) {
    if (its === kind) out.push(...SUFFIXES.map(([s]) => base + s));
  }
  return out;
}

/** A rule with its parameters; ${increment} in millionths. */
export type Question = {
  rule: string;
  lot?: readonly string[];
  minScore?: number;
  increment?: bigint;
  compare?: boolean;
  onRun?: (runs: number) => void;
};

/** RULES.md 7.1. */
export type Comparison = { equal: number; greedy: number; rule: number; winner: string };

/** Projects by number; ${endowment} in millionths, null: the rule has none. */
export type Outcome = {
  order: number[];
  cost: bigint;
  endowment: Fraction | null;
  comparison?: Comparison;
};

function refuse(detail: string): never {
  throw new Fault("input", "tally", detail);
}

/** A rule MUST be refused for ballots it is not defined for (RULES.md 2). */
export function checkRule(rule: string, kind: BallotKind): void {
  if (methodOf(rule, kind) === null) {
    refuse(`the rule ${rule} is not known, or not defined for ${kind} ballots`);
  }
}

function checkQuestion(e: Election, q: Question): Method {
  const method = methodOf(q.rule, e.kind);
  if (method === null) {
    return refuse(`the rule ${q.rule} is not known, or not defined for ${e.kind} ballots`);
  }
  if (q.minScore !== undefined && method.method !== "greedy") {
    refuse("a minimum score is for greedy rules");
  }
  const rises = method.method === "shares" && method.switches.rises;
  if (q.increment !== undefined && (!rises || q.increment <= 0n)) {
    refuse("an increment is above 0, for rules that raise");
  }
  if (q.compare === true && q.rule === "greedy-votes") {
    refuse("greedy-votes is not compared with itself");
  }
  const lot = q.lot ?? [];
  const known = new Set(e.projects.map((p) => p.id));
  if (new Set(lot).size < lot.length || lot.some((id) => !known.has(id))) {
    refuse("the lot names a project twice or one that is not");
  }
  return method;
}

/** Go down ${listed} once and take what fits; ${before} has won (RULES.md 4). */
function walk(
  e: Election,
  listed: readonly number[],
  how: { money: bigint; minScore?: number; skips?: boolean; before?: number[] },
): number[] {
  const won = [...(how.before ?? [])];
  const bars = barsOf(e, won);
  let { money } = how;
  for (const c of listed) {
    const { cost } = e.projects[c]!;
    if (isWithdrawn(e, c) || e.scores[c]! < (how.minScore ?? 0) || bars.has(c)) continue;
    if (cost <= money) {
      won.push(c);
      bars.won(c);
      money -= cost;
    } else if (how.skips === false) {
      break;
    }
  }
  return won;
}

/** The larger score per cost first: no score last, no cost first. */
function comparePerCost(e: Election, a: number, b: number): number {
  const rank = (c: number): number =>
    e.scores[c] === 0 ? 2 : e.projects[c]!.cost === 0n ? 0 : 1;
  if (rank(a) !== rank(b)) return rank(a) - rank(b);
  if (rank(a) !== 1) return 0;
  return compareFractions(
    { num: BigInt(e.scores[b]!), den: e.projects[b]!.cost },
    { num: BigInt(e.scores[a]!), den: e.projects[a]!.cost },
  );
}

function byScore(e: Election, order: readonly number[]): number[] {
  return [...order].sort((a, b) => e.scores[b]! - e.scores[a]!);
}

function greedy(e: Election, q: Question, order: readonly number[]): number[] {
  let minScore = q.minScore;
  if (q.rule === "greedy-threshold" && minScore === undefined) {
    minScore = e.threshold ?? refuse("greedy-threshold needs a minimum score");
  }
  const listed =
    q.rule === "greedy-votes-per-cost"
      ? [...order].sort((a, b) => comparePerCost(e, a, b))
      : byScore(e, order);
  return walk(e, listed, {
    money: e.budget,
    minScore: minScore ?? 0,
    skips: q.rule !== "greedy-no-skip",
  });
}

function shares(
  e: Election,
  q: Question,
  how: { key: ShareKey; switches: Switches },
  order: readonly number[],
): { won: number[]; endowment: Fraction | null } {
  const s = sharesOf(e, order, how.key);
  const found = raised(s, how.switches, q.increment ?? MILLION, q.onRun);
  if (found === null) return refuse("no end of raising: give a larger increment");
  if (!how.switches.completes) return found;
  const has = new Set(found.won);
  const others = byScore(e, order.filter((c) => !has.has(c)));
  const money = e.budget - costOf(e, found.won);
  return { ...found, won: walk(e, others, { money, before: found.won }) };
}

/** How many voters fare better with ${won} than with ${plain}, and the reverse. */
function compare(e: Election, won: number[], plain: number[]): Omit<Comparison, "winner"> {
  const better = new Int8Array(e.projects.length);
  for (const c of won) better[c]! += 1;
  for (const c of plain) better[c]! -= 1;
  const out = { equal: 0, greedy: 0, rule: 0 };
  for (const g of e.groups) {
    let sum = 0;
    for (const c of g.projects) sum += better[c]!;
    out[sum > 0 ? "rule" : sum < 0 ? "greedy" : "equal"] += g.count;
  }
  return out;
}

/** Count ${e} by the rule of ${q}; Fault "input" where RULES.md refuses. */
export function tally(e: Election, q: Question): Outcome {
  const how = checkQuestion(e, q);
  const order = tieOrder(e, q.lot ?? []);
  let found: { won: number[]; endowment: Fraction | null };
  if (how.method === "greedy") found = { won: greedy(e, q, order), endowment: null };
  else if (how.method === "phragmen") found = { won: phragmen(e, order), endowment: null };
  else found = shares(e, q, how, order);
  if (q.compare !== true) {
    return { order: found.won, cost: costOf(e, found.won), endowment: found.endowment };
  }
  const plain = greedy(e, { rule: "greedy-votes" }, order);
  const counts = compare(e, found.won, plain);
  const lost = counts.greedy > counts.rule;
  if (lost) found = { won: plain, endowment: null };
  return {
    order: found.won,
    cost: costOf(e, found.won),
    endowment: found.endowment,
    comparison: { ...counts, winner: lost ? "greedy-votes" : q.rule },
  };
}

/** The ids of an outcome: in order of selection, and sorted bytewise. */
export function outcomeIds(e: Election, o: Outcome): { order: string[]; selected: string[] } {
  const order = o.order.map((c) => e.projects[c]!.id);
  return { order, selected: [...order].sort(compareTexts) };
}

/** The final endowment as text, in whole units of money; "" where there is none. */
export function endowmentText(o: Outcome): string {
  if (o.endowment === null) return "";
  return fractionText({ num: o.endowment.num, den: o.endowment.den * MILLION });
}

/** What `partecipa-audit tally --json` says (RULES.md 7). */
export function outcomeJson(e: Election, rule: string, o: Outcome): Record<string, unknown> {
  const { order, selected } = outcomeIds(e, o);
  const endowment = endowmentText(o);
  return {
    rule,
    selected,
    order,
    cost: fractionText({ num: o.cost, den: MILLION }),
    final_endowment:
      endowment === "" ? null : endowment.includes("/") ? endowment : Number(endowment),
    ...(o.comparison === undefined ? {} : { comparison: o.comparison }),
  };
}
