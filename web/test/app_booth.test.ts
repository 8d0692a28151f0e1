import assert from "node:assert/strict";
import { test } from "node:test";
import * as booth from "../app/booth_model.ts";
import { utf8 } from "../core/bytes.ts";
import { encode } from "../core/choices.ts";
import { Fault } from "../core/fault.ts";
import { parseForm, type Form } from "../core/form.ts";
import { own } from "./vectors.ts";

const forms = new Map(
  own("form.json").tests.map((t) => [
    t["name"] as string,
    parseForm(utf8(t["form"] as string), undefined),
  ]),
);
const form = (name: string): Form => forms.get(name) as Form;
const with_ = (name: string, ballot: object, more: object = {}): Form => ({
  ...form(name),
  ballot: { ...form(name).ballot, ...ballot } as Form["ballot"],
  ...more,
});

/** All drafts of a walk keep the limits or say what is lacking. */
function walk(f: Form, seed: number): void {
  let d = booth.begin(f);
  let r = seed;
  for (let i = 0; i < 60; i++) {
    r = (r * 1103515245 + 12345) % 2147483648;
    const option = r % f.options.length;
    const kind = (r >> 8) % 4;
    const m =
      f.ballot.type === "points"
        ? booth.setPoints(f, d, option, kind === 0 ? 0 : (r >> 4) % 30)
        : f.ballot.type === "ranking" && kind > 1
          ? { draft: booth.move(d, option, kind === 2 ? 1 : -1) }
          : booth.toggle(f, d, option);
    d = m.draft;
    if (booth.lacking(f, d) === undefined) {
      encode(f, booth.toChoices(f, d));
    } else {
      assert.throws(() => booth.toChoices(f, d), Fault);
    }
  }
}

test("no press leads to a ballot over the form's limits", () => {
  assert.ok(forms.size >= 4);
  for (const f of forms.values()) {
    for (let seed = 1; seed < 60; seed++) {
      walk(f, seed);
    }
  }
});

test("a choice is one option, and the next press moves it", () => {
  const f = form("choice");
  let d = booth.toggle(f, booth.begin(f), 2).draft;
  d = booth.toggle(f, d, 4).draft;
  assert.deepEqual(booth.toChoices(f, d), { type: "choice", option: 5 });
  assert.deepEqual(booth.summary(f, d), [{ option: 4, value: 1 }]);
});

test("an option too many or too dear stays out and says why", () => {
  const f = with_("knapsack", { min: 1, max: 5, maxCost: "600.5", minCost: "" });
  const cost = (i: number): number => Number(f.options[i]?.cost);
  const cheap = f.options.findIndex((_, i) => cost(i) <= 600.5 && cost(i) > 0);
  let d = booth.toggle(f, booth.begin(f), cheap).draft;
  const dear = f.options.findIndex((_, i) => i !== cheap && cost(i) + cost(cheap) > 600.5);
  const m = booth.toggle(f, d, dear);
  assert.equal(m.draft, d);
  assert.equal(m.barred?.why, "cost");
  const now = booth.tally(f, d);
  assert.equal(now.most, 600_500_000n);
  assert.deepEqual(m.barred, {
    why: "cost",
    cost: BigInt(Math.round(cost(dear) * 1e6)),
    left: 600_500_000n - now.spent,
  });
  d = booth.toggle(f, d, cheap).draft;
  assert.ok(booth.isEmpty(d));
  const few = with_("approval", { min: 1, max: 2 });
  d = booth.toggle(few, booth.toggle(few, booth.begin(few), 0).draft, 1).draft;
  assert.deepEqual(booth.toggle(few, d, 2).barred, { why: "max", max: 2 });
  assert.equal(booth.barred(few, d, 0), undefined);
});

test("what is lacking is said in the order in which one repairs it", () => {
  const f = with_("knapsack", { min: 2, max: 5, minCost: "300", maxCost: "" });
  let d = booth.begin(f);
  assert.deepEqual(booth.lacking(f, d), { why: "nothing" });
  d = booth.toggle(f, d, 0).draft;
  assert.deepEqual(booth.lacking(f, d), { why: "min", min: 2, more: 1 });
  assert.equal(booth.lacking(f, booth.setBlank(f, true)), undefined);
  const p = with_("points", { min: 1, max: 5, optionMax: 3, totalMin: 5, totalMax: 10 });
  d = booth.setPoints(p, booth.begin(p), 0, 3).draft;
  assert.deepEqual(booth.lacking(p, d), { why: "total", least: 5, more: 2 });
});

test("points stop at what is left, of the option and of all", () => {
  const p = with_("points", { min: 1, max: 2, optionMax: 4, totalMin: 0, totalMax: 6 });
  let m = booth.setPoints(p, booth.begin(p), 0, 9);
  assert.deepEqual([m.draft.values[0], m.barred], [4, { why: "option", max: 4 }]);
  m = booth.setPoints(p, m.draft, 1, 4);
  assert.deepEqual([m.draft.values[1], m.barred], [2, { why: "total", left: 2 }]);
  m = booth.setPoints(p, m.draft, 1, 3);
  assert.deepEqual([m.draft.values[1], m.barred], [2, { why: "total", left: 0 }]);
  assert.deepEqual(booth.setPoints(p, m.draft, 2, 1).barred, { why: "max", max: 2 });
  assert.equal(booth.setPoints(p, m.draft, 0, NaN).draft.values[0], 0);
  assert.equal(booth.setPoints(p, m.draft, 0, -3).draft.values[0], 0);
  assert.equal(booth.setPoints(p, m.draft, 0, 1.9).draft.values[0], 1);
  assert.equal(booth.tally(p, m.draft).pointsMost, 6);
});

test("a ranking moves by one place and closes its gaps", () => {
  const f = form("ranking");
  let d = booth.begin(f);
  for (const i of [3, 1, 4]) {
    d = booth.toggle(f, d, i).draft;
  }
  assert.deepEqual(booth.rankedOf(d), [3, 1, 4]);
  d = booth.move(d, 4, -1);
  assert.deepEqual(booth.rankedOf(d), [3, 4, 1]);
  assert.equal(booth.move(d, 3, -1), d);
  assert.equal(booth.move(d, 1, 1), d);
  assert.equal(booth.move(d, 0, 1), d);
  d = booth.toggle(f, d, 3).draft;
  assert.deepEqual(booth.rankedOf(d), [4, 1]);
  assert.deepEqual(booth.summary(f, d), [
    { option: 4, value: 1 },
    { option: 1, value: 2 },
  ]);
  assert.deepEqual(booth.toChoices(f, d), { type: "ranking", ranked: [5, 2] });
});

test("a blank vote is said, not left over", () => {
  for (const f of forms.values()) {
    assert.throws(() => booth.toChoices(f, booth.begin(f)), { code: "choices-min" });
    const d = booth.setBlank(f, true);
    assert.deepEqual(encode(f, booth.toChoices(f, d)), new Uint8Array(f.choicesBytes));
    assert.equal(booth.toggle(f, d, 0).draft.blank, false);
    assert.equal(booth.setBlank(f, false).blank, false);
  }
});

test("the order is each voter's own, and the same tomorrow", () => {
  const ss = (n: number): Uint8Array => new Uint8Array(16).fill(n);
  const f = { ...form("approval"), shuffle: true };
  const orders = Array.from({ length: 40 }, (_, n) => booth.orderOf(f, ss(n)));
  assert.deepEqual(orders[7], booth.orderOf(f, ss(7)));
  for (const o of orders) {
    assert.deepEqual([...o].sort((a, b) => a - b), f.options.map((_, i) => i));
  }
  assert.ok(new Set(orders.map(String)).size > 20);
  assert.ok(new Set(orders.map((o) => o[0])).size > 2);
  const still = { ...f, shuffle: false };
  assert.deepEqual(booth.orderOf(still, ss(1)), f.options.map((_, i) => i));
});

test("a search finds words without accents, in any order", () => {
  const base = form("approval");
  const named = ["Più panchine al parco", "Città dei bambini", "Parco della stazione"];
  const f: Form = {
    ...base,
    options: named.map((it, i) => ({
      ...(base.options[0] as Form["options"][number]),
      id: String(i),
      titles: { it },
      category: i === 1 ? "Scuola" : "Verde",
    })),
  };
  const it = (m: Readonly<Record<string, string>>): string => m["it"] ?? "";
  const all = [2, 1, 0];
  assert.deepEqual(booth.search(f, all, "PARCO", "", it), [2, 0]);
  assert.deepEqual(booth.search(f, all, "citta", "", it), [1]);
  assert.deepEqual(booth.search(f, all, "parco piu", "", it), [0]);
  assert.deepEqual(booth.search(f, all, "", "Verde", it), [2, 0]);
  assert.deepEqual(booth.search(f, all, "  ", "", it), all);
  assert.deepEqual(booth.categories(f), ["Scuola", "Verde"]);
  const g = { ...f, exclusive: [["0", "2"]] };
  assert.deepEqual(booth.rivals(g, 0), [2]);
  assert.deepEqual(booth.rivals(g, 1), []);
});

test("amounts are written as decimals", () => {
  for (const [m, want] of [
    [0n, "0"],
    [1n, "0.000001"],
    [1_500_000n, "1.5"],
    [1_234_000_000n, "1234"],
  ] as const) {
    assert.equal(booth.decimalOf(m), want);
  }
});

test("back and forward lead nowhere that is not there", () => {
  assert.equal(booth.stepOf(null), "start");
  assert.equal(booth.stepOf({ booth: "x" }), "start");
  assert.equal(booth.stepOf({ booth: "review" }), "review");
  assert.equal(booth.allowed("review", false, false, false), "start");
  assert.equal(booth.allowed("review", true, false, false), "choose");
  assert.equal(booth.allowed("review", true, true, false), "review");
  assert.equal(booth.allowed("choose", true, true, true), "done");
  assert.equal(booth.allowed("done", true, true, false), "review");
});

test("waiting is asked for minutes after collecting only, where windows overlap", () => {
  assert.equal(booth.waitUntil(true, 1000, 1100, 1e9), 1000 + 3600);
  assert.equal(booth.waitUntil(false, 1000, 1100, 1e9), undefined);
  assert.equal(booth.waitUntil(true, undefined, 1100, 1e9), undefined);
  assert.equal(booth.waitUntil(true, 1000, 5000, 1e9), undefined);
  assert.equal(booth.waitUntil(true, 1000, 1100, 2000), undefined);
  assert.equal(booth.waitUntil(true, 2000, 1100, 1e9), undefined);
});
