/*
 * A resident's way through a vote, from the letter to the result, and the ways
 * that go wrong: codes that do not work, a device that forgets.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, Locator, Page } from "playwright-core";
import { accessible, launch, leave, pattern, shot, text, visit, type Visitor } from "./browser.ts";
import { collect, keepCode, press, screen, typeCode } from "./steps.ts";
import {
  clock,
  clockNow,
  DAY,
  endTown,
  finish,
  HOUR,
  makeSpace,
  makeTown,
  run,
  START,
  until,
  type Town,
} from "./town.ts";

let town: Town;
let browser: Browser;

const TITLES = ["Panchine", "Orti", "Sentiero", "Fontana"];
const FORM = {
  texts: { it: "Di che si tratta.", en: "What it is." },
  options: TITLES.map((name, i) => ({
    id: `p${i + 1}`,
    cost: String(1000 * (i + 1)),
    titles: { it: name, en: name },
  })),
  budget: "5000",
  ballot: { type: "bitmap", min: 1, max: 4, max_cost: "5000" },
};

before(async () => {
  browser = await launch();
  town = await makeTown({ residents: 9, factor: "birth_date" });
  const more = { issuers: [{ factor: "birth_date" }] };
  makeSpace(town, { slug: "bilancio", sealed: true, form: FORM, rule: "mes-cost-add1u", more });
});

after(async () => {
  await browser.close();
  await endTown(town);
});

const birth = (n: number): string => `${String((n % 28) + 1).padStart(2, "0")}/03/1950`;
const code = (n: number): string => town.codes[n] ?? "";
const guest = (more: object = {}): Promise<Visitor> =>
  visit(browser, town.url, { now: () => clockNow(town), ...more });

/** Set the town's clock, and that of who looks at it. */
async function goOn(v: Visitor, at: number): Promise<void> {
  clock(town, at);
  await v.page.clock.setFixedTime(at * 1000);
}

/** Go there by the Tab key alone. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  await target.waitFor();
  for (let i = 0; i < 120; i++) {
    if (await target.evaluate((e) => e === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  assert.fail(`the Tab key does not come to ${String(target)}`);
}

async function type(page: Page, field: Locator, what: string): Promise<void> {
  await tabTo(page, field);
  await page.keyboard.type(what);
}

async function enter(page: Page, button: Locator): Promise<void> {
  await tabTo(page, button);
  await page.keyboard.press("Enter");
}

/** How many entries the log has for the space. */
async function entries(): Promise<number> {
  const list = (await (await fetch(`${town.url}/api/v1/spaces`)).json()) as {
    slug: string;
    first: number;
    last: number;
  }[];
  const row = list.find((x) => x.slug === "bilancio");
  return (row?.last ?? 0) - (row?.first ?? 0);
}

/** From the booth's address to the receipt, naming these options. */
async function vote(v: Visitor, names: readonly string[]): Promise<void> {
  const { page, lang } = v;
  await page.goto("/spazi/bilancio/vota");
  await press(page, lang, "WEB_BOOTH_ENTER").click();
  await screen(page, lang, "WEB_BOOTH_CHOOSE");
  for (const name of names)
    await page.getByRole("checkbox", { name: new RegExp(name) }).check();
  await press(page, lang, "WEB_BOOTH_REVIEW").click();
  await screen(page, lang, "WEB_BOOTH_REVIEW_TITLE");
  await press(page, lang, "WEB_BOOTH_CAST").click();
  await screen(page, lang, "WEB_BOOTH_DONE");
}

test("by keyboard alone: letter, date of birth, papers, vote", async () => {
  const v = await guest();
  const { page, lang } = v;
  const label = (name: string, ...args: number[]): Locator =>
    page.getByLabel(text(lang, name, ...args), { exact: true });
  await page.goto("/ritira");
  await enter(page, press(page, lang, "WEB_NEXT"));
  await screen(page, lang, "WEB_CODE_TITLE");
  await type(page, label("WEB_CODE_LABEL"), code(0).toLowerCase().replace(/-/g, ""));
  await page.keyboard.press("Enter");
  await screen(page, lang, "WEB_FACTOR_TITLE");
  const [day = "", month = "", year = ""] = birth(0).split("/");
  await type(page, label("WEB_DAY"), day);
  await type(page, label("WEB_MONTH"), month);
  await type(page, label("WEB_YEAR"), year);
  await page.keyboard.press("Enter");
  await page.getByText(text(lang, "WEB_RUN_RESULT")).waitFor();
  await enter(page, press(page, lang, "WEB_NEXT"));
  await screen(page, lang, "WEB_RECOVERY_TITLE");
  const groups = (await page.locator(".code-big").first().innerText()).trim().split(/[\s-]+/);
  await enter(page, press(page, lang, "WEB_RECOVERY_KEPT"));
  await screen(page, lang, "WEB_KEPT_TITLE");
  for (let i = 1; i <= 7; i++)
    if ((await label("WEB_KEPT_GROUP", i).count()) > 0)
      await type(page, label("WEB_KEPT_GROUP", i), groups[i - 1] ?? "");
  await page.keyboard.press("Enter");
  await screen(page, lang, "WEB_DONE_TITLE");
  await page.goto("/spazi/bilancio/vota");
  await enter(page, press(page, lang, "WEB_BOOTH_ENTER"));
  await screen(page, lang, "WEB_BOOTH_CHOOSE");
  await tabTo(page, page.getByRole("checkbox", { name: /Orti/ }));
  await page.keyboard.press("Space");
  await enter(page, press(page, lang, "WEB_BOOTH_REVIEW"));
  await screen(page, lang, "WEB_BOOTH_REVIEW_TITLE");
  await enter(page, press(page, lang, "WEB_BOOTH_CAST"));
  await screen(page, lang, "WEB_BOOTH_DONE");
  await leave(v);
});

test("a code with a slip of the pen is refused where it is, and nothing is asked", async () => {
  const v = await guest();
  const { page, lang } = v;
  const asked: string[] = [];
  page.on("request", (r) => r.method() === "POST" && asked.push(r.url()));
  const right = code(1);
  const slip = right.slice(0, 5) + (right[5] === "7" ? "8" : "7") + right.slice(6);
  await typeCode(v, slip);
  await page.getByRole("alert").filter({ hasText: /battitura/ }).waitFor();
  await page.getByLabel(text(lang, "WEB_CODE_LABEL"), { exact: true }).fill(right.slice(0, 9));
  await press(page, lang, "WEB_NEXT").click();
  await page.getByText(pattern(lang, "WEB_CODE_SHORT")).waitFor();
  await accessible(page, "a code that is too short");
  assert.deepEqual(asked, []);
  await leave(v);
});

test("a letter of another place is worth nothing here, and it is said", async () => {
  const v = await guest({ expected: /status of 401/ });
  const other = "AX7Y-WNF9-GFRA-VWPK-GQXJ";
  await typeCode(v, other, { birth: birth(1) });
  await v.page.getByText(text("it", "WEB_OUT_NONE")).or(
    v.page.getByText(text("it", "WEB_FAULT_NOT_ON_ROLL")),
  ).first().waitFor();
  await accessible(v.page, "a code that is not on the roll");
  await leave(v);
});

test("a wrong date of birth is told, and the right one is still good", async () => {
  const v = await guest({ expected: /status of 401/ });
  await typeCode(v, code(2), { birth: "01/01/1940" });
  await v.page.getByText(text("it", "WEB_FAULT_FACTOR")).first().waitFor();
  await collect(v, code(2), { birth: birth(2) });
  await leave(v);
});

test("a letter that was replaced says so; the new one collects", async () => {
  const spares = (await import("node:fs")).readFileSync(`${town.dir}/letters/spares.html`, "utf8");
  const spare = /[0-9A-Z]{4}(?:-[0-9A-Z]{4}){4}/.exec(spares)?.[0] ?? "";
  const staff = ["--server", town.url, "--key", "staff/anna.key"];
  const factor = ["--factor", birth(3)];
  run(town, "roll", "replace", "--old", code(3), "--new", spare, ...factor, ...staff);
  const v = await guest({ expected: /status of 401/ });
  await typeCode(v, code(3), { birth: birth(3) });
  await v.page
    .getByText(text("it", "WEB_OUT_REPLACED"))
    .or(v.page.getByText(text("it", "WEB_FAULT_CODE_REPLACED")))
    .first()
    .waitFor();
  await collect(v, spare, { birth: birth(3) });
  await leave(v);
});

test("a used letter on another device: with the recovery code the same papers, and the vote can change", async () => {
  const first = await guest();
  const recovery = await collect(first, code(4), { birth: birth(4), look: true });
  await vote(first, ["Panchine"]);
  await leave(first);
  const second = await guest({ expected: /status of 409/ });
  const { page, lang } = second;
  await typeCode(second, code(4), { birth: birth(4) });
  await page.getByText(text(lang, "WEB_ELSEWHERE_TITLE")).waitFor();
  await accessible(page, "papers collected elsewhere");
  await page.goto("/ritira");
  await press(page, lang, "WEB_NEXT").click();
  await screen(page, lang, "WEB_CODE_TITLE");
  await page.getByLabel(text(lang, "WEB_CODE_LABEL"), { exact: true }).fill(code(4));
  await page.getByLabel(pattern(lang, "WEB_CODE_RECOVERY")).check();
  await page.getByLabel(text(lang, "WEB_RECOVERY_LABEL"), { exact: true }).fill(recovery);
  await press(page, lang, "WEB_NEXT").click();
  await screen(page, lang, "WEB_FACTOR_TITLE");
  const [day = "", month = "", year = ""] = birth(4).split("/");
  await page.getByLabel(text(lang, "WEB_DAY")).fill(day);
  await page.getByLabel(text(lang, "WEB_MONTH")).fill(month);
  await page.getByLabel(text(lang, "WEB_YEAR")).fill(year);
  await press(page, lang, "WEB_NEXT").click();
  await page.getByText(text(lang, "WEB_RUN_RESULT")).waitFor();
  await press(page, lang, "WEB_NEXT").click();
  await screen(page, lang, "WEB_DONE_TITLE").catch(async () => {
    await keepCode(second);
    await screen(page, lang, "WEB_DONE_TITLE");
  });
  const before = await entries();
  await goOn(second, clockNow(town) + 2 * HOUR);
  await until("the first votes in the log", async () => (await entries()) > before);
  await vote(second, ["Orti", "Sentiero"]);
  await leave(second);
});

test("two people at one phone: each votes with her own papers", async () => {
  const v = await guest({ width: 360, height: 740 });
  const { page, lang } = v;
  await collect(v, code(5), { birth: birth(5), label: "Nonna" });
  await page.goto("/ritira");
  await screen(page, lang, "WEB_COLLECT_TITLE");
  await page.getByLabel(pattern(lang, "WEB_WHO_OTHER")).check();
  await press(page, lang, "WEB_NEXT").click();
  await screen(page, lang, "WEB_CODE_TITLE");
  await page.getByLabel(text(lang, "WEB_CODE_LABEL"), { exact: true }).fill(code(6));
  await press(page, lang, "WEB_NEXT").click();
  await screen(page, lang, "WEB_FACTOR_TITLE");
  const [day = "", month = "", year = ""] = birth(6).split("/");
  await page.getByLabel(text(lang, "WEB_DAY")).fill(day);
  await page.getByLabel(text(lang, "WEB_MONTH")).fill(month);
  await page.getByLabel(text(lang, "WEB_YEAR")).fill(year);
  await press(page, lang, "WEB_NEXT").click();
  await page.getByText(text(lang, "WEB_RUN_RESULT")).waitFor();
  await press(page, lang, "WEB_NEXT").click();
  await keepCode(v);
  await page.goto("/tessere");
  await screen(page, lang, "WEB_PAPERS_TITLE");
  await page.getByText("Nonna").first().waitFor();
  await accessible(page, "papers of two people");
  await shot(page, "papers-two");
  await leave(v);
});

test("what was voted comes out: close, opening by two trustees, result", async () => {
  const v = await guest();
  await goOn(v, START + 7 * DAY + HOUR);
  await until("the last batch", () =>
    run(town, "space", "list", "--server", town.url).includes("closing"),
  );
  finish(town, "bilancio", true);
  const { page } = v;
  await page.goto("/spazi/bilancio/risultati");
  const words = await page.locator("main").innerText();
  assert.match(words, /Orti/);
  const csv = await (await page.request.get("/api/v1/spaces/bilancio/results.csv")).text();
  assert.match(csv, /Orti/);
  const pb = await (await page.request.get("/api/v1/spaces/bilancio/ballots.pb")).text();
  assert.match(pb, /num_votes;2/);
  assert.match(pb, /p2,p3|p3,p2/, "the changed vote counts, not the first");
  await page.goto("/");
  await page.getByRole("link", { name: pattern("it", "CTA_RESULT") }).first().waitFor();
  await leave(v);
});
