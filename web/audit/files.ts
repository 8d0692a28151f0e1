/*
 * Reading what an audit reads: the files of the log and the objects that it
 * names (PROTOCOL 9), of a server or of a folder.
 */
import { reader } from "../core/bytes.ts";
import { Fault } from "../core/fault.ts";
import { hashNode } from "../core/merkle.ts";
import { printTile, tileWidth, TILE_WIDTH, type Tile } from "../core/tile.ts";

/** null: it is not there.  Anything else that goes wrong is a Fault. */
export type LogFiles = {
  /** A file below log/: "checkpoint", "key", "tile/...". */
  log(path: string): Promise<Uint8Array | null>;
  /** The object (contents and rolls too) of a name in hex. */
  object(name: string): Promise<Uint8Array | null>;
};

/** A file of the log that has to be there; Fault "offline" if it is not. */
export async function logFile(f: LogFiles, path: string): Promise<Uint8Array> {
  const bytes = await f.log(path);
  if (bytes === null) throw new Fault("offline", "unreadable", `log/${path} is missing`);
  return bytes;
}

/*
 * A tile as of a log of ${size} entries.  Where only the whole tile is there,
 * its beginning is the partial one; the width is then that of the whole.
 */
async function tile(f: LogFiles, t: Tile): Promise<{ width: number; bytes: Uint8Array }> {
  const bytes = t.width === TILE_WIDTH ? null : await f.log(printTile(t));
  if (bytes !== null) return { width: t.width, bytes };
  return { width: TILE_WIDTH, bytes: await logFile(f, printTile({ ...t, width: TILE_WIDTH })) };
}

/** The entries of a bundle; null: it does not hold what it should. */
export async function entriesOf(
  f: LogFiles,
  index: number,
  size: number,
): Promise<Uint8Array[] | null> {
  const wanted = tileWidth("entries", index, size);
  const { width, bytes } = await tile(f, { level: "entries", index, width: wanted });
  try {
    const r = reader(bytes);
    const out = Array.from({ length: width }, () => r.lp());
    r.end();
    return out.slice(0, wanted);
  } catch (e) {
    if (e instanceof Fault) return null;
    throw e;
  }
}

/** The hashes of a tile; null: it does not hold what it should. */
export async function hashesOf(
  f: LogFiles,
  level: number,
  index: number,
  size: number,
): Promise<Uint8Array[] | null> {
  const wanted = tileWidth(level, index, size);
  const { width, bytes } = await tile(f, { level, index, width: wanted });
  if (bytes.length !== 32 * width) return null;
  return Array.from({ length: wanted }, (_, i) => bytes.subarray(32 * i, 32 * i + 32));
}

/** A tree that grows (RFC 6962): perfect subtrees, the largest first. */
export type Tree = { size: number; peaks: { level: number; hash: Uint8Array }[] };

export function newTree(): Tree {
  return { size: 0, peaks: [] };
}

/** Append a leaf hash. */
export function append(t: Tree, leaf: Uint8Array): void {
  let last = { level: 0, hash: leaf };
  for (;;) {
    const before = t.peaks[t.peaks.length - 1];
    if (before === undefined || before.level !== last.level) break;
    t.peaks.pop();
    last = { level: last.level + 1, hash: hashNode(before.hash, last.hash) };
  }
  t.peaks.push(last);
  t.size++;
}

/** The root; undefined of an empty tree. */
export function root(t: Tree): Uint8Array | undefined {
  let acc: Uint8Array | undefined;
  for (let i = t.peaks.length - 1; i >= 0; i--) {
    const { hash } = t.peaks[i]!;
    acc = acc === undefined ? hash : hashNode(hash, acc);
  }
  return acc;
}
