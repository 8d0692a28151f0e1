/* The web client's own files, held against the log (PROTOCOL 8, bundle). */
import { equal, fromUtf8, hex } from "./bytes.ts";
import { Fault } from "./fault.ts";
import { parseManifest } from "./manifest.ts";
import { evidenceText, trustEntry, trustObject, type Trust } from "./trust.ts";

/** A file that a page loaded: its path without the first slash, and its SHA-256. */
export interface Loaded {
  readonly path: string;
  readonly hash: Uint8Array;
}

/**
 * Fault lie, bundle: entry `index` of the log is none of a web client, or its
 * manifest names another file than one that was loaded, with the evidence.
 */
export async function checkBundle(
  t: Trust,
  index: number,
  loaded: readonly Loaded[],
  signal?: AbortSignal,
): Promise<void> {
  const wrong = (detail: string, parts: Readonly<Record<string, unknown>>): Fault =>
    new Fault(
      "lie",
      "bundle",
      detail,
      evidenceText(detail, { ...parts, checkpoint: fromUtf8(t.checkpoint.bytes) }),
    );
  const e = await trustEntry(t, index, signal);
  if (e.kind !== "bundle") throw wrong(`entry ${index} of the log is no web client`, { index });
  const files = parseManifest(await trustObject(t, e.object, signal));
  for (const { path, hash } of loaded) {
    const logged = files.get(path);
    if (logged === undefined || !equal(logged, hash))
      throw wrong(`${path} is not the file that the log names`, {
        index,
        path,
        loaded: hex(hash),
        logged: logged === undefined ? "" : hex(logged),
      });
  }
}
