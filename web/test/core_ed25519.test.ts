import assert from "node:assert/strict";
import { test } from "node:test";
import { ed25519, ED25519_TORSION_SUBGROUP } from "@noble/curves/ed25519.js";
import { concat, hex, utf8 } from "../core/bytes.ts";
import {
  isValidPoint,
  nativeIsRight,
  publicKey,
  sign,
  signDst,
  verify,
  verifyDst,
  verifyWith,
} from "../core/ed25519.ts";
import { sha512 } from "../core/hash.ts";
import { needsShared, own, shared, unhex } from "./vectors.ts";

const backends = ["native", "noble"] as const;
const Point = ed25519.Point;
const L = Point.Fn.ORDER;

async function judged(
  pk: Uint8Array,
  msg: Uint8Array,
  sig: Uint8Array,
  right: boolean,
  why: string,
): Promise<void> {
  for (const b of backends) {
    assert.equal(await verifyWith(b, pk, msg, sig), right, `${b}: ${why}`);
  }
  assert.equal(await verify(pk, msg, sig), right, why);
}

test("this WebCrypto answers as the rule asks", async () => {
  assert.equal(await nativeIsRight(), true);
});

test("both ways judge the project's vectors as libsodium does", async () => {
  const v = own("sign.json");
  for (const t of v.tests) {
    const why = t["why"] as string;
    await judged(unhex(t["pk"]), unhex(t["msg"]), unhex(t["sig"]), true, why);
    if (t["seed"] !== undefined) {
      assert.equal(hex(publicKey(unhex(t["seed"]))), t["pk"]);
      assert.equal(hex(sign(unhex(t["seed"]), unhex(t["msg"]))), t["sig"]);
    }
  }
  for (const t of v.refused) {
    const why = t["why"] as string;
    await judged(unhex(t["pk"]), unhex(t["msg"]), unhex(t["sig"]), false, why);
  }
});

test("keys are canonical, on the curve and of prime order", () => {
  for (const t of own("sign.json")["refused_keys"] as readonly Record<string, string>[]) {
    assert.equal(isValidPoint(unhex(t["pk"])), false, t["why"]);
  }
  /* Of mixed order: speccheck case 4. */
  const mixed = "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d";
  assert.equal(isValidPoint(unhex(mixed)), false);
  assert.equal(isValidPoint(unhex("00".repeat(31))), false);
  for (let i = 1; i < 20; i++) {
    assert.equal(isValidPoint(publicKey(new Uint8Array(32).fill(i))), true);
  }
});

test("both ways agree with Wycheproof", needsShared, async () => {
  for (const t of shared("ed25519/wycheproof_ed25519.json").tests) {
    const right = t["result"] === "valid";
    const why = `tcId ${t["tcId"]} ${t["comment"]}`;
    await judged(unhex(t["pk"]), unhex(t["msg"]), unhex(t["sig"]), right, why);
  }
});

test("both ways take of speccheck what libsodium takes", needsShared, async () => {
  for (const t of shared("ed25519/speccheck.json").tests) {
    const right = Boolean(t["accepted_by_libsodium"]);
    const [pk, msg] = [unhex(t["pub_key"]), unhex(t["message"])];
    await judged(pk, msg, unhex(t["signature"]), right, t["name"] as string);
  }
});

test("a signature holds for its domain only", async () => {
  const seed = new Uint8Array(32).fill(7);
  const sig = signDst(seed, "x", utf8("a"), utf8("b"));
  assert.equal(await verifyDst(publicKey(seed), "x", [utf8("ab")], sig), true);
  assert.equal(await verifyDst(publicKey(seed), "y", [utf8("ab")], sig), false);
  assert.equal(await verifyDst(publicKey(seed), "x", [utf8("a")], sig), false);
});

const little = (b: Uint8Array): bigint => BigInt("0x" + hex(b.slice().reverse()));
const scalarBytes = (s: bigint): Uint8Array => Point.Fn.toBytes(s);

/** Encodings of the field's other representative, and of a sign that is none. */
function odd(b: Uint8Array): Uint8Array[] {
  const flipped = b.slice();
  flipped[31] = (flipped[31] as number) ^ 0x80;
  const y = little(b) & ((1n << 255n) - 1n);
  if (y >= 19n) {
    return [flipped];
  }
  const above = unhex("00".repeat(32));
  let v = y + (1n << 255n) - 19n;
  for (let i = 0; i < 32; i++, v >>= 8n) {
    above[i] = Number(v & 255n);
  }
  const signed = above.slice();
  signed[31] = (signed[31] as number) | 0x80;
  return [flipped, above, signed];
}

/*
 * As tests/hostile_sig.c: keys and R with every point of small order added,
 * alone or together, S of an honest signer.  The equation without cofactor
 * holds iff T' + kT = 0; whatever is of small order by itself, or spelled
 * otherwise, is refused although the equation may hold.
 */
test("points of small order help nobody, on both ways", async () => {
  const torsion = ED25519_TORSION_SUBGROUP.map((h) => Point.fromHex(h, true));
  const a = 1234567890123456789n;
  let held = 0;
  for (const [i, t] of torsion.entries()) {
    for (const [j, u] of torsion.entries()) {
      const A = Point.BASE.multiply(a).add(t);
      const R = Point.BASE.multiply(987654321n + BigInt(i)).add(u);
      const [pk, r] = [A.toBytes(), R.toBytes()];
      const msg = utf8(`hostile ${i} ${j}`);
      const k = little(sha512(r, pk, msg)) % L;
      const s = scalarBytes((987654321n + BigInt(i) + k * a) % L);
      const right = u.add(t.multiplyUnsafe(k)).is0();
      held += right ? 1 : 0;
      await judged(pk, msg, concat(r, s), right, `${i} ${j}`);
      const more = scalarBytes(0n);
      let v = little(s) + L;
      for (let x = 0; x < 32; x++, v >>= 8n) {
        more[x] = Number(v & 255n);
      }
      await judged(pk, msg, concat(r, more), false, `S + L ${i} ${j}`);
    }
  }
  assert.ok(held >= 2 && held < 64);
});

test("a key or an R of small order is refused in every spelling", async () => {
  const msg = utf8("partecipa");
  const seed = new Uint8Array(32).fill(9);
  const good = publicKey(seed);
  const a = ed25519.utils.getExtendedPublicKey(seed).scalar;
  for (const h of ED25519_TORSION_SUBGROUP) {
    const small = unhex(h);
    for (const b of [small, ...odd(small)]) {
      /* As key: S = r makes the equation hold where k is a multiple of 8. */
      for (let i = 0; i < 16; i++) {
        const r = Point.BASE.multiply(BigInt(i + 2)).toBytes();
        await judged(b, msg, concat(r, scalarBytes(BigInt(i + 2))), false, `key ${hex(b)}`);
      }
      /* As R: S = ka. */
      const k = little(sha512(b, good, msg)) % L;
      await judged(good, msg, concat(b, scalarBytes((k * a) % L)), false, `R ${hex(b)}`);
    }
  }
});

test("other lengths are no keys and no signatures", async () => {
  const seed = new Uint8Array(32).fill(3);
  const [pk, msg] = [publicKey(seed), utf8("x")];
  const sig = sign(seed, msg);
  await judged(pk, msg, sig, true, "good");
  await judged(pk.subarray(1), msg, sig, false, "a short key");
  await judged(pk, msg, sig.subarray(0, 63), false, "a short signature");
  await judged(pk, msg, concat(sig, unhex("00")), false, "a long signature");
});
