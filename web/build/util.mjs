// Small things that every step of the build needs.
import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** Problems are collected, so that one run names them all. */
export const problems = [];

export function problem(text) {
  problems.push(text);
}

/** Order by UTF-16 code units: not the machine's language. */
export function byCode(a, b) {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function sha(bits, bytes, encoding) {
  return createHash(`sha${bits}`).update(bytes).digest(encoding);
}

/** "qr.js" and its contents -> "qr.1f2e3d4c5b6a7988.js". */
export function hashedName(logical, bytes) {
  const dot = logical.lastIndexOf(".");
  const hash = sha(256, bytes, "hex").slice(0, 16);
  return `${logical.slice(0, dot)}.${hash}${logical.slice(dot)}`;
}

/** Every file below `folder` whose name matches, in a fixed order. */
export function filesBelow(folder, pattern) {
  const out = [];
  let entries = [];
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
  }
  for (const entry of entries.sort((a, b) => byCode(a.name, b.name))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) out.push(...filesBelow(path, pattern));
    else if (pattern.test(entry.name)) out.push(path);
  }
  return out;
}

export function readText(path) {
  return readFileSync(path, "utf8");
}
