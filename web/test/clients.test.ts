/*
 * Both clients against one server: the program's and the browser's, with the
 * same secrets, give the same bytes, and each goes on where the other stopped.
 */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { openNet } from "../app/net.ts";
import { equal, fromB64url, fromUtf8, utf8 } from "../core/bytes.ts";
import { named as namedOf, type Choices } from "../core/choices.ts";
import { recoveryCode, recoveryParse, rollCode } from "../core/code.ts";
import { countedAs } from "../core/counted.ts";
import { rollSeed, spaceSecret } from "../core/derive.ts";
import { Fault } from "../core/fault.ts";
import {
  newPapers,
  papersFind,
  parsePapers,
  putPapers,
  randomPapers,
  type Papers,
} from "../core/papers.ts";
import * as resident from "../core/resident.ts";
import { ask, authorization, credentialKey } from "../core/wallet.ts";
import {
  clock,
  clockNow,
  endTown,
  finish,
  HOUR,
  makeSpace,
  makeTown,
  PROGRAM,
  until,
  type Town,
} from "./e2e/town.ts";

const OPEN = "aperta";
const SEALED = "sigillata";
const OPTIONS = ["parco", "scuola", "bici", "teatro", "mensa"].map((id, i) => ({
  id,
  titles: { it: `Progetto ${id}` },
  cost: 100 * (i + 1),
}));

/** What the program sends, as a server between sees it. */
interface Sent {
  readonly path: string;
  readonly authorization: string;
  readonly body: Uint8Array;
}

let town: Town;
let between: Server;
let proxy: string;
const sent: Sent[] = [];

/** Passes everything on to the town's server and keeps what is posted. */
async function listen(): Promise<void> {
  between = createServer((asked, answer) => {
    const chunks: Buffer[] = [];
    asked.on("data", (c: Buffer) => chunks.push(c));
    asked.on("end", () => {
      const body = Buffer.concat(chunks);
      if (asked.method === "POST")
        sent.push({
          path: asked.url ?? "",
          authorization: asked.headers.authorization ?? "",
          body: new Uint8Array(body),
        });
      const onward = request(
        new URL(asked.url ?? "/", town.url),
        { method: asked.method, headers: asked.headers },
        (got) => {
          answer.writeHead(got.statusCode ?? 502, got.headers);
          got.pipe(answer);
        },
      );
      onward.on("error", () => answer.destroy());
      onward.end(body);
    });
  });
  await new Promise<void>((done) => between.listen(0, "127.0.0.1", done));
  proxy = `http://127.0.0.1:${(between.address() as AddressInfo).port}`;
}

before(async () => {
  if (!existsSync(PROGRAM)) throw new Error(`${PROGRAM} is not there: run make`);
  town = await makeTown({ residents: 6, factor: "birth_date" });
  const more = { issuers: [{ factor: "birth_date" }] };
  makeSpace(town, {
    slug: OPEN,
    form: { options: OPTIONS, ballot: { type: "ranking", max: 3 }, budget: 1000 },
    more,
  });
  makeSpace(town, {
    slug: SEALED,
    sealed: true,
    form: { options: OPTIONS, ballot: { type: "bitmap", max: 3 }, budget: 1000 },
    more,
  });
  await listen();
});

after(async () => {
  between.close();
  await endTown(town);
});

/* ---- The two of them ----------------------------------------------------- */

/** Run the program as a resident; its output and exit status. */
function program(...args: string[]): Promise<{ status: number; said: string }> {
  return new Promise((resolve) => {
    execFile(
      PROGRAM,
      ["resident", ...args, "--server", proxy],
      { cwd: town.dir, encoding: "utf8" },
      (e, out, err) => resolve({ status: e === null ? 0 : Number(e.code), said: out + err }),
    );
  });
}

async function done(...args: string[]): Promise<string> {
  const { status, said } = await program(...args);
  assert.equal(status, 0, `resident ${args.join(" ")}: ${said}`);
  return said;
}

const file = (name: string): string => join(town.dir, name);
const load = (name: string): Papers => parsePapers(readFileSync(file(name)));
const store = (name: string, p: Papers): void => writeFileSync(file(name), putPapers(p));
const letter = (who: number): string => town.codes[who - 1] as string;
const roll = (who: number): Uint8Array => rollSeed(rollCode(letter(who)));
const birth = (who: number): string => `1950-03-${String(who).padStart(2, "0")}`;
const source = () => openNet(town.url);

function contact(p?: Papers) {
  return resident.openContact(source(), p === undefined ? [] : [resident.papersKept(p)]);
}

/** Collect as the browser does, with resident `who`'s letter. */
async function collect(who: number, p: Papers): Promise<resident.CollectOutcome> {
  const c = await contact(p);
  resident.papersSeen(p, c);
  return resident.collect({
    contact: c,
    papers: p,
    roll: roll(who),
    factor: () => birth(who),
    save: () => undefined,
  });
}

async function vote(slug: string, p: Papers, choices: Choices) {
  const v = await resident.openVote(await contact(p), slug);
  resident.papersSeen(p, v.contact);
  return resident.cast(v, { papers: p, choices, save: () => undefined });
}

/** The Authorization header's parts. */
function parts(header: string): Record<string, string> {
  return Object.fromEntries(
    [...header.matchAll(/([a-z]+)="([^"]*)"/g)].map((m) => [m[1] as string, m[2] as string]),
  );
}

const rank = (...ranked: number[]): Choices => ({ type: "ranking", ranked });
const name = (...named: number[]): Choices => ({ type: "bitmap", named });

/** What is kept of the log may differ: it grows while tests run. */
function withoutCheckpoint(p: Papers): string {
  return fromUtf8(putPapers({ ...p, checkpoint: new Uint8Array(0) }));
}

/* ---- Tests, one after the other in time ---------------------------------- */

const mine = randomPapers();

test("both ask with the same bytes and get the same papers", async () => {
  writeFileSync(file("secret"), `${recoveryCode(mine.secret, "master")}\n`);
  sent.length = 0;
  await done(
    "collect",
    "--code",
    letter(1),
    "--factor",
    "01/03/1950",
    "--secret",
    "secret",
    "--out",
    "c1.json",
  );
  const asked = sent.filter((s) => s.path === "/token-request");
  assert.equal(asked.length, 2);

  const outcome = await collect(1, mine);
  assert.deepEqual([outcome.got, outcome.had, outcome.refused], [2, 0, []]);
  assert.equal(withoutCheckpoint(mine), withoutCheckpoint(load("c1.json")));

  const c = await contact();
  for (const [i, slug] of [OPEN, SEALED].entries()) {
    const h = await resident.contactHeader(c, resident.contactRow(c, slug));
    const a = ask(spaceSecret(mine.secret, h.id), h, 0, "vote");
    const theirs = asked[i] as Sent;
    assert.ok(equal(theirs.body, a.body), "the token request");
    const { salt, factor } = parts(theirs.authorization);
    const again = authorization(
      roll(1),
      h,
      0,
      "vote",
      a,
      fromB64url(salt as string),
      fromB64url(factor as string),
    );
    assert.equal(again, theirs.authorization);
  }
});

test("each reads the papers that the other wrote, byte for byte", async () => {
  await done("collect", "--code", letter(2), "--factor", birth(2), "--out", "c2.json");
  const bytes = readFileSync(file("c2.json"), "utf8");
  assert.equal(fromUtf8(putPapers(parsePapers(utf8(bytes)))), bytes);

  const fresh = randomPapers();
  assert.equal((await collect(3, fresh)).got, 2);
  store("t3.json", fresh);
  assert.match(
    await done("collect", "--code", letter(3), "--factor", birth(3), "--out", "t3.json"),
    /0 collected, 2 already there/,
  );
  assert.equal(withoutCheckpoint(load("t3.json")), withoutCheckpoint(fresh));
});

test("a wrong second factor is refused in one go", async () => {
  const c = await contact();
  const o = { contact: c, papers: randomPapers(), roll: roll(4), save: () => undefined };
  const outcome = await resident.collect({ ...o, factor: () => "1950-12-31" });
  assert.deepEqual(
    outcome.refused.map((r) => [r.slug, r.fault.code]),
    [[OPEN, "factor"]],
  );
  assert.equal(outcome.refused[0]?.fault.evidence, undefined);
  assert.deepEqual(
    (await resident.collect(o)).refused.map((r) => r.fault.code),
    ["factor-text"],
  );
});

test("a used letter is refused, with what an auditor needs", async () => {
  const thief = await collect(1, randomPapers());
  assert.deepEqual(
    thief.refused.map((r) => r.fault.code),
    ["already-issued", "already-issued"],
  );
  const said = JSON.parse(thief.refused[0]?.fault.evidence ?? "{}") as Record<string, string>;
  for (const part of ["about", "request", "roll_pk", "salt", "sig", "space_id", "token_key_id"])
    assert.ok(part in said, part);
  assert.ok(!("factor" in said));
});

for (const [slug, first, words, second] of [
  [OPEN, rank(3, 1), ["--rank", "3,1"], rank(2)],
  [SEALED, name(1, 4), ["--choice", "1,4"], name(2)],
] as const)
  test(`${slug}: both make the same records, and each changes the other's vote`, async () => {
    /* The program votes with the browser's papers. */
    store("t1.json", mine);
    sent.length = 0;
    await done("vote", slug, "--papers", "t1.json", ...words);
    const v = await resident.openVote(await contact(mine), slug);
    const record = await resident.makeBallot(v, mine, 0, first);
    assert.deepEqual(
      sent.map((s) => s.path),
      ["/api/v1/records"],
    );
    assert.ok(equal(sent[0]?.body as Uint8Array, record), "the first record");

    /* The browser holds the receipt for good, and gets the same for the same record. */
    const theirs = papersFind(load("t1.json"), slug) as resident.Whose["mine"] & object;
    assert.ok(equal(theirs.record, record));
    const receipt = await resident.checkReceipt(
      v.header,
      record,
      v.contact.receiptKey,
      theirs.receipt,
    );
    assert.equal(receipt.windowEnd, clockNow(town) + HOUR);
    const repeat = await resident.sendRecord(source(), v.header, record, v.contact.receiptKey);
    assert.ok(repeat.repeat && repeat.receipt.windowEnd === receipt.windowEnd);

    /* It votes again with the program's papers, and the program with its. */
    const both = load("t1.json");
    const again = await vote(slug, both, second);
    assert.deepEqual([again.seq, again.repeat], [1, false]);
    store("t1.json", both);
    sent.length = 0;
    await done("vote", slug, "--papers", "t1.json", ...words);
    const third = await resident.makeBallot(v, both, 2, first);
    assert.ok(equal(sent[0]?.body as Uint8Array, third), "the third record");
    Object.assign(mine, load("t1.json"));
    assert.equal(papersFind(mine, slug)?.seq, 2);
  });

test("a lost answer is fetched again, by either", async () => {
  const p = load("c2.json");
  const first = await vote(OPEN, p, rank(1));
  const paper = resident.paperOf(p, (await resident.openVote(await contact(p), OPEN)).header);
  paper.receipt = new Uint8Array(0);
  const again = await vote(OPEN, p, rank(1));
  assert.ok(
    again.repeat &&
      again.seq === 0 &&
      equal(paper.record, papersFind(p, OPEN)?.record as Uint8Array),
  );
  assert.equal(again.receipt.windowEnd, first.receipt.windowEnd);
  paper.receipt = new Uint8Array(0);
  store("c2.json", p);
  assert.match(await done("vote", OPEN, "--papers", "c2.json", "--rank", "1"), /was there already/);
  /* Another choice while an answer is lost: the lost one goes first. */
  const q = load("c2.json");
  resident.paperOf(q, (await resident.openVote(await contact(q), OPEN)).header).receipt =
    new Uint8Array(0);
  assert.equal((await vote(OPEN, q, rank(2))).seq, 1);
  store("c2.json", q);
});

test("another device that does not know of a vote is told", async () => {
  const stale = newPapers(mine.secret);
  await collect(1, stale);
  await assert.rejects(
    vote(OPEN, stale, rank(1)),
    (e) => e instanceof Fault && e.kind === "refused" && /^seq-/.test(e.code),
  );
  assert.equal(papersFind(stale, OPEN)?.record.length, 0);
});

test("limits of the form and of the space are named before anything is sent", async () => {
  const p = load("c2.json");
  await assert.rejects(vote(OPEN, p, rank(1, 2, 3, 4)), { kind: "input" });
  await assert.rejects(vote(SEALED, randomPapers(), name(1)), { kind: "input", code: "no-paper" });
  await assert.rejects(vote("nessuna", p, rank(1)), { kind: "refused", code: "unknown-space" });
});

const now = () => clockNow(town);
const whose =
  (p: Papers, slug: string) =>
  (h: { id: Uint8Array }): resident.Whose => ({
    ss: spaceSecret(p.secret, h.id),
    mine: papersFind(p, slug),
  });

test("before its time a vote is on its way, and after it a broken promise", async () => {
  const c = await contact(mine);
  const early = await resident.checkVote(c, OPEN, whose(mine, OPEN), now());
  assert.equal(early.state, "early");
  assert.equal(
    (await program("check", OPEN, "--papers", "t1.json", "--now", String(now()))).status,
    1,
  );
  const late = now() + 10 * HOUR;
  const missing = await resident.checkVote(c, OPEN, whose(mine, OPEN), late);
  assert.equal(missing.state, "missing");
  assert.equal(
    (
      await program(
        "check",
        OPEN,
        "--papers",
        "t1.json",
        "--now",
        String(late),
        "--evidence",
        "evidence",
      )
    ).status,
    1,
  );
  if (missing.state === "missing")
    assert.deepEqual(
      JSON.parse(missing.evidence),
      JSON.parse(readFileSync(file("evidence"), "utf8")),
    );
  const none = await resident.checkVote(c, OPEN, whose(randomPapers(), OPEN), late);
  assert.equal(none.state, "none");
});

test("both find the same entry, and both say whether the last vote is hers", async () => {
  clock(town, now() + HOUR + 60);
  await until(
    "the batch",
    async () => (await program("check", SEALED, "--papers", "t1.json")).status === 0,
  );
  const c = await contact(mine);
  for (const slug of [OPEN, SEALED]) {
    const seen: [number, number][] = [];
    const found = await resident.checkVote(c, slug, whose(mine, slug), now(), {
      progress: (n, all) => seen.push([n, all]),
    });
    assert.ok(found.state === "found", found.state);
    assert.deepEqual([found.found.seq, found.count], [2, 3]);
    assert.ok(seen.length > 0 && seen.at(-1)?.[0] === seen.at(-1)?.[1]);
    const said = await done("check", slug, "--papers", "t1.json");
    assert.match(said, new RegExp(`entry ${found.found.index}, number 3 of yours`));
    assert.match(
      fromUtf8(found.proof),
      new RegExp(`^c2sp.org/tlog-proof@v1\nindex ${found.found.index}\n`),
    );
    assert.ok(equal(found.found.record, papersFind(mine, slug)?.record as Uint8Array));
  }
  /* By the recovery code alone. */
  const other = await resident.checkVote(
    c,
    SEALED,
    (h) => ({ ss: resident.secretOf(recoveryCode(mine.secret, "master"), h.id) }),
    now(),
  );
  assert.equal(other.state, "found");
  /* With an older receipt: somebody voted later. */
  const before = load("t1.json");
  const paper = papersFind(before, OPEN) as resident.Whose["mine"] & object;
  const v = await resident.openVote(c, OPEN);
  const first = await resident.makeBallot(v, before, 0, rank(3, 1));
  Object.assign(paper, {
    seq: 0,
    record: first,
    receipt: (await resident.sendRecord(source(), v.header, first, c.receiptKey)).text,
  });
  assert.equal((await resident.checkVote(c, OPEN, whose(before, OPEN), now())).state, "other");
  paper.receipt = papersFind(mine, OPEN)?.receipt as Uint8Array;
  await assert.rejects(resident.checkVote(c, OPEN, whose(before, OPEN), now()), {
    code: "receipt-other",
  });
});

test("a device that lost its papers goes on from the log, by either client", async () => {
  for (const [slug, words, choices] of [
    [OPEN, ["--rank", "4"], rank(4)],
    [SEALED, ["--choice", "5"], name(5)],
  ] as const) {
    const restored = newPapers(mine.secret);
    assert.equal((await collect(1, restored)).got, 2);
    assert.equal((await vote(slug, restored, choices)).seq, 3);
    /* The same choice gives the same bytes, wherever it is made. */
    assert.match(
      await done("vote", slug, "--papers", "c1.json", ...words),
      /was there already \(number 4\)/,
    );
    store("t1.json", restored);
    assert.match(await done("vote", slug, "--papers", "t1.json", ...words), /number 5/);
    Object.assign(mine, load("t1.json"));
  }
});

test("the second device recreates the very record, in both", async () => {
  clock(town, now() + HOUR);
  await until(
    "the batch",
    async () => (await program("check", SEALED, "--papers", "t1.json")).status === 0,
  );
  const c = await contact(mine);
  for (const [slug, right, earlier, never, flag] of [
    [OPEN, rank(4), rank(2), rank(5, 4), "--rank"],
    [SEALED, name(5), name(2), name(1, 2), "--choice"],
  ] as const) {
    const v = await resident.openVote(c, slug);
    const ss = spaceSecret(mine.secret, v.header.id);
    const code = recoveryCode(ss, "space");
    assert.equal((await done("secret", slug, "--papers", "t1.json")).trim(), code);
    assert.deepEqual(resident.secretOf(code, v.header.id), ss);
    const recreate = (choices: Choices) => resident.recreateVote(v, ss, choices);
    const words = (choices: Choices) => namedOf(choices).join(",");
    const theirs = async (choices: Choices) =>
      program("recreate", slug, "--recovery", code, flag, words(choices));

    const same = await recreate(right);
    assert.ok(same.state === "same");
    assert.equal(same.count, 5);
    assert.match(
      (await theirs(right)).said,
      new RegExp(`exactly as recreated: entry ${same.found.index},[^]*last of 5`),
    );

    const replaced = await recreate(earlier);
    assert.ok(replaced.state === "replaced");
    assert.equal(replaced.difference, "choices");
    assert.match(
      (await theirs(earlier)).said,
      new RegExp(`entry ${replaced.found.index},[^]*was replaced[^]*entry ${replaced.last.index},`),
    );

    const different = await recreate(never);
    assert.ok(different.state === "different");
    assert.match(
      (await theirs(never)).said,
      new RegExp(`entry ${different.last.index},[^]*NOT THE VOTE`),
    );
    const all = await Promise.all([right, earlier, never].map(theirs));
    assert.deepEqual(
      all.map((t) => t.status),
      [0, 1, 1],
    );
  }
  const nobody = await resident.recreateVote(
    await resident.openVote(c, OPEN),
    randomPapers().secret,
    rank(1),
  );
  assert.equal(nobody.state, "none");
  assert.throws(() => resident.secretOf("AAAA", new Uint8Array(32)), { kind: "input" });
  assert.equal(recoveryParse(recoveryCode(mine.secret, "space")).kind, "space");
});

test("how the last vote was counted is seen from the openings", async () => {
  const counted = async (slug: string, p: Papers, record?: Uint8Array) => {
    const v = await resident.openVote(await contact(p), slug);
    const all = await resident.findRecords(
      v.contact.trust,
      v.row,
      v.header,
      credentialKey(spaceSecret(p.secret, v.header.id), "vote"),
    );
    const found =
      record === undefined ? resident.lastOf(all) : all.find((f) => equal(f.record, record));
    return countedAs(v, found as resident.Found);
  };
  const first = await resident.makeBallot(
    await resident.openVote(await contact(mine), SEALED),
    mine,
    0,
    name(1, 4),
  );
  assert.deepEqual(await counted(SEALED, mine), { state: "pending" });
  clock(town, now() + 7 * 24 * HOUR);
  finish(town, SEALED, true);
  assert.deepEqual(await counted(SEALED, mine), { state: "choices", choices: name(5) });
  assert.deepEqual(await counted(SEALED, mine, first), { state: "replaced" });
  assert.deepEqual(await counted(OPEN, mine), { state: "pending" });
});

test("who says that it was not her is told what the ledgers say, by both", async () => {
  finish(town, OPEN, false);
  const c = await contact();
  const h = await resident.contactHeader(c, resident.contactRow(c, OPEN));
  const hers = await resident.findDispute(c, h, roll(2));
  assert.deepEqual(hers, { ledgers: 1, standing: [{ issuer: 0, purpose: "vote" }] });
  assert.match(
    (await program("dispute", OPEN, "--code", letter(2))).said,
    /is among those that collected/,
  );
  const nobodys = await resident.findDispute(c, h, roll(5));
  assert.deepEqual(nobodys, { ledgers: 1, standing: [] });
  assert.match((await program("dispute", OPEN, "--code", letter(5))).said, /nobody used it/);

  sent.length = 0;
  await done("dispute", OPEN, "--code", letter(2), "--yes");
  assert.ok(
    equal(
      sent[0]?.body as Uint8Array,
      resident.disputeBody(h, hers.standing[0] as resident.Standing, roll(2)),
    ),
  );
  await resident.sendDispute(c, h, { issuer: 0, purpose: "vote" }, roll(3));
  const again = resident.sendDispute(c, h, { issuer: 0, purpose: "vote" }, roll(3));
  await assert.rejects(again, (e) => e instanceof Fault && e.kind === "refused");
});
