/*
 * The kiosk: one resident after the other, a network that goes away, a person
 * who walks off; afterwards the tablet knows nobody.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { accessible, launch, leave, shot, text, visit, type Lang, type Visitor } from "./browser.ts";
import { press, screen } from "./steps.ts";
import { clockNow, endTown, makeSpace, makeTown, until, type Town } from "./town.ts";

const IT: Lang = "it";
let town: Town;
let browser: Browser;
let v: Visitor;

before(async () => {
  browser = await launch();
  town = await makeTown({ residents: 4 });
  const options = ["Panchine", "Orti"].map((name, i) => ({
    id: `p${i}`,
    cost: "1000",
    titles: { it: name, en: name },
  }));
  const form = { texts: { it: "Scegli." }, options, ballot: { type: "choice" }, budget: "1000" };
  makeSpace(town, { slug: "parco", form });
  v = await visit(browser, town.url, {
    now: () => clockNow(town),
    width: 1024,
    height: 768,
    expected: /Failed to load resource/,
  });
});

after(async () => {
  await leave(v);
  await browser.close();
  await endTown(town);
});

/** All that the browser keeps, as text. */
function everything(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const ask = <T>(r: IDBRequest<T>): Promise<T> =>
      new Promise((done, fail) => {
        r.onsuccess = () => done(r.result);
        r.onerror = () => fail(r.error ?? new Error());
      });
    const db = await ask(indexedDB.open("partecipa", 1));
    const state = await ask(db.transaction("state").objectStore("state").get("device"));
    return JSON.stringify([state, { ...localStorage }, { ...sessionStorage }]);
  });
}

async function waiting(page: Page): Promise<number> {
  const [state] = JSON.parse(await everything(page)) as [{ outbox: unknown[]; people: unknown[] }];
  assert.equal(state.people.length, 0);
  return state.outbox.length;
}

/** From the welcome to the papers of resident `i`. */
async function sit(page: Page, i: number): Promise<void> {
  await press(page, IT, "WEB_KIOSK_BEGIN").click();
  await screen(page, IT, "WEB_CODE_TITLE");
  const code = page.getByLabel(text(IT, "WEB_CODE_LABEL"), { exact: true });
  assert.equal(await code.inputValue(), "");
  await code.fill(town.codes[i] ?? "");
  await press(page, IT, "WEB_NEXT").click();
  await screen(page, IT, "WEB_RUN_RESULT");
  await press(page, IT, "WEB_NEXT").click();
  await screen(page, IT, "WEB_KIOSK_CHOOSE");
}

/** Into the booth, and out with a vote cast. */
async function vote(page: Page): Promise<void> {
  await press(page, IT, "WEB_DONE_VOTE_NOW").click();
  await press(page, IT, "WEB_BOOTH_ENTER").click();
  await page.getByRole("radio").first().check();
  await press(page, IT, "WEB_BOOTH_REVIEW").click();
  await page.getByRole("button", { name: text(IT, "WEB_BOOTH_CAST"), exact: true }).click();
  await press(page, IT, "WEB_BOOTH_FINISH").click();
  await screen(page, IT, "WEB_KIOSK_VOTED");
}

test("a resident votes, may take her code, and leaves nothing", async () => {
  const { page } = v;
  await page.goto("/kiosk");
  await screen(page, IT, "WEB_KIOSK_TITLE");
  await accessible(page, "kiosk");
  await shot(page, "kiosk");
  await sit(page, 0);
  await accessible(page, "kiosk: what to vote on");
  await vote(page);
  await accessible(page, "kiosk: after the vote");
  await press(page, IT, "WEB_KIOSK_CODE_SHOW").click();
  const code = (await page.locator(".code-big:visible").innerText()).trim().split(/\s+/);
  assert.equal(code.length, 7);
  await page.locator("svg.qr").waitFor();
  await accessible(page, "kiosk: her code");
  await press(page, IT, "WEB_KIOSK_FINISH").click();
  await screen(page, IT, "WEB_KIOSK_BYE");
  await page.getByText(text(IT, "WEB_KIOSK_BYE_SENT")).waitFor();
  assert.equal(await waiting(page), 0);
  const all = await everything(page);
  for (const secret of [town.codes[0] ?? "", code.join("-"), code.join("")])
    assert.ok(!all.includes(secret) && !all.includes(secret.replaceAll("-", "")));
  assert.ok(!(await page.content()).includes(code[0] ?? "?"));
});

test("without a network a signed vote waits, and the next person can come", async () => {
  const { page, context } = v;
  await press(page, IT, "WEB_KIOSK_NEXT").click();
  await screen(page, IT, "WEB_KIOSK_TITLE");
  await sit(page, 1);
  await press(page, IT, "WEB_DONE_VOTE_NOW").click();
  await press(page, IT, "WEB_BOOTH_ENTER").click();
  await page.getByRole("radio").first().check();
  await press(page, IT, "WEB_BOOTH_REVIEW").click();
  await context.setOffline(true);
  await page.getByRole("button", { name: text(IT, "WEB_BOOTH_CAST"), exact: true }).click();
  await press(page, IT, "WEB_BOOTH_FINISH").click();
  await screen(page, IT, "WEB_KIOSK_VOTED");
  await press(page, IT, "WEB_KIOSK_FINISH").click();
  await page.getByText(text(IT, "WEB_KIOSK_BYE_WAITS")).waitFor();
  await page.getByText(text(IT, "WEB_KIOSK_QUEUE_ONE", 1)).waitFor();
  await accessible(page, "kiosk: a vote waits");
  assert.equal(await waiting(page), 1);
  await press(page, IT, "WEB_KIOSK_NEXT").click();
  await press(page, IT, "WEB_KIOSK_BEGIN").click();
  await screen(page, IT, "WEB_CODE_TITLE");
  await context.setOffline(false);
  await until("the vote is sent", async () => (await waiting(page)) === 0);
  await press(page, IT, "WEB_BACK").click();
  await screen(page, IT, "WEB_KIOSK_BYE");
});

test("who walks off is asked after, and then forgotten", async () => {
  const { page } = v;
  await page.goto("/kiosk");
  await sit(page, 2);
  await page.clock.install({ time: clockNow(town) * 1000 });
  await page.reload();
  await sit(page, 3);
  await page.clock.fastForward(125_000);
  const dialog = page.getByRole("dialog");
  await dialog.waitFor();
  await accessible(page, "kiosk: are you still here");
  await page.getByRole("button", { name: text(IT, "WEB_KIOSK_IDLE_STAY") }).click();
  await dialog.waitFor({ state: "hidden" });
  await screen(page, IT, "WEB_KIOSK_CHOOSE");
  await page.clock.fastForward(125_000);
  await dialog.waitFor();
  await page.clock.fastForward(61_000);
  await screen(page, IT, "WEB_KIOSK_BYE");
  assert.equal(await waiting(page), 0);
});
