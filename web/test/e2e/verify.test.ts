/*
 * The audit in the browser, on /verifica: what holds, what does not where the
 * server lies, and that it can be stopped.  What it finds rule by rule stands
 * in audit_broken.test.ts.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { accessible, fits, launch, leave, pattern, shot, text, visit, type Lang } from "./browser.ts";
import { makeLiar, type Answer, type Liar, type Lie } from "./proxy.ts";
import { press } from "./steps.ts";
import { clock, DAY, endTown, finish, makeSpace, makeTown, run, START, until, type Town } from "./town.ts";

let town: Town;
let browser: Browser;
let liar: Liar;
const honest: Lie = () => undefined;

before(async () => {
  browser = await launch();
  town = await makeTown({ residents: 5, site: { urp: { phone: "+39 0961 123456", name: "URP" } } });
  const form = {
    texts: { it: "Scegli.", en: "Choose." },
    options: ["Panchine", "Orti", "Sentiero"].map((name, i) => ({
      id: `p${i + 1}`,
      cost: String(1000 * (i + 1)),
      titles: { it: name, en: `${name} en` },
    })),
    ballot: { type: "bitmap", min: 1, max: 2 },
    budget: "3000",
  };
  makeSpace(town, { slug: "finita", sealed: true, form, rule: "mes-cost-add1u" });
  for (let i = 0; i < 4; i++) {
    const papers = `papers-${i}`;
    const code = town.codes[i] ?? "";
    run(town, "resident", "collect", "--server", town.url, "--code", code, "--out", papers);
    run(town, "resident", "vote", "finita", "--server", town.url, "--papers", papers, "--choice", "1,2");
  }
  clock(town, START + 7 * DAY + 10);
  await until("the last batch", () => run(town, "space", "list", "--server", town.url).includes("closing"));
  finish(town, "finita", true);
  makeSpace(town, { slug: "aperta", sealed: true, form });
  liar = await makeLiar(town.url);
});

after(async () => {
  await browser.close();
  await liar.close();
  await endTown(town);
});

async function begin(page: Page, lang: Lang, choice: string): Promise<void> {
  await page.goto(`/verifica?lang=${lang}`);
  await page.getByLabel(text(lang, "WEB_VERIFY_SPACE")).selectOption(choice);
  await press(page, lang, "WEB_VERIFY_START").click();
}

const verdict = (page: Page, lang: Lang, name: string): Promise<void> =>
  page.getByRole("heading", { name: pattern(lang, name) }).waitFor();

for (const lang of ["it", "en"] as const) {
  test(`a space with a result is counted again and holds (${lang})`, async () => {
    const v = await visit(browser, town.url, { lang, width: 320 });
    const { page } = v;
    await page.goto(`/verifica?lang=${lang}`);
    await page.getByText(text(lang, "WEB_VERIFY_TRUST")).waitFor();
    await accessible(page, "the start of the audit");
    await press(page, lang, "WEB_VERIFY_START").click();
    await verdict(page, lang, "WEB_VERIFY_HELD");
    const app = page.locator("#app");
    await app.getByText(text(lang, "WEB_VERIFY_BALLOTS", 4)).waitFor();
    await app.getByText(lang === "it" ? "Panchine" : "Panchine en").waitFor();
    await app.getByText(text(lang, "WEB_VERIFY_FIRST_SEEN")).waitFor();
    await app.getByText("partecipa-audit verify").waitFor();
    assert.equal(await app.getByText(text(lang, "WEB_VERIFY_BREAKS")).count(), 0);
    await accessible(page, "the end of the audit");
    await fits(page, "the end of the audit");
    await shot(page, `verify-${lang}`, true);
    await leave(v);
  });
}

test("an open space holds so far, and so does the whole log", async () => {
  const v = await visit(browser, town.url);
  for (const choice of ["aperta", ""]) {
    await begin(v.page, "it", choice);
    await verdict(v.page, "it", "WEB_VERIFY_SO_FAR");
  }
  await leave(v);
});

/** An answer with one byte changed. */
function altered(answer: Answer, at: number): Answer {
  const body = Buffer.from(answer.body);
  body[at] = (body[at] ?? 0) ^ 1;
  return { ...answer, headers: { ...answer.headers }, body };
}

test("altered objects, entries and missing ballots are said, with a report", async () => {
  const log = (await (await fetch(`${town.url}/log/checkpoint`)).text()).split("\n");
  assert.ok(Number(log[1]) < 256, "one bundle holds the log");
  const lies: [string, Lie][] = [
    ["an altered object", (_, path, a) => (path.includes("/objects/") ? altered(a, 40) : undefined)],
    ["an altered entry", (_, path, a) => (path.includes("/tile/entries/") ? altered(a, 900) : undefined)],
    ["an altered tile", (_, path, a) => (path.includes("/tile/0/") ? altered(a, 40) : undefined)],
    ["another checkpoint", (_, path, a) => (path === "/log/checkpoint" ? altered(a, 30) : undefined)],
  ];
  for (const [name, lie] of lies) {
    liar.lie = lie;
    const v = await visit(browser, liar.url);
    await begin(v.page, "it", "finita");
    await verdict(v.page, "it", "WEB_VERIFY_BROKEN");
    await accessible(v.page, name);
    const saving = v.page.waitForEvent("download");
    await press(v.page, "it", "WEB_VERIFY_SAVE").click();
    const file = await (await saving).path();
    const report = JSON.parse(readFileSync(file, "utf8")) as { broken: unknown[] };
    assert.ok(report.broken.length > 0, name);
    await leave(v);
  }
  liar.lie = honest;
});

test("where the log cannot be read nothing is said to hold", async (t) => {
  const v = await visit(browser, liar.url, { expected: /503/ });
  const broken = { status: 503, headers: {}, body: Buffer.from("") };
  liar.lie = (_, path) => (path.includes("/tile/entries/") ? broken : undefined);
  t.after(() => {
    liar.lie = honest;
  });
  await begin(v.page, "it", "finita");
  await v.page.getByText(text("it", "WEB_FAULT_UNREADABLE")).waitFor();
  assert.equal(await v.page.getByText(text("it", "WEB_VERIFY_HELD_WHY")).count(), 0);
  liar.lie = honest;
  await press(v.page, "it", "WEB_RETRY").click();
  await press(v.page, "it", "WEB_VERIFY_START").click();
  await verdict(v.page, "it", "WEB_VERIFY_HELD");
  await leave(v);
});

test("it can be stopped, and begins anew, with the keyboard alone", async () => {
  const v = await visit(browser, liar.url);
  const { page } = v;
  let held: (() => void) | undefined;
  const never = new Promise<void>((done) => (held = done));
  await page.route("**/log/checkpoint", async (route) => {
    await never;
    await route.continue().catch(() => undefined);
  });
  await page.goto("/verifica");
  const start = press(page, "it", "WEB_VERIFY_START");
  await start.focus();
  await page.keyboard.press("Enter");
  await press(page, "it", "WEB_VERIFY_STOP").waitFor();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.getByText(text("it", "WEB_VERIFY_STOPPED")).waitFor();
  held?.();
  await page.unroute("**/log/checkpoint");
  await press(page, "it", "WEB_VERIFY_START").click();
  await verdict(page, "it", "WEB_VERIFY_HELD");
  await leave(v);
});
