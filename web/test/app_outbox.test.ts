import assert from "node:assert/strict";
import { test } from "node:test";
import { openNet } from "../app/net.ts";
import { backoff, due, enqueue, flush, hurry, type Judge } from "../app/outbox.ts";
import { emptyState, memoryStore, type Pending } from "../app/store.ts";
import { Fault } from "../core/fault.ts";
import type { Source } from "../core/source.ts";

function pending(leaf: string, pk = 1): Pending {
  const record = new Uint8Array(100).fill(pk);
  return {
    leaf,
    slug: "parco",
    castUrl: "",
    record,
    header: new Uint8Array(),
    receiptKey: "k",
    person: "p1",
    tries: 0,
    next: 0,
    failed: "",
    detail: "",
    evidence: "",
  };
}

const judge: Judge = {
  receipt: () => Promise.resolve(),
  keep: (papers) => Uint8Array.of(...papers, 7),
};

function net(answer: (n: number) => Uint8Array | Fault): Source & { sent: number } {
  const made = {
    sent: 0,
    get: () => Promise.reject(new Fault("offline", "offline")),
    post: () => {
      const got = answer(made.sent++);
      return got instanceof Fault
        ? Promise.reject(got)
        : Promise.resolve({ status: 201, body: got });
    },
  };
  return made;
}

const ok = new Uint8Array([1]);

async function storeWith(...all: Pending[]) {
  const store = memoryStore();
  await store.update((s) => {
    s.people.push({ id: "p1", label: "", papers: Uint8Array.of(1), codeKept: false });
    for (const p of all) enqueue(s, p);
  });
  return store;
}

test("a record is sent once and its receipt kept with the papers", async () => {
  const store = await storeWith(pending("a"));
  await store.update((s) => enqueue(s, pending("a")));
  const n = net(() => ok);
  assert.equal(await flush(store, n, judge), true);
  assert.equal(n.sent, 1);
  const state = await store.read();
  assert.deepEqual(state.outbox, []);
  assert.deepEqual(state.people[0]?.papers, Uint8Array.of(1, 7));
});

test("without a network it waits longer each time, and is not given up", async () => {
  const store = await storeWith(pending("a"));
  const n = net(() => new Fault("offline", "offline"));
  let clock = 1000;
  for (let i = 1; i <= 12; i++) {
    await flush(store, n, judge, () => clock);
    const [p] = (await store.read()).outbox;
    assert.equal(p?.tries, i);
    assert.equal(p?.failed, "");
    assert.equal(p?.next, clock + backoff(i) * 1000);
    clock = p?.next ?? 0;
  }
  assert.equal(backoff(1), 5);
  assert.equal(backoff(12), 300);
});

test("a refusal ends it and is kept to be shown", async () => {
  const store = await storeWith(pending("a"), pending("b", 2));
  const n = net((i) => (i === 0 ? new Fault("refused", "not-open", "over") : ok));
  await flush(store, n, judge);
  const state = await store.read();
  assert.equal(state.outbox.length, 1);
  assert.equal(state.outbox[0]?.failed, "not-open");
  assert.equal(state.outbox[0]?.detail, "over");
  await flush(store, n, judge);
  assert.equal(n.sent, 2);
});

test("a worthless receipt is a lie, not a success", async () => {
  const store = await storeWith(pending("a"));
  const strict: Judge = {
    ...judge,
    receipt: () => Promise.reject(new Fault("lie", "receipt-signature")),
  };
  assert.equal(await flush(store, net(() => ok), strict), false);
  assert.equal((await store.read()).outbox[0]?.failed, "receipt-signature");
});

test("the second record of a credential waits for the first", () => {
  const state = emptyState();
  const first = { ...pending("a"), next: 99 };
  enqueue(state, first);
  enqueue(state, pending("b"));
  enqueue(state, pending("c", 2));
  assert.deepEqual(due(state, 0).map((p) => p.leaf), ["c"]);
  assert.deepEqual(due(state, 99).map((p) => p.leaf), ["a", "c"]);
});

test("when the network is back everything is tried at once", async () => {
  const store = await storeWith({ ...pending("a"), next: Number.MAX_SAFE_INTEGER });
  assert.equal(await hurry(store, net(() => ok), judge), true);
});

test("a change that throws leaves the store as it was", async () => {
  const store = await storeWith(pending("a"));
  await assert.rejects(
    store.update((s) => {
      s.outbox = [];
      throw new Error("no");
    }),
  );
  assert.equal((await store.read()).outbox.length, 1);
});

test("works of one name run one after the other", async () => {
  const store = memoryStore();
  const order: string[] = [];
  const work = (name: string, ms: number) =>
    store.exclusive("x", async () => {
      order.push(`${name}+`);
      await new Promise((done) => setTimeout(done, ms));
      order.push(`${name}-`);
    });
  await Promise.all([work("a", 20), work("b", 1)]);
  assert.deepEqual(order, ["a+", "a-", "b+", "b-"]);
});

function answers(...list: (Response | Error)[]) {
  const asked: { url: string; init: RequestInit }[] = [];
  const fetching = ((url: string, init: RequestInit) => {
    asked.push({ url, init });
    const next = list.shift() ?? new Error("no more");
    return next instanceof Error ? Promise.reject(next) : Promise.resolve(next);
  }) as unknown as typeof fetch;
  return { asked, fetching };
}

const wait = (): Promise<void> => Promise.resolve();

test("a GET is tried again, without cookies or referrer", async () => {
  const { asked, fetching } = answers(new TypeError("down"), new Response("", { status: 503 }), new Response("x"));
  const n = openNet("https://h", { fetch: fetching, wait });
  assert.deepEqual(await n.get("log/checkpoint"), new TextEncoder().encode("x"));
  assert.equal(asked.length, 3);
  assert.equal(asked[0]?.url, "https://h/log/checkpoint");
  assert.equal(asked[0]?.init.credentials, "omit");
  assert.equal(asked[0]?.init.referrerPolicy, "no-referrer");
  assert.equal(asked[0]?.init.cache, "no-store");
});

test("a POST is never repeated by itself", async () => {
  const { asked, fetching } = answers(new TypeError("down"), new Response("x"));
  const n = openNet("", { fetch: fetching, wait });
  await assert.rejects(n.post("/token-request", ok, {}), { kind: "offline", code: "offline" });
  assert.equal(asked.length, 1);
});

test("a problem document becomes a fault of its name", async () => {
  const problem = JSON.stringify({ type: "urn:partecipa:problem:factor", detail: "Sbagliato" });
  const { fetching } = answers(
    new Response(problem, { status: 401 }),
    new Response("<html>", { status: 404 }),
    new Response(JSON.stringify({ type: "urn:partecipa:problem:internal" }), { status: 500 }),
    new Response("<html>", { status: 429 }),
  );
  const n = openNet("", { fetch: fetching, wait });
  await assert.rejects(n.post("/token-request", ok, {}), { kind: "refused", code: "factor", detail: "Sbagliato" });
  await assert.rejects(n.post("/token-request", ok, {}), { kind: "refused", code: "http" });
  await assert.rejects(n.post("/token-request", ok, {}), { kind: "offline", code: "internal" });
  // A proxy that asks to wait has refused nothing.
  await assert.rejects(n.post("/token-request", ok, {}), { kind: "offline", code: "unavailable" });
});

test("what is too large is refused before it is read", async () => {
  const { fetching } = answers(
    new Response("x", { headers: { "content-length": String(1 << 30) } }),
  );
  await assert.rejects(openNet("", { fetch: fetching, wait }).get("x"), { code: "too-large" });
});

test("a clock that was set back holds no record up", async () => {
  const store = await storeWith({ ...pending("a"), next: 1_000_000_000 });
  assert.equal(due(await store.read(), 999_990_000).length, 0);
  assert.equal(due(await store.read(), 5_000).length, 1);
});
