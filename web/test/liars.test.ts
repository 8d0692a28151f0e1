/* A server that lies about the log: the client notices, and says what is evidence. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { openNet } from "../app/net.ts";
import { equal, fromUtf8, hex, utf8 } from "../core/bytes.ts";
import { rollCode } from "../core/code.ts";
import { rollSeed } from "../core/derive.ts";
import { Fault } from "../core/fault.ts";
import { randomPapers, type Papers } from "../core/papers.ts";
import * as resident from "../core/resident.ts";
import type { Source } from "../core/source.ts";
import { keptOf, type Kept } from "../core/trust.ts";
import {
  clock,
  clockNow,
  copyData,
  DAY,
  endTown,
  halt,
  HOUR,
  makeForm,
  makeSpace,
  makeTown,
  run,
  serve,
  until,
  type Town,
} from "./e2e/town.ts";

const SLUG = "sigillata";
const FEW = "pochi";
const FORM = {
  options: ["parco", "scuola", "bici"].map((id) => ({ id, titles: { it: id }, cost: 100 })),
  ballot: { type: "bitmap", max: 2 },
  budget: 200,
};
const CHOICES = { type: "bitmap", named: [1] } as const;

let town: Town;
/** As the log was seen before anybody voted. */
let seen: Kept;

before(async () => {
  town = await makeTown({ residents: 3 });
  makeSpace(town, { slug: SLUG, sealed: true, form: FORM });
  makeSpace(town, { slug: FEW, separated: true, form: FORM, more: { min_collected: 3 } });
  seen = keptOf((await resident.openContact(openNet(town.url), [])).trust);
});

after(() => endTown(town));

type Lie = (path: string, honest: Uint8Array) => Uint8Array | undefined;

/** The server's answers, as `lie` would have them. */
function lying(lie: Lie, base = openNet(town.url, { tries: 1 })): Source {
  return {
    get: async (path, signal) => {
      const honest = await base.get(path, signal);
      return lie(path, honest) ?? honest;
    },
    post: async (path, body, headers, signal) => {
      const honest = await base.post(path, body, headers, signal);
      return { ...honest, body: lie(path, honest.body) ?? honest.body };
    },
  };
}

/** Another text instead of the first `from`. */
const swap = (bytes: Uint8Array, from: string, to: string): Uint8Array =>
  utf8(fromUtf8(bytes).replace(from, to));

function isLie(code: string, evidence = false) {
  return (e: unknown): true => {
    assert.ok(e instanceof Fault, String(e));
    assert.deepEqual([e.kind, e.code], ["lie", code], e.detail);
    if (evidence) assert.ok((e.evidence ?? "").length > 100);
    return true;
  };
}

async function open(lie: Lie, kept: readonly Kept[] = []) {
  return resident.openVote(await resident.openContact(lying(lie), kept), SLUG);
}

async function collectWith(source: Source, who: number, papers: Papers) {
  const contact = await resident.openContact(source, []);
  const roll = rollSeed(rollCode(town.codes[who - 1] as string));
  return resident.collect({ contact, papers, roll, save: () => undefined, slugs: [SLUG] });
}

test("what is honest is taken", async () => {
  const v = await open(() => undefined, [seen]);
  assert.equal(v.form.seal?.key.length, 32);
});

test("another key of the log", async () => {
  const vkey = seen.logKey.replace(/\+[0-9a-f]{8}\+/, "+00000000+");
  await assert.rejects(
    open((p) => (p === "log/key" ? utf8(vkey) : undefined)),
    isLie("log-key"),
  );
  /* Who knew the key before does not even ask for it. */
  await open((p) => (p === "log/key" ? utf8(vkey) : undefined), [seen]);
  const other = { logKey: seen.logKey.replace(/prova\+/, "altro+"), checkpoint: new Uint8Array(0) };
  await assert.rejects(
    open(() => undefined, [seen, other]),
    isLie("log-key"),
  );
});

test("a checkpoint that nobody signed", async () => {
  await assert.rejects(
    open((p, b) => (p === "log/checkpoint" ? swap(b, "prova", "altra") : undefined)),
    isLie("log-key", true),
  );
  await assert.rejects(
    open((p, b) => (p === "log/checkpoint" ? b.slice(0, -4) : undefined)),
    isLie("log-key", true),
  );
});

test("an altered header, a foreign one, and a list that points elsewhere", async () => {
  await assert.rejects(
    open((p, b) =>
      p.endsWith(`${SLUG}/header`) ? swap(b, '"min_open":1', '"min_open":2') : undefined,
    ),
    isLie("header", true),
  );
  await assert.rejects(
    open((p, b) => (p.endsWith(`${SLUG}/header`) ? b.slice(1) : undefined)),
    isLie("header"),
  );
  const few = await openNet(town.url).get(`api/v1/spaces/${FEW}/header`);
  await assert.rejects(
    open((p) => (p.endsWith(`${SLUG}/header`) ? few : undefined)),
    isLie("header", true),
  );
  await assert.rejects(
    open((p, b) =>
      p === "api/v1/spaces" ? utf8(fromUtf8(b).replaceAll(/"first":\d+/g, '"first":0')) : undefined,
    ),
    isLie("header", true),
  );
});

test("an altered form: another option, another key to seal with", async () => {
  await assert.rejects(
    open((p, b) => (p.endsWith("/form") ? swap(b, "parco", "parca") : undefined)),
    isLie("form", true),
  );
  const v = await open(() => undefined);
  const key = hex(v.form.seal?.key as Uint8Array);
  const other = hex(v.form.seal?.shares[0] as Uint8Array);
  await assert.rejects(
    open((p, b) => (p.endsWith("/form") ? swap(b, key, other) : undefined)),
    isLie("form", true),
  );
  await assert.rejects(
    open((p, b) =>
      p === `api/v1/objects/${hex(v.form.seal?.transcript as Uint8Array)}`
        ? swap(b, '"attempt":1', '"attempt":2')
        : undefined,
    ),
    isLie("object"),
  );
});

test("an altered entry, a bundle that is too short, a tile that is gone", async () => {
  const flip = (b: Uint8Array): Uint8Array => b.map((v, i) => (i === b.length - 5 ? v ^ 1 : v));
  await assert.rejects(
    open((p, b) => (p.includes("tile/entries") ? flip(b) : undefined)),
    isLie("log-entry", true),
  );
  await assert.rejects(
    open((p, b) => (p.includes("tile/entries") ? b.slice(0, -1) : undefined)),
    isLie("log-missing"),
  );
  const gone: Lie = (p) => {
    if (p.includes("tile/")) throw new Fault("refused", "not-found");
    return undefined;
  };
  await assert.rejects(open(gone), isLie("log-missing"));
});

test("a network that breaks in the middle is no lie", async () => {
  const broken: Lie = (p) => {
    if (p.endsWith("/form")) throw new Fault("offline", "offline");
    return undefined;
  };
  await assert.rejects(open(broken), { kind: "offline" });
  const stopped = AbortSignal.abort();
  await assert.rejects(resident.openContact(openNet(town.url), [], stopped), {
    kind: "input",
    code: "stopped",
  });
});

test("an issuer that answers wrongly leaves evidence and no paper", async () => {
  const papers = randomPapers();
  const o = await collectWith(
    lying((p, b) => (p.endsWith("/token-request") ? b.map((v) => v ^ 1) : undefined)),
    1,
    papers,
  );
  const fault = o.refused[0]?.fault;
  assert.throws(
    () => {
      throw fault;
    },
    isLie("token", true),
  );
  const doc = JSON.parse(fault?.evidence ?? "") as Record<string, string>;
  assert.equal(doc["about"], "an answer that is no valid signature");
  assert.equal(papers.spaces[0]?.tokens.vote, undefined);
  /* What it answered honestly is there for the same papers still. */
  assert.equal((await collectWith(openNet(town.url), 1, papers)).got, 1);
});

test("a receipt that is worthless", async () => {
  const papers = randomPapers();
  assert.equal((await collectWith(openNet(town.url), 2, papers)).got, 1);
  const cast = async (lie: Lie) => {
    const v = await open(lie);
    return resident.cast(v, { papers, choices: CHOICES, save: () => undefined });
  };
  await assert.rejects(
    cast((p, b) => (p.endsWith("/records") ? swap(b, "\n\n", "\n\n\n") : undefined)),
    isLie("receipt", true),
  );
  const mine = papers.spaces[0] as (typeof papers.spaces)[number];
  assert.ok(resident.isPending(mine), "it is kept, to be sent again");
  const sent = await cast(() => undefined);
  assert.ok(sent.repeat && equal(mine.receipt, sent.text));
});

test("a log that became shorter, and one whose past was changed", async () => {
  await copyData(town, "older");
  const papers = randomPapers();
  assert.equal((await collectWith(openNet(town.url), 3, papers)).got, 1);
  const v = await open(() => undefined);
  await resident.cast(v, { papers, choices: CHOICES, save: () => undefined });
  clock(town, clockNow(town) + HOUR + 60);
  let later: Kept = seen;
  await until("the batch", async () => {
    later = keptOf((await resident.openContact(openNet(town.url), [seen])).trust);
    return !equal(later.checkpoint, seen.checkpoint);
  });
  const old: Lie = (p) => (p === "log/checkpoint" ? seen.checkpoint : undefined);
  await assert.rejects(open(old, [later]), isLie("rollback", true));

  /* The same key on an older folder goes another way. */
  const fork = await serve(town.dir, join("older"));
  try {
    const other = () => openNet(fork.url, { tries: 1 });
    let size = 0;
    await until("the other batch", async () => {
      size = (await resident.openContact(other(), [])).trust.checkpoint.size;
      return size > v.contact.trust.checkpoint.size;
    });
    await assert.rejects(
      resident.openContact(other(), [later]),
      (e) => e instanceof Fault && isLie(e.code === "rollback" ? "rollback" : "fork", true)(e),
    );
    run(town, "staff", "new", "--name", "carla", "--role", "desk", "--out", "staff");
    for (
      let i = 0;
      size <= (await resident.openContact(openNet(town.url), [])).trust.checkpoint.size;
      i++
    ) {
      run(town, "staff", "new", "--name", `d${i}`, "--role", "desk", "--out", "staff");
      run(
        town,
        "staff",
        "add",
        `staff/d${i}.pub`,
        "--server",
        fork.url,
        "--key",
        "staff/anna.key",
        "--key",
        "staff/bruno.key",
      );
      size = (await resident.openContact(other(), [])).trust.checkpoint.size;
    }
    await assert.rejects(resident.openContact(other(), [later]), isLie("fork", true));
  } finally {
    await halt(fork.server);
  }
});

test("too few papers hide nobody: nothing is sent", async () => {
  const papers = randomPapers();
  const contact = await resident.openContact(openNet(town.url), []);
  const roll = rollSeed(rollCode(town.codes[0] as string));
  await resident.collect({ contact, papers, roll, save: () => undefined, slugs: [FEW] });
  clock(town, clockNow(town) + 8 * DAY);
  makeForm(town, { slug: FEW, form: FORM });
  clock(town, clockNow(town) + 7 * DAY);
  const openFew = async () =>
    resident.openVote(await resident.openContact(openNet(town.url), []), FEW);
  await until("the ledger", async () => (await resident.collected(await openFew())) !== undefined);
  const v = await openFew();
  assert.equal(await resident.collected(v), 1);
  const o = { papers, choices: CHOICES, save: () => undefined };
  await assert.rejects(resident.cast(v, o), { kind: "refused", code: "few-collected" });
  assert.ok(!resident.isPending(papers.spaces[0] as (typeof papers.spaces)[number]));
  assert.equal((await resident.cast(v, { ...o, despiteFew: true })).seq, 0);
});
