/* Rule 5: the published hash tiles are those of the entries. */
import { equal } from "../core/bytes.ts";
import { TILE_WIDTH } from "../core/tile.ts";
import { append, hashesOf, newTree, root, type LogFiles } from "./files.ts";
import { report, RULE, type Judge } from "./rules.ts";

const LEVELS = 8;

export type Tiles = {
  /** Hashes of the tiles that are growing, by level. */
  level: { index: number; hashes: Uint8Array[] }[];
  /** Numbers of entries that differ from the published tiles of level 0. */
  altered: number[];
};

export function newTiles(): Tiles {
  return { level: Array.from({ length: LEVELS }, () => ({ index: 0, hashes: [] })), altered: [] };
}

async function compare(
  t: Tiles,
  level: number,
  f: LogFiles,
  size: number,
  j: Judge,
): Promise<void> {
  const { index, hashes } = t.level[level]!;
  const there = await hashesOf(f, level, index, size);
  j.judged[RULE.tiles]!++;
  if (there === null) {
    report(j, RULE.tiles, undefined, `tile ${level}/${index} does not hold its hashes`);
    return;
  }
  let told = false;
  hashes.forEach((own, i) => {
    if (there[i] !== undefined && equal(there[i], own)) return;
    if (level === 0) t.altered.push(index * TILE_WIDTH + i);
    if (told) return;
    told = true;
    const where = `hash ${i} of tile ${level}/${index}`;
    report(j, RULE.tiles, undefined, `${where} is not that of the entries`);
  });
}

/** Take in the next leaf; judge the tiles that are full now. */
export async function pushLeaf(
  t: Tiles,
  leaf: Uint8Array,
  f: LogFiles,
  size: number,
  j: Judge,
): Promise<void> {
  let hash = leaf;
  for (let level = 0; level < LEVELS; level++) {
    const l = t.level[level]!;
    l.hashes.push(hash);
    if (l.hashes.length < TILE_WIDTH) return;
    await compare(t, level, f, size, j);
    const tree = newTree();
    for (const h of l.hashes) append(tree, h);
    hash = root(tree)!;
    t.level[level] = { index: l.index + 1, hashes: [] };
  }
}

/** Judge the tiles that are not full. */
export async function endTiles(t: Tiles, f: LogFiles, size: number, j: Judge): Promise<void> {
  for (let level = 0; level < LEVELS; level++) {
    if (t.level[level]!.hashes.length > 0) await compare(t, level, f, size, j);
  }
}
