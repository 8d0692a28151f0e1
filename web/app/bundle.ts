/*
 * Whether this page runs the files that the log names.  A server that lies to
 * one visitor could leave the check out too: what it finds are mistakes, and
 * servers that were broken into for a while.  Others compare from outside.
 */
import { checkBundle, type Loaded } from "../core/bundle.ts";
import type { Trust } from "../core/trust.ts";
import { setting } from "./urls.ts";

/** Paths of scripts and style of this page, without the first slash. */
function paths(): string[] {
  const urls = [
    ...[...document.querySelectorAll<HTMLScriptElement>("script[src]")].map((s) => s.src),
    ...[...document.querySelectorAll<HTMLLinkElement>('link[rel="stylesheet"]')].map((l) => l.href),
  ];
  return urls.map((url) => new URL(url, location.href).pathname.slice(1));
}

/* As it was loaded; undefined where neither cache nor server have it any more. */
async function load(path: string, signal: AbortSignal | undefined): Promise<Loaded | undefined> {
  try {
    const init: RequestInit = { credentials: "omit", cache: "force-cache" };
    const answer = await fetch(`/${path}`, signal === undefined ? init : { ...init, signal });
    if (!answer.ok) return undefined;
    const hash = await crypto.subtle.digest("SHA-256", await answer.arrayBuffer());
    return { path, hash: new Uint8Array(hash) };
  } catch {
    return undefined;
  }
}

let checked: Promise<void> | undefined;

/**
 * Fault lie, bundle: a file of this page is not the one in the log.  Nothing
 * where the server says that its files are not logged, which every page shows.
 */
export function checkPage(t: Trust, signal?: AbortSignal): Promise<void> {
  const index = Number(setting("bundle"));
  if (!Number.isSafeInteger(index) || index <= 0 || index >= t.checkpoint.size)
    return Promise.resolve();
  checked ??= Promise.all(paths().map((path) => load(path, signal)))
    .then((all) =>
      checkBundle(
        t,
        index,
        all.filter((f) => f !== undefined),
        signal,
      ),
    )
    .catch((thrown: unknown) => {
      checked = undefined;
      throw thrown;
    });
  return checked;
}
