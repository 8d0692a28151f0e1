/* Paths and arithmetic of C2SP tlog-tiles. */
import { Fault } from "./fault.ts";

export const TILE_WIDTH = 256;

/** Level 0 to 63, or the bundles of entries. */
export interface Tile {
  readonly level: number | "entries";
  readonly index: number;
  /** 1 to 256. */
  readonly width: number;
}

const LEVEL_MAX = 63;
const PATH = /^tile\/(entries|0|[1-9]\d?)\/((?:x\d{3}\/)*\d{3})(?:\.p\/([1-9]\d{0,2}))?$/;

/** "tile/0/x001/234.p/5" and back; strict (Fault format). */
export function parseTile(path: string): Tile {
  const m = PATH.exec(path);
  const groups = (m?.[2] ?? "").replace(/x/g, "").split("/");
  const level = m?.[1] === "entries" ? "entries" : Number(m?.[1]);
  const index = Number(groups.join(""));
  const width = m?.[3] === undefined ? TILE_WIDTH : Number(m[3]);
  if (
    m === null ||
    (level !== "entries" && level > LEVEL_MAX) ||
    (groups.length > 1 && groups[0] === "000") ||
    !Number.isSafeInteger(index) ||
    (m[3] !== undefined && width >= TILE_WIDTH)
  ) {
    throw new Fault("input", "format", `no path of a tile: ${path.slice(0, 80)}`);
  }
  return { level, index, width };
}

export function printTile(t: Tile): string {
  const digits = String(t.index);
  const padded = digits.padStart(Math.ceil(digits.length / 3) * 3, "0");
  const groups = padded.match(/\d{3}/g) ?? [];
  const path = groups.map((g, i) => (i + 1 < groups.length ? `x${g}` : g)).join("/");
  return `tile/${t.level}/${path}${t.width === TILE_WIDTH ? "" : `.p/${t.width}`}`;
}

/** How many hashes (entries) that level has, over all its tiles. */
function levelSize(level: Tile["level"], size: number): number {
  return level === "entries" ? size : Math.floor(size / TILE_WIDTH ** level);
}

/** How many hashes (entries) that tile has in a log of `size` entries. */
export function tileWidth(level: Tile["level"], index: number, size: number): number {
  const left = levelSize(level, size) - index * TILE_WIDTH;
  return Math.max(0, Math.min(TILE_WIDTH, left));
}

/** How many tiles of that level, the partial one included. */
export function tileCount(level: Tile["level"], size: number): number {
  return Math.ceil(levelSize(level, size) / TILE_WIDTH);
}
