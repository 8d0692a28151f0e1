import assert from "node:assert/strict";
import { test } from "node:test";
import { collectAll, factorsNeeded, givesPapers, sumUp, type Job, type Offer } from "../app/collecting.ts";
import { Fault } from "../core/fault.ts";
import type { Header } from "../core/header.ts";

function offer(slug: string, factor = "none", phase = "issuance"): Offer {
  const header = {
    slug,
    kind: "ballot",
    issuance: { from: 0, to: 100 },
    issuers: [{ factor }],
  } as unknown as Header;
  return { slug, titles: { it: slug }, phase, header, fault: undefined };
}

function job(offers: Offer[], answers: Record<string, Fault | "ok">, had: string[] = []): Job & { asked: string[]; kept: string[] } {
  const made = {
    offers,
    asked: [] as string[],
    kept: [] as string[],
    has: (o: Offer) => had.includes(o.slug),
    ask: (h: Header) => {
      made.asked.push(h.slug);
      const answer = answers[h.slug];
      return answer instanceof Fault ? Promise.reject(answer) : Promise.resolve(new Uint8Array(1));
    },
    keep: (h: Header) => {
      made.kept.push(h.slug);
      return Promise.resolve();
    },
  };
  return made;
}

const quiet = (): void => undefined;
const refused = (code: string): Fault => new Fault("refused", code);

test("each space has an outcome of its own", async () => {
  const offers = ["a", "b", "c", "d", "e"].map((slug) => offer(slug));
  const later = offer("f", "none", "announced");
  const broken: Offer = { ...offer("g"), header: undefined, fault: new Fault("lie", "header-unknown") };
  const j = job([...offers, later, broken], {
    a: "ok",
    b: refused("issuance-closed"),
    c: refused("already-issued"),
    d: refused("not-on-roll"),
    e: refused("code-replaced"),
  });
  const got = await collectAll(j, quiet);
  assert.deepEqual(
    got.map((o) => o.state),
    ["collected", "closed", "elsewhere", "none", "replaced", "later", "failed"],
  );
  assert.deepEqual(j.kept, ["a"]);
  assert.deepEqual(j.asked, ["a", "b", "c", "d", "e"]);
});

test("what is there already is not asked for again", async () => {
  const j = job([offer("a"), offer("b")], { b: "ok" }, ["a"]);
  const got = await collectAll(j, quiet);
  assert.deepEqual(got.map((o) => o.state), ["had", "collected"]);
  assert.deepEqual(j.asked, ["b"]);
});

test("a wrong second factor is tried once, not once per space", async () => {
  const j = job([offer("a", "birth_date"), offer("b", "birth_date")], { a: refused("factor"), b: "ok" });
  const sum = sumUp(await collectAll(j, quiet));
  assert.deepEqual(j.asked, ["a"]);
  assert.equal(sum.factor?.code, "factor");
  assert.equal(sum.useless, true);
});

test("a network that goes away keeps what was collected and offers another try", async () => {
  const offers = [offer("a"), offer("b"), offer("c")];
  const j = job(offers, { a: "ok", b: new Fault("offline", "timeout"), c: "ok" });
  const got = await collectAll(j, quiet);
  assert.deepEqual(got.map((o) => o.state), ["collected", "failed", "failed"]);
  const sum = sumUp(got);
  assert.equal(sum.again, true);
  assert.equal(sum.held, 1);
});

test("a secret is not thrown away while an answer may be lost", async () => {
  const j = job([offer("a")], { a: new Fault("offline", "offline") });
  assert.equal(sumUp(await collectAll(j, quiet)).useless, false);
});

test("a letter that no space knows is said to be unknown", async () => {
  const j = job([offer("a"), offer("b")], { a: refused("not-on-roll"), b: refused("not-on-roll") });
  const sum = sumUp(await collectAll(j, quiet));
  assert.equal(sum.letter?.code, "not-on-roll");
  const some = job([offer("a"), offer("b")], { a: refused("not-on-roll"), b: "ok" });
  assert.equal(sumUp(await collectAll(some, quiet)).letter, undefined);
});

test("second factors are asked for only where a space still to collect wants them", () => {
  const offers = [offer("a", "document"), offer("b", "birth_date"), offer("c", "none")];
  assert.deepEqual(factorsNeeded(job(offers, {})), ["birth_date", "document"]);
  assert.deepEqual(factorsNeeded(job(offers, {}, ["b"])), ["document"]);
  assert.deepEqual(factorsNeeded(job([offer("z", "document", "announced")], {})), []);
});

test("only spaces that are not over give papers", () => {
  assert.ok(givesPapers("waiting"));
  for (const phase of ["closing", "closed", "result", "cancelled", ""]) assert.ok(!givesPapers(phase));
});
