/*
 * The elections of tests/test_broken.c, as folders: the browser's audit must
 * find the same rule broken as partecipa-audit, and hold every honest one.
 * BROKEN is the folder that tests/web_broken.sh has made.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { openCheckpoint } from "../core/checkpoint.ts";
import { parseVkey } from "../core/note.ts";
import { audit, type Audit, type Kept } from "../audit/replay.ts";
import { RULES } from "../audit/rules.ts";
import { NOT_CHECKED, STEPS } from "../audit/steps.ts";
import { folderFiles } from "./folder.ts";

const auditor = fileURLToPath(new URL("../../build/partecipa-audit", import.meta.url));
const folder = process.env["BROKEN"] ?? "";
const skip = existsSync(path.join(folder, "expected"))
  ? false
  : "skipped: BROKEN names no folder of elections (tests/web_broken.sh makes one)";

/** Elections that break a rule which the browser does not judge. */
const unchecked = new Set(NOT_CHECKED.flatMap((n) => n.elections));

async function kept(dir: string): Promise<Kept | undefined> {
  const file = path.join(dir, "kept");
  if (!existsSync(file)) return undefined;
  const key = parseVkey(readFileSync(path.join(dir, "log/key"), "utf8").trim());
  return openCheckpoint(readFileSync(file), key);
}

function towns(): { name: string; rule: number }[] {
  const lines = readFileSync(path.join(folder, "expected"), "utf8").trim().split("\n");
  return lines.map((line) => {
    const [name, rule] = line.split("\t");
    return { name: name!, rule: Number(rule) };
  });
}

async function auditOf(name: string): Promise<Audit> {
  const dir = path.join(folder, name);
  return audit({ files: folderFiles(dir), earlier: await kept(dir) });
}

test("every fault is found, as the rule that it breaks", { skip }, async (t) => {
  for (const { name, rule } of towns()) {
    await t.test(name, async () => {
      const a = await auditOf(name);
      const found = [...new Set(a.broken.map((v) => v.rule))];
      if (unchecked.has(name)) assert.deepEqual(found, []);
      else assert.deepEqual(found, rule === 0 ? [] : [rule], JSON.stringify(a.broken));
    });
  }
});

test("as much is judged as by partecipa-audit", { skip }, async () => {
  for (const name of ["honest", "paper-two", "opening-third", "ignored-proof"]) {
    const a = await auditOf(name);
    const p = spawnSync(auditor, ["verify", path.join(folder, name), "--json"], {
      encoding: "utf8",
    });
    assert.equal(p.status, 0, p.stderr);
    const said = JSON.parse(p.stdout) as { rules: { no: number; judged: number }[] };
    assert.deepEqual(
      a.judged.slice(1),
      said.rules.map((r) => r.judged),
      name,
    );
    assert.ok(a.notDue.every((due) => !due));
  }
});

test("one space can be audited by itself", { skip }, async () => {
  const files = folderFiles(path.join(folder, "honest"));
  for (const slug of ["bilancio", "idee", "annullata", "segreta"]) {
    const a = await audit({ files, slug });
    assert.deepEqual(a.broken, []);
    assert.deepEqual(a.spaces.map((s) => s.slug), [slug]);
    const p = spawnSync(
      auditor,
      ["verify", path.join(folder, "honest"), "--space", slug, "--json"],
      { encoding: "utf8" },
    );
    const said = JSON.parse(p.stdout) as { rules: { judged: number }[] };
    assert.deepEqual(a.judged.slice(1), said.rules.map((r) => r.judged), slug);
  }
  await assert.rejects(audit({ files, slug: "altra" }), { code: "no-space" });
});

test("a fault of another space is not held against the one asked for", { skip }, async () => {
  const files = folderFiles(path.join(folder, "record-signature"));
  assert.deepEqual((await audit({ files, slug: "segreta" })).broken, []);
  assert.equal((await audit({ files, slug: "bilancio" })).broken.length, 1);
});

test("the numbers and names of the rules are those of partecipa-audit", () => {
  const p = spawnSync(auditor, ["rules"], { encoding: "utf8" });
  const lines = p.stdout.trim().split("\n").map((l) => l.trim().split(/ +/));
  assert.deepEqual(
    RULES.map((r) => [String(r.no), r.name, "from", r.phase]),
    lines.map((l) => l.slice(0, 4)),
  );
});

test("every rule belongs to one step", () => {
  const all = STEPS.flatMap((s) => s.rules);
  assert.equal(new Set(all).size, all.length);
  assert.deepEqual([...all].sort((a, b) => a - b), RULES.map((r) => r.no));
});

test("an audit stops when it is told to, and says what it does", { skip }, async () => {
  const files = folderFiles(path.join(folder, "honest"));
  const stages = new Set<string>();
  await audit({ files, onProgress: (p) => stages.add(p.stage) });
  assert.deepEqual([...stages].sort(), ["contents", "entries", "ledger", "open"]);
  const stop = new AbortController();
  const onProgress = (): void => stop.abort();
  await assert.rejects(audit({ files, onProgress, signal: stop.signal }), { code: "stopped" });
});

test("what cannot be read is said, and nothing is held", { skip }, async () => {
  const whole = folderFiles(path.join(folder, "honest"));
  const log = async (p: string) => (p.includes("entries") ? null : whole.log(p));
  const files = { ...whole, log };
  await assert.rejects(audit({ files }), { kind: "offline", code: "unreadable" });
});
