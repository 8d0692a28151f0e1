import assert from "node:assert/strict";
import { test } from "node:test";
import { b64url, concat, equal, hex, u8, utf8 } from "../core/bytes.ts";
import * as choices from "../core/choices.ts";
import { contentSalt, rollSeed, spaceSecret, type Purpose } from "../core/derive.ts";
import { publicKey, signDst } from "../core/ed25519.ts";
import { parseForm, type Form } from "../core/form.ts";
import { hashDst, sha256 } from "../core/hash.ts";
import { parseHeader, type Header } from "../core/header.ts";
import * as merkle from "../core/merkle.ts";
import { parseVkey } from "../core/note.ts";
import { groupEntry, isPromiseOf, openPromise, openReceipt } from "../core/receipt.ts";
import * as record from "../core/record.ts";
import * as wallet from "../core/wallet.ts";
import { own, refuses, unhex, type Case } from "./vectors.ts";

const PURPOSES = ["", "vote", "author", "voice", "answer"] as const;

test("records give the bytes of the other client", async () => {
  for (const t of own("record.json").tests) {
    const issuers = Number(t["issuers"]);
    const all = unhex(t["authenticators"]);
    const fields = {
      kind: Number(t["kind"]) === 1 ? "ballot" : "contribution",
      spaceId: unhex(t["space_id"]),
      formId: unhex(t["form_id"]),
      purpose: PURPOSES[Number(t["purpose"])] as Purpose,
      seq: Number(t["seq"]),
      body: unhex(t["body"]),
      authenticators: Array.from({ length: all.length / 256 }, (_, i) =>
        all.subarray(256 * i, 256 * i + 256),
      ),
    } as const;
    const raw = record.encodeRecord(fields, unhex(t["seed"]));
    assert.equal(hex(raw), t["record"]);
    assert.equal(hex(record.recordLeaf(raw)), t["leaf"]);
    assert.equal(hex(record.leafHash(record.recordEntry(raw))), t["leaf"]);
    const back = record.parseRecord(raw, issuers);
    assert.equal(hex(back.pk), t["pk"]);
    assert.equal(back.purpose, fields.purpose);
    assert.deepEqual(back.body, fields.body);
    assert.equal(await record.verifyRecord(back), true);
  }
});

test("what is no record is refused", async () => {
  for (const t of own("record.json").refused) {
    const why = t["why"] as string;
    const parse = (): record.Rec => record.parseRecord(unhex(t["record"]), Number(t["issuers"]));
    if (t["error"] === "signature") {
      assert.equal(await record.verifyRecord(parse()), false, why);
    } else {
      await refuses(parse, t["error"] as string, why);
    }
  }
  const fields = {
    kind: "ballot",
    spaceId: new Uint8Array(32),
    formId: new Uint8Array(32),
    purpose: "vote",
    seq: 0,
    authenticators: [],
  } as const;
  const seed = new Uint8Array(32);
  const long = { ...fields, body: new Uint8Array(16385) };
  await refuses(() => record.encodeRecord(long, seed), "limit", "too long a body");
  const late = { ...fields, body: u8(1), seq: 1, authenticators: [new Uint8Array(256)] };
  await refuses(() => record.encodeRecord(late, seed), "limit", "a token later");
});

test("contents are committed to as the other client does", async () => {
  const v = own("content.json");
  for (const t of v.tests) {
    const purpose = PURPOSES[Number(t["purpose"])] as Purpose;
    const content = unhex(t["content"]);
    const seq = Number(t["seq"]);
    const salt = contentSalt(unhex(t["ss"]), purpose, unhex(t["form_id"]), seq, sha256(content));
    assert.equal(hex(salt), t["salt"]);
    const commit = record.contentCommit(salt, content);
    assert.equal(hex(commit), t["commit"]);
    const c = { action: Number(t["action"]), target: unhex(t["target"]), commit };
    assert.equal(hex(record.contributionBody(c)), t["body"]);
    assert.deepEqual(record.parseContribution(unhex(t["body"])), c);
  }
  for (const t of v.refused) {
    await refuses(() => record.parseContribution(unhex(t["body"])), "format", t["why"] as string);
  }
});

test("receipts of both forms are opened as the other client does", async () => {
  const v = own("receipt.json");
  for (const t of v.tests) {
    const k = parseVkey(t["vkey"] as string);
    const leaf = unhex(t["leaf"]);
    const r = await openReceipt(utf8(t["receipt"] as string), k, leaf);
    assert.equal(hex(r.spaceId), t["space_id"]);
    assert.equal(hex(r.leaf), t["leaf"]);
    assert.equal(r.windowEnd, t["window_end"] as unknown);
    const p = await openPromise(utf8(t["receipt"] as string), k);
    assert.equal(isPromiseOf(p, leaf), true);
    assert.equal(isPromiseOf(p, r.spaceId), false);
    if (t["salt"] !== undefined) {
      const entry = groupEntry(unhex(t["salt"]), leaf);
      assert.equal(hex(entry), t["group_leaf"]);
      assert.equal(p.of instanceof Uint8Array ? "" : hex(p.of.root), t["group_root"]);
    }
  }
  for (const t of v.refused) {
    const k = parseVkey(t["vkey"] as string);
    const open = (): unknown => openReceipt(utf8(t["receipt"] as string), k, unhex(t["leaf"]));
    await refuses(open, t["error"] as string, t["why"] as string);
  }
});

const forms = new Map(
  own("form.json").tests.map((t) => [t["name"] as string, parseForm(utf8(t["form"] as string), undefined)]),
);

/** One number per option, as the vectors have it. */
function choicesOf(f: Form, v: readonly number[]): choices.Choices {
  const named = v.flatMap((n, i) => (n > 0 ? [i + 1] : []));
  switch (f.ballot.type) {
    case "choice":
      return { type: "choice", option: named[0] ?? 0 };
    case "bitmap":
      return { type: "bitmap", named };
    case "points":
      return { type: "points", points: [...v] };
    case "ranking":
      named.sort((a, b) => (v[a - 1] as number) - (v[b - 1] as number));
      return { type: "ranking", ranked: named };
  }
}

test("choices are encoded as the other client does", () => {
  for (const t of own("choices.json").tests) {
    const f = forms.get(t["form"] as string) as Form;
    const c = choicesOf(f, t["choices"] as unknown as number[]);
    assert.equal(hex(choices.encode(f, c)), t["encoding"]);
    assert.deepEqual(choices.decode(f, unhex(t["encoding"])), c);
    assert.equal(choices.isBlank(c), Number(t["blank"]) === 1);
    assert.equal(choices.isBlank(choices.blank(f)), true);
    assert.deepEqual(choices.encode(f, choices.blank(f)), new Uint8Array(f.choicesBytes));
  }
});

test("choices over the form's limits are refused, with the limit named", () => {
  for (const t of own("choices.json").refused) {
    const f = forms.get(t["form"] as string) as Form;
    const decode = (): unknown => choices.decode(f, unhex(t["encoding"]));
    if (t["error"] === "format") {
      assert.throws(decode, { code: "choices-format" }, t["why"]);
    } else {
      assert.throws(decode, /^Fault: choices-(min|max|cost|option|total)/, t["why"]);
    }
  }
  const f = forms.get("choice") as Form;
  for (const bad of [
    { type: "choice", option: -1 },
    { type: "choice", option: 0.5 },
    { type: "bitmap", named: [1] },
  ] as const) {
    assert.throws(() => choices.encode(f, bad), { code: "choices-format" });
  }
  const approval = forms.get("approval") as Form;
  for (const named of [[2, 1], [1, 1], [99]]) {
    const c = { type: "bitmap", named } as const;
    assert.throws(() => choices.encode(approval, c), { code: "choices-format" });
  }
});

/** Choices in the words of the command line: "1,5", "1=3,2=10". */
function chosen(f: Form, text: string): choices.Choices {
  const v = f.options.map(() => 0);
  text
    .split(",")
    .filter((s) => s !== "")
    .forEach((s, place) => {
      const [option, points] = s.split("=");
      v[Number(option) - 1] = f.ballot.type === "ranking" ? place + 1 : Number(points ?? 1);
    });
  return choicesOf(f, v);
}

const headerOf = (t: Case): Header => parseHeader(utf8(t["header"] as string));

test("a client sends the bytes of the other client", async () => {
  for (const t of own("client.json").tests) {
    const h = headerOf(t);
    const ss = spaceSecret(unhex(t["secret"]), h.id);
    assert.equal(hex(ss), t["space_secret"]);
    assert.equal(hex(wallet.credentialKey(ss, "vote")), t["credential"]);
    const ask = wallet.ask(ss, h, 0, "vote");
    assert.equal(ask.counter, t["counter"] as unknown);
    assert.equal(hex(ask.body), t["request"]);
    assert.equal(hex(ask.pk), t["credential"]);
    const token = await wallet.finalize(ss, h, 0, "vote", ask, unhex(t["answer"]));
    assert.equal(hex(token), t["authenticator"]);
    assert.equal(wallet.tokenCheck(ss, h, 0, "vote", token), true);
    for (const r of t["records"] as unknown as Case[]) {
      const f = parseForm(utf8(r["form"] as string), h);
      const c = chosen(f, r["choice"] as string);
      const raw = await wallet.ballot(ss, h, f, Number(r["seq"]), [token], c);
      assert.equal(hex(raw), r["record"]);
      assert.equal(await wallet.compare(ss, h, f, raw, c), "same");
    }
  }
});

test("an ask is signed as the other client does", async () => {
  const t = own("ask.json").tests[0] as Case;
  const roll = rollSeed(t["code"] as string);
  assert.equal(hex(publicKey(roll)), t["roll_pk"]);
  const body = concat(unhex("000200"), unhex(t["blinded_msg"]));
  const c = wallet.askCommit(unhex(t["salt"]), body);
  assert.equal(hex(c), t["c"]);
  const sig = signDst(roll, "issue", unhex(t["space_id"]), unhex(t["token_key_id"]), c);
  assert.equal(hex(sig), t["sig"]);
  const f = wallet.factor(publicKey(roll), t["factor_text"] as string);
  assert.equal(hex(f), t["factor"]);
  const h = headerOf(own("client.json").tests[0] as Case);
  const a = { body, pk: new Uint8Array(32), counter: 0 };
  const text = wallet.authorization(roll, h, 0, "vote", a, unhex(t["salt"]), f);
  const want = (t["authorization"] as string).replace(
    /sig="[^"]*"/,
    `sig="${b64url(signDst(roll, "issue", h.id, keyId(h), c))}"`,
  );
  assert.equal(text, want);
  const without = wallet.authorization(roll, h, 0, "vote", a, unhex(t["salt"]));
  assert.equal(without, want.replace(/, factor=.*/, ""));
  assert.equal(wallet.askSalt().length, 64);
  assert.equal(equal(wallet.askSalt(), wallet.askSalt()), false);
});

const keyId = (h: Header): Uint8Array => h.issuers[0]?.keys.vote?.id ?? new Uint8Array();

test("there is no ask of an issuer or a purpose that the header does not have", async () => {
  const h = headerOf(own("client.json").tests[0] as Case);
  const ss = new Uint8Array(16);
  await refuses(() => wallet.ask(ss, h, 1, "vote"), "not-found", "issuer 1");
  await refuses(() => wallet.ask(ss, h, 0, "author"), "not-found", "author");
});

test("second factors have one normal form", async () => {
  for (const [typed, want] of [
    ["1980-02-29", "1980-02-29"],
    ["29/02/1980", "1980-02-29"],
    ["31/12/1970", "1970-12-31"],
  ] as const) {
    assert.equal(wallet.factorText("birth_date", typed), want);
  }
  for (const bad of ["", "1981-02-29", "29/02/1900", "1/2/1980", "1849-01-01", "1980-13-01", "31-12-1970", "1980-02-30", "29/02/1980 ", "١٩٨٠-02-29"]) {
    await refuses(() => wallet.factorText("birth_date", bad), "factor-date", bad);
  }
  assert.equal(wallet.factorText("document", "ca 123-45ab"), "45AB");
  for (const bad of ["abc", "", "àbcd", "ab_cd", "a".repeat(65)]) {
    await refuses(() => wallet.factorText("document", bad), "factor-document", bad);
  }
  await refuses(() => wallet.factorText("none", "x"), "format", "none is asked for");
});

/* The second-device check names the first thing that differs. */
test("a record that another device made is told apart", async () => {
  const t = own("client.json").tests[1] as Case;
  const h = headerOf(t);
  const ss = spaceSecret(unhex(t["secret"]), h.id);
  const rows = t["records"] as unknown as Case[];
  const r = rows[2] as Case;
  const f = parseForm(utf8(r["form"] as string), h);
  assert.notEqual(f.seal, undefined);
  const raw = unhex(r["record"]);
  const mine = chosen(f, "1,3,5");
  const rec = record.parseRecord(raw, 1);
  const cred = await import("../core/derive.ts").then((d) => d.credentialSeed(ss, "vote"));
  const again = (change: Partial<record.RecordFields>): Uint8Array =>
    record.encodeRecord({ ...rec, ...change }, cred);
  const judged = (x: Uint8Array): Promise<wallet.Difference> => wallet.compare(ss, h, f, x, mine);
  const flip = (b: Uint8Array, at: number): Uint8Array => {
    const out = b.slice();
    out[at] = (out[at] as number) ^ 1;
    return out;
  };
  assert.equal(await judged(raw), "same");
  assert.equal(await judged(again({ body: flip(rec.body, 0) })), "choices");
  assert.equal(await judged(again({ body: flip(rec.body, 100) })), "ciphertext");
  assert.equal(await judged(again({ body: flip(rec.body, 40) })), "proof");
  assert.equal(await judged(flip(raw, raw.length - 1)), "signature");
  assert.equal(await judged(again({ formId: flip(rec.formId, 3) })), "form");
  const marked = [flip(rec.authenticators[0] as Uint8Array, 9)];
  assert.equal(await judged(again({ authenticators: marked })), "token");
  assert.equal(await wallet.compare(ss, h, f, raw, chosen(f, "1,2")), "choices");
  await refuses(() => judged(again({ kind: "contribution" })), "format", "no ballot");
  await refuses(() => judged(raw.subarray(1)), "format", "no record");
});

test("a client refuses what the header or the form does not allow", async () => {
  const t = own("client.json").tests[0] as Case;
  const h = headerOf(t);
  const ss = spaceSecret(unhex(t["secret"]), h.id);
  const f = parseForm(utf8((t["records"] as unknown as Case[])[2]?.["form"] as string), h);
  const blank = choices.blank(f);
  const tokens = [unhex(t["authenticator"])];
  const at = (seq: number, c = blank, k = tokens): unknown => wallet.ballot(ss, h, f, seq, k, c);
  await refuses(() => at(h.seqLimit + 1), "seq-limit", "too often");
  await refuses(() => at(0, blank, []), "limit", "no token");
  await refuses(() => at(0, chosen(f, "1,2,3,4")), "choices-max", "four options");
});

test("a group's tree is over salted leaves", () => {
  const leaf = sha256(u8(1));
  const salt = new Uint8Array(16);
  assert.deepEqual(groupEntry(salt, leaf), hashDst("receipt", salt, leaf));
  assert.equal(merkle.rootOf([leaf]), leaf);
});
