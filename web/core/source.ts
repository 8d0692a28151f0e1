/* Where a client reads and writes; app/net.ts is one over fetch. */
import { Fault } from "./fault.ts";

export interface Answer {
  /** 200 or 201. */
  readonly status: number;
  readonly body: Uint8Array;
}

export interface Source {
  /**
   * The body of a 200 answer to GET `path` ("log/checkpoint", below the base,
   * or a whole URL).  Fault offline: no answer came in time; refused: the
   * server said no, with the name of its problem; input/stopped: `signal`.
   */
  get(path: string, signal?: AbortSignal): Promise<Uint8Array>;
  /** The answer to a POST to `path` or URL; never sent twice here. */
  post(
    path: string,
    body: Uint8Array,
    headers: Readonly<Record<string, string>>,
    signal?: AbortSignal,
  ): Promise<Answer>;
}

/** Refuse to go on where the person pressed stop. */
export function checkStopped(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new Fault("input", "stopped");
}
