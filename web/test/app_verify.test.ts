/* The page "verify": how far it is, what it begins with, that it has its words. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { beginOf, commandOf, fraction, stageCount, stageText } from "../app/verify_model.ts";
import { emptyState } from "../app/store.ts";
import type { Progress } from "../audit/replay.ts";
import { NOT_CHECKED, STEPS } from "../audit/steps.ts";

const table = readFileSync(new URL("../texts.def", import.meta.url), "utf8");
const STAGES: Progress["stage"][] = ["entries", "ledger", "open", "tally", "contents"];

test("every step, stage and what is left out has its words", () => {
  const names = [
    ...STEPS.map((s) => `WEB_VERIFY_STEP_${s.name.toUpperCase()}`),
    ...NOT_CHECKED.map((n) => `WEB_VERIFY_LEFT_${n.name.toUpperCase()}`),
    ...STAGES.map((s) => `WEB_VERIFY_STAGE_${s.toUpperCase()}`),
    "WEB_VERIFY_TRUST",
  ];
  for (const name of names) assert.ok(table.includes(`TEXT(${name},`), name);
});

test("the bar never goes back and ends at the end", () => {
  let at = 0;
  for (const stage of STAGES) {
    for (const done of [0, 3, 10]) {
      const p = { stage, done, total: 10 };
      const next = fraction(p, at);
      assert.ok(next >= at && next <= 1, stage);
      assert.notEqual(stageText(p), "");
      at = next;
    }
  }
  assert.ok(at > 0.98);
  assert.equal(fraction({ stage: "entries", done: 0, total: 0 }, 0.4), 0.4);
  assert.equal(stageCount({ stage: "open", done: 37, total: 100 }), "37 %");
});

test("a device without papers knows no key; another brings its checkpoint", () => {
  assert.deepEqual(beginOf(emptyState(), ""), {
    slug: undefined,
    key: undefined,
    earlier: undefined,
  });
  const state = { ...emptyState(), logKey: "a+b+c", checkpoint: Uint8Array.of(1) };
  assert.deepEqual(beginOf(state, "parco"), {
    slug: "parco",
    key: "a+b+c",
    earlier: Uint8Array.of(1),
  });
});

test("the command names the server and the space", () => {
  const server = "https://voto.example.org";
  assert.equal(commandOf(server, ""), `partecipa-audit verify ${server}`);
  assert.equal(commandOf(server, "parco"), `partecipa-audit verify ${server} --space parco`);
});
