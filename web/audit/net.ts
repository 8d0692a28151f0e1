/* The files of an audit from a server (PROTOCOL 9). */
import { Fault } from "../core/fault.ts";
import type { LogFiles } from "./files.ts";

type Get = { get(path: string, signal?: AbortSignal): Promise<Uint8Array> };

/** What ${source} serves: log/... and api/v1/objects/...; 404 is null. */
export function serverFiles(source: Get, signal?: AbortSignal): LogFiles {
  const read = async (path: string): Promise<Uint8Array | null> => {
    try {
      return await source.get(path, signal);
    } catch (e) {
      if (e instanceof Fault && e.kind === "refused" && e.code === "not-found") return null;
      if (e instanceof Fault && e.kind === "refused") {
        throw new Fault("offline", "unreadable", `${path}: ${e.detail}`);
      }
      throw e;
    }
  };
  return {
    log: (path) => read(`log/${path}`),
    object: (name) => read(`api/v1/objects/${name}`),
  };
}
