import assert from "node:assert/strict";
import { test } from "node:test";
import { b64, concat, equal, fromUtf8, hex, u8, utf8 } from "../core/bytes.ts";
import { parseCeremonyMessage, parseTranscript, sealIsOf } from "../core/ceremony.ts";
import { parseEntry } from "../core/entry.ts";
import { Fault } from "../core/fault.ts";
import { parseForm } from "../core/form.ts";
import { parseGenesis } from "../core/genesis.ts";
import { sha256 } from "../core/hash.ts";
import { isWindowEnd, parseHeader, sharesKey, windowEnd } from "../core/header.ts";
import { canonical, isDecimal, readDocument, readJson } from "../core/json.ts";
import { askCommit, checkLedger, ledgerRow, verifyRow } from "../core/ledger.ts";
import { isManifestPath, parseManifest } from "../core/manifest.ts";
import { leafHash } from "../core/merkle.ts";
import { noteKey, printVkey } from "../core/note.ts";
import { newPapers, papersFind, papersSpace, parsePapers, putPapers } from "../core/papers.ts";
import * as roll from "../core/roll.ts";
import { parseSpaces } from "../core/spaces.ts";
import { own, refuses, unhex } from "./vectors.ts";

/** What is refused with any code. */
function refusesAny(f: () => unknown, why: string): void {
  assert.throws(f, (e) => e instanceof Fault && e.kind === "input", why);
}

test("a document has one spelling", () => {
  const good = [
    '{"a":1,"b":[{}],"c":"\\n\\u001f\\u20ac"}',
    '{"":-9007199254740991}',
    '{"__proto__":1,"constructor":2}',
  ];
  for (const text of good.map((s) => s.replace("\\u20ac", "€"))) {
    assert.equal(fromUtf8(canonical(readDocument(utf8(text), "text"))), text);
  }
  const bad = [
    "",
    "1",
    "null",
    "[]",
    "{} ",
    " {}",
    '{"a":1,}',
    '{"b":1,"a":2}',
    '{"a":1,"a":1}',
    '{"a":1.0}',
    '{"a":1e2}',
    '{"a":-0}',
    '{"a":01}',
    '{"a":9007199254740992}',
    '{"a":true}',
    '{"a":null}',
    '{"a":"\\u0000"}',
    '{"a":"\\u0041"}',
    '{"a":"\\/"}',
    '{"a":"\\ud800"}',
    '{"a":"\n"}',
    '{"a":"x}',
    "{'a':1}",
    '{"a":1}{}',
    '\ufeff{"a":1}',
    "{a:1}",
    '{"a"}',
  ];
  for (const text of bad) refusesAny(() => readDocument(utf8(text), "text"), text);
  refusesAny(() => readDocument(unhex("7b2261223a22ff227d"), "bytes"), "UTF-8");
});

test("names are sorted by UTF-16 code units", () => {
  const text = '{"\u{1f600}":1,"\uffee":2}';
  assert.deepEqual(Object.keys(readDocument(utf8(text), "text")), ["\u{1f600}", "\uffee"]);
  refusesAny(() => readDocument(utf8('{"\uffee":2,"\u{1f600}":1}'), "text"), "the other order");
});

test("nesting and length have their limits", () => {
  const nested = (n: number) => utf8(`${'{"a":'.repeat(n - 1)}{}${"}".repeat(n - 1)}`);
  readDocument(nested(32), "text");
  refusesAny(() => readDocument(nested(33), "text"), "33 levels");
  refusesAny(() => readJson(utf8("[".repeat(100000))), "a wall of brackets");
  const long = utf8(`{"a":"${"x".repeat(1048576 - 8)}"}`);
  readDocument(long, "text");
  refusesAny(() => readDocument(concat(long, u8(32)), "text"), "too long");
});

test("files that people keep may have blanks, but no name twice", () => {
  assert.deepEqual(
    readJson(utf8(' {\r\n\t"a" : [ 1 , 2 ] } \n')),
    Object.assign(Object.create(null), { a: [1, 2] }),
  );
  for (const bad of ['{"a":1,"a":1}', '{"a":1} x', '"a"', '{"a":1,}', "[1 2]"])
    refusesAny(() => readJson(utf8(bad)), bad);
});

test("decimals", () => {
  for (const s of ["0", "1", "0.5", "999999999999999.999999", "10.000001"])
    assert.ok(isDecimal(s), s);
  for (const s of [
    "",
    ".5",
    "1.",
    "01",
    "1.0",
    "0.50",
    "-1",
    "+1",
    "1e3",
    "1000000000000000",
    "1.0000001",
    " 1",
    "1\n",
    "١",
  ])
    assert.ok(!isDecimal(s), s);
});

test("headers are those of the other client", async () => {
  const v = own("header.json");
  for (const t of v.tests) {
    const h = parseHeader(utf8(t["header"] as string));
    assert.equal(hex(h.id), t["space_id"]);
    assert.equal(hex(h.issuers[0]?.challenge as Uint8Array), t["challenge_digest_0"]);
    const ends = t["window_ends"] as unknown as number[];
    let at = h.participation.from;
    for (const end of ends) {
      assert.equal(windowEnd(h, at), end);
      assert.ok(isWindowEnd(h, end) && !isWindowEnd(h, end - 1));
      at = end;
    }
    assert.equal(windowEnd(h, at), 0);
    assert.equal(windowEnd(h, h.participation.from - 1), 0);
    assert.ok(sharesKey(h, h));
  }
  for (const t of v.refused)
    await refuses(() => parseHeader(utf8(t["header"] as string)), "format", t["why"] as string);
});

test("forms are those of the other client", async () => {
  const v = own("form.json");
  for (const t of v.tests) {
    const f = parseForm(utf8(t["form"] as string), undefined);
    assert.equal(hex(f.id), t["form_id"]);
    assert.equal(f.bodyBytes, Number(t["body_bytes"]));
  }
  for (const t of v.refused)
    await refuses(
      () => parseForm(utf8(t["form"] as string), undefined),
      "format",
      t["why"] as string,
    );
});

test("a form belongs to one header", () => {
  const [one, two] = own("client.json").tests;
  const h = parseHeader(utf8(one?.["header"] as string));
  const other = parseHeader(utf8(two?.["header"] as string));
  const records = one?.["records"] as unknown as { form: string }[];
  const form = utf8(records[0]?.form as string);
  assert.ok(equal(parseForm(form, h).spaceId, h.id));
  refusesAny(() => parseForm(form, other), "another header");
});

test("entries are those of the other client", async () => {
  const v = own("entry.json");
  for (const t of v.tests) {
    const bytes = unhex(t["entry"]);
    const e = parseEntry(bytes);
    assert.equal(e.kind, t["name"]);
    assert.equal(hex(e.payload), t["payload"]);
    assert.equal(e.signers.length, Number(t["signers"]));
    assert.equal(hex(leafHash(bytes)), t["leaf_hash"]);
  }
  for (const t of v.refused)
    await refuses(() => parseEntry(unhex(t["entry"])), t["error"] as string, t["why"] as string);
});

test("rolls and their changes are those of the other client", async () => {
  const v = own("roll.json");
  for (const t of v.tests) {
    const file = unhex(t["roll"]);
    assert.equal(hex(roll.rollRoot(file)), t["roll_root"]);
    assert.equal(roll.rollRows(file).length, Number(t["size"]));
    const r = roll.rollNew();
    const space = unhex(t["space_id"]);
    roll.rollOpen(r, space, file);
    roll.rollApply(r, unhex(t["changes"]));
    const c = roll.rollCounts(r, space);
    assert.deepEqual(
      [c?.roll, c?.added, c?.removed, c?.struck, c?.replaced],
      ["regular", "added", "removed", "struck", "replaced"].map((n) => Number(t[n])),
    );
    for (const k of t["keys"] as unknown as {
      key: string;
      first: string;
      current: string;
      entitled: number;
    }[]) {
      const line = roll.rollLine(r, unhex(k.key)) as number;
      assert.equal(hex(r.lines[line]?.first as Uint8Array), k.first);
      assert.equal(hex(r.lines[line]?.current as Uint8Array), k.current);
      assert.equal(roll.rollEntitled(r, space, line), k.entitled === 1);
    }
  }
  for (const t of v.refused) {
    const run = () => {
      const r = roll.rollNew();
      roll.rollOpen(r, unhex(t["space_id"] ?? "09".repeat(32)), unhex(t["roll"]));
      roll.rollApply(r, unhex(t["changes"]));
    };
    await refuses(run, t["error"] as string, t["why"] as string);
  }
});

test("ledgers are those of the other client", async () => {
  const v = own("ledger.json");
  for (const t of v.tests) {
    const bytes = unhex(t["ledger"]);
    assert.equal(checkLedger(bytes), Number(t["rows"]));
    assert.equal(hex(sha256(bytes)), t["hash"]);
    assert.equal(hex(askCommit(unhex(t["salt"]), unhex(t["blinded_msg"]))), t["c"]);
    for (let i = 0; i < Number(t["rows"]); i++)
      assert.ok(
        await verifyRow(ledgerRow(bytes, i), unhex(t["space_id"]), unhex(t["token_key_id"])),
      );
  }
  for (const t of v.refused) {
    const bytes = unhex(t["ledger"]);
    if (t["error"] === "format") {
      await refuses(() => checkLedger(bytes), "format", t["why"] as string);
      continue;
    }
    const rows = Array.from({ length: checkLedger(bytes) }, (_, i) => ledgerRow(bytes, i));
    const good = await Promise.all(
      rows.map((r) => verifyRow(r, unhex(t["space_id"]), unhex(t["token_key_id"]))),
    );
    assert.ok(good.includes(false), t["why"] as string);
  }
});

test("a ceremony is judged as by the other client", async () => {
  const v = own("ceremony.json");
  const t = v.tests[0] as Record<string, string>;
  const h = parseHeader(utf8(t["header"] as string));
  const transcript = t["transcript"] as string;
  const keys = await parseTranscript(utf8(transcript), h);
  assert.equal(hex(keys.y), t["Y"]);
  assert.deepEqual(keys.v.map(hex), t["V"]);
  assert.equal(hex(keys.transcript), t["transcript_hash"]);
  for (const who of t["trustees"] as unknown as Record<string, string>[])
    for (const round of ["commit", "reveal", "share", "accept"])
      assert.equal((await parseCeremonyMessage(who[round] as string, h)).round, round);
  for (const r of v.refused)
    await assert.rejects(
      parseCeremonyMessage(r["message"] as string, h),
      (e) => e instanceof Fault && e.kind === "input",
    );
  /* Two messages of a round exchanged, another attempt, another space. */
  const doc = JSON.parse(transcript) as Record<string, string[]>;
  const altered = (change: (d: Record<string, unknown>) => void) => {
    const d = structuredClone(doc) as Record<string, unknown>;
    change(d);
    return canonical(d as never);
  };
  for (const change of [
    (d: Record<string, unknown>) => (d["shares"] = (d["shares"] as string[]).toReversed()),
    (d: Record<string, unknown>) => (d["attempt"] = 2),
    (d: Record<string, unknown>) => (d["space_id"] = "00".repeat(32)),
    (d: Record<string, unknown>) => (d["accepts"] = (d["accepts"] as string[]).slice(1)),
    (d: Record<string, unknown>) => (d["commits"] = d["reveals"] as string[]),
  ])
    await assert.rejects(
      parseTranscript(altered(change), h),
      (e) => e instanceof Fault && e.kind === "input",
    );
  const form = { seal: { key: keys.y, shares: keys.v, transcript: keys.transcript } } as never;
  assert.ok(sealIsOf(form, keys));
  assert.ok(
    !sealIsOf(
      { seal: { key: keys.v[0], shares: keys.v, transcript: keys.transcript } } as never,
      keys,
    ),
  );
  assert.ok(!sealIsOf({ seal: undefined } as never, keys));
});

test("manifests name paths and hashes", () => {
  const text = `{"files":{"a.js":"${"0".repeat(64)}","b/c.css":"${"1".repeat(64)}"},"version":1}`;
  assert.deepEqual([...parseManifest(utf8(text)).keys()], ["a.js", "b/c.css"]);
  for (const path of ["", "/a", "a/", "a//b", ".", "../a", "a b", "é", "x".repeat(256)])
    assert.ok(!isManifestPath(path), path);
  refusesAny(() => parseManifest(utf8('{"files":{},"version":1}')), "no files");
  refusesAny(() => parseManifest(utf8(text.replace("a.js", ".."))), "a path of dots");
});

test("the genesis is of the log whose key is known", () => {
  const key = noteKey("voto.example.org", 1, sha256(u8(1)));
  const receipt = printVkey(noteKey("voto.example.org/receipt", 1, sha256(u8(2))));
  const admin = (n: number) => ({ key: hex(sha256(u8(n))), name: "A", role: "admin" });
  const doc = {
    log_key: printVkey(key),
    name: "Comune",
    origin: "voto.example.org",
    receipt_key: receipt,
    rehearsal: 1,
    staff: [admin(3), admin(4)],
    version: 1,
  };
  const g = parseGenesis(canonical(doc), key);
  assert.equal(g.receiptKey.name, "voto.example.org/receipt");
  assert.ok(g.rehearsal);
  for (const bad of [
    { ...doc, staff: [admin(3), admin(3)] },
    { ...doc, staff: [admin(3), { ...admin(4), role: "desk" }] },
    { ...doc, origin: "other.example.org" },
    { ...doc, receipt_key: printVkey(key) },
    { ...doc, log_key: receipt },
    { ...doc, more: 1 },
  ])
    refusesAny(() => parseGenesis(canonical(bad), key), JSON.stringify(bad).slice(0, 60));
});

const PAPERS = `{
  "checkpoint": "Y29tdW5lCg==",
  "log_key": "comune.example/prova+00000000+AQ==",
  "note": "Secret: whoever has this file can vote in your place. Keep it until the result is published.",
  "secret": "T7MB-TKFK-Y3B7-PTPF-9SXM-817J-4CCW",
  "spaces": [
    {
      "receipt": "cmVjZWlwdAo=",
      "record": "AQE=",
      "seq": 1,
      "slug": "bilancio-2027",
      "space_id": "${"0f".repeat(32)}",
      "tokens": {
        "vote": "TOKEN"
      }
    },
    {
      "seq": 0,
      "slug": "altro",
      "space_id": "${"1f".repeat(32)}",
      "tokens": {}
    }
  ],
  "version": 1
}
`;

test("papers are read strictly and written as the other client writes them", () => {
  const text = PAPERS.replace("TOKEN", b64(new Uint8Array(256).fill(7)));
  const p = parsePapers(utf8(text));
  assert.equal(fromUtf8(putPapers(p)), text);
  assert.equal(papersFind(p, "bilancio-2027")?.seq, 1);
  assert.equal(papersFind(p, "none"), undefined);
  for (const [from, to] of [
    ['"version": 1', '"version": 2'],
    ['"seq": 1', '"seq": -1'],
    ['"version": 1', '"version": 1, "more": 1'],
    ['"slug": "bilancio-2027"', '"slug": "-"'],
    ['"vote": "', '"vote": "AAAA'],
    ['"vote"', '"vota"'],
    ['"secret": "', '"secret": "0'],
  ] as const) {
    assert.ok(text.includes(from), from);
    refusesAny(() => parsePapers(utf8(text.replace(from, to))), to);
  }
  const h = parseHeader(utf8(own("header.json").tests[0]?.["header"] as string));
  const fresh = newPapers(new Uint8Array(16));
  assert.equal(papersSpace(fresh, h), papersSpace(fresh, h));
  assert.deepEqual(parsePapers(putPapers(fresh)), fresh);
});

test("the server's list of spaces is read strictly", () => {
  const row = {
    first: 3,
    form_id: "",
    kind: "ballot",
    last: 9,
    phase: "open",
    slug: "a",
    space_id: "00".repeat(32),
    titles: { it: "T" },
  };
  assert.equal(parseSpaces(utf8(JSON.stringify([row])))[0]?.formId, undefined);
  for (const bad of [
    {},
    [1],
    [{ ...row, phase: "x" }],
    [{ ...row, slug: "-" }],
    [{ ...row, last: 1 }],
  ])
    assert.throws(() => parseSpaces(utf8(JSON.stringify(bad))), { kind: "lie", code: "spaces" });
});
