/*
 * Small random elections, where equalities are common, with drawn orders,
 * exclusive groups and comparisons: the browser's tally against the auditor's.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { Fault } from "../core/fault.ts";
import { readPb } from "../audit/pb.ts";
import { outcomeJson, rulesFor, tally, type Question } from "../audit/tally.ts";

const auditor = fileURLToPath(new URL("../../build/partecipa-audit", import.meta.url));
const IDS = ["1", "2", "9", "10", "100", "a", "B", "b", "None", "é", "z z", "P-7", "🚲", "Ａ"];
const TYPES = ["approval", "choose-1", "cumulative", "scoring", "ordinal"];

type Random = (n: number) => number;

/** Whole numbers below n, the same ones for a seed. */
function random(seed: number): Random {
  let a = seed;
  return (n) => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % n;
  };
}

function shuffled<T>(r: Random, list: readonly T[]): T[] {
  const out = [...list];
  for (let i = out.length - 1; i > 0; i--) {
    const j = r(i + 1);
    [out[i], out[j]] = [out[j]!, out[i]!];
  }
  return out;
}

function pick<T>(r: Random, list: readonly T[]): T {
  return list[r(list.length)]!;
}

type Draft = { text: string; ids: string[] };

function draft(r: Random): Draft {
  const type = pick(r, TYPES);
  const ids = shuffled(r, IDS).slice(0, 2 + r(7));
  const voters = pick(r, [r(2), 1 + r(6), 1 + r(30)]);
  const budget = pick(r, [Math.max(voters, 1) * (1 + r(12)), r(100), 150000]);
  const rows: string[] = [];
  for (let i = 0; i < voters; i++) {
    const named = shuffled(r, ids).slice(0, r((type === "choose-1" ? 1 : ids.length) + 1));
    const points = named.map(() => pick(r, [0, 1, 1, 2, 10, 10 ** 9]));
    const scored = type === "cumulative" || type === "scoring";
    rows.push(`${i};${named.join()}${scored ? `;${points.join()}` : ""}`);
  }
  const costs = ids.map(() =>
    pick(r, [
      "0",
      "999999999",
      String(budget),
      String(Math.ceil(budget / 2)),
      ((budget / Math.max(voters, 1)) * (1 + r(4))).toFixed(pick(r, [0, 2, 6])),
      `${1 + r(9)}`,
      `${1 + r(9)},5`,
    ]),
  );
  const text = [
    "META",
    "key;value",
    `budget;${budget}`,
    `vote_type;${type}`,
    ...(type === "scoring" ? [`default_score;${r(3)}`] : []),
    "PROJECTS",
    "project_id;cost",
    ...ids.map((id, i) => `${id};${costs[i]}`),
    "VOTES",
    `voter_id;vote${type === "cumulative" || type === "scoring" ? ";points" : ""}`,
    ...rows,
    "",
  ].join("\n");
  return { text, ids };
}

type Asked = { q: Question; groups: string[][]; args: string[] };

function ask(r: Random, rule: string, ids: string[]): Asked {
  const q: Question = { rule };
  const args = ["--rule", rule, "--json"];
  let groups: string[][] = [];
  if (r(3) === 0) {
    q.lot = shuffled(r, ids).slice(0, 1 + r(ids.length));
    args.push("--tie", q.lot.join());
  }
  if (r(3) === 0) {
    const mixed = shuffled(r, ids);
    const cut = 2 + r(mixed.length - 1);
    groups = [mixed.slice(0, cut), mixed.slice(cut)].filter((g) => g.length > 1);
    args.push("--exclusive", groups.map((g) => g.join()).join(";"));
  }
  if (rule !== "greedy-votes" && r(2) === 0) {
    q.compare = true;
    args.push("--compare", "greedy-votes");
  }
  if (rule === "greedy-threshold") {
    q.minScore = r(4);
    args.push("--min-score", String(q.minScore));
  }
  if (rule.includes("-add1")) {
    const step = pick(r, ["2500", "3000.25", "7777.777777"]);
    q.increment = BigInt(Math.round(Number(step) * 1e6));
    args.push("--increment", step);
  }
  return { q, groups, args };
}

test("random elections have the auditor's winners", (t) => {
  if (!existsSync(auditor)) return t.skip("skipped: build/partecipa-audit is not there");
  const folder = mkdtempSync(path.join(tmpdir(), "tally-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, "e.pb");
  let refused = 0;
  for (let seed = 1; seed <= 250; seed++) {
    const r = random(seed);
    const { text, ids } = draft(r);
    writeFileSync(file, text);
    const bytes = new TextEncoder().encode(text);
    const { kind } = readPb(bytes);
    for (const rule of shuffled(r, rulesFor(kind)).slice(0, 3)) {
      const { q, groups, args } = ask(r, rule, ids);
      const p = spawnSync(auditor, ["tally", file, ...args], { encoding: "utf8" });
      let own: unknown = null;
      try {
        const e = readPb(bytes, file, groups);
        own = outcomeJson(e, rule, tally(e, q));
      } catch (error) {
        assert.ok(error instanceof Fault, String(error));
      }
      refused += own === null ? 1 : 0;
      const said = p.status === 2 ? null : JSON.parse(p.stdout);
      assert.deepEqual(own, said, `seed ${seed}: ${args.join(" ")}\n${text}`);
    }
  }
  assert.ok(refused < 50, `${refused} were refused`);
});

test("files that are not well formed are refused as the auditor refuses them", (t) => {
  if (!existsSync(auditor)) return t.skip("skipped: build/partecipa-audit is not there");
  const folder = mkdtempSync(path.join(tmpdir(), "tally-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, "e.pb");
  const bits = [";", ",", '"', "\n", "\r", " ", "0", ".", "-", "\0", "Ã", "\u00a0", "VOTES\n"];
  for (let seed = 1; seed <= 250; seed++) {
    const r = random(seed + 10_000);
    let { text } = draft(r);
    for (let i = 0; i <= r(2); i++) {
      const k = r(text.length);
      text = text.slice(0, k) + pick(r, bits) + text.slice(k + r(2));
    }
    writeFileSync(file, text);
    const args = ["tally", file, "--rule", "greedy-no-skip", "--json"];
    const p = spawnSync(auditor, args, { encoding: "utf8" });
    let own: unknown = null;
    try {
      const e = readPb(new TextEncoder().encode(text), file);
      own = outcomeJson(e, "greedy-no-skip", tally(e, { rule: "greedy-no-skip" }));
    } catch (error) {
      assert.ok(error instanceof Fault, String(error));
    }
    const said = p.status === 2 ? null : JSON.parse(p.stdout);
    assert.deepEqual(own, said, `seed ${seed}\n${JSON.stringify(text)}\n${p.stderr}`);
  }
});
