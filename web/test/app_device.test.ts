import assert from "node:assert/strict";
import { test } from "node:test";
import { openSeen } from "../app/device.ts";
import { collect, wipe, type Plan, type Session } from "../app/session.ts";
import { memoryStore } from "../app/store.ts";
import { fromUtf8, utf8 } from "../core/bytes.ts";
import { parseCheckpointText } from "../core/checkpoint.ts";
import type { Contact } from "../core/contact.ts";
import { Fault } from "../core/fault.ts";
import { parseHeader, type Header, type Issuer } from "../core/header.ts";
import { parseNote } from "../core/note.ts";
import { parsePapers } from "../core/papers.ts";
import type { Source } from "../core/source.ts";
import { paperLog } from "./paper_log.ts";
import { own, unhex } from "./vectors.ts";

const vector = own("client.json").tests[0] as Record<string, string>;
const header = parseHeader(utf8(vector["header"] as string));

/* ---- What was seen of the log -------------------------------------------- */

const sizeOf = (checkpoint: Uint8Array): number =>
  parseCheckpointText(parseNote(checkpoint).text).size;

/** A source that answers as `first` until its checkpoint was read and `then` ran. */
function overtaken(first: Source, then: () => Promise<Source>): Source {
  let now = first;
  return {
    get: async (path) => {
      const answer = await now.get(path);
      if (path === "api/v1/spaces" && now === first) now = await then();
      return answer;
    },
    post: (...a) => now.post(...a),
  };
}

test("two tabs that read the log at once keep the longer one", async () => {
  const device = memoryStore();
  const [short, long] = [paperLog(header, 300, new Map()), paperLog(header, 700, new Map())];
  const source = overtaken(short.source, async () => {
    await openSeen(device, long.source);
    return long.source;
  });
  const c = await openSeen(device, source);
  assert.equal(c.trust.checkpoint.size, 700);
  assert.equal(sizeOf((await device.read()).checkpoint), 700);
});

test("two tabs that are shown two logs notice it", async () => {
  const device = memoryStore();
  const record = unhex((vector["records"] as unknown as { record: string }[])[0]?.record);
  const one = paperLog(header, 300, new Map());
  const other = paperLog(header, 300, new Map([[20, record]]));
  const source = overtaken(one.source, async () => {
    await openSeen(device, other.source);
    return one.source;
  });
  await assert.rejects(openSeen(device, source), { kind: "lie", code: "fork" });
  assert.deepEqual((await device.read()).checkpoint, await other.source.get("log/checkpoint"));
});

/* ---- Whose secret signed what -------------------------------------------- */

/** The vector's space with two issuers; the answers that they give, in order. */
function twoIssuers(answers: readonly (Uint8Array | Fault)[]): Plan {
  const [issuer] = header.issuers as [Issuer];
  const both: Header = { ...header, issuers: [issuer, { ...issuer, url: "https://b.example" }] };
  let n = 0;
  const source: Source = {
    get: () => Promise.reject(new Fault("offline", "offline")),
    post: () => {
      const answer = answers[n++];
      return answer instanceof Uint8Array
        ? Promise.resolve({ status: 200, body: answer })
        : Promise.reject(answer as Fault);
    },
  };
  const offer = {
    slug: both.slug,
    titles: both.titles,
    phase: "issuance",
    header: both,
    fault: undefined,
  };
  return { contact: { source } as unknown as Contact, offers: [offer] };
}

function session(): Session {
  const store = memoryStore();
  const secret = unhex(vector["secret"]);
  return { store, device: memoryStore(), person: "", label: "", code: "0".repeat(20), secret };
}

test("a secret that one issuer signed for stays when another one refuses", async () => {
  const answer = unhex(vector["answer"]);
  const s = session();
  const refused = new Fault("refused", "factor");
  const { sum } = await collect(s, twoIssuers([answer, refused]), {}, () => undefined);
  assert.equal(sum.held, 0);
  assert.equal(sum.factor?.code, "factor");
  const [person] = (await s.store.read()).people;
  assert.equal(person?.id, s.person);
  assert.deepEqual(parsePapers(person?.papers ?? utf8("")).secret, s.secret);
});

test("a secret that nobody signed for is not kept", async () => {
  const s = session();
  await collect(s, twoIssuers([new Fault("refused", "factor")]), {}, () => undefined);
  assert.equal(s.person, "");
  assert.deepEqual((await s.store.read()).people, []);
});

/* ---- What stays in memory ------------------------------------------------ */

test("papers in memory are overwritten, not only forgotten", async () => {
  const s = session();
  let held: Uint8Array | undefined;
  await s.store.update((state) => {
    held = utf8("secret papers");
    state.people.push({ id: "p", label: "", papers: held, codeKept: true });
  });
  s.person = "p";
  await wipe(s);
  assert.equal(fromUtf8(held as Uint8Array).replaceAll("\0", ""), "");
  assert.deepEqual((await s.store.read()).people, []);
});

test("what an update gives is the caller's own", async () => {
  const store = memoryStore();
  const given = await store.update((state) => {
    const person = { id: "p", label: "", papers: utf8("papers"), codeKept: true };
    state.people.push(person);
    return person;
  });
  await store.update((state) => {
    state.people = [];
  });
  assert.equal(fromUtf8(given.papers), "papers");
});
