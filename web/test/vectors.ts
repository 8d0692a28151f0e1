/* Reading test vectors: the project's own, and those of the standards. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { fromHex } from "../core/bytes.ts";
import { Fault } from "../core/fault.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const standards = path.resolve(root, process.env["SHARED"] ?? "../shared", "vectors");

/** A case: text and numbers by name; what is nested the tests name themselves. */
export type Case = Readonly<Record<string, string>>;

export interface Own {
  readonly tests: readonly Case[];
  readonly refused: readonly Case[];
  readonly [name: string]: unknown;
}

/** tests/vectors/`name`. */
export function own(name: string): Own {
  return JSON.parse(readFileSync(path.join(root, "tests/vectors", name), "utf8")) as Own;
}

/** For a test's options: skips it where the standards' vectors are absent. */
export const needsShared = {
  skip: existsSync(standards) ? false : `skipped: ${standards} is not there (set SHARED)`,
};

/** A file of the standards' vectors. */
export function shared(name: string): Own {
  return JSON.parse(readFileSync(path.join(standards, name), "utf8")) as Own;
}

export const unhex = (s: string | undefined): Uint8Array => fromHex(s ?? "");

/** Demands that `f` ends in the Fault of a vector's `error`. */
export async function refuses(f: () => unknown, error: string, why: string): Promise<void> {
  try {
    await f();
  } catch (e) {
    assert.ok(e instanceof Fault, `${why}: ${String(e)}`);
    assert.equal(e.code, error, `${why}: ${e.detail}`);
    return;
  }
  assert.fail(`${why}: it was taken`);
}
