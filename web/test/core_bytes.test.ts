import assert from "node:assert/strict";
import { test } from "node:test";
import * as bytes from "../core/bytes.ts";
import { rollCode, rollCodePrinted, recoveryCode, recoveryParse } from "../core/code.ts";
import * as derive from "../core/derive.ts";
import { publicKey } from "../core/ed25519.ts";
import { hkdf, hmacSha256, sha256, sha384, sha512 } from "../core/hash.ts";
import { needsShared, own, refuses, shared, unhex, type Case } from "./vectors.ts";

test("integers are big-endian and of their size", () => {
  assert.equal(bytes.hex(bytes.u16(0x0102)), "0102");
  assert.equal(bytes.hex(bytes.u32(0xfffefdfc)), "fffefdfc");
  assert.equal(bytes.hex(bytes.u64(2 ** 53 - 1)), "001fffffffffffff");
  assert.throws(() => bytes.u8(256), { code: "limit" });
  assert.throws(() => bytes.u64(2 ** 53), { code: "limit" });
  assert.throws(() => bytes.u8(-1), { code: "limit" });
  assert.throws(() => bytes.u8(0.5), { code: "limit" });
  assert.equal(bytes.hex(bytes.lp(unhex("aabb"))), "0002aabb");
});

test("a reader wants everything to be there and nothing to be left", () => {
  const r = bytes.reader(unhex("01000203040506070000000000000009ff"));
  assert.equal(r.u8(), 1);
  assert.equal(r.u16(), 2);
  assert.equal(r.u32(), 0x03040506);
  assert.deepEqual(r.take(1), unhex("07"));
  assert.equal(r.u64(), 9);
  assert.throws(() => r.end(), { code: "format" });
  assert.deepEqual(r.rest(), unhex("ff"));
  r.end();
  assert.throws(() => r.u8(), { code: "format" });
  assert.throws(() => bytes.reader(unhex("0020000000000000")).u64(), { code: "limit" });
});

test("base64 has one spelling per value", () => {
  for (const [text, value] of [["", ""], ["Zg==", "66"], ["Zm8=", "666f"], ["Zm9v", "666f6f"]]) {
    assert.equal(bytes.b64(unhex(value)), text);
    assert.equal(bytes.hex(bytes.fromB64(text as string)), value);
  }
  for (const bad of ["Zg", "Zg=", "Zh==", "Zm9=", "Zm 9v", "Zm9v\n", "Z", "====", "Zg===", "-_-_"]) {
    assert.throws(() => bytes.fromB64(bad), { code: "format" }, bad);
  }
  assert.equal(bytes.b64url(unhex("fbff")), "-_8");
  assert.equal(bytes.hex(bytes.fromB64url("-_8")), "fbff");
  for (const bad of ["-_8=", "-_9", "+/8", "A", "A A"]) {
    assert.throws(() => bytes.fromB64url(bad), { code: "format" }, bad);
  }
  assert.throws(() => bytes.fromB64("Zg==", 2), { code: "format" });
  assert.throws(() => bytes.fromHex("AB"), { code: "format" });
  assert.throws(() => bytes.fromHex("abc"), { code: "format" });
});

test("text is UTF-8 or refused", () => {
  assert.equal(bytes.fromUtf8(bytes.utf8("\ufeffperché")), "\ufeffperché");
  for (const bad of ["ff", "c080", "eda080", "f4908080", "e282"]) {
    assert.throws(() => bytes.fromUtf8(unhex(bad)), { code: "format" }, bad);
  }
});

test("letter codes are read as people type them", async () => {
  const v = own("roll-code.json");
  for (const t of v.tests) {
    assert.equal(rollCode(t["typed"] as string), t["code"]);
    assert.equal(rollCodePrinted(t["code"] as string), t["printed"]);
  }
  for (const t of v.refused) {
    const code = t["error"] === "format" ? "code-format" : "code-check";
    await refuses(() => rollCode(t["typed"] as string), code, t["why"] as string);
  }
  assert.throws(() => rollCode("ſ".repeat(20)), { code: "code-format" });
});

test("recovery codes go there and back", async () => {
  const v = own("recovery-code.json");
  for (const t of v.tests) {
    const kind = t["kind"] as "master" | "space";
    assert.equal(recoveryCode(unhex(t["secret"]), kind), t["printed"]);
    assert.deepEqual(recoveryParse(t["printed"] as string), { kind, secret: unhex(t["secret"]) });
    assert.deepEqual(recoveryParse((t["printed"] as string).toLowerCase(), kind).kind, kind);
  }
  for (const t of v.refused) {
    const code = t["error"] === "format" ? "code-format" : "code-check";
    const kind = t["kind"] as "master" | "space";
    await refuses(() => recoveryParse(t["typed"] as string, kind), code, t["why"] as string);
  }
});

type Derived = (t: Case) => Uint8Array;
const n = (t: Case, name: string): number => Number(t[name]);
const derivations: Readonly<Record<string, Derived>> = {
  roll: (t) => derive.rollSeed(t["code"] as string),
  space: (t) => derive.spaceSecret(unhex(t["ikm"]), unhex(t["space_id"])),
  sign: (t) => derive.credentialSeed(unhex(t["ikm"]), t["purpose_name"] as derive.Purpose),
  "pss-salt": (t) => derive.pssSalt(unhex(t["ikm"]), unhex(t["token_key_id"])),
  blind: (t) => derive.blindFactor(unhex(t["ikm"]), unhex(t["token_key_id"]), n(t, "counter")),
  content: (t) =>
    derive.contentSalt(
      unhex(t["ikm"]),
      "author",
      unhex(t["form_id"]),
      n(t, "seq"),
      unhex(t["content_hash"]),
    ),
  seal: (t) =>
    derive.sealScalar(
      unhex(t["ikm"]),
      unhex(t["form_id"]),
      n(t, "seq"),
      unhex(t["Y"]),
      unhex(t["choices_hash"]),
    ),
  pok: (t) => derive.pokNonce(unhex(t["ikm"]), unhex(t["context_hash"])),
};

test("every derivation gives the bytes of the other client", () => {
  const v = own("derive.json");
  for (const t of v.tests) {
    const out = (derivations[t["label"] as string] as Derived)(t);
    assert.equal(bytes.hex(out), t["out"], t["label"]);
    if (t["pk"] !== undefined) {
      assert.equal(bytes.hex(publicKey(out)), t["pk"]);
    }
  }
  const known = new Set([...Object.keys(derivations), "trustee-ceremony"]);
  const table = (v["table"] as readonly Case[]).map((t) => t["label"] as string);
  assert.deepEqual(new Set(table), known);
});

test("SHA-2 and HMAC are those of the standards", () => {
  assert.equal(
    bytes.hex(sha256()),
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  );
  assert.equal(bytes.hex(sha384(bytes.utf8("abc"))).slice(0, 16), "cb00753f45a35e8b");
  assert.equal(bytes.hex(sha512(bytes.utf8("ab"), bytes.utf8("c"))).slice(0, 16), "ddaf35a193617aba");
  /* RFC 4231, test 2. */
  assert.equal(
    bytes.hex(hmacSha256(bytes.utf8("Jefe"), bytes.utf8("what do ya want for nothing?"))),
    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
  );
});

test("HKDF agrees with Wycheproof", needsShared, () => {
  for (const t of shared("hkdf/wycheproof_hkdf_sha256.json").tests) {
    const size = Number(t["size"]);
    const run = (): Uint8Array => hkdf(unhex(t["ikm"]), unhex(t["info"]), size, unhex(t["salt"]));
    if (t["result"] === "valid") {
      assert.equal(bytes.hex(run()), t["okm"], `tcId ${t["tcId"]}`);
    } else {
      assert.throws(run);
    }
  }
});
