import assert from "node:assert/strict";
import { test } from "node:test";
import { equal, hex, u8 } from "../core/bytes.ts";
import { publicKey } from "../core/ed25519.ts";
import * as group from "../core/group.ts";
import * as seal from "../core/seal.ts";
import { sha512 } from "../core/hash.ts";
import { needsShared, own, refuses, shared, unhex, type Case } from "./vectors.ts";

const sealOf = (t: Case): seal.Seal => ({
  spaceId: unhex(t["space_id"]),
  formId: unhex(t["form_id"]),
  pk: unhex(t["pk"]),
  seq: Number(t["seq"]),
  y: unhex(t["Y"]),
});

const list = (t: Case, name: string): Uint8Array[] =>
  (t[name] as unknown as string[]).map((h) => unhex(h));

test("the same secret and choices give the bytes of the other client", async () => {
  for (const t of own("seal.json").tests) {
    const s = sealOf(t);
    const v = await seal.sealTrace(s, unhex(t["ss"]), unhex(t["choices"]));
    assert.equal(hex(group.scalarBytes(v.r)), t["r"]);
    assert.equal(hex(v.point), t["R"]);
    assert.equal(hex(v.shared), t["S"]);
    assert.equal(hex(v.key), t["K"]);
    assert.equal(hex(group.scalarBytes(v.nonce)), t["k"]);
    assert.equal(hex(v.pokC), t["pok_c"]);
    assert.equal(hex(v.pokZ), t["pok_z"]);
    assert.equal(hex(v.ct), t["ct"]);
    assert.equal(hex(v.body), t["body"]);
    assert.equal(v.body.length, unhex(t["choices"]).length + seal.SEAL_OVERHEAD);
    const body = seal.parseSealedBody(v.body);
    assert.equal(seal.verifyKnowledge(s, body), true);
    assert.equal(seal.sameBody(body, seal.parseSealedBody(unhex(t["body"]))), true);
    const proof = seal.proveKnowledge(s, v.ct, v.r, v.nonce);
    assert.equal(hex(proof.pokC) + hex(proof.pokZ), hex(v.pokC) + hex(v.pokZ));
    const plain = await seal.openSealed(s, body, group.pointFrom(v.shared));
    assert.equal(hex(plain ?? u8(0)), t["choices"]);
  }
});

test("a sealed ballot holds for its space, form, credential, number and key only", async () => {
  for (const t of own("seal.json").refused) {
    const why = t["why"] as string;
    if (t["error"] === "format") {
      await refuses(() => seal.parseSealedBody(unhex(t["body"])), "format", why);
      continue;
    }
    const s = sealOf(t);
    const body = seal.parseSealedBody(unhex(t["body"]));
    const admitted = why.includes("admitted");
    assert.equal(seal.verifyKnowledge(s, body), admitted, why);
    if (admitted) {
      const shared = group.pointFrom(body.r).multiply(group.scalarFrom(unhex(t["x"])));
      assert.equal(await seal.openSealed(s, body, shared), undefined, why);
    }
  }
});

/** The steps of an auditor: read, signed, proven. */
async function judge(t: Case, identity: Uint8Array): Promise<boolean> {
  const f = seal.parseOpening(unhex(t["opening"]));
  const proven = seal.verifyOpening(f, unhex(t["V"]), list(t, "R"));
  return (await seal.openingSigned(f, identity)) && proven;
}

test("openings are verified as the other client's", async () => {
  for (const t of own("opening.json").tests) {
    const f = seal.parseOpening(unhex(t["opening"]));
    const r = list(t, "R");
    const [v, points] = [unhex(t["V"]), r.map(group.pointFrom)];
    assert.deepEqual(f.d.map(hex), t["D"] as unknown as string[]);
    const s = seal.openingSeed(f, v, r);
    assert.equal(hex(s), t["seed"]);
    const { M, Z } = seal.openingSums(s, points, f.d.map(group.pointFrom));
    assert.equal(hex(group.pointBytes(M)), t["M"]);
    assert.equal(hex(group.pointBytes(Z)), t["Z"]);
    assert.equal(hex(publicKey(unhex(t["identity_seed"]))), t["identity"]);
    assert.equal(await judge(t, unhex(t["identity"])), true);
    assert.equal(seal.verifyOpening(f, v, r.slice(1)), false);
    const x = group.scalarFrom(unhex(t["x"]));
    points.forEach((p, i) => {
      assert.equal(equal(group.pointBytes(group.multiply(p, x)), f.d[i] as Uint8Array), true);
    });
  }
});

test("openings that are not valid are told apart", async () => {
  for (const t of own("opening.json").refused) {
    const why = t["why"] as string;
    if (t["error"] === "signature") {
      assert.equal(await judge(t, unhex(t["identity"])), false, why);
    } else {
      await refuses(() => seal.parseOpening(unhex(t["opening"])), t["error"] as string, why);
    }
  }
});

test("any t shares give the same S", () => {
  const v = own("opening.json");
  for (const t of v["combined"] as readonly Case[]) {
    const trustees = t["trustees"] as unknown as number[];
    const lambda = seal.lagrange(trustees);
    lambda.forEach((l, i) => assert.equal(hex(group.scalarBytes(l)), t[`lambda_${i}`]));
    (t["S"] as unknown as string[]).forEach((want, ballot) => {
      const shares = trustees.map((index) => ({
        index,
        d: group.pointFrom(list(v.tests[index - 1] as Case, "D")[ballot] as Uint8Array),
      }));
      assert.equal(hex(group.pointBytes(seal.interpolate(shares))), want);
    });
  }
  /* Whatever trustees there are, the shares of a known secret give it back. */
  for (const indices of [[1], [2, 9], [1, 2, 3], [2, 5, 7], [1, 3, 6, 8, 9], [5, 6, 7, 8, 9]]) {
    const f = indices.map((_, k) => group.reduce64(sha512(u8(k))));
    const at = (x: number): bigint =>
      f.reduce((sum, a, k) => (sum + a * BigInt(x) ** BigInt(k)) % group.ORDER, 0n);
    const shares = indices.map((index) => ({
      index,
      d: group.multiplyPublic(group.BASE, at(index)),
    }));
    const want = group.multiplyPublic(group.BASE, f[0] as bigint);
    assert.ok(seal.interpolate(shares).equals(want), String(indices));
  }
  const d = group.BASE;
  assert.throws(() => seal.combine([1n, group.ORDER - 1n], [d, d]), { code: "signature" });
});

test("ristretto255 is that of RFC 9496, without the identity", needsShared, () => {
  const v = shared("ristretto255/rfc9496.json");
  const multiples = v["multiples_of_generator"] as string[];
  multiples.forEach((h, i) => {
    assert.equal(hex(group.pointBytes(group.multiply(group.BASE, BigInt(i)))), h);
    assert.equal(hex(group.pointBytes(group.multiplyPublic(group.BASE, BigInt(i)))), h);
    if (i === 0) {
      assert.throws(() => group.pointFrom(unhex(h)), { code: "signature" });
    } else {
      assert.equal(hex(group.pointBytes(group.pointFrom(unhex(h)))), h);
    }
  });
  for (const h of v["bad_encodings"] as string[]) {
    assert.throws(() => group.pointFrom(unhex(h)), { code: "signature" }, h);
  }
});

test("points with the highest bit set, and scalars from the order on, are refused", () => {
  const bytes = group.pointBytes(group.BASE);
  bytes[31] = (bytes[31] as number) | 0x80;
  assert.throws(() => group.pointFrom(bytes), { code: "signature" });
  assert.throws(() => group.pointFrom(unhex("00")), { code: "signature" });
  const order = unhex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
  assert.throws(() => group.scalarFrom(order), { code: "signature" });
  assert.throws(() => group.scalarFrom(order.subarray(1)), { code: "signature" });
  order[0] = 0xec;
  assert.equal(group.scalarFrom(order), group.ORDER - 1n);
  assert.deepEqual(group.scalarBytes(group.ORDER - 1n), order);
  assert.throws(() => group.invert(0n), { code: "limit" });
  assert.equal((group.invert(7n) * 7n) % group.ORDER, 1n);
});

test("sums of many are the sum of each", () => {
  const scalars = Array.from({ length: 40 }, (_, i) => group.reduce64(sha512(u8(i))));
  const points = scalars.map((s) => group.multiplyPublic(group.BASE, s));
  const want = scalars.reduce((a, s) => (a + s * s) % group.ORDER, 0n);
  assert.ok(group.sum(points, scalars).equals(group.multiply(group.BASE, want)));
});
