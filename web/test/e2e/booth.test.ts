/*
 * The booth: every ballot form by keyboard and on a phone, the limits said
 * before they break, riepilogo, receipt, a vote that waits for the network, a
 * changed vote, two tabs.
 */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { accessible, fits, launch, leave, shot, text, visit, type Lang, type Visitor } from "./browser.ts";
import { press, screen } from "./steps.ts";
import {
  clock,
  clockNow,
  DAY,
  endTown,
  makeForm,
  makeSpace,
  makeTown,
  run,
  START,
  until,
  type Town,
} from "./town.ts";

let town: Town;
let browser: Browser;

const TITLES = ["Panchine", "Orti", "Sentiero", "Fontana", "Giostra"];
const options = (n: number): object[] =>
  Array.from({ length: n }, (_, i) => ({
    id: `p${i + 1}`,
    cost: String(1000 * (i + 1)),
    category: i % 2 === 0 ? "Ambiente" : "Gioco",
    place: "Piazza",
    titles: { it: TITLES[i] ?? `Progetto ${i + 1}`, en: `${TITLES[i] ?? "Project"} ${i + 1}` },
    description: { it: "Una descrizione.\nIn due parti.", en: "A description." },
  }));

const FORMS: Readonly<Record<string, { ballot: object; n?: number; more?: object }>> = {
  scelta: { ballot: { type: "choice" } },
  zaino: {
    ballot: { type: "bitmap", min: 1, max: 5, max_cost: "6000" },
    more: { exclusive: [["p1", "p2"]] },
  },
  punti: { ballot: { type: "points", min: 1, max: 3, option_max: 4, total_min: 2, total_max: 6 } },
  ordine: { ballot: { type: "ranking", min: 2, max: 3 } },
  tanti: { ballot: { type: "bitmap", min: 1, max: 3 }, n: 20, more: { shuffle: 1 } },
};

/** A picture of one pixel. */
const PIXEL =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const HOSTILE = `<script>alert(1)</script> & "quoted" '><img src=x onerror=alert(1)> \u202eneddih 🗳️`;
const LONG = "x".repeat(10_000);
const hostile = {
  texts: { it: `${HOSTILE}\n${LONG}`, en: HOSTILE },
  options: options(3).map((o, i) => ({
    ...o,
    titles: { it: i === 0 ? HOSTILE : "w".repeat(200), en: HOSTILE },
    category: HOSTILE,
    place: "p".repeat(200),
    description: { it: LONG, en: HOSTILE },
  })),
  budget: "10000",
  ballot: { type: "ranking", min: 1, max: 3 },
};

before(async () => {
  browser = await launch();
  town = await makeTown({ residents: 10 });
  writeFileSync(join(town.dir, "pixel.png"), Buffer.from(PIXEL, "base64"));
  for (const [slug, f] of Object.entries(FORMS)) {
    const form = {
      texts: { it: "Di che si tratta.", en: "What it is." },
      options: options(f.n ?? 5).map((o, i) =>
        slug === "scelta" && i === 0
          ? { ...o, picture: { file: "pixel.png", alt: { it: "Com'è oggi", en: "As it is" } } }
          : o,
      ),
      budget: "10000",
      ballot: f.ballot,
      ...f.more,
    };
    makeSpace(town, { slug, form, sealed: slug === "zaino" });
  }
  makeSpace(town, { slug: "ostile", form: hostile, titles: { it: HOSTILE, en: LONG.slice(0, 200) } });
  const few = {
    slug: "pochi",
    form: { ...hostile, ballot: { type: "choice" } },
    separated: true,
    more: { min_collected: 50 },
  };
  makeSpace(town, few);
  makeForm(town, few);
  for (let i = 0; i < 8; i++)
    run(town, "resident", "collect", "--server", town.url, "--code", town.codes[i] ?? "", "--out", `papers-${i}`);
});

after(async () => {
  await browser.close();
  await endTown(town);
});

/** Put papers of the command line into the browser's store. */
async function seat(page: Page, who: readonly number[]): Promise<void> {
  const files = who.map((n) => readFileSync(join(town.dir, `papers-${n}`), "utf8"));
  await page.goto("/privacy");
  await page.evaluate(async (texts: string[]) => {
    const db = await new Promise<IDBDatabase>((done, fail) => {
      const opening = indexedDB.open("partecipa", 1);
      opening.onupgradeneeded = () => opening.result.createObjectStore("state");
      opening.onsuccess = () => done(opening.result);
      opening.onerror = () => fail(opening.error ?? new Error("IndexedDB"));
    });
    const people = texts.map((t, i) => ({
      id: `p${i}`,
      label: i === 0 ? "Anna" : `Nonna ${i}`,
      papers: new TextEncoder().encode(t),
      codeKept: true,
    }));
    const state = { version: 1, people, logKey: "", checkpoint: new Uint8Array(0), outbox: [] };
    await new Promise((done) => {
      const tx = db.transaction("state", "readwrite");
      tx.objectStore("state").put(state, "device");
      tx.oncomplete = done;
    });
    db.close();
  }, files);
}

const now = (): number => clockNow(town);
const guest = (lang: Lang = "it", more: object = {}): Promise<Visitor> =>
  visit(browser, town.url, { lang, now, ...more });

/** From the address to the options. */
async function enter(v: Visitor, slug: string): Promise<void> {
  await v.page.goto(`/spazi/${slug}/vota${v.lang === "en" ? "?lang=en" : ""}`);
  await press(v.page, v.lang, "WEB_BOOTH_ENTER").click();
  await screen(v.page, v.lang, "WEB_BOOTH_CHOOSE");
}

async function look(v: Visitor, name: string): Promise<void> {
  await accessible(v.page, name);
  await fits(v.page, name);
  await shot(v.page, name, true);
}

/** The button itself: a title of a space may hold the same word. */
const castButton = (page: Page, lang: Lang) =>
  page.getByRole("button", { name: text(lang, "WEB_BOOTH_CAST"), exact: true });

async function castAndRead(v: Visitor): Promise<void> {
  await castButton(v.page, v.lang).click();
  await screen(v.page, v.lang, "WEB_BOOTH_DONE");
}

const foot = (page: Page) => page.locator(".tally");

test("a choice, on a phone, in English", async () => {
  const v = await guest("en", { width: 320, height: 640 });
  await seat(v.page, [0]);
  await v.page.goto("/spazi/scelta/vota?lang=en");
  await press(v.page, "en", "WEB_BOOTH_ENTER").waitFor();
  await look(v, "booth-enter-en");
  await press(v.page, "en", "WEB_BOOTH_ENTER").click();
  await screen(v.page, "en", "WEB_BOOTH_CHOOSE");
  assert.equal(await v.page.evaluate("document.activeElement.tagName"), "H1");
  await press(v.page, "en", "WEB_BOOTH_REVIEW").click();
  await foot(v.page).getByText(text("en", "WEB_BOOTH_LACKING_NOTHING")).waitFor();
  await v.page.locator("details.option-more summary").first().click();
  const picture = v.page.getByRole("img", { name: "As it is" });
  await picture.waitFor();
  assert.equal(await picture.evaluate((i) => (i as HTMLImageElement).naturalWidth), 1);
  await v.page.getByRole("radio").nth(1).check();
  await v.page.getByRole("radio").nth(2).check();
  await look(v, "booth-choice-en");
  await press(v.page, "en", "WEB_BOOTH_REVIEW").click();
  await screen(v.page, "en", "WEB_BOOTH_REVIEW_TITLE");
  assert.match(await v.page.getByRole("table").innerText(), /Sentiero 3/);
  await look(v, "booth-review-en");
  await v.page.goBack();
  await screen(v.page, "en", "WEB_BOOTH_CHOOSE");
  assert.equal(await v.page.getByRole("radio").nth(2).isChecked(), true);
  await v.page.goForward();
  await screen(v.page, "en", "WEB_BOOTH_REVIEW_TITLE");
  await castAndRead(v);
  await look(v, "booth-done-en");
  const saved = v.page.waitForEvent("download");
  await press(v.page, "en", "WEB_BOOTH_SAVE").click();
  const file = readFileSync((await (await saved).path()) ?? "", "utf8");
  assert.match(file, /^partecipa\/receipt/);
  await v.page.goBack();
  await v.page.getByText(text("en", "WEB_BOOTH_ACCEPTED")).waitFor();
  await leave(v);
});

test("a knapsack says what is left, what does not fit and why", async () => {
  const v = await guest("it", { width: 390, height: 800 });
  const { page } = v;
  await seat(page, [0]);
  await enter(v, "zaino");
  const box = (n: number) => page.getByRole("checkbox").nth(n);
  await box(4).focus();
  await page.keyboard.press("Space");
  await foot(page).getByText("Spesi 5.000 € di 6.000 €: restano 1.000 €.").waitFor();
  assert.equal(await page.locator("progress").evaluate((p) => (p as HTMLProgressElement).value), 5000);
  assert.equal(await box(3).getAttribute("aria-disabled"), "true");
  await box(3).focus();
  await page.keyboard.press("Space");
  await foot(page).getByText("“Fontana” costa 4.000 €, e ti restano 1.000 €").waitFor();
  assert.equal(await box(3).isChecked(), false);
  await look(v, "booth-knapsack");
  await box(0).check();
  await box(4).uncheck();
  await box(1).check();
  await page.locator("details.option-more").first().locator("summary").click();
  await page.getByText("ne può vincere una sola").first().waitFor();
  await press(page, "it", "WEB_BOOTH_REVIEW").click();
  await screen(page, "it", "WEB_BOOTH_REVIEW_TITLE");
  await page.getByText(text("it", "WEB_BOOTH_RIVALS_NOTE")).waitFor();
  await page.getByText(text("it", "WEB_BOOTH_SEALED")).waitFor();
  assert.match(await page.getByRole("table").innerText(), /In tutto\s+3\.000 €/);
  await look(v, "booth-review");
  await castAndRead(v);
  await look(v, "booth-done");
  const stored = await page.evaluate(async () => {
    const db = await new Promise<IDBDatabase>((done) => {
      const opening = indexedDB.open("partecipa", 1);
      opening.onsuccess = () => done(opening.result);
    });
    return new Promise<string>((done) => {
      const get = db.transaction("state").objectStore("state").get("device");
      get.onsuccess = () => {
        const state = get.result as { outbox: unknown[]; people: { papers: Uint8Array }[] };
        const papers = new TextDecoder().decode(state.people[0]?.papers);
        done(JSON.stringify([state.outbox.length, papers]) + JSON.stringify(Object.entries(sessionStorage)) + location.href);
      };
    });
  });
  assert.match(stored, /^\[0,/);
  assert.match(stored, /receipt/);
  assert.doesNotMatch(stored, /Panchine|"values"|choices/);
  await leave(v);
});

test("points by buttons and by typing stop at what is left", async () => {
  const v = await guest();
  const { page } = v;
  await seat(page, [1]);
  await enter(v, "punti");
  const points = (n: number) => page.getByRole("spinbutton").nth(n);
  await points(0).fill("9");
  await foot(page).getByText("A “Panchine” puoi dare al massimo 4 punti.").waitFor();
  assert.equal(await points(0).inputValue(), "4");
  const more = page.getByRole("button", { name: text("it", "WEB_BOOTH_POINT_MORE", "Orti") });
  for (let i = 0; i < 3; i++) await more.press("Enter");
  await foot(page).getByText("Per “Orti” non restano punti").waitFor();
  await foot(page).getByText("Punti dati: 6 di 6. Ne restano 0.").waitFor();
  await look(v, "booth-points");
  await press(page, "it", "WEB_BOOTH_REVIEW").click();
  assert.match(await page.getByRole("table").innerText(), /Panchine\s+4/);
  await castAndRead(v);
  await leave(v);
});

test("a ranking is made with the keyboard, and the focus stays with the option", async () => {
  const v = await guest("it", { width: 320, height: 640 });
  const { page } = v;
  await seat(page, [1]);
  await enter(v, "ordine");
  const add = (name: string, place: number) =>
    page.getByRole("button", { name: text("it", "WEB_BOOTH_IN_NAME", name, place), exact: true });
  await add("Orti", 1).press("Enter");
  const active = (): Promise<string> =>
    page.evaluate("document.activeElement.getAttribute('aria-label')") as Promise<string>;
  assert.equal(await active(), text("it", "WEB_BOOTH_OUT", "Orti"));
  await press(page, "it", "WEB_BOOTH_REVIEW").click();
  await foot(page).getByText(text("it", "WEB_BOOTH_LACKING_MIN_ONE", 1)).waitFor();
  await add("Giostra", 2).press("Enter");
  await add("Panchine", 3).press("Enter");
  const up = page.getByRole("button", { name: text("it", "WEB_BOOTH_UP", "Panchine"), exact: true });
  await up.press("Enter");
  assert.equal(await active(), text("it", "WEB_BOOTH_UP", "Panchine"));
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter");
  assert.match((await page.locator("ol.ballot").innerText()).replace(/\s+/g, " "), /Panchine.*Orti.*Giostra/);
  await add("Fontana", 4).press("Enter");
  await foot(page).getByText("“Fontana” non ci sta").waitFor();
  await look(v, "booth-ranking");
  await press(page, "it", "WEB_BOOTH_REVIEW").click();
  await screen(page, "it", "WEB_BOOTH_REVIEW_TITLE");
  await look(v, "booth-review-ranking");
  await castAndRead(v);
  await leave(v);
});

test("many options can be searched, in an order of one's own; a blank vote is said", async () => {
  const v = await guest();
  const { page } = v;
  await seat(page, [2]);
  await enter(v, "tanti");
  const titles = (): Promise<string[]> => page.locator("ul.ballot .option-title").allInnerTexts();
  const first = await titles();
  assert.equal(first.length, 20);
  assert.notDeepEqual(first, [...first].sort());
  await page.reload();
  await press(page, "it", "WEB_BOOTH_ENTER").click();
  assert.deepEqual(await titles(), first);
  await page.getByRole("checkbox").first().check();
  await page.getByLabel(text("it", "WEB_BOOTH_SEARCH")).fill("progetto 1");
  await page.getByText(text("it", "WEB_BOOTH_FOUND", 10)).waitFor();
  await page.getByLabel(text("it", "WEB_BOOTH_CATEGORY")).selectOption("Gioco");
  await page.getByText(text("it", "WEB_BOOTH_FOUND", 5)).waitFor();
  await look(v, "booth-search");
  await page.getByLabel(text("it", "WEB_BOOTH_BLANK")).check();
  await foot(page).getByText(text("it", "WEB_BOOTH_TALLY_BLANK")).waitFor();
  await page.getByLabel(text("it", "WEB_BOOTH_BLANK")).uncheck();
  await foot(page).getByText(text("it", "WEB_BOOTH_TALLY_ONE", 1)).waitFor();
  await page.getByLabel(text("it", "WEB_BOOTH_BLANK")).check();
  await press(page, "it", "WEB_BOOTH_REVIEW").click();
  await page.getByText(text("it", "WEB_BOOTH_IS_BLANK")).waitFor();
  await castAndRead(v);
  await leave(v);
});

test("without a network the vote waits, and goes by itself", async () => {
  const v = await guest("it", { expected: /Failed to load resource|ERR_INTERNET_DISCONNECTED/ });
  const { page } = v;
  await seat(page, [3]);
  await enter(v, "zaino");
  await page.getByRole("checkbox").nth(0).check();
  await press(page, "it", "WEB_BOOTH_REVIEW").click();
  await screen(page, "it", "WEB_BOOTH_REVIEW_TITLE");
  await v.context.setOffline(true);
  await castButton(page, "it").dblclick();
  await screen(page, "it", "WEB_BOOTH_WAITING");
  await look(v, "booth-waiting");
  await v.context.setOffline(false);
  await screen(page, "it", "WEB_BOOTH_DONE");
  await leave(v);
});

test("a vote is changed, whose it is is asked, and another tab's vote is seen", async () => {
  const v = await guest();
  const { page } = v;
  await seat(page, [4, 5]);
  await page.goto("/spazi/zaino/vota");
  await screen(page, "it", "WEB_BOOTH_WHO");
  await look(v, "booth-who");
  await page.getByLabel("Anna").check();
  await press(page, "it", "WEB_NEXT").click();
  await press(page, "it", "WEB_BOOTH_ENTER").click();
  await page.getByRole("checkbox").nth(0).check();
  await press(page, "it", "WEB_BOOTH_REVIEW").click();

  const other = await v.context.newPage();
  await other.clock.setFixedTime(now() * 1000);
  await other.goto("/spazi/zaino/vota");
  await other.getByLabel("Anna").check();
  await press(other, "it", "WEB_NEXT").click();
  await press(other, "it", "WEB_BOOTH_ENTER").click();
  await other.getByRole("checkbox").nth(1).check();
  await press(other, "it", "WEB_BOOTH_REVIEW").click();
  await castButton(other, "it").click();
  await screen(other, "it", "WEB_BOOTH_DONE");
  await other.close();

  await castButton(page, "it").click();
  await page.getByText(text("it", "WEB_FAULT_VOTE_CHANGED")).waitFor();
  await look(v, "booth-changed");
  await page.reload();
  await page.getByLabel("Anna").check();
  await press(page, "it", "WEB_NEXT").click();
  await page.getByText(text("it", "WEB_BOOTH_VOTED")).waitFor();
  await look(v, "booth-revote");
  await press(page, "it", "WEB_BOOTH_ENTER").click();
  await page.getByRole("checkbox").nth(2).check();
  await press(page, "it", "WEB_BOOTH_REVIEW").click();
  await page.getByText(text("it", "WEB_BOOTH_REVOTE_TITLE")).waitFor();
  await castAndRead(v);
  await leave(v);
});

test("without a paper, or a space, the way on is shown", async () => {
  const v = await guest("it", { expected: /404/ });
  await v.page.goto("/spazi/zaino/vota");
  await screen(v.page, "it", "WEB_BOOTH_NO_PAPERS");
  await look(v, "booth-no-papers");
  await leave(v);
});

test("hostile titles and texts of any length are only text", async () => {
  for (const lang of ["it", "en"] as const) {
    const v = await guest(lang, { width: 320, height: 640 });
    await seat(v.page, [6]);
    await enter(v, "ostile");
    const add = v.page.getByRole("button", { name: text(lang, "WEB_BOOTH_IN"), exact: false });
    await add.first().press("Enter");
    await add.first().press("Enter");
    await v.page.locator("details.option-more summary").first().click();
    await look(v, `booth-hostile-${lang}`);
    await press(v.page, lang, "WEB_BOOTH_REVIEW").click();
    await screen(v.page, lang, "WEB_BOOTH_REVIEW_TITLE");
    await look(v, `booth-hostile-review-${lang}`);
    await leave(v);
  }
});

test("who has just collected is told to wait", async () => {
  const v = await guest();
  const { page } = v;
  await seat(page, [7]);
  await page.evaluate((at) => sessionStorage.setItem("partecipa-collected", String(at)), now() - 60);
  await page.goto("/spazi/scelta/vota");
  await page.getByText(text("it", "WEB_BOOTH_WAIT")).waitFor();
  await look(v, "booth-wait");
  await press(page, "it", "WEB_BOOTH_WAIT_YES").click();
  await page.getByText("Torna dopo lunedì 18 gennaio 2027 alle ore 08:59").waitFor();
  await leave(v);
});

test("before its time the booth is shut; where few collected no vote is sent", async () => {
  const v = await guest();
  const { page } = v;
  await seat(page, [7]);
  await page.goto("/spazi/pochi/vota");
  await screen(page, "it", "WEB_BOOTH_SHUT");
  await look(v, "booth-shut");

  /* A change that comes too late leaves the vote before as it was. */
  const late = await guest("it", { expected: /403/ });
  await seat(late.page, [7]);
  for (const n of [0, 1]) {
    await enter(late, "scelta");
    await late.page.getByRole("radio").nth(n).check();
    await press(late.page, "it", "WEB_BOOTH_REVIEW").click();
    await screen(late.page, "it", "WEB_BOOTH_REVIEW_TITLE");
    if (n === 0) await castAndRead(late);
  }
  clock(town, START + 14 * DAY + 10);
  for (let again = 0; again < 2; again++) {
    await castButton(late.page, "it").click();
    await late.page.getByText(text("it", "WEB_FAULT_NOT_OPEN")).waitFor();
  }
  const kept = await late.page.evaluate(async () => {
    const db = await new Promise<IDBDatabase>((done) => {
      const opening = indexedDB.open("partecipa", 1);
      opening.onsuccess = () => done(opening.result);
    });
    const get = db.transaction("state").objectStore("state").get("device");
    await new Promise((done) => (get.onsuccess = done));
    const state = get.result as { outbox: unknown[]; people: { papers: Uint8Array }[] };
    const papers = JSON.parse(new TextDecoder().decode(state.people[0]?.papers)) as {
      spaces: { slug: string; seq: number; receipt?: string }[];
    };
    const space = papers.spaces.find((x) => x.slug === "scelta");
    return [state.outbox.length, space?.seq, space?.receipt !== undefined];
  });
  assert.deepEqual(kept, [0, 0, true]);
  await leave(late);
  await until("the ledger", async () => {
    await page.clock.setFixedTime(now() * 1000);
    await page.goto("/spazi/pochi/vota");
    await page.locator("h1").filter({ hasText: text("it", "WEB_BOOTH_STOPPED") }).waitFor();
    return (await page.getByText(text("it", "WEB_FAULT_FEW_COLLECTED")).count()) > 0;
  });
  await look(v, "booth-few");
  await page.goto("/spazi/scelta/vota");
  await screen(page, "it", "WEB_BOOTH_SHUT");
  await leave(v);
});
