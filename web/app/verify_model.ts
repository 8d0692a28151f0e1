/* What the page "verify" does: a worker that audits, and how far it is. */
import type { Answer, Begin } from "../audit/messages.ts";
import type { Audit, Progress } from "../audit/replay.ts";
import { Fault } from "../core/fault.ts";
import type { State } from "./store.ts";
import { t, whole } from "./texts.ts";
import { scriptUrl } from "./urls.ts";

/** Of the whole bar: reading entries; the rest is openings and counting. */
const ENTRIES_PART = 0.75;

/** How far an audit is, 0 to 1, never less than `before`. */
export function fraction(p: Progress, before: number): number {
  const part = p.total === 0 ? 0 : p.done / p.total;
  const at = { entries: 0, ledger: 0, open: ENTRIES_PART, tally: 0.97, contents: 0.99 }[p.stage];
  const size = { entries: ENTRIES_PART, ledger: 0, open: 0.22, tally: 0, contents: 0 }[p.stage];
  return Math.max(before, Math.min(1, at + size * part));
}

/** What is being done, in words that change seldom: they are read aloud. */
export function stageText(p: Progress): string {
  switch (p.stage) {
    case "entries":
      return t("WEB_VERIFY_STAGE_ENTRIES");
    case "ledger":
      return t("WEB_VERIFY_STAGE_LEDGER");
    case "open":
      return t("WEB_VERIFY_STAGE_OPEN");
    case "tally":
      return t("WEB_VERIFY_STAGE_TALLY");
    case "contents":
      return t("WEB_VERIFY_STAGE_CONTENTS");
  }
}

/** The numbers beside it. */
export function stageCount(p: Progress): string {
  if (p.stage === "tally") return t("WEB_VERIFY_ROUND", whole(p.done));
  if (p.stage === "open") return `${whole(Math.floor((100 * p.done) / p.total))} %`;
  return p.total === 0 ? "" : t("WEB_VERIFY_OF", whole(p.done), whole(p.total));
}

/** What this device knows of the log; nothing at a first contact. */
export function beginOf(state: State, slug: string): Begin {
  const known = state.logKey !== "";
  return {
    slug: slug === "" ? undefined : slug,
    key: known ? state.logKey : undefined,
    earlier: known ? state.checkpoint : undefined,
  };
}

/** What the worker may throw: the build gives this page the words for them. */
const CODES = ["offline", "unreadable", "no-space", "format", "roll", "tally", "audit"] as const;

function faultOf(a: Extract<Answer, { type: "failed" }>): Fault {
  const known = CODES.find((code) => code === a.code);
  const detail = known === undefined ? `${a.code}: ${a.detail}` : a.detail;
  return new Fault(a.kind, known ?? "audit", detail);
}

export type Done = { audit: Audit; seconds: number; slug: string };

/**
 * Audit in a worker; ${signal} ends it.  Faults are those of the audit, and
 * device/script-missing where the worker does not start.
 */
export function runAudit(
  begin: Begin,
  onProgress: (p: Progress) => void,
  signal: AbortSignal,
): Promise<Done> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(scriptUrl("audit"));
    const end = (): void => worker.terminate();
    signal.addEventListener("abort", () => {
      end();
      reject(new Fault("input", "stopped"));
    });
    worker.onerror = () => {
      end();
      reject(new Fault("device", "script-missing", "the audit's script did not start"));
    };
    worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      if (data.type === "progress") {
        onProgress(data.progress);
        return;
      }
      end();
      if (data.type === "done") {
        resolve({ audit: data.audit, seconds: data.seconds, slug: begin.slug ?? "" });
      } else {
        reject(faultOf(data));
      }
    };
    worker.postMessage(begin);
  });
}

/** The command that makes the full audit, for this server. */
export function commandOf(origin: string, slug: string): string {
  return `partecipa-audit verify ${origin}${slug === "" ? "" : ` --space ${slug}`}`;
}
