/* The files of an audit from a server (PROTOCOL 9), over fetch. */
import { Fault } from "../core/fault.ts";
import type { LogFiles } from "./files.ts";

const TRIES = 3;
/** Milliseconds before the second try; then three times as many. */
const WAIT = 500;

const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

async function once(url: string): Promise<Uint8Array | null> {
  let answer: Response;
  try {
    /* What a checkpoint says changes; tiles and objects do not. */
    answer = await fetch(url, {
      credentials: "omit",
      referrerPolicy: "no-referrer",
      redirect: "error",
      cache: /\/log\/tile\/|\/objects\//.test(url) ? "default" : "no-store",
    });
    if (answer.status === 404) return null;
    if (answer.ok) return new Uint8Array(await answer.arrayBuffer());
  } catch (cause) {
    throw new Fault("offline", "offline", `${url}: ${String(cause)}`);
  }
  throw new Fault("offline", "unreadable", `${url}: status ${answer.status}`);
}

/** What the server at ${base} ("" = where the script came from) publishes. */
export function fetchFiles(base: string): LogFiles {
  const read = async (path: string): Promise<Uint8Array | null> => {
    for (let n = 1; ; n++) {
      try {
        return await once(`${base}/${path}`);
      } catch (e) {
        if (n >= TRIES) throw e;
      }
      await sleep(WAIT * 3 ** (n - 1));
    }
  };
  return {
    log: (path) => read(`log/${path}`),
    object: (name) => read(`api/v1/objects/${name}`),
  };
}
