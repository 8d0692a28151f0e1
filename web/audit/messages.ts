/* What a page and its audit worker say to each other. */
import type { FaultKind } from "../core/fault.ts";
import type { Audit, Progress } from "./replay.ts";

/** The page's only message: begin. */
export type Begin = {
  /** Of the space; undefined: all. */
  slug: string | undefined;
  /** The log's key as this device knows it; undefined: as the server gives it. */
  key: string | undefined;
  /** The checkpoint that this device kept; undefined: none. */
  earlier: Uint8Array | undefined;
};

export type Answer =
  | { type: "progress"; progress: Progress }
  | { type: "done"; audit: Audit; seconds: number }
  | { type: "failed"; kind: FaultKind; code: string; detail: string };
