/*
 * What the server draws: every page, in both languages, with and without
 * script, on a phone and in forced colours, with texts that nobody should
 * have to read.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { accessible, fits, launch, leave, text, visit, type Lang } from "./browser.ts";
import { clock, DAY, endTown, finish, makeSpace, makeTown, run, START, until, type Town } from "./town.ts";

const LONG = "x".repeat(9_000);
const HOSTILE = `<script>alert(1)</script> & "quoted" '><img src=x onerror=alert(1)> \u202eneddih\u202c 🗳️🇮🇹`;

let town: Town;
let browser: Browser;

const options = ["Panchine", "Orti", HOSTILE, "Sentiero"].map((name, i) => ({
  id: `p${i + 1}`,
  cost: String(1000 * (i + 1)),
  category: i % 2 === 0 ? "Ambiente" : HOSTILE,
  place: i === 2 ? HOSTILE : "Piazza",
  titles: { it: name, en: `${name} en` },
  description: { it: i === 2 ? LONG : "Una descrizione.\n\nIn due parti.", en: HOSTILE },
}));

before(async () => {
  browser = await launch();
  town = await makeTown({
    residents: 6,
    site: {
      urp: { phone: "+39 0961 123456", name: "URP" },
      accessibility_url: "https://form.agid.gov.it/view/prova",
    },
  });
  const form = {
    texts: { it: `Scegli. ${HOSTILE}\n\n${LONG}`, en: HOSTILE },
    options,
    ballot: { type: "bitmap", min: 1, max: 3 },
    budget: "4000",
  };
  makeSpace(town, { slug: "finita", sealed: true, form, rule: "mes-cost-add1u" });
  for (let i = 0; i < 5; i++) {
    const papers = `papers-${i}`;
    run(town, "resident", "collect", "--server", town.url, "--code", town.codes[i] ?? "", "--out", papers);
    const choice = i === 4 ? ["--blank"] : ["--choice", i % 2 === 0 ? "1,2" : "1,4"];
    run(town, "resident", "vote", "finita", "--server", town.url, "--papers", papers, ...choice);
  }
  clock(town, START + 7 * DAY + 10);
  await until("the last batch", () =>
    run(town, "space", "list", "--server", town.url).includes("closing"),
  );
  finish(town, "finita", true);
  makeSpace(town, {
    slug: "aperta",
    sealed: true,
    form,
    titles: { it: HOSTILE, en: "x".repeat(200) },
  });
  makeSpace(town, { slug: "attesa", form, separated: true });
});

after(async () => {
  await browser.close();
  await endTown(town);
});

const DRAWN = [
  "/",
  "/come-funziona",
  "/privacy",
  "/note-legali",
  "/verifica",
  "/spazi/aperta",
  "/spazi/attesa",
  "/spazi/finita",
  "/spazi/finita/risultati",
  "/spazi/finita/risultati/turni/1",
  "/questa-pagina-non-esiste",
];
const ISLANDS = [
  "/ritira",
  "/tessere",
  "/controlla",
  "/kiosk",
  "/spazi/aperta/vota",
  "/spazi/aperta/controlla",
];

/** What every page owes: one heading, one main part, its language, the desk, the duties. */
async function duties(page: Page, path: string, lang: Lang): Promise<void> {
  const count = (selector: string): Promise<number> => page.locator(selector).count();
  assert.equal(await page.locator("html").getAttribute("lang"), lang, path);
  assert.equal(await count("h1"), 1, `${path}: one h1`);
  assert.equal(await count("main"), 1, `${path}: one main`);
  assert.ok((await page.title()).length > 3, `${path}: a title`);
  assert.ok((await count('a[href^="tel:"]')) > 0, `${path}: the desk's telephone`);
  if (path === "/kiosk") return;
  assert.equal(await count('footer a[data-element="accessibility-link"]'), 1, path);
  assert.equal(await count('footer a[data-element="privacy-policy-link"]'), 1, path);
  assert.equal(await count('footer a[data-element="legal-notes"]'), 1, path);
}

for (const lang of ["it", "en"] as const) {
  test(`every page is whole and accessible, in ${lang}`, async () => {
    const expected = /Failed to load resource.*(404|Not Found)/;
    const v = await visit(browser, town.url, { lang, expected });
    for (const path of [...DRAWN, ...ISLANDS]) {
      await v.page.goto(`${path}?lang=${lang}`);
      await v.page.waitForLoadState("networkidle");
      await duties(v.page, path, lang);
      await accessible(v.page, `${path} in ${lang}`);
    }
    await leave(v);
  });
}

test("every page fits a window of 320 pixels", async () => {
  const expected = /Failed to load resource.*(404|Not Found)/;
  const v = await visit(browser, town.url, { width: 320, height: 640, expected });
  for (const path of [...DRAWN, ...ISLANDS]) {
    await v.page.goto(path);
    await v.page.waitForLoadState("networkidle");
    await fits(v.page, path);
  }
  await leave(v);
});

test("forced colours: every page is accessible, and keeps its pictures' meaning in words", async () => {
  const v = await visit(browser, town.url, { forcedColors: true });
  for (const path of [...DRAWN.slice(0, -1), ...ISLANDS]) {
    await v.page.goto(path);
    await v.page.waitForLoadState("networkidle");
    await accessible(v.page, `${path} in forced colours`, true);
  }
  await leave(v);
});

test("without script home, space and results are complete", async () => {
  const v = await visit(browser, town.url, { script: false });
  for (const path of DRAWN.slice(0, -1)) {
    const answer = await v.page.goto(path);
    assert.equal(answer?.status(), 200, path);
    await duties(v.page, path, "it");
  }
  await v.page.goto("/spazi/finita/risultati");
  const words = await v.page.locator("main").innerText();
  for (const o of options) assert.ok(words.includes(o.titles.it.slice(0, 20)), o.id);
  assert.ok(words.includes("1.000"), "costs as people write them");
  await v.page.goto("/");
  assert.equal(await v.page.locator('main a[href^="/spazi/aperta"]').count() > 0, true);
  await leave(v);
});

test("without script collecting and voting explain themselves", async () => {
  const v = await visit(browser, town.url, { script: false });
  for (const path of ISLANDS) {
    await v.page.goto(path);
    const words = await v.page.locator("noscript, main").allInnerTexts();
    assert.ok(words.join(" ").length > 100, `${path} says what to do`);
    assert.ok(/JavaScript/i.test(words.join(" ")), `${path} names what is missing`);
  }
  await leave(v);
});

test("A23_hostile_texts_stay_texts: markup, direction marks, emoji, 10,000 characters", async () => {
  const v = await visit(browser, town.url);
  for (const path of ["/", "/spazi/aperta", "/spazi/finita", "/spazi/finita/risultati", "/spazi/aperta/vota"]) {
    for (const lang of ["it", "en"]) {
      await v.page.goto(`${path}?lang=${lang}`);
      await v.page.waitForLoadState("networkidle");
      assert.equal(await v.page.locator("main img[onerror], main script:not([src])").count(), 0, path);
      await fits(v.page, `${path} with hostile texts`);
    }
  }
  await leave(v);
});

test("every link of every page leads somewhere", async () => {
  const v = await visit(browser, town.url);
  const seen = new Set<string>();
  const queue = ["/"];
  while (queue.length > 0) {
    const path = queue.pop() ?? "";
    if (seen.has(path)) continue;
    seen.add(path);
    const answer = await v.page.request.get(path);
    assert.equal(answer.status(), 200, path);
    if (!(answer.headers()["content-type"] ?? "").startsWith("text/html")) continue;
    const html = await answer.text();
    for (const m of html.matchAll(/<(?:a|link|script|img)\b[^>]*?(?:href|src)="(\/[^"#]*)/g))
      queue.push((m[1] ?? "").replace(/&amp;/g, "&"));
  }
  assert.ok(seen.size > 15, `${seen.size} places`);
  await leave(v);
});

test("no page asks for cookies or keeps any", async () => {
  const v = await visit(browser, town.url);
  for (const path of ["/", "/ritira", "/spazi/aperta/vota"]) {
    await v.page.goto(path);
    assert.deepEqual(await v.context.cookies(), [], path);
  }
  await leave(v);
});

test("the tables of texts have what these tests name", () => {
  assert.notEqual(text("it", "SITE"), "");
});
