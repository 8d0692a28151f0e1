/* A log made in memory, of any length, behind a Source that notes what is asked. */
import { b64, concat, hex, lp, u32, u64, u8, utf8 } from "../core/bytes.ts";
import { publicKey, sign } from "../core/ed25519.ts";
import { Fault } from "../core/fault.ts";
import type { Header } from "../core/header.ts";
import { canonical } from "../core/json.ts";
import { leafHash, nodesOf, treeRoot } from "../core/merkle.ts";
import { NOTE_ED25519, noteKey, printVkey, type NoteKey } from "../core/note.ts";
import { recordEntry } from "../core/record.ts";
import type { Source } from "../core/source.ts";
import { parseTile, TILE_WIDTH } from "../core/tile.ts";

const SEED = new Uint8Array(32).fill(7);

function signer(n: number): Uint8Array {
  return concat(new Uint8Array(32).fill(n), u64(1), new Uint8Array(64));
}

function genesis(key: NoteKey): Uint8Array {
  const admin = (n: number) => ({ key: `0${n}`.repeat(32), name: "A", role: "admin" });
  const receipt = noteKey(`${key.name}/receipt`, NOTE_ED25519, key.pk);
  const doc = {
    log_key: printVkey(key),
    name: "Comune",
    origin: key.name,
    receipt_key: printVkey(receipt),
    rehearsal: 1,
    staff: [admin(1), admin(2)],
    version: 1,
  };
  return concat(u8(1), u8(1), canonical(doc));
}

function note(key: NoteKey, text: string): Uint8Array {
  const sig = b64(concat(key.id, sign(SEED, utf8(text))));
  return utf8(`${text}\n\u2014 ${key.name} ${sig}\n`);
}

/** The note of the checkpoint of these leaves. */
function checkpoint(key: NoteKey, leaves: readonly Uint8Array[]): Uint8Array {
  const root = b64(treeRoot(leaves.length, nodesOf(leaves)));
  return note(key, `${key.name}\n${leaves.length}\n${root}\n`);
}

/** The promise of such a log's server to log this record. */
export function paperReceipt(h: Header, record: Uint8Array): Uint8Array {
  const key = noteKey(`${h.origin}/receipt`, NOTE_ED25519, publicKey(SEED));
  const lines = [b64(h.id), b64(leafHash(recordEntry(record))), `${h.participation.to}`];
  return note(key, `partecipa/receipt/v1\n${lines.join("\n")}\n`);
}

/** A log of `size` entries with one space and these records at these places. */
export function paperLog(h: Header, size: number, records: ReadonlyMap<number, Uint8Array>) {
  const key = noteKey(h.origin, NOTE_ED25519, publicKey(SEED));
  const batch = (i: number) => concat(u8(6), u8(1), h.id, u64(h.participation.to), u32(i));
  const entries = Array.from({ length: size }, (_, i) => {
    const record = records.get(i);
    return record === undefined ? batch(i) : recordEntry(record);
  });
  entries[0] = genesis(key);
  entries[1] = concat(u8(2), u8(1), h.id, u8(2), signer(1), signer(2));
  const leaves = entries.map(leafHash);
  const node = nodesOf(leaves);
  const signed = checkpoint(key, leaves);
  const asked: string[] = [];
  const row = {
    first: 1,
    form_id: "",
    kind: h.kind,
    last: size,
    phase: "open",
    slug: h.slug,
    space_id: hex(h.id),
    titles: h.titles,
  };
  const tile = (path: string): Uint8Array => {
    const t = parseTile(path);
    const at = (i: number) => t.index * TILE_WIDTH + i;
    if (t.level === "entries")
      return concat(...Array.from({ length: t.width }, (_, i) => lp(entries[at(i)] as Uint8Array)));
    const level = 8 * t.level;
    return concat(...Array.from({ length: t.width }, (_, i) => node(level, at(i))));
  };
  const files: Readonly<Record<string, () => Uint8Array>> = {
    "log/key": () => utf8(`${printVkey(key)}\n`),
    "log/checkpoint": () => signed,
    "api/v1/spaces": () => canonical([row] as never),
    [`api/v1/spaces/${h.slug}/header`]: () => h.bytes,
  };
  const source: Source = {
    get: async (path) => {
      asked.push(path);
      const file = files[path];
      if (file !== undefined) return file();
      if (path.startsWith("log/tile/")) return tile(path.slice(4));
      throw new Fault("refused", "not-found", path);
    },
    post: () => Promise.reject(new Fault("refused", "not-found")),
  };
  return { source, asked, leaves };
}
