/*
 * Debian's Chromium for the journeys, with what every journey wants to know:
 * that nothing was asked of another host, that no script failed, that no
 * policy was hurt.
 */
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = resolve(HERE, "../../..");
const CHROMIUM = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export type Lang = "it" | "en";

function table(file: string): [string, [string, string]][] {
  const source = readFileSync(join(ROOT, file), "utf8");
  const text = '"((?:[^"\\\\]|\\\\.)*)"';
  const row = new RegExp(`^TEXT\\((\\w+),\\s*${text},\\s*${text}\\)`, "gm");
  return [...source.matchAll(row)].map((m) => [
    m[1] ?? "",
    [JSON.parse(`"${m[2]}"`) as string, JSON.parse(`"${m[3]}"`) as string],
  ]);
}

const TEXTS = new Map([...table("server/texts.def"), ...table("web/texts.def")]);

/** A text of the tables, as pages show it. */
export function text(lang: Lang, name: string, ...args: (string | number)[]): string {
  const row = TEXTS.get(name);
  assert.ok(row !== undefined, `there is no text ${name}`);
  return (lang === "it" ? row[0] : row[1]).replace(/\{([1-4])\}/g, (_, n: string) =>
    String(args[Number(n) - 1] ?? ""),
  );
}

/** A pattern for a text whose places may hold anything. */
export function pattern(lang: Lang, name: string): RegExp {
  const escaped = text(lang, name, "\u0001", "\u0001", "\u0001", "\u0001")
    .replace(/[.*+?^${}()|[\]\\]/g, "\\$&")
    .replace(/\u0001/g, ".*");
  return new RegExp(escaped);
}

export async function launch(): Promise<Browser> {
  assert.ok(existsSync(CHROMIUM), `${CHROMIUM} is missing: install chromium`);
  return chromium.launch({
    executablePath: CHROMIUM,
    headless: true,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--use-fake-ui-for-media-stream",
      "--use-fake-device-for-media-stream",
    ],
  });
}

/** Everything that went wrong in a page, to be empty at the end. */
export interface Complaints {
  list: string[];
}

export interface VisitorOptions {
  width?: number;
  height?: number;
  lang?: Lang;
  forcedColors?: boolean;
  script?: boolean;
  /** Requests to these other origins are meant to be. */
  origins?: string[];
  /** UNIX seconds that the page's clock shows. */
  now?: () => number;
  /** Console errors that belong to the journey. */
  expected?: RegExp;
}

export interface Visitor {
  context: BrowserContext;
  page: Page;
  complaints: Complaints;
  lang: Lang;
}

/** Watch a page: foreign requests, script errors, broken policies. */
export function watch(page: Page, origins: readonly string[], complaints: Complaints, expected?: RegExp): void {
  const note = (what: string): void => {
    if (expected === undefined || !expected.test(what)) complaints.list.push(what);
  };
  page.on("request", (request) => {
    const { origin, protocol } = new URL(request.url());
    if (protocol.startsWith("http") && !origins.includes(origin))
      note(`asked another host: ${request.url()}`);
  });
  page.on("pageerror", (error) => note(`script: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error") note(`console: ${message.text()}`);
  });
}

/** A browser of one's own at `url`: storage empty, language and size as asked. */
export async function visit(browser: Browser, url: string, o: VisitorOptions = {}): Promise<Visitor> {
  const lang = o.lang ?? "it";
  const context = await browser.newContext({
    baseURL: url,
    locale: lang === "it" ? "it-IT" : "en-GB",
    timezoneId: "Europe/Rome",
    viewport: { width: o.width ?? 1000, height: o.height ?? 900 },
    forcedColors: o.forcedColors === true ? "active" : "none",
    javaScriptEnabled: o.script ?? true,
    acceptDownloads: true,
  });
  context.setDefaultTimeout(60_000);
  const page = await context.newPage();
  const complaints: Complaints = { list: [] };
  watch(page, [new URL(url).origin, ...(o.origins ?? [])], complaints, o.expected);
  if (o.now !== undefined) await page.clock.setFixedTime(o.now() * 1000);
  return { context, page, complaints, lang };
}

/** End a visit; nothing may have gone wrong. */
export async function leave(visitor: Visitor): Promise<void> {
  await visitor.context.close();
  assert.deepEqual(visitor.complaints.list, []);
}

type AxeResult = { violations: { id: string; help: string; nodes: { html: string }[] }[] };

/** axe-core finds nothing on this page as it is now (WCAG 2.2 AA and good practice). */
export async function accessible(page: Page, where: string, forced = false): Promise<void> {
  // Through the debugger, which no policy of the page binds.
  await page.evaluate(`(() => { if (!window.axe) { ${AXE} } })()`);
  const result = (await page.evaluate(
    `axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa",
      "best-practice"], resultTypes: ["violations"],
      // Forced colours are the reader's own; axe reads those of the sheet.
      rules: { "color-contrast": { enabled: ${String(!forced)} } } })`,
  )) as AxeResult;
  const found = result.violations.map(
    (v) => `${v.id}: ${v.help}: ${v.nodes.map((n) => n.html.slice(0, 160)).join(" | ")}`,
  );
  assert.deepEqual(found, [], `axe on ${where}`);
}

/** Nothing is wider than the window: no scrolling sideways. */
export async function fits(page: Page, where: string): Promise<void> {
  const [wide, room] = (await page.evaluate(
    "[document.documentElement.scrollWidth, document.documentElement.clientWidth]",
  )) as [number, number];
  assert.ok(wide <= room, `${where} is ${wide} wide in a window of ${room}`);
}

const SHOTS = process.env["SHOTS"];

/** A picture for the documents, where SHOTS names a folder. */
export async function shot(page: Page, name: string, full = false): Promise<void> {
  if (SHOTS === undefined) return;
  mkdirSync(SHOTS, { recursive: true });
  await page.screenshot({ path: join(SHOTS, `${name}.png`), fullPage: full });
}
