import assert from "node:assert/strict";
import { test } from "node:test";
import { concat, fromBigInt, hex, toBigInt, utf8 } from "../core/bytes.ts";
import { Fault } from "../core/fault.ts";
import { sha256 } from "../core/hash.ts";
import * as rsa from "../core/rsa.ts";
import * as token from "../core/token.ts";
import { credentialSeed, blindFactor, pssSalt, spaceSecret, type Purpose } from "../core/derive.ts";
import { publicKey } from "../core/ed25519.ts";
import { needsShared, own, refuses, shared, unhex, type Case } from "./vectors.ts";

const backends = ["native", "bigint"] as const;
const PURPOSES = ["", "vote", "author", "voice", "answer"];

test("a token key is exactly its 342 bytes", () => {
  const spki = unhex(String(own("token-key.json")["spki"]));
  const key = rsa.parseTokenKey(spki);
  assert.equal(key.bits, 2048);
  assert.deepEqual(key.id, sha256(spki));
  for (let i = 0; i < spki.length; i++) {
    const bad = spki.slice();
    bad[i] = (bad[i] as number) ^ 0x80;
    const inModulus = i > 80 && i < 337;
    if (!inModulus) {
      assert.throws(() => rsa.parseTokenKey(bad), { code: "format" }, `byte ${i}`);
    }
  }
  const even = spki.slice();
  even[336] = (even[336] as number) & 0xfe;
  assert.throws(() => rsa.parseTokenKey(even), { code: "format" });
  assert.throws(() => rsa.parseTokenKey(spki.subarray(1)), { code: "format" });
  assert.throws(() => rsa.parseTokenKey(concat(spki, unhex("00"))), { code: "format" });
});

test("issuance gives the bytes of the other client", async () => {
  for (const t of own("token.json").tests) {
    const key = rsa.parseTokenKey(unhex(t["spki"]));
    const ss = spaceSecret(unhex(t["secret"]), unhex(t["space_id"]));
    const purpose = PURPOSES[Number(t["purpose"])] as Purpose;
    const pk = publicKey(credentialSeed(ss, purpose));
    const c = token.challenge(
      t["issuer_name"] as string,
      unhex(t["space_id"]),
      t["origin_info"] as string,
    );
    const input = token.tokenInput(pk, sha256(c), key.id);
    const salt = pssSalt(ss, key.id);
    const r = blindFactor(ss, key.id, Number(t["counter"]));
    assert.equal(hex(pk), t["pk"]);
    assert.equal(hex(c), t["token_challenge"]);
    assert.equal(hex(key.id), t["token_key_id"]);
    assert.equal(hex(input), t["token_input"]);
    assert.equal(hex(salt), t["pss_salt"]);
    assert.equal(hex(r), t["blind"]);
    const request = token.tokenRequest(key, rsa.blind(key, input, salt, r));
    assert.equal(hex(request), t["token_request"]);
    const sig = await rsa.finalize(key, input, r, unhex(t["token_response"]));
    assert.equal(hex(concat(input, sig)), t["token"]);
    assert.equal(rsa.verifySalted(key, input, salt, sig), true);
    assert.equal(rsa.verifySalted(key, input, pssSalt(ss, salt), sig), false);
  }
});

test("what is no token is refused", async () => {
  for (const t of own("token.json").refused) {
    if (t["token"] === undefined) {
      const parse = (): unknown => token.parseChallenge(unhex(t["token_challenge"]));
      await refuses(parse, t["error"] as string, t["why"] as string);
      continue;
    }
    const key = rsa.parseTokenKey(unhex(t["spki"]));
    const [input, sig] = [unhex(t["token"]).subarray(0, 98), unhex(t["token"]).subarray(98)];
    for (const b of backends) {
      assert.equal(await rsa.verifyPssWith(b, key, input, sig), false, `${b}: ${t["why"]}`);
    }
  }
});

const numberOf = (t: Case, name: string): bigint => toBigInt(unhex(t[name]));

test("blinds as RFC 9474", needsShared, async () => {
  for (const t of shared("rfc9474/rsabssa.json").tests) {
    const key = rsa.rsaKey(numberOf(t, "n"), numberOf(t, "e"));
    /* The vectors give 1/r. */
    const inv = numberOf(t, "inv");
    let [a, b, u, v] = [inv, key.n, 1n, 0n];
    while (a !== 0n) {
      const q = b / a;
      [a, b, u, v] = [b - q * a, a, v - q * u, u];
    }
    const r = fromBigInt(((v % key.n) + key.n) % key.n, key.size);
    const msg = unhex(t["input_msg"]);
    const salt = unhex(t["salt"]);
    assert.equal(hex(rsa.blind(key, msg, salt, r)), t["blinded_msg"], t["name"]);
    const sig = await rsa.finalize(key, msg, r, unhex(t["blind_sig"]), Number(t["salt_len"]));
    assert.equal(hex(sig), t["sig"], t["name"]);
  }
});

test("issues as RFC 9578", needsShared, async () => {
  for (const t of shared("rfc9578/type2_blind_rsa.json").tests) {
    const key = rsa.parseTokenKey(unhex(t["pkS"]));
    assert.equal(hex(key.id), t["token_key_id"]);
    const input = token.tokenInput(unhex(t["nonce"]), unhex(t["challenge_digest"]), key.id);
    const r = unhex(t["blind"]);
    const blinded = rsa.blind(key, input, unhex(t["salt"]), r);
    assert.equal(hex(token.tokenRequest(key, blinded)), t["token_request"]);
    const sig = await rsa.finalize(key, input, r, unhex(t["token_response"]));
    assert.equal(hex(concat(input, sig)), t["token"]);
  }
});

test("challenges are those of RFC 9577", needsShared, () => {
  for (const t of shared("rfc9577/token_challenge_and_token.json").tests) {
    if (t["token_challenge"] === undefined) {
      continue; /* a token of a type that has no meaning */
    }
    const c = token.parseChallenge(unhex(t["token_challenge"]));
    assert.equal(hex(c.issuerName), t["issuer_name"]);
    assert.equal(hex(c.context), t["redemption_context"] ?? "");
    assert.equal(hex(c.originInfo), t["origin_info"] ?? "");
    assert.equal(hex(sha256(unhex(t["token_challenge"]))), t["challenge_digest"]);
  }
});

test("both ways verify as Wycheproof, with a salt of 48 bytes only", needsShared, async () => {
  const file = shared("rsa-pss/wycheproof_rsa_pss_2048_sha384_mgf1_48.json");
  for (const t of file.tests) {
    const pub = t["publicKey"] as unknown as Record<string, string>;
    const n = toBigInt(unhex(pub["modulus"]));
    const key = rsa.rsaKey(n, toBigInt(unhex(pub["publicExponent"])));
    for (const b of backends) {
      const got = await rsa.verifyPssWith(b, key, unhex(t["msg"]), unhex(t["sig"]));
      assert.equal(got, t["result"] === "valid", `${b} tcId ${t["tcId"]} ${t["comment"]}`);
    }
  }
});

test("other parameters are no signatures of ours", needsShared, async () => {
  for (const t of shared("rsa-pss/wycheproof_rsa_pss_misc_params.json").tests) {
    const pub = t["publicKey"] as unknown as Record<string, string>;
    const n = toBigInt(unhex(pub["modulus"]));
    const key = rsa.rsaKey(n, toBigInt(unhex(pub["publicExponent"])));
    const [sha, mgf] = [t["sha"], t["mgfSha"]];
    const ours = sha === "SHA-384" && mgf === "SHA-384" && Number(t["sLen"]) === 48;
    for (const b of backends) {
      const got = await rsa.verifyPssWith(b, key, unhex(t["msg"]), unhex(t["sig"]));
      assert.equal(got, ours && t["result"] === "valid", `${b} tcId ${t["tcId"]}`);
    }
  }
});

/** A message whose encoding the factor 3 divides, and a key with that factor. */
function withFactor(
  salt: Uint8Array,
  bits: number,
  make: (f: bigint) => rsa.RsaKey,
): { msg: Uint8Array; key: rsa.RsaKey } {
  for (let i = 0; ; i++) {
    const msg = utf8(`message ${i}`);
    if (toBigInt(rsa.pssEncode(msg, salt, bits)) % 3n === 0n) {
      return { msg, key: make(3n) };
    }
  }
}

test("a factor that does not fit is told from a key that leaks", () => {
  const p = 2n ** 1279n - 1n;
  const n = p * (2n ** 521n - 1n);
  const key = rsa.rsaKey(n, 65537n);
  const [msg, salt] = [utf8("x"), new Uint8Array(48)];
  const code = (r: bigint): string => {
    try {
      rsa.blind(key, msg, salt, fromBigInt(r, key.size));
      return "";
    } catch (e) {
      return e instanceof Fault ? `${e.kind} ${e.code}` : String(e);
    }
  };
  assert.equal(code(0n), "input limit");
  assert.equal(code(n), "input limit");
  assert.equal(code(n + 5n), "input limit");
  assert.equal(code(p), "input limit");
  assert.equal(code(12345n), "");
  assert.throws(() => rsa.blind(key, msg, salt, new Uint8Array(3)), { code: "limit" });
  /* A modulus that has a factor in common with the very message that is encoded. */
  const bits = (p * 3n).toString(2).length;
  const leaky = withFactor(salt, bits, (f) => rsa.rsaKey(p * f, 65537n));
  const blind = (): unknown => rsa.blind(leaky.key, leaky.msg, salt, fromBigInt(5n, leaky.key.size));
  assert.throws(blind, { kind: "lie", code: "format" });
});

test("an answer that is no signature is the issuer's lie", async () => {
  const t = own("token.json").tests[0] as Case;
  const key = rsa.parseTokenKey(unhex(t["spki"]));
  const [input, r] = [unhex(t["token_input"]), unhex(t["blind"])];
  const bad = unhex(t["token_response"]);
  bad[255] = (bad[255] as number) ^ 1;
  await refuses(() => rsa.finalize(key, input, r, bad), "signature", "altered");
  const large = fromBigInt(key.n, 256);
  await refuses(() => rsa.finalize(key, input, r, large), "signature", "not below n");
  await refuses(() => rsa.finalize(key, input, r, bad.subarray(1)), "signature", "short");
});
