/*
 * The audit in a worker: reads the log and its objects from the server that
 * gave the page, and answers with messages.ts.  A page stops it by ending it.
 */
import { openCheckpoint } from "../core/checkpoint.ts";
import { Fault } from "../core/fault.ts";
import { parseVkey } from "../core/note.ts";
import type { Answer, Begin } from "./messages.ts";
import { fetchFiles } from "./net.ts";
import { audit, type Kept, type Progress } from "./replay.ts";

/** What a worker's global object has, in whatever kind of worker. */
type Port = {
  postMessage(message: Answer): void;
  addEventListener(type: "message", f: (event: { data: Begin }) => void): void;
};
const port = globalThis as unknown as Port;

/** Milliseconds between two messages about the same stage. */
const EVERY = 100;

function teller(): (p: Progress) => void {
  let last = 0;
  let stage = "";
  return (progress) => {
    const now = performance.now();
    if (progress.stage === stage && now - last < EVERY) return;
    last = now;
    stage = progress.stage;
    port.postMessage({ type: "progress", progress });
  };
}

async function kept(b: Begin): Promise<Kept | undefined> {
  if (b.key === undefined || b.earlier === undefined || b.earlier.length === 0) return undefined;
  return openCheckpoint(b.earlier, parseVkey(b.key));
}

async function run(b: Begin): Promise<void> {
  const start = performance.now();
  const earlier = await kept(b);
  const files = fetchFiles("");
  const found = await audit({ files, key: b.key, slug: b.slug, earlier, onProgress: teller() });
  const seconds = (performance.now() - start) / 1000;
  port.postMessage({ type: "done", audit: found, seconds });
}

port.addEventListener("message", ({ data }) => {
  run(data).catch((e: unknown) => {
    const fault = e instanceof Fault ? e : new Fault("device", "audit", String(e));
    const { kind, code, detail } = fault;
    port.postMessage({ type: "failed", kind, code, detail });
  });
});
