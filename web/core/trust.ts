/*
 * What a client believes: nothing but what is in the log under a signed
 * checkpoint (as client/trust.c).  Entries are read by whole bundles, each
 * proven as a whole, so that the server cannot tell which entry somebody looks
 * for (PROTOCOL 6).  What contradicts the log is Fault("lie", ...), with the
 * evidence as JSON text where there is some.
 */
import { equal, fromUtf8, hex } from "./bytes.ts";
import { parseTranscript, sealIsOf } from "./ceremony.ts";
import { cosigners, openCheckpoint, printProof } from "./checkpoint.ts";
import { verifyDst } from "./ed25519.ts";
import { parseEntry } from "./entry.ts";
import type { Entry } from "./entry.ts";
import { Fault } from "./fault.ts";
import { parseForm } from "./form.ts";
import type { Form } from "./form.ts";
import { parseGenesis } from "./genesis.ts";
import type { Genesis } from "./genesis.ts";
import { sha256 } from "./hash.ts";
import { parseHeader } from "./header.ts";
import type { Header } from "./header.ts";
import {
  leafHash,
  proveConsistency,
  proveInclusion,
  rootOf,
  treeRoot,
  verifyConsistency,
  verifyInclusion,
} from "./merkle.ts";
import type { Node } from "./merkle.ts";
import { parseVkey, printVkey } from "./note.ts";
import type { NoteKey } from "./note.ts";
import { checkStopped } from "./source.ts";
import type { Source } from "./source.ts";
import { printTile, tileWidth, TILE_WIDTH } from "./tile.ts";
import type { Tile } from "./tile.ts";
import type { Row } from "./spaces.ts";

/** What was seen of a log before: its vkey, and the note verified last (or no bytes). */
export interface Kept {
  readonly logKey: string;
  readonly checkpoint: Uint8Array;
}

export type Checkpoint = Awaited<ReturnType<typeof openCheckpoint>>;

/** A bundle of entries that was proven. */
interface Bundle {
  readonly entries: readonly Uint8Array[];
  readonly leaves: readonly Uint8Array[];
}

export interface Trust {
  readonly source: Source;
  readonly key: NoteKey;
  readonly checkpoint: Checkpoint;
  readonly tiles: Map<string, readonly Uint8Array[]>;
  readonly bundles: Map<number, Promise<Bundle>>;
}

/** Bundles that are fetched ahead, and how many stay. */
const AHEAD = 3;
const BUNDLES_KEPT = 8;

function lie(code: string, detail: string, evidence?: Readonly<Record<string, unknown>>): Fault {
  const text =
    evidence === undefined
      ? undefined
      : `${JSON.stringify({ what: detail, ...evidence }, null, 2)}\n`;
  return new Fault("lie", code, detail, text);
}

/* What is malformed although the log or the server gives it. */
function malformed<T>(code: string, read: () => T): T {
  try {
    return read();
  } catch (e) {
    throw e instanceof Fault && e.kind === "input" && e.code !== "stopped"
      ? lie(code, e.detail)
      : e;
  }
}

async function malformedLater<T>(code: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (e) {
    throw e instanceof Fault && e.kind === "input" && e.code !== "stopped"
      ? lie(code, e.detail)
      : e;
  }
}

/* ---- The log ------------------------------------------------------------- */

/* A file of the log, or of a whole tile where the partial one is gone. */
async function getTile(
  t: Trust,
  tile: Tile,
  signal?: AbortSignal,
): Promise<{ bytes: Uint8Array; width: number }> {
  const get = (width: number) => t.source.get(`log/${printTile({ ...tile, width })}`, signal);
  for (const width of tile.width === TILE_WIDTH ? [TILE_WIDTH] : [tile.width, TILE_WIDTH]) {
    try {
      return { bytes: await get(width), width };
    } catch (e) {
      // Gone is a lie; a firewall's refusal, say, is none.
      if (!(e instanceof Fault) || e.kind !== "refused" || e.code !== "not-found") throw e;
    }
  }
  throw lie("log-missing", `the log has no ${printTile(tile)}`, {
    checkpoint: fromUtf8(t.checkpoint.bytes),
  });
}

function tileName(level: number, index: number): string {
  return `${level}/${index}`;
}

async function loadHashes(
  t: Trust,
  level: number,
  index: number,
  signal?: AbortSignal,
): Promise<void> {
  const width = tileWidth(level, index, t.checkpoint.size);
  const got = await getTile(t, { level, index, width }, signal);
  if (width === 0 || got.bytes.length !== got.width * 32)
    throw lie("log-missing", `tile ${level}/${index} does not hold ${got.width} hashes`);
  const hashes = Array.from({ length: width }, (_, i) => got.bytes.subarray(32 * i, 32 * i + 32));
  t.tiles.set(tileName(level, index), hashes);
}

/* A tile that a proof needs. */
class Missing extends Error {
  readonly level: number;
  readonly index: number;

  constructor(level: number, index: number) {
    super(tileName(level, index));
    this.level = level;
    this.index = index;
  }
}

/* Nodes out of the tiles that were loaded. */
function nodeOf(t: Trust): Node {
  return (level, index) => {
    const [tiles, height] = [Math.floor(level / 8), level % 8];
    const tile = Math.floor(index / 2 ** (8 - height));
    const hashes = t.tiles.get(tileName(tiles, tile));
    if (hashes === undefined) throw new Missing(tiles, tile);
    const from = (index % 2 ** (8 - height)) * 2 ** height;
    return rootOf(hashes.slice(from, from + 2 ** height));
  };
}

/* Compute over nodes, loading the tiles that are missing. */
async function withTiles<T>(
  t: Trust,
  compute: (node: Node) => T,
  node: Node,
  signal?: AbortSignal,
): Promise<T> {
  for (;;) {
    try {
      return compute(node);
    } catch (e) {
      if (!(e instanceof Missing)) throw e;
      await loadHashes(t, e.level, e.index, signal);
    }
  }
}

async function continues(t: Trust, kept: Kept, signal?: AbortSignal): Promise<void> {
  const now = t.checkpoint;
  const old = await openCheckpoint(kept.checkpoint, t.key).catch(() => {
    throw new Fault("input", "papers", "the checkpoint kept from before is not of this log");
  });
  const evidence = { log_key: kept.logKey, before: fromUtf8(old.bytes), now: fromUtf8(now.bytes) };
  if (old.size > now.size)
    throw lie(
      "rollback",
      `the log has become shorter: ${now.size} entries, there were ${old.size}`,
      evidence,
    );
  if (old.size === 0) return;
  const proof = await withTiles(
    t,
    (node) => proveConsistency(old.size, now.size, node),
    nodeOf(t),
    signal,
  );
  if (!verifyConsistency(old.size, now.size, proof, old.root, now.root))
    throw lie("fork", "the log is not the one seen before: its past was changed", evidence);
}

/**
 * Read and verify the log's checkpoint.  Its key is the one that was `kept`; at
 * the first contact the server's.  Fault lie: log-key (signed by another one),
 * rollback and fork (with both notes), log-missing.
 */
export async function openTrust(
  source: Source,
  kept: readonly Kept[],
  signal?: AbortSignal,
): Promise<Trust> {
  const known = kept.map((k) => k.logKey).find((k) => k !== "");
  const given = known ?? fromUtf8(await source.get("log/key", signal)).replace(/\n$/, "");
  const key = malformed("log-key", () => parseVkey(given));
  const bytes = await source.get("log/checkpoint", signal);
  const evidence = { log_key: given, checkpoint: new TextDecoder().decode(bytes) };
  if (kept.some((k) => k.logKey !== "" && k.logKey !== given))
    throw lie("log-key", "the papers and this device know two different keys of the log", {
      keys: kept.map((k) => k.logKey),
    });
  const checkpoint = await openCheckpoint(bytes, key).catch((e: unknown) => {
    throw e instanceof Fault
      ? lie("log-key", `the checkpoint is not signed by the key ${key.name}: ${e.detail}`, evidence)
      : e;
  });
  const t: Trust = { source, key, checkpoint, tiles: new Map(), bundles: new Map() };
  for (const k of kept) if (k.checkpoint.length > 0) await continues(t, k, signal);
  return t;
}

/** What to keep for the next time. */
export function keptOf(t: Trust): Kept {
  return { logKey: printVkey(t.key), checkpoint: t.checkpoint.bytes };
}

/* ---- Entries ------------------------------------------------------------- */

/* Nodes inside the bundle come from its own entries, so that a proof of any one
   of them proves them all; the others come from the log's tiles. */
function nodeWith(t: Trust, bundle: number, leaves: readonly Uint8Array[]): Node {
  const tiles = nodeOf(t);
  return (level, index) => {
    const first = index * 2 ** level - bundle * TILE_WIDTH;
    if (level > 8 || first < 0 || first + 2 ** level > leaves.length) return tiles(level, index);
    return rootOf(leaves.slice(first, first + 2 ** level));
  };
}

function splitBundle(bytes: Uint8Array, n: number): Uint8Array[] {
  const out: Uint8Array[] = [];
  let at = 0;
  while (out.length < n) {
    const size = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
    if (at + 2 + size > bytes.length) throw lie("log-missing", "a bundle of entries is too short");
    out.push(bytes.subarray(at + 2, at + 2 + size));
    at += 2 + size;
  }
  if (at !== bytes.length) throw lie("log-missing", "a bundle of entries is too long");
  return out;
}

async function prove(
  t: Trust,
  leaves: readonly Uint8Array[],
  index: number,
  signal?: AbortSignal,
): Promise<Uint8Array[]> {
  const { size, root } = t.checkpoint;
  const bundle = Math.floor(index / TILE_WIDTH);
  const node = nodeWith(t, bundle, leaves);
  const proof = await withTiles(t, (n) => proveInclusion(index, size, n), node, signal);
  if (!verifyInclusion(leaves[index % TILE_WIDTH] as Uint8Array, index, size, proof, root))
    throw lie("log-entry", `entry ${index} is not in the log that the checkpoint signs`, {
      checkpoint: fromUtf8(t.checkpoint.bytes),
      index,
    });
  return proof;
}

async function readBundle(t: Trust, index: number, signal?: AbortSignal): Promise<Bundle> {
  const width = tileWidth("entries", index, t.checkpoint.size);
  const got = await getTile(t, { level: "entries", index, width }, signal);
  const entries = splitBundle(got.bytes, got.width).slice(0, width);
  const b = { entries, leaves: entries.map(leafHash) };
  await prove(t, b.leaves, index * TILE_WIDTH, signal);
  return b;
}

function bundleOf(t: Trust, index: number, signal?: AbortSignal): Promise<Bundle> {
  let b = t.bundles.get(index);
  if (b === undefined) {
    b = readBundle(t, index, signal);
    t.bundles.set(index, b);
    b.catch(() => t.bundles.delete(index));
    for (const old of t.bundles.keys())
      if (t.bundles.size > BUNDLES_KEPT && old !== index) t.bundles.delete(old);
  }
  return b;
}

/** Entry number `index`, its whole bundle proven. */
export async function trustEntry(t: Trust, index: number, signal?: AbortSignal): Promise<Entry> {
  if (index >= t.checkpoint.size)
    throw new Fault("refused", "not-found", `the log has no entry ${index} yet`);
  const b = await bundleOf(t, Math.floor(index / TILE_WIDTH), signal);
  return malformed("log-entry", () => parseEntry(b.entries[index % TILE_WIDTH] as Uint8Array));
}

export interface ReadOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called with entries read and entries to read. */
  readonly progress?: ((done: number, all: number) => void) | undefined;
}

/**
 * Read the entries [from, to) in order, until `visit` gives true.  `raw` are
 * the bytes that were hashed, `leaves` the leaf hashes of their whole bundle.
 */
export async function eachEntry(
  t: Trust,
  from: number,
  to: number,
  visit: (
    index: number,
    e: Entry,
    raw: Uint8Array,
    leaves: readonly Uint8Array[],
  ) => boolean | void,
  o: ReadOptions = {},
): Promise<void> {
  const last = Math.ceil(to / TILE_WIDTH);
  for (let k = Math.floor(from / TILE_WIDTH); k < last; k++) {
    checkStopped(o.signal);
    for (let next = k; next < Math.min(last, k + AHEAD); next++)
      bundleOf(t, next, o.signal).catch(() => undefined);
    const b = await bundleOf(t, k, o.signal);
    for (const [i, raw] of b.entries.entries()) {
      const index = k * TILE_WIDTH + i;
      if (index < from || index >= to) continue;
      if (
        visit(
          index,
          malformed("log-entry", () => parseEntry(raw)),
          raw,
          b.leaves,
        ) === true
      )
        return;
    }
    o.progress?.(Math.min(to, (k + 1) * TILE_WIDTH) - from, to - from);
  }
}

/**
 * The tlog-proof (C2SP) of an entry under the checkpoint, from the `leaves` that
 * its bundle was read with: nothing is fetched again, or the bundle that was
 * asked for twice would be the one with her ballot.
 */
export async function trustProof(
  t: Trust,
  index: number,
  leaves: readonly Uint8Array[],
): Promise<Uint8Array> {
  return printProof(index, await prove(t, leaves, index), t.checkpoint.bytes);
}

/**
 * The root of the log when it had `size` entries, proven to be a beginning of
 * this one; Fault lie, log-missing: the tiles are not those of the checkpoint.
 */
export async function rootAt(t: Trust, size: number, signal?: AbortSignal): Promise<Uint8Array> {
  const now = t.checkpoint;
  const old = await withTiles(t, (node) => treeRoot(size, node), nodeOf(t), signal);
  const proof = await withTiles(
    t,
    (node) => proveConsistency(size, now.size, node),
    nodeOf(t),
    signal,
  );
  if (!verifyConsistency(size, now.size, proof, old, now.root))
    throw lie("log-missing", "the tiles are not those of the checkpoint", {
      checkpoint: fromUtf8(now.bytes),
    });
  return old;
}

/** The log's first entry. */
export async function trustGenesis(t: Trust, signal?: AbortSignal): Promise<Genesis> {
  const e = await trustEntry(t, 0, signal);
  if (e.kind !== "genesis") throw lie("genesis", "the log does not begin with a genesis entry");
  return malformed("genesis", () => parseGenesis(e.text, t.key));
}

/** The object of the hash `name`.  Fault lie, object: what is given is another. */
export async function trustObject(
  t: Trust,
  name: Uint8Array,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const bytes = await t.source.get(`api/v1/objects/${hex(name)}`, signal);
  if (!equal(sha256(bytes), name)) throw lie("object", `the object ${hex(name)} is another one`);
  return bytes;
}

/* ---- Header and form ----------------------------------------------------- */

/** How many of the header's witnesses cosigned the checkpoint. */
export async function witnessCount(t: Trust, h: Header): Promise<number> {
  return (await cosigners(t.checkpoint.note, h.witnesses.keys)).length;
}

/**
 * Accept `bytes` as the header of `row`: logged by its first entry, of this
 * log, and the checkpoint cosigned by the quorum that it names.  Fault lie:
 * header, witnesses.
 */
export async function acceptHeader(
  t: Trust,
  row: Row,
  bytes: Uint8Array,
  signal?: AbortSignal,
): Promise<Header> {
  const h = malformed("header", () => parseHeader(bytes));
  const e = await trustEntry(t, row.first, signal);
  const evidence = {
    header: fromUtf8(bytes),
    index: row.first,
    checkpoint: fromUtf8(t.checkpoint.bytes),
  };
  if (e.kind !== "header" || !equal(e.spaceId, h.id))
    throw lie(
      "header",
      `entry ${row.first} of the log announces another space than the server's header`,
      evidence,
    );
  if (h.origin !== t.checkpoint.origin || h.slug !== row.slug || !equal(h.id, row.spaceId))
    throw lie("header", "the server gave the header of another space or log", evidence);
  const witnesses = await witnessCount(t, h);
  if (witnesses < h.witnesses.quorum)
    throw lie(
      "witnesses",
      `${witnesses} of ${h.witnesses.quorum} witnesses have cosigned; try again later`,
      evidence,
    );
  return h;
}

export async function trustHeader(t: Trust, row: Row, signal?: AbortSignal): Promise<Header> {
  return acceptHeader(
    t,
    row,
    await t.source.get(`api/v1/spaces/${row.slug}/header`, signal),
    signal,
  );
}

/* Each trustee signs one form, after she compared it with her ceremony. */
async function signedByAll(
  sigs: readonly Uint8Array[],
  formId: Uint8Array,
  h: Header,
): Promise<void> {
  const keys = h.trustees.keys;
  if (sigs.length !== keys.length)
    throw lie("trustees", `the form is signed by ${sigs.length} of ${keys.length} trustees`);
  for (const [i, pk] of keys.entries())
    if (!(await verifyDst(pk, "form", [formId], sigs[i] as Uint8Array)))
      throw lie("trustees", `the signature of trustee ${i + 1} does not verify`);
}

/* Whoever gives one voter another key would read her ballot. */
async function ceremony(t: Trust, h: Header, f: Form, signal?: AbortSignal): Promise<void> {
  const transcript = f.seal?.transcript ?? new Uint8Array(32);
  const bytes = await trustObject(t, transcript, signal);
  const keys = await malformedLater("ceremony", () => parseTranscript(bytes, h));
  if (!sealIsOf(f, keys))
    throw lie("ceremony", "the key that seals the ballots is not the trustees'");
}

async function formEntry(
  t: Trust,
  first: number,
  h: Header,
  o: ReadOptions,
): Promise<Entry & { kind: "form" }> {
  const found: (Entry & { kind: "form" })[] = [];
  await eachEntry(
    t,
    first,
    t.checkpoint.size,
    (_, e) => {
      if (e.kind === "form" && equal(e.spaceId, h.id)) found.push(e);
      return found.length > 0;
    },
    o,
  );
  if (found[0] === undefined)
    throw new Fault("refused", "form-missing", "the log has no form of the space yet");
  return found[0];
}

/**
 * The form of `h`, as logged after entry `row.first`.  A sealed one only with
 * the signatures of all trustees and the key that the ceremony made whose
 * transcript it names.  Fault lie: form, trustees, ceremony, object; refused:
 * form-missing.
 */
export async function trustForm(t: Trust, row: Row, h: Header, o: ReadOptions = {}): Promise<Form> {
  const bytes = await t.source.get(`api/v1/spaces/${row.slug}/form`, o.signal);
  const f = malformed("form", () => parseForm(bytes, h));
  const e = await formEntry(t, row.first, h, o);
  if (!equal(e.formId, f.id))
    throw lie("form", "the form that the server gives is not the one in the log", {
      form: fromUtf8(bytes),
      logged: hex(e.formId),
      checkpoint: fromUtf8(t.checkpoint.bytes),
    });
  if (h.trustees.keys.length > 0) {
    await signedByAll(e.trusteeSigs, f.id, h);
    await ceremony(t, h, f, o.signal);
  }
  return f;
}

/** Evidence as text, for Faults of others. */
export function evidenceText(what: string, parts: Readonly<Record<string, unknown>>): string {
  return `${JSON.stringify({ what, ...parts }, null, 2)}\n`;
}
