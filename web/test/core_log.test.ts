import assert from "node:assert/strict";
import { test } from "node:test";
import { b64, concat, equal, fromB64, hex, u8, utf8 } from "../core/bytes.ts";
import * as checkpoint from "../core/checkpoint.ts";
import { publicKey, sign } from "../core/ed25519.ts";
import { sha256 } from "../core/hash.ts";
import { Fault } from "../core/fault.ts";
import * as merkle from "../core/merkle.ts";
import * as note from "../core/note.ts";
import { parseTile, printTile, tileCount, tileWidth, type Tile } from "../core/tile.ts";
import { needsShared, own, refuses, shared, unhex, type Case } from "./vectors.ts";

const hashes = (v: unknown): Uint8Array[] => (v as string[]).map((h) => unhex(h));

const levelOf = (v: unknown): Tile["level"] =>
  v === "entries" || v === -1 ? "entries" : Number(v);

test("paths of tiles have one spelling", async () => {
  const v = own("tile.json");
  for (const t of v.tests) {
    const level = levelOf(t["level"]);
    const tile: Tile = { level, index: Number(t["index"]), width: Number(t["width"]) };
    assert.deepEqual(parseTile(t["path"] as string), tile);
    assert.equal(printTile(tile), t["path"]);
    assert.equal(tileWidth(level, tile.index, Number(t["size"])), tile.width);
    assert.equal(tileCount(level, Number(t["size"])), Number(t["tiles"]));
  }
  for (const t of v.refused) {
    await refuses(() => parseTile(t["path"] as string), "format", t["path"] as string);
  }
});

test("paths of tiles are those of others", needsShared, () => {
  const v = shared("tlog-tiles/paths.json");
  for (const t of v["paths"] as unknown as Case[]) {
    const level = levelOf(t["level"]);
    const tile: Tile = { level, index: Number(t["index"]), width: Number(t["width"]) };
    if (Number.isSafeInteger(tile.index)) {
      assert.equal(printTile(tile), t["path"]);
      assert.deepEqual(parseTile(t["path"] as string), tile);
    }
  }
  for (const p of v["bad_paths"] as string[]) {
    assert.throws(() => parseTile(p), { code: "format" }, p);
  }
});

test("roots and proofs are those of RFC 6962", needsShared, () => {
  const v = shared("merkle/roots.json");
  const leaves = hashes(v["leaf_inputs"]).map(merkle.leafHash);
  assert.deepEqual(leaves.map(hex), v["leaf_hashes"]);
  assert.equal(hex(merkle.emptyRoot()), v["empty_root"]);
  const all = (n: number, from: readonly Uint8Array[], cases: Case[], root: string): void => {
    assert.equal(hex(merkle.rootOf(from.slice(0, n))), root);
    const node = merkle.nodesOf(from);
    for (const c of cases.filter((x) => Number(x["tree_size"]) === n)) {
      const i = Number(c["leaf_index"]);
      const proof = merkle.proveInclusion(i, n, node);
      assert.deepEqual(proof.map(hex), c["proof"] as unknown as string[]);
      const leaf = from[i] as Uint8Array;
      assert.ok(merkle.verifyInclusion(leaf, i, n, proof, unhex(root)));
      assert.ok(!merkle.verifyInclusion(leaf, i, n, [...proof, leaf], unhex(root)));
    }
  };
  (v["root_by_size"] as string[]).forEach((r, n) =>
    all(n, leaves, v["inclusion"] as unknown as Case[], r),
  );
  const g = v["generated"] as { roots: Case[]; inclusion: Case[]; consistency: Case[] };
  const many = Array.from({ length: 600 }, (_, i) => merkle.leafHash(utf8(`entry ${i}`)));
  g.roots.forEach((r) => all(Number(r["size"]), many, g.inclusion, r["root"] as string));
  const growth = (from: readonly Uint8Array[], cases: readonly Case[]): void => {
    for (const c of cases) {
      const [a, b] = [Number(c["size1"]), Number(c["size2"])];
      const proof = merkle.proveConsistency(a, b, merkle.nodesOf(from));
      assert.deepEqual(proof.map(hex), c["proof"] as unknown as string[]);
      const [r1, r2] = [merkle.rootOf(from.slice(0, a)), merkle.rootOf(from.slice(0, b))];
      assert.ok(merkle.verifyConsistency(a, b, proof, r1, r2));
    }
  };
  growth(leaves, v["consistency"] as unknown as Case[]);
  growth(many, g.consistency);
});

test("proofs that are wrong are refused", needsShared, () => {
  for (const t of shared("merkle/inclusion_proofs.json").tests) {
    const [index, size] = [Number(t["leafIdx"]), Number(t["treeSize"])];
    if (Number.isSafeInteger(index) && Number.isSafeInteger(size)) {
      const [leaf, root] = [unhex(t["leafHash"]), unhex(t["root"])];
      const got = merkle.verifyInclusion(leaf, index, size, hashes(t["proof"]), root);
      assert.equal(got, !(t["wantErr"] as unknown), t["name"]);
    }
  }
  for (const t of shared("merkle/consistency_proofs.json").tests) {
    const [a, b] = [Number(t["size1"]), Number(t["size2"])];
    /* From the empty tree on, callers decide; roots have 32 bytes. */
    if (t["root1"]?.length === 64 && Number.isSafeInteger(a) && Number.isSafeInteger(b) && a > 0) {
      const [r1, r2] = [unhex(t["root1"]), unhex(t["root2"])];
      const got = merkle.verifyConsistency(a, b, hashes(t["proof"]), r1, r2);
      assert.equal(got, !(t["wantErr"] as unknown), t["name"]);
    }
  }
});

test("what the empty tree proves is nothing", () => {
  const root = merkle.rootOf([u8(1)]);
  const empty = merkle.emptyRoot();
  assert.ok(merkle.verifyConsistency(0, 0, [], empty, empty));
  assert.ok(!merkle.verifyConsistency(0, 0, [], root, root));
  assert.ok(!merkle.verifyConsistency(0, 1, [], empty, root));
  assert.ok(!merkle.verifyConsistency(2, 1, [], root, root));
  assert.ok(!merkle.verifyInclusion(root, 1, 1, [], root));
  assert.throws(() => merkle.proveInclusion(1, 1, merkle.nodesOf([root])), { code: "limit" });
  assert.throws(() => merkle.proveConsistency(2, 1, merkle.nodesOf([root])), { code: "limit" });
});

/** What the vectors call ok, unverified, invalid_signature, malformed. */
async function judge(bytes: Uint8Array, vkeys: readonly string[]): Promise<string> {
  let n;
  try {
    n = note.parseNote(bytes);
  } catch {
    return "malformed";
  }
  let verified = 0;
  for (const v of vkeys) {
    try {
      await note.verifyNote(n, note.parseVkey(v));
      verified++;
    } catch (e) {
      if ((e as Fault).code === "signature") {
        return "invalid_signature";
      }
    }
  }
  return verified > 0 ? "ok" : "unverified";
}

test("notes are judged as C2SP asks", needsShared, async () => {
  const v = shared("c2sp/signed_note.json");
  for (const t of v.tests) {
    const bytes = t["note"] === undefined ? unhex(t["note_hex"]) : utf8(t["note"]);
    const got = await judge(bytes, t["vkeys"] as unknown as string[]);
    assert.equal(got, t["result"], t["name"]);
    if (t["text"] !== undefined) {
      assert.equal(note.parseNote(bytes).text, t["text"]);
    }
  }
  for (const t of v["vkeys"] as unknown as Case[]) {
    if ((t["ok"] as unknown) === true) {
      assert.equal(note.printVkey(note.parseVkey(t["vkey"] as string)), t["vkey"]);
    } else {
      assert.throws(() => note.parseVkey(t["vkey"] as string), Fault, t["why"]);
    }
  }
  for (const t of v["key_ids"] as unknown as Case[]) {
    const type = Number(t["signature_type"]) as note.NoteKey["type"];
    const k = note.noteKey(t["name"] as string, type, unhex(t["public_key"]));
    assert.equal(hex(k.id), t["key_id"]);
    assert.equal(note.printVkey(k), t["vkey"]);
  }
});

test("a name has no blank and no plus", () => {
  const bad = ["", "a b", "a+b", "a\tb", "a\n", "a\u00a0b", "a\u2003b", "a\u3000", "\u0085", "x".repeat(256)];
  for (const b of bad) {
    assert.equal(note.isNoteName(b), false, JSON.stringify(b));
  }
  for (const good of ["a", "voto.example.org/receipt", "città", "x".repeat(255)]) {
    assert.equal(note.isNoteName(good), true);
  }
  assert.equal(note.isNoteName("à".repeat(128)), false);
});

test("a key of an unknown type is told apart", async () => {
  const data = unhex("06010203");
  const id = hex(sha256(utf8("w.test\n"), data).slice(0, 4));
  await refuses(() => note.parseVkey(`w.test+${id}+${b64(data)}`), "not-found", "type 6");
  const other = (id[0] === "0" ? "1" : "0") + id.slice(1);
  await refuses(() => note.parseVkey(`w.test+${other}+${b64(data)}`), "format", "another id");
});

test("the cosignatures of others verify", needsShared, async () => {
  const v = shared("c2sp/cosignatures.json");
  for (const t of v.tests) {
    const n = note.parseNote(utf8(t["checkpoint"] as string));
    const time = await note.noteCosigned(n, note.parseVkey(t["cosigner_vkey"] as string));
    assert.ok(time > 1_600_000_000 && time < 4_000_000_000);
  }
});

test("checkpoints are those of the other client", async () => {
  const v = own("checkpoint.json");
  for (const t of v.tests) {
    const bytes = utf8(t["checkpoint"] as string);
    const k = note.parseVkey(t["vkey"] as string);
    const w = note.parseVkey(t["witness_vkey"] as string);
    const c = await checkpoint.openCheckpoint(bytes, k);
    assert.equal(c.origin, t["origin"]);
    assert.equal(c.size, t["size"] as unknown);
    assert.equal(hex(c.root), t["root"]);
    assert.equal(await note.noteCosigned(c.note, w), t["witness_time"] as unknown);
    assert.equal(await checkpoint.hasQuorum(c.note, [w], 1), true);
    assert.equal(await checkpoint.hasQuorum(c.note, [w, w], 2), false);
    assert.equal(await checkpoint.hasQuorum(c.note, [k], 1), false);
    assert.equal(hex(publicKey(unhex(t["seed"]))), hex(k.pk));
    await refuses(() => note.verifyNote(c.note, w), "not-found", "a witness is no log");
  }
  for (const t of v.refused) {
    const k = note.parseVkey(t["vkey"] as string);
    const open = (): unknown => checkpoint.openCheckpoint(utf8(t["checkpoint"] as string), k);
    await refuses(open, t["error"] as string, t["why"] as string);
  }
});

test("checkpoints of another log open, their texts are judged", needsShared, async () => {
  const v = shared("c2sp/checkpoints.json");
  const k = note.parseVkey(v["vkey"] as string);
  for (const t of v.tests) {
    const c = await checkpoint.openCheckpoint(utf8(t["note"] as string), k);
    assert.equal(c.origin, k.name);
  }
  const s = v["sigsum"] as Record<string, string>;
  const sk = note.parseVkey(s["vkey"] as string);
  await checkpoint.openCheckpoint(utf8(s["note_good"] as string), sk);
  const wrong = utf8(s["note_wrong_key_id"] as string);
  await refuses(() => checkpoint.openCheckpoint(wrong, sk), "signature", "wrong key id");
  for (const t of v["text_cases"] as unknown as Case[]) {
    if ((t["ok"] as unknown) === true) {
      const c = checkpoint.parseCheckpointText(t["text"] as string);
      assert.equal(c.origin, t["origin"]);
      assert.equal(String(c.size), String(t["size"]));
    } else {
      assert.throws(() => checkpoint.parseCheckpointText(t["text"] as string), Fault, t["why"]);
    }
  }
});

const cosign = (seed: Uint8Array, name: string, text: string, time: number): string => {
  const k = note.noteKey(name, note.NOTE_COSIGNATURE, publicKey(seed));
  const t = new Uint8Array(8);
  new DataView(t.buffer).setBigUint64(0, BigInt(time));
  const sig = sign(seed, utf8(`cosignature/v1\ntime ${time}\n${text}`));
  return `\u2014 ${name} ${b64(concat(k.id, t, sig))}\n`;
};

test("a broken cosignature counts as none, and one key under two names as one", async () => {
  const seed = new Uint8Array(32).fill(5);
  const text = `a.test\n7\n${b64(new Uint8Array(32))}\n`;
  const key = (name: string): note.NoteKey =>
    note.noteKey(name, note.NOTE_COSIGNATURE, publicKey(seed));
  const good = cosign(seed, "w1", text, 11) + cosign(seed, "w2", text, 12);
  const n = note.parseNote(utf8(`${text}\n${good}`));
  assert.equal(await note.noteCosigned(n, key("w2")), 12);
  assert.equal((await checkpoint.cosigners(n, [key("w1"), key("w2")])).length, 1);
  const lied = good + cosign(seed, "w1", `${text}x\n`, 11);
  const m = note.parseNote(utf8(`${text}\n${lied}`));
  await refuses(() => note.noteCosigned(m, key("w1")), "signature", "one bad line");
  assert.equal((await checkpoint.cosigners(m, [key("w1")])).length, 0);
  assert.equal((await checkpoint.cosigners(m, [key("w2")])).length, 1);
});

test("signatures of other kinds are read over", () => {
  const text = "x\n";
  const long = b64(new Uint8Array(2432).fill(1));
  const n = note.parseNote(utf8(`${text}\n\u2014 other.test ${long}\n`));
  assert.equal(n.sigs[0]?.blob.length, 2428);
  assert.throws(() => note.parseNote(new Uint8Array(65537).fill(10)), { code: "limit" });
});

test("proofs of a log are those of the other client", async () => {
  const v = own("proof.json");
  for (const t of v.tests) {
    const bytes = utf8(t["proof"] as string);
    const p = checkpoint.parseProof(bytes);
    assert.equal(p.index, t["index"] as unknown);
    assert.equal(hex(merkle.leafHash(unhex(t["entry"]))), t["leaf"]);
    const k = note.parseVkey(t["vkey"] as string);
    const c = await checkpoint.verifyProof(p, unhex(t["leaf"]), k);
    assert.ok(c.size > p.index);
    assert.ok(equal(checkpoint.printProof(p.index, p.path, p.checkpoint), bytes));
  }
  for (const t of v.refused) {
    const k = note.parseVkey(t["vkey"] as string);
    const run = (): unknown =>
      checkpoint.verifyProof(
        checkpoint.parseProof(utf8(t["proof"] as string)),
        unhex(t["leaf"]),
        k,
      );
    await refuses(run, t["error"] as string, t["why"] as string);
  }
  assert.throws(() => checkpoint.parseProof(utf8("c2sp.org/tlog-proof@v1\nextra \nindex 0\n\nx")), {
    code: "format",
  });
  assert.equal(
    hex(
      checkpoint.parseProof(utf8("c2sp.org/tlog-proof@v1\nextra Zg==\nindex 0\n\nx\n")).extra ??
        u8(0),
    ),
    hex(fromB64("Zg==")),
  );
});
