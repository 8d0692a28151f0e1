/* An election: projects and ballots (RULES.md 1), and the order of ties (3). */
import { MILLION } from "./amount.ts";

export type BallotKind = "approval" | "points" | "ranking";

/** Costs and budgets are in millionths. */
export type Project = { id: string; cost: bigint };

/** Equal ballots: the projects they support, with utilities above 0. */
export type BallotGroup = { projects: number[]; utilities: number[]; count: number };

export type Election = {
  kind: BallotKind;
  budget: bigint;
  projects: Project[];
  groups: BallotGroup[];
  /** Number of ballots, those that name nothing too. */
  n: number;
  /** The group of exclusive projects that one belongs to; 0: none. */
  exclusive: Int32Array;
  /** Sums of utilities: at most 10^6 ballots of 10^9 points each. */
  scores: number[];
  votes: number[];
  /** min_project_score_threshold of a .pb file. */
  threshold?: number;
};

const WITHDRAWN = 999_999_999n * MILLION;

/** A cost of exactly 999999999 says that the project is no longer there. */
export function isWithdrawn(e: Election, c: number): boolean {
  return e.projects[c]!.cost === WITHDRAWN;
}

/** What some projects cost together, in millionths. */
export function costOf(e: Election, chosen: readonly number[]): bigint {
  let sum = 0n;
  for (const c of chosen) sum += e.projects[c]!.cost;
  return sum;
}

/** Collects ballots: equal ones become one group. */
export type Collector = {
  /** ${projects} and ${utilities} (whole numbers; 0 is no support) of ${count} ballots. */
  add(projects: number[], utilities: number[], count?: number): void;
  finish(): Election;
};

/** Begin an election; ${exclusive}: arrays of project numbers, no project twice. */
export function collect(
  kind: BallotKind,
  budget: bigint,
  projects: Project[],
  exclusive: readonly number[][] = [],
): Collector {
  const groups = new Map<string, BallotGroup>();
  let n = 0;
  return {
    add(named, utilities, count = 1) {
      n += count;
      const order = named.map((_, i) => i).filter((i) => utilities[i]! > 0);
      order.sort((a, b) => named[a]! - named[b]!);
      const key = order.map((i) => `${named[i]}:${utilities[i]}`).join();
      const same = groups.get(key);
      if (same !== undefined) {
        same.count += count;
        return;
      }
      groups.set(key, {
        projects: order.map((i) => named[i]!),
        utilities: order.map((i) => utilities[i]!),
        count,
      });
    },
    finish() {
      const list = [...groups.values()];
      const e: Election = {
        kind,
        budget,
        projects,
        groups: list,
        n,
        exclusive: exclusiveOf(projects.length, exclusive),
        scores: projects.map(() => 0),
        votes: projects.map(() => 0),
      };
      for (const g of list) {
        g.projects.forEach((c, i) => {
          e.scores[c]! += g.utilities[i]! * g.count;
          e.votes[c]! += g.count;
        });
      }
      return e;
    },
  };
}

function exclusiveOf(n: number, groups: readonly number[][]): Int32Array {
  const out = new Int32Array(n);
  groups.forEach((group, i) => {
    for (const c of group) out[c] = i + 1;
  });
  return out;
}

/** Which projects the winners so far bar. */
export type Bars = { won: (c: number) => void; has: (c: number) => boolean };

/** Bars of ${e}, after ${before} have won. */
export function barsOf(e: Election, before: readonly number[] = []): Bars {
  const taken = new Set<number>();
  const won = (c: number): void => {
    const g = e.exclusive[c]!;
    if (g !== 0) taken.add(g);
  };
  before.forEach(won);
  return { won, has: (c) => taken.has(e.exclusive[c]!) };
}

const encoder = new TextEncoder();

/** Compare two texts byte by byte as UTF-8. */
export function compareTexts(a: string, b: string): number {
  const x = encoder.encode(a);
  const y = encoder.encode(b);
  const n = Math.min(x.length, y.length);
  for (let i = 0; i < n; i++) {
    if (x[i] !== y[i]) return x[i]! - y[i]!;
  }
  return x.length - y.length;
}

/** All projects, those that win among equals first (RULES.md 3); ${lot}: ids. */
export function tieOrder(e: Election, lot: readonly string[]): number[] {
  const places = new Map(lot.map((id, i) => [id, i]));
  const place = e.projects.map((p) => places.get(p.id) ?? lot.length);
  return e.projects
    .map((_, c) => c)
    .sort((a, b) => {
      const x = e.projects[a]!;
      const y = e.projects[b]!;
      if (x.cost !== y.cost) return x.cost < y.cost ? -1 : 1;
      if (e.scores[a] !== e.scores[b]) return e.scores[b]! - e.scores[a]!;
      if (place[a] !== place[b]) return place[a]! - place[b]!;
      return compareTexts(x.id, y.id);
    });
}
