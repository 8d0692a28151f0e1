import assert from "node:assert/strict";
import { test } from "node:test";
import { fromUtf8, utf8 } from "../core/bytes.ts";
import { checkVote } from "../core/check.ts";
import { parseProof, verifyProof } from "../core/checkpoint.ts";
import { openContact } from "../core/contact.ts";
import { spaceSecret } from "../core/derive.ts";
import { parseHeader } from "../core/header.ts";
import type { PapersSpace } from "../core/papers.ts";
import { recordLeaf } from "../core/record.ts";
import { rootAt } from "../core/trust.ts";
import { rootOf } from "../core/merkle.ts";
import { paperLog, paperReceipt } from "./paper_log.ts";
import { own, unhex } from "./vectors.ts";

const t = own("client.json").tests[0] as Record<string, string>;
const header = parseHeader(utf8(t["header"] as string));
const record = unhex((t["records"] as unknown as { record: string }[])[0]?.record);
const ss = spaceSecret(unhex(t["secret"]), header.id);
const SIZE = 3001;

async function look(at: number | undefined, secret: Uint8Array) {
  const log = paperLog(header, SIZE, new Map(at === undefined ? [] : [[at, record]]));
  const c = await openContact(log.source, []);
  const checked = await checkVote(c, header.slug, () => ({ ss: secret }), 0);
  return { ...log, c, checked };
}

test("a ballot is found wherever it stands, with a proof for others", async () => {
  for (const at of [2, 255, 256, 1500, 2815, SIZE - 1]) {
    const { checked, c } = await look(at, ss);
    assert.ok(checked.state === "found", `${at}: ${checked.state}`);
    assert.equal(checked.found.index, at);
    const proof = parseProof(checked.proof);
    assert.equal((await verifyProof(proof, recordLeaf(record), c.trust.key)).size, SIZE);
    assert.match(fromUtf8(checked.proof), /^c2sp\.org\/tlog-proof@v1\n/);
  }
});

test("A43_what_a_browser_reads_does_not_tell_whose_ballot_it_is", async () => {
  const none = await look(undefined, ss);
  assert.equal(none.checked.state, "none");
  assert.ok(none.asked.length > 13);
  assert.equal(new Set(none.asked).size, none.asked.length, "nothing is asked for twice");
  for (const at of [2, 300, 1500, SIZE - 1]) {
    assert.deepEqual((await look(at, ss)).asked, none.asked);
    assert.deepEqual((await look(at, new Uint8Array(16))).asked, none.asked);
  }
});

const second = unhex((t["records"] as unknown as { record: string }[])[1]?.record);
const DUE = header.participation.to + header.grace;

/** What is said of the receipt of the first vote, where these votes are logged. */
async function said(records: readonly Uint8Array[], now: number, mine?: PapersSpace) {
  const { source } = paperLog(header, 300, new Map(records.map((r, i) => [20 + i, r])));
  const c = await openContact(source, []);
  const receipt = paperReceipt(header, record);
  const whose = mine === undefined ? { ss, receipt } : { ss, mine: { ...mine, receipt } };
  return (await checkVote(c, header.slug, () => whose, now)).state;
}

test("an older receipt is no broken promise while its vote is in the log", async () => {
  assert.equal(await said([record], DUE + 1), "found");
  assert.equal(await said([record, second], DUE + 1), "other");
});

test("a promised vote that is not in the log is missed, whatever came after it", async () => {
  const none = new Uint8Array(0);
  const mine = { slug: header.slug, spaceId: header.id, tokens: {}, record, seq: 0, receipt: none };
  assert.equal(await said([second], DUE, mine), "other");
  assert.equal(await said([second], DUE + 1, mine), "missing");
  assert.equal(await said([second], DUE + 1), "missing");
  assert.equal(await said([record, second], DUE + 1, mine), "other");
});

test("a log's past is proven to be its beginning", async () => {
  const { c, leaves } = await look(700, ss);
  for (const size of [1, 255, 256, 257, 1000, 2816, SIZE])
    assert.deepEqual(await rootAt(c.trust, size), rootOf(leaves.slice(0, size)));
});
