/*
 * The method of equal shares (RULES.md 5), exact.  Voters with equal ballots
 * are one group; groups whose money is equal are one class, so that large
 * numbers are touched once per class.  Money is counted in a unit so small
 * that all amounts are whole; each price makes it smaller.
 */
import { compareFractions, gcd, type Fraction } from "./amount.ts";
import { barsOf, costOf, isWithdrawn, type Election } from "./election.ts";

/** What the best project is found by: effective votes, or the price. */
export type ShareKey = "votes" | "price";

/** The supporters of a project that give it the same utility. */
type Block = { utility: number; groups: Int32Array };

export type Shares = {
  e: Election;
  key: ShareKey;
  sizes: Float64Array;
  /** Projects that can win, in the order of ties. */
  order: number[];
  blocks: Map<number, Block[]>;
  /** Scratch: weight of a class. */
  weight: Float64Array;
};

/** Prepare ${e} for runs; ${order} is that of ties. */
export function sharesOf(e: Election, order: readonly number[], key: ShareKey): Shares {
  const supporters = new Map<number, Map<number, number[]>>();
  const live = order.filter((c) => e.scores[c]! > 0 && !isWithdrawn(e, c));
  for (const c of live) supporters.set(c, new Map());
  e.groups.forEach((g, no) => {
    g.projects.forEach((c, i) => {
      const of = supporters.get(c);
      const u = g.utilities[i]!;
      const list = of?.get(u);
      if (list !== undefined) list.push(no);
      else of?.set(u, [no]);
    });
  });
  const blocks = new Map<number, Block[]>();
  for (const [c, of] of supporters) {
    blocks.set(
      c,
      [...of].map(([utility, groups]) => ({ utility, groups: Int32Array.from(groups) })),
    );
  }
  return {
    e,
    key,
    sizes: Float64Array.from(e.groups, (g) => g.count),
    order: live,
    blocks,
    weight: new Float64Array(e.groups.length + 1),
  };
}

/** Money of the groups, in 1/unit of a millionth. */
type Purse = { unit: bigint; classOf: Int32Array; value: bigint[] };

/** Supporters of one class and one utility. */
type Share = { cls: number; utility: number; voters: number };

function sharesIn(s: Shares, c: number, p: Purse): Share[] {
  const out: Share[] = [];
  for (const { utility, groups } of s.blocks.get(c)!) {
    const from = out.length;
    for (const g of groups) {
      const cls = p.classOf[g]!;
      if (s.weight[cls] === 0) out.push({ cls, utility, voters: 0 });
      s.weight[cls]! += s.sizes[g]!;
    }
    for (let i = from; i < out.length; i++) {
      const one = out[i]!;
      one.voters = s.weight[one.cls]!;
      s.weight[one.cls] = 0;
    }
  }
  return out;
}

/**
 * The smallest price at which the supporters of ${c} pay its cost, in the unit
 * of ${p}; null: they have less together.
 */
function priceOf(s: Shares, c: number, p: Purse): Fraction | null {
  let able = sharesIn(s, c, p);
  let cost = s.e.projects[c]!.cost * p.unit;
  while (able.length > 0) {
    let units = 0n;
    for (const a of able) units += BigInt(a.utility) * BigInt(a.voters);
    const d = gcd(units, cost % units);
    const price = { num: cost / d, den: units / d };
    const limits = new Map<number, bigint>();
    const still: Share[] = [];
    for (const a of able) {
      let limit = limits.get(a.utility);
      if (limit === undefined) {
        limit = (BigInt(a.utility) * price.num + price.den - 1n) / price.den;
        limits.set(a.utility, limit);
      }
      const has = p.value[a.cls]!;
      if (has < limit) cost -= has * BigInt(a.voters);
      else still.push(a);
    }
    if (still.length === able.length) return price;
    able = still;
  }
  return null;
}

/** log2 of a number above 0, good enough to leave out what is surely worse. */
function log2(n: bigint): number {
  const hex = n.toString(16);
  const head = hex.slice(0, 13);
  return Math.log2(parseInt(head, 16)) + 4 * (hex.length - head.length);
}

/** The floating point of log2 above is off by less than this. */
const MARGIN = 1e-6;

/** A project that may still win, and how good it can be at most. */
type Candidate = { c: number; place: number; bound: number };

/** Larger is better; prices only rise, so an old one bounds the next. */
function goodness(s: Shares, c: number, price: Fraction, unit: bigint): number {
  const own = log2(price.num) - log2(price.den) - log2(unit);
  return s.key === "votes" ? log2(s.e.projects[c]!.cost) - own : -own;
}

/** Whether ${a} wins before ${b}; equal ones go by the order of ties. */
function isBetter(s: Shares, a: Candidate, x: Fraction, b: Candidate, y: Fraction): boolean {
  let order: number;
  if (s.key === "votes") {
    order = compareFractions(
      { num: y.den * s.e.projects[b.c]!.cost, den: y.num },
      { num: x.den * s.e.projects[a.c]!.cost, den: x.num },
    );
  } else {
    order = compareFractions(x, y);
  }
  return order < 0 || (order === 0 && a.place < b.place);
}

/** The winner of a round; who cannot be paid for any more is dropped. */
function best(
  s: Shares,
  live: Candidate[],
  p: Purse,
): { winner: Candidate; price: Fraction } | null {
  let found: { winner: Candidate; price: Fraction } | null = null;
  live.sort((a, b) => b.bound - a.bound || a.place - b.place);
  for (const one of live) {
    if (found !== null && one.bound < found.winner.bound - MARGIN) break;
    const price = priceOf(s, one.c, p);
    if (price === null) {
      one.bound = -Infinity;
      continue;
    }
    one.bound = goodness(s, one.c, price, p.unit);
    if (found === null || isBetter(s, one, price, found.winner, found.price)) {
      found = { winner: one, price };
    }
  }
  return found;
}

/** Every supporter of ${c} pays. */
function pay(s: Shares, c: number, price: Fraction, p: Purse): void {
  p.unit *= price.den;
  for (let i = 0; i < p.value.length; i++) p.value[i]! *= price.den;
  for (const { utility, groups } of s.blocks.get(c)!) {
    const due = BigInt(utility) * price.num;
    const moved = new Map<number, number>();
    for (const g of groups) {
      const from = p.classOf[g]!;
      let to = moved.get(from);
      if (to === undefined) {
        const has = p.value[from]!;
        to = p.value.push(has > due ? has - due : 0n) - 1;
        moved.set(from, to);
      }
      p.classOf[g] = to;
    }
  }
  tidy(s, p);
}

/** Classes that nobody is in any more go, equal ones become one. */
function tidy(s: Shares, p: Purse): void {
  const next = new Map<bigint, number>();
  const to = new Int32Array(p.value.length).fill(-1);
  const value: bigint[] = [];
  for (let g = 0; g < s.sizes.length; g++) {
    const old = p.classOf[g]!;
    if (to[old] === -1) {
      const has = p.value[old]!;
      let no = next.get(has);
      if (no === undefined) {
        no = value.push(has) - 1;
        next.set(has, no);
      }
      to[old] = no;
    }
    p.classOf[g] = to[old]!;
  }
  p.value = value;
}

/** One run (RULES.md 5.1) for an endowment in millionths: winners in order. */
export function run(s: Shares, endowment: Fraction): number[] {
  const won: number[] = [];
  const bars = barsOf(s.e);
  for (const c of s.order) {
    if (s.e.projects[c]!.cost !== 0n || bars.has(c)) continue;
    won.push(c);
    bars.won(c);
  }
  const p: Purse = {
    unit: endowment.den,
    classOf: new Int32Array(s.sizes.length),
    value: [endowment.num],
  };
  let live: Candidate[] = [];
  s.order.forEach((c, place) => {
    if (s.e.projects[c]!.cost === 0n || bars.has(c)) return;
    const price = { num: s.e.projects[c]!.cost, den: BigInt(s.e.scores[c]!) };
    live.push({ c, place, bound: goodness(s, c, price, 1n) });
  });
  for (;;) {
    const found = best(s, live, p);
    if (found === null) return won;
    const { winner, price } = found;
    pay(s, winner.c, price, p);
    won.push(winner.c);
    bars.won(winner.c);
    live = live.filter((l) => l !== winner && l.bound !== -Infinity && !bars.has(l.c));
  }
}

/** The switches of RULES.md 2 that concern the runs. */
export type Raise = {
  floor: boolean;
  rises: boolean;
  fullOver: "" | "supported" | "all";
};

const MAX_RUNS = 1_000_000;

/** Whether no project outside ${outcome} fits in the money left. */
function isFull(s: Shares, outcome: number[], over: "supported" | "all"): boolean {
  const { e } = s;
  const left = e.budget - costOf(e, outcome);
  const bars = barsOf(e, outcome);
  const won = new Set(outcome);
  return !e.projects.some(
    (p, c) =>
      p.cost <= left &&
      !isWithdrawn(e, c) &&
      !won.has(c) &&
      !bars.has(c) &&
      (over === "all" || e.scores[c]! > 0),
  );
}

function allWon(s: Shares, outcome: number[]): boolean {
  const won = new Set(outcome);
  const bars = barsOf(s.e, outcome);
  return s.order.every((c) => won.has(c) || bars.has(c));
}

/**
 * The winners before completion and the final endowment in millionths (RULES.md
 * 5.2); ${increment} in millionths, ${onRun} is told how many runs there were.
 * null: there is no outcome, the increment is too small.
 */
export function raised(
  s: Shares,
  how: Raise,
  increment: bigint,
  onRun?: (runs: number) => void,
): { won: number[]; endowment: Fraction | null } | null {
  const { e } = s;
  if (e.n === 0) return { won: [], endowment: null };
  const n = BigInt(e.n);
  let endowment: Fraction = { num: e.budget, den: n };
  if (how.floor) {
    const whole = e.budget / (n * 1_000_000n);
    endowment = { num: whole * 1_000_000n, den: 1n };
  }
  let outcome = run(s, endowment);
  for (let runs = 1; how.rises; runs++) {
    if (allWon(s, outcome)) break;
    if (how.fullOver !== "" && isFull(s, outcome, how.fullOver)) break;
    if (runs === MAX_RUNS) return null;
    const next = { num: endowment.num + increment * endowment.den, den: endowment.den };
    const following = run(s, next);
    onRun?.(runs + 1);
    if (costOf(e, following) > e.budget) break;
    endowment = next;
    outcome = following;
  }
  return { won: outcome, endowment };
}
