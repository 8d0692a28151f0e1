/*
 * The server, or an issuer's, over fetch: a Source of core/source.ts.  No
 * cookie, no referrer; a GET is tried again, a POST only by whoever knows that
 * it may be repeated.
 */
import { Fault } from "../core/fault.ts";
import type { Source } from "../core/source.ts";
import { lang } from "./texts.ts";

/** Of an answer; larger ones are refused before they are read. */
const BODY_MAX = 64 << 20;

export interface NetOptions {
  /** Seconds for one try; 60. */
  timeout?: number;
  /** Tries of a GET; 3. */
  tries?: number;
  /** For tests. */
  fetch?: typeof fetch;
  wait?: (ms: number) => Promise<void>;
}

const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** Immutable paths may come from any cache; what changes is always asked for. */
function cacheRule(path: string): RequestCache {
  if (/(^|\/)log\/checkpoint$/.test(path)) return "no-store";
  return /(^|\/)log\/tile\/|(^|\/)api\/v1\/objects\//.test(path) ? "default" : "no-cache";
}

function stoppable(timeout: number, outer: AbortSignal | undefined) {
  const controller = new AbortController();
  const stop = (): void => controller.abort();
  const timer = setTimeout(stop, timeout * 1000);
  outer?.addEventListener("abort", stop);
  if (outer?.aborted === true) stop();
  return {
    signal: controller.signal,
    done: () => {
      clearTimeout(timer);
      outer?.removeEventListener("abort", stop);
    },
  };
}

/** Something on the way has no time now: of many behind one address, as in a library. */
const LATER: readonly number[] = [408, 425, 429];

/** The Fault that a refusal (RFC 9457) means; `body` may be anything. */
export function refusal(status: number, body: Uint8Array): Fault {
  try {
    const doc: unknown = JSON.parse(new TextDecoder().decode(body));
    const { type, detail } = doc as { type?: unknown; detail?: unknown };
    const name = /^urn:partecipa:problem:([a-z0-9-]{1,63})$/.exec(String(type))?.[1];
    if (name !== undefined)
      return new Fault(
        status >= 500 ? "offline" : "refused",
        name,
        typeof detail === "string" ? detail.slice(0, 2000) : "",
      );
  } catch {
    /* no problem document: a proxy's answer */
  }
  return status >= 500 || LATER.includes(status)
    ? new Fault("offline", "unavailable", `status ${status}`)
    : new Fault("refused", "http", `status ${status}`);
}

/** The server at `base` ("" = this page's). */
export function openNet(base = "", options: NetOptions = {}): Source {
  const { timeout = 60, tries = 3, wait = sleep } = options;
  const ask = options.fetch ?? ((...a: Parameters<typeof fetch>) => fetch(...a));

  const once = async (path: string, init: RequestInit, outer: AbortSignal | undefined) => {
    const url = /^https?:\/\//.test(path) ? path : `${base}/${path.replace(/^\//, "")}`;
    const stop = stoppable(timeout, outer);
    try {
      const answer = await ask(url, {
        credentials: "omit",
        referrerPolicy: "no-referrer",
        redirect: "error",
        ...init,
        headers: { "Accept-Language": lang(), ...init.headers },
        signal: stop.signal,
      });
      if (Number(answer.headers.get("content-length") ?? 0) > BODY_MAX)
        throw new Fault("refused", "too-large", `${url} is larger than ${BODY_MAX} bytes`);
      return { status: answer.status, body: new Uint8Array(await answer.arrayBuffer()) };
    } catch (cause) {
      if (cause instanceof Fault) throw cause;
      if (outer?.aborted === true) throw new Fault("input", "stopped");
      const late = stop.signal.aborted;
      throw new Fault("offline", late ? "timeout" : "offline", `${url}: ${String(cause)}`);
    } finally {
      stop.done();
    }
  };

  const tryGet = async (path: string, signal: AbortSignal | undefined): Promise<Uint8Array> => {
    const answer = await once(path, { method: "GET", cache: cacheRule(path) }, signal);
    if (answer.status !== 200) throw refusal(answer.status, answer.body);
    return answer.body;
  };

  return {
    get: async (path, signal) => {
      for (let n = 1; ; n++) {
        try {
          return await tryGet(path, signal);
        } catch (cause) {
          if (!(cause instanceof Fault) || cause.kind !== "offline" || n >= tries) throw cause;
        }
        await wait(500 * 3 ** (n - 1));
      }
    },
    post: async (path, body, headers, signal) => {
      const bytes = body.slice();
      const answer = await once(
        path,
        { method: "POST", body: bytes, headers: { ...headers }, cache: "no-store" },
        signal,
      );
      if (answer.status !== 200 && answer.status !== 201) throw refusal(answer.status, answer.body);
      return answer;
    },
  };
}
