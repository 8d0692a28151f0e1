/*
 * The service worker: pages and their files where the network comes and goes.
 * Only what the server gave to everybody is kept; nothing of /api, /log or an
 * issuer is ever touched.  Files are kept by the names that carry their hashes,
 * and only with the contents that this worker was built with.
 */

/** Written in by the build: what is kept, and the words of the offline page. */
declare const PARTECIPA_FILES: readonly KeptFile[];
declare const PARTECIPA_VERSION: string;
declare const PARTECIPA_WORDS: Readonly<Record<"it" | "en", Words>>;

interface KeptFile {
  url: string;
  integrity: string;
  /** Fetched with the worker itself; the others once a page needs them. */
  early: boolean;
}

interface Words {
  title: string;
  text: string;
  again: string;
}

/* The worker's side of the platform, as far as it is used here. */
interface WaitEvent extends Event {
  waitUntil(promise: Promise<unknown>): void;
}
interface FetchEvent extends WaitEvent {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface Scope {
  readonly clients: {
    claim(): Promise<void>;
    matchAll(options: { includeUncontrolled: boolean }): Promise<readonly { url: string }[]>;
  };
  addEventListener(type: "install" | "activate", listener: (event: WaitEvent) => void): void;
  addEventListener(type: "fetch", listener: (event: FetchEvent) => void): void;
}

const scope = globalThis as unknown as Scope;
const FILES = `files-${PARTECIPA_VERSION}`;
const PAGES = `pages-${PARTECIPA_VERSION}`;

/** Seconds that a page may take, before the kept one is shown. */
const PATIENCE = 8;

/** Pages that people need again where there is no network; they hold nothing personal. */
const KEPT = /^\/(ritira|tessere|kiosk|controlla|spazi\/[^/]+\/(vota|controlla))$/;

const asked = ({ url, integrity }: KeptFile): Request => new Request(url, { integrity });

async function install(): Promise<void> {
  const cache = await caches.open(FILES);
  await cache.addAll(PARTECIPA_FILES.filter((file) => file.early).map(asked));
}

/** A page that was open before this worker was, with the files it names. */
async function warm(url: URL): Promise<void> {
  const answer = await fetch(url.pathname + url.search);
  if (answer.status !== 200) return;
  const html = await answer.clone().text();
  const cache = await caches.open(FILES);
  await cache.addAll(PARTECIPA_FILES.filter((file) => html.includes(file.url)).map(asked));
  await (await caches.open(PAGES)).put(url.pathname + url.search, answer);
}

async function activate(): Promise<void> {
  for (const name of await caches.keys())
    if (name !== FILES && name !== PAGES) await caches.delete(name);
  await scope.clients.claim();
  const open = await scope.clients.matchAll({ includeUncontrolled: true });
  for (const url of open.map((client) => new URL(client.url)))
    if (KEPT.test(url.pathname)) await warm(url).catch(() => undefined);
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
}

/** What is shown of a page that was never here. */
function offlinePage(url: URL): Response {
  const asked = url.searchParams.get("lang") ?? navigator.language.slice(0, 2);
  const lang = asked === "en" ? "en" : "it";
  const words = PARTECIPA_WORDS[lang];
  const style = PARTECIPA_FILES.find((file) => file.url.endsWith(".css"))?.url ?? "";
  const html =
    `<!DOCTYPE html><html lang="${lang}"><head><meta charset="utf-8">` +
    `<meta name="viewport" content="width=device-width, initial-scale=1">` +
    `<title>${escape(words.title)}</title><link rel="stylesheet" href="${style}"></head>` +
    `<body><main class="page stack"><h1>${escape(words.title)}</h1><p>${escape(words.text)}</p>` +
    `<p><a class="btn btn-primary" href="">${escape(words.again)}</a></p></main></body></html>`;
  return new Response(html, {
    status: 503,
    headers: {
      "Content-Type": "text/html; charset=utf-8",
      "Content-Security-Policy": "default-src 'none'; style-src 'self'; font-src 'self'; " +
        "img-src data:; frame-ancestors 'none'; base-uri 'none'",
    },
  });
}

/** The network first: what it says is kept, what was kept stands in for it. */
async function page(request: Request): Promise<Response> {
  const url = new URL(request.url);
  const keep = KEPT.test(url.pathname);
  const name = url.pathname + url.search;
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE * 1000);
  try {
    const answer = await fetch(request, { signal: stop.signal });
    if (keep && answer.status === 200 && !answer.redirected)
      await (await caches.open(PAGES)).put(name, answer.clone());
    return answer;
  } catch {
    const kept = keep ? await (await caches.open(PAGES)).match(name) : undefined;
    return kept ?? offlinePage(url);
  } finally {
    clearTimeout(timer);
  }
}

async function file(known: KeptFile): Promise<Response> {
  const cache = await caches.open(FILES);
  const kept = await cache.match(known.url);
  if (kept !== undefined) return kept;
  const answer = await fetch(asked(known));
  if (answer.status === 200) await cache.put(known.url, answer.clone());
  return answer;
}

function answer(event: FetchEvent): void {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate") {
    event.respondWith(page(request));
    return;
  }
  const known = PARTECIPA_FILES.find((f) => f.url === url.pathname);
  if (known !== undefined) event.respondWith(file(known));
}

scope.addEventListener("install", (event) => event.waitUntil(install()));
scope.addEventListener("activate", (event) => event.waitUntil(activate()));
scope.addEventListener("fetch", answer);
