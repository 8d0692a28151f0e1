/* The tally of the browser against partecipa-audit, file by file. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import type { Election } from "../audit/election.ts";
import { readPb } from "../audit/pb.ts";
import { outcomeJson, rulesFor, tally } from "../audit/tally.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const auditor = path.join(root, "build/partecipa-audit");
const shared = path.resolve(root, process.env["SHARED"] ?? "../shared", "pb");

type Options = { minScore?: number; compare?: boolean; increment?: string };

/** What the auditor says; null where it refuses. */
function auditorSays(file: string, rule: string, o: Options): unknown {
  const args = ["tally", file, "--rule", rule, "--json"];
  if (o.minScore !== undefined) args.push("--min-score", String(o.minScore));
  if (o.compare === true) args.push("--compare", "greedy-votes");
  if (o.increment !== undefined) args.push("--increment", o.increment);
  const p = spawnSync(auditor, args, { encoding: "utf8", maxBuffer: 1 << 26 });
  if (p.status === 2) return null;
  assert.equal(p.status, 0, p.stderr);
  return JSON.parse(p.stdout);
}

function weSay(e: Election, rule: string, o: Options): unknown {
  const q = {
    rule,
    ...(o.minScore === undefined ? {} : { minScore: o.minScore }),
    ...(o.compare === undefined ? {} : { compare: o.compare }),
    ...(o.increment === undefined ? {} : { increment: BigInt(o.increment) * 1_000_000n }),
  };
  return outcomeJson(e, rule, tally(e, q));
}

function optionsOf(e: Election, rule: string): Options {
  const o: Options = {};
  if (rule === "greedy-threshold") o.minScore = 2;
  if (rule !== "greedy-votes") o.compare = true;
  if (rule.includes("-add1")) {
    const dearest = e.projects.reduce((m, p) => (p.cost > m ? p.cost : m), 0n);
    const runs = 200n * 1_000_000n;
    o.increment = String(dearest / runs + 1n);
  }
  return o;
}

function compareFile(file: string): number {
  const e = readPb(readFileSync(file), file);
  const rules = rulesFor(e.kind);
  for (const rule of rules) {
    const o = optionsOf(e, rule);
    assert.deepEqual(weSay(e, rule, o), auditorSays(file, rule, o), `${file} ${rule}`);
  }
  return rules.length;
}

test("the project's own elections have the auditor's winners by every rule", (t) => {
  if (!existsSync(auditor)) return t.skip("skipped: build/partecipa-audit is not there");
  const folder = path.join(root, "tests/pb");
  let n = 0;
  for (const name of readdirSync(folder).filter((f) => f.endsWith(".pb"))) {
    const file = path.join(folder, name);
    if (auditorSays(file, "greedy-votes", {}) === null) {
      assert.throws(() => readPb(readFileSync(file), file), { code: "pb" });
    } else {
      n += compareFile(file);
    }
  }
  assert.ok(n > 50, `${n} tallies`);
});

test("real elections have the winners that were recorded", (t) => {
  if (!existsSync(shared)) return t.skip("skipped: SHARED has no folder pb");
  let n = 0;
  for (const name of readdirSync(shared).filter((f) => f.endsWith(".pb"))) {
    const file = path.join(shared, name);
    n += compareFile(file);
  }
  assert.ok(n > 0);
});
