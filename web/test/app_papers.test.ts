import assert from "node:assert/strict";
import { test } from "node:test";
import { changePapers, masterCode, mergePapers, openPapersFile, papersOf, spaceCode } from "../app/device.ts";
import { idleLeft } from "../app/idle.ts";
import { qrPath } from "../app/qrpath.ts";
import { enter, wipe, type Session } from "../app/session.ts";
import { emptyState, memoryStore } from "../app/store.ts";
import { recoveryParse } from "../core/code.ts";
import { spaceSecret } from "../core/derive.ts";
import { newPapers, parsePapers, putPapers, type Papers } from "../core/papers.ts";

const SPACE = new Uint8Array(32).fill(9);
const none = new Uint8Array(0);

function papers(secret = 1, ...slugs: string[]): Papers {
  const p = newPapers(new Uint8Array(16).fill(secret));
  for (const slug of slugs)
    p.spaces.push({
      slug,
      spaceId: SPACE,
      tokens: { vote: new Uint8Array(256).fill(3) },
      record: none,
      seq: 0,
      receipt: none,
    });
  return p;
}

test("a file of papers becomes an entry of its own", () => {
  const state = emptyState();
  assert.equal(openPapersFile(state, putPapers(papers(1, "parco"))), "added");
  assert.equal(openPapersFile(state, putPapers(papers(2, "parco"))), "added");
  assert.equal(state.people.length, 2);
  assert.notEqual(state.people[0]?.id, state.people[1]?.id);
});

test("a file of the same secret adds what is missing, and takes nothing away", () => {
  const state = emptyState();
  const mine = papers(1, "parco");
  Object.assign(mine.spaces[0] ?? {}, { record: Uint8Array.of(1), seq: 4 });
  openPapersFile(state, putPapers(mine));
  assert.equal(openPapersFile(state, putPapers(papers(1, "parco", "scuola"))), "merged");
  const held = parsePapers(state.people[0]?.papers ?? none);
  assert.deepEqual(held.spaces.map((s) => s.slug), ["parco", "scuola"]);
  assert.equal(held.spaces[0]?.seq, 4);
  assert.deepEqual(held.spaces[0]?.record, Uint8Array.of(1));
});

test("papers of another site, and what is no papers, change nothing", () => {
  const state = { ...emptyState(), logKey: "here+1+a" };
  const other = { ...papers(1), logKey: "there+1+a" };
  assert.equal(openPapersFile(state, putPapers(other)), "other-log");
  assert.throws(() => openPapersFile(state, new TextEncoder().encode("{}")), { code: "papers" });
  assert.equal(state.people.length, 0);
});

test("the later of two records wins, and a receipt is not lost", () => {
  const mine = papers(1, "parco");
  const theirs = papers(1, "parco");
  const [a] = mine.spaces;
  const [b] = theirs.spaces;
  assert.ok(a !== undefined && b !== undefined);
  Object.assign(a, { record: Uint8Array.of(1), seq: 0 });
  Object.assign(b, { record: Uint8Array.of(1), seq: 0, receipt: Uint8Array.of(7) });
  mergePapers(mine, theirs);
  assert.deepEqual(a.receipt, Uint8Array.of(7));
  Object.assign(b, { record: Uint8Array.of(2), seq: 1, receipt: none });
  mergePapers(mine, theirs);
  assert.equal(a.seq, 1);
  Object.assign(b, { record: Uint8Array.of(3), seq: 0, receipt: Uint8Array.of(8) });
  mergePapers(mine, theirs);
  assert.deepEqual(a.record, Uint8Array.of(2));
});

test("what another device saw of the log is not forgotten", () => {
  const seen = (size: number): Uint8Array =>
    new TextEncoder().encode(`x\n${size}\n${"A".repeat(43)}=\n\n\u2014 x AAAAAAAA\n`);
  const at = (size: number): Papers => ({ ...papers(1), logKey: "x+1+a", checkpoint: seen(size) });
  const mine = at(20);
  mergePapers(mine, at(7));
  assert.deepEqual(mine.checkpoint, seen(20));
  mergePapers(mine, at(30));
  assert.deepEqual(mine.checkpoint, seen(30));
  mergePapers(mine, papers(1));
  assert.deepEqual(mine.checkpoint, seen(30));
});

test("a space of the same name and another identity is left alone", () => {
  const mine = papers(1, "parco");
  const theirs = papers(1, "parco");
  theirs.spaces = theirs.spaces.map((s) => ({ ...s, spaceId: new Uint8Array(32), seq: 5, record: none }));
  mergePapers(mine, theirs);
  assert.equal(mine.spaces[0]?.seq, 0);
});

test("the codes give the secrets back, each its own", () => {
  const p = papers(5);
  assert.deepEqual(recoveryParse(masterCode(p), "master").secret, p.secret);
  assert.deepEqual(recoveryParse(spaceCode(p, SPACE), "space").secret, spaceSecret(p.secret, SPACE));
  assert.throws(() => recoveryParse(spaceCode(p, SPACE), "master"));
});

function session(more: Partial<Session> = {}): Session {
  const store = memoryStore();
  return { store, device: store, person: "", label: "Nonna", code: "c", secret: undefined, ...more };
}

test("a person has one entry, however often she comes", async () => {
  const s = session();
  const first = await enter(s);
  const again = await enter({ ...s, person: first.id });
  assert.equal(again.id, first.id);
  assert.deepEqual(again.papers, first.papers);
  assert.equal(first.label, "Nonna");
  assert.equal(first.codeKept, false);
});

test("a recovery code finds the entry of its secret, or makes one with it", async () => {
  const s = session();
  const first = await enter(s);
  const { secret } = parsePapers(first.papers);
  assert.equal((await enter({ ...s, secret })).id, first.id);
  const other = await enter({ ...s, secret: new Uint8Array(16).fill(8) });
  assert.notEqual(other.id, first.id);
  assert.equal(other.codeKept, true);
  assert.deepEqual(parsePapers(other.papers).secret, new Uint8Array(16).fill(8));
});

test("two people at one device have two secrets", async () => {
  const s = session();
  const [a, b] = [await enter(s), await enter(s)];
  assert.notDeepEqual(parsePapers(a.papers).secret, parsePapers(b.papers).secret);
});

test("what is hers is wiped where nothing may stay, and only there", async () => {
  const device = memoryStore();
  const s = session({ device, secret: new Uint8Array(16).fill(4) });
  const secret = s.secret;
  s.person = (await enter(s)).id;
  await wipe(s);
  assert.deepEqual((await s.store.read()).people, []);
  assert.deepEqual(secret, new Uint8Array(16));
  assert.equal(s.code, "");
  const own = session();
  await enter(own);
  await wipe(own);
  assert.equal((await own.store.read()).people.length, 1);
});

test("papers change in one transaction or not at all", async () => {
  const s = session();
  const { id } = await enter(s);
  await changePapers(s.store, id, (p) => {
    p.logKey = "x";
  });
  assert.equal(papersOf(await s.store.read(), id).logKey, "x");
  await assert.rejects(changePapers(s.store, "nobody", () => undefined), { code: "papers" });
});

test("the kiosk asks after two minutes and waits one more", () => {
  assert.equal(idleLeft(0), undefined);
  assert.equal(idleLeft(119), undefined);
  assert.equal(idleLeft(120), 60);
  assert.equal(idleLeft(179), 1);
  assert.equal(idleLeft(500), 0);
});

test("a code is drawn module by module", () => {
  assert.equal(qrPath([[true, false], [false, true]]), "M0 0h1v1h-1zM1 1h1v1h-1z");
});
