/*
 * Collecting and the papers of a device: codes and second factors that are
 * wrong, a letter that was used, recovery, files, two people at one phone, a
 * computer where nothing may stay, a browser that keeps nothing.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import encodeQR from "qr";
import type { Browser, Page } from "playwright-core";
import { utf8 } from "../../core/bytes.ts";
import { sha256 } from "../../core/hash.ts";
import { accessible, fits, launch, leave, shot, text, visit, type Lang, type Visitor } from "./browser.ts";
import { collect, keepCode, press, screen, typeCode } from "./steps.ts";
import { clockNow, endTown, makeSpace, makeTown, type Town } from "./town.ts";

const REFUSED = /Failed to load resource/;
const BIRTH = ["01/03/1950", "02/03/1950", "03/03/1950", "04/03/1950", "05/03/1950", "06/03/1950"];
const IT: Lang = "it";

let town: Town;
let browser: Browser;

before(async () => {
  browser = await launch();
  town = await makeTown({ residents: 6, factor: "birth_date" });
  const form = {
    texts: { it: "Scegli.", en: "Choose." },
    options: ["Panchine", "Orti"].map((name, i) => ({
      id: `p${i}`,
      cost: "1000",
      titles: { it: name, en: name },
    })),
    ballot: { type: "choice" },
    budget: "1000",
  };
  makeSpace(town, { slug: "parco", form, more: { issuers: [{ factor: "birth_date" }] } });
  makeSpace(town, { slug: "scuola", form, separated: true });
});

after(async () => {
  await browser.close();
  await endTown(town);
});

function come(more: object = {}): Promise<Visitor> {
  return visit(browser, town.url, { now: () => clockNow(town), expected: REFUSED, ...more });
}

function codeOf(i: number): string {
  return town.codes[i] ?? "";
}

async function birth(page: Page, date: string): Promise<void> {
  await screen(page, IT, "WEB_FACTOR_TITLE");
  const [day = "", month = "", year = ""] = date.split("/");
  await page.getByLabel(text(IT, "WEB_DAY")).fill(day);
  await page.getByLabel(text(IT, "WEB_MONTH")).fill(month);
  await page.getByLabel(text(IT, "WEB_YEAR")).fill(year);
  await press(page, IT, "WEB_NEXT").click();
}

const field = (page: Page, name: string) => page.getByLabel(text(IT, name), { exact: true });

/** The number of people and of waiting records that the browser keeps. */
function stored(page: Page): Promise<{ people: number; outbox: number }> {
  return page.evaluate(async () => {
    const ask = <T>(r: IDBRequest<T>): Promise<T> =>
      new Promise((done, fail) => {
        r.onsuccess = () => done(r.result);
        r.onerror = () => fail(r.error ?? new Error());
      });
    const db = await ask(indexedDB.open("partecipa", 1));
    const state = (await ask(db.transaction("state").objectStore("state").get("device"))) as
      | { people: unknown[]; outbox: unknown[] }
      | undefined;
    return { people: state?.people.length ?? 0, outbox: state?.outbox.length ?? 0 };
  });
}

test("a letter's address leads to its code, which leaves the address bar", async () => {
  const v = await come({ width: 320, height: 640 });
  await v.page.goto(`/#c=${codeOf(0).replaceAll("-", "")}`);
  await screen(v.page, IT, "WEB_COLLECT_TITLE");
  assert.equal(new URL(v.page.url()).hash, "");
  await fits(v.page, "information at 320");
  await press(v.page, IT, "WEB_NEXT").click();
  await screen(v.page, IT, "WEB_CODE_TITLE");
  assert.equal(await field(v.page, "WEB_CODE_LABEL").inputValue(), codeOf(0));
  await fits(v.page, "code at 320");
  await v.page.goBack();
  await screen(v.page, IT, "WEB_COLLECT_TITLE");
  await v.page.goForward();
  await screen(v.page, IT, "WEB_CODE_TITLE");
  await leave(v);
});

test("a code is typed in groups, and what is wrong with it is said", async () => {
  const v = await come();
  const { page } = v;
  await page.goto("/ritira");
  await press(page, IT, "WEB_NEXT").click();
  const code = field(page, "WEB_CODE_LABEL");
  await press(page, IT, "WEB_NEXT").click();
  await page.getByText(text(IT, "WEB_CODE_EMPTY")).waitFor();
  await code.pressSequentially(codeOf(0).replaceAll("-", "").toLowerCase());
  assert.equal(await code.inputValue(), codeOf(0));
  // A letter put in the middle stands where the caret was.
  await code.press("Home");
  await code.press("Delete");
  await code.press("ArrowRight");
  await code.press("u");
  assert.equal((await code.inputValue()).charAt(1), "U");
  await press(page, IT, "WEB_NEXT").click();
  await page.getByText(text(IT, "WEB_CODE_GROUP", "1")).waitFor();
  assert.equal(await code.getAttribute("aria-invalid"), "true");
  await accessible(page, "a wrong code");
  await code.fill(codeOf(0).slice(0, 12));
  await press(page, IT, "WEB_NEXT").click();
  await page.getByText(text(IT, "WEB_CODE_SHORT", 10, 3)).waitFor();
  await leave(v);
});

test("a picture of the letter gives its code, another picture none", async () => {
  const v = await come();
  const { page } = v;
  await page.goto("/ritira");
  await press(page, IT, "WEB_NEXT").click();
  const input = page.locator("input[type=file]");
  const picture = (words: string) => ({
    name: "foto.gif",
    mimeType: "image/gif",
    buffer: Buffer.from(encodeQR(words, "gif", { scale: 6 })),
  });
  await input.setInputFiles(picture("https://example.org/altro"));
  await page.getByText(text(IT, "WEB_SCAN_OTHER")).waitFor();
  await input.setInputFiles({ name: "x.png", mimeType: "image/png", buffer: Buffer.from("no") });
  await page.getByText(text(IT, "WEB_SCAN_NONE")).waitFor();
  const address = `https://vota.comune.example/#c=${codeOf(0).replaceAll("-", "")}`;
  await input.setInputFiles(picture(address));
  await page.waitForFunction(
    (code) => [...document.querySelectorAll("input")].some((i) => i.value === code),
    codeOf(0),
  );
  await leave(v);
});

test("the camera opens when asked and stops when told or left", async () => {
  const v = await come();
  const { page } = v;
  await page.goto("/ritira");
  await press(page, IT, "WEB_NEXT").click();
  await press(page, IT, "WEB_SCAN_CAMERA").click();
  await page.waitForFunction(() => (document.querySelector("video")?.videoWidth ?? 0) > 0);
  await accessible(page, "camera");
  const live = await page.evaluateHandle(
    () => (document.querySelector("video")?.srcObject as MediaStream).getTracks()[0],
  );
  await press(page, IT, "WEB_SCAN_STOP").click();
  await field(page, "WEB_CODE_LABEL").waitFor();
  assert.equal(await live.evaluate((track) => track?.readyState), "ended");
  await leave(v);
});

test("a wrong birth date is said and tried once; then all papers come in one go", async () => {
  const v = await come({ width: 390 });
  const { page } = v;
  const asked: string[] = [];
  page.on("request", (r) => r.method() === "POST" && asked.push(new URL(r.url()).pathname));
  await typeCode(v, codeOf(0), { birth: "02/03/1950" });
  await screen(page, IT, "WEB_FACTOR_TITLE");
  await page.getByText(text(IT, "WEB_FAULT_FACTOR")).first().waitFor();
  assert.deepEqual(asked, ["/token-request"]);
  await accessible(page, "a wrong second factor");
  await birth(page, BIRTH[0] ?? "");
  await screen(page, IT, "WEB_RUN_RESULT");
  assert.equal(await page.locator("li.good").count(), 2);
  await press(page, IT, "WEB_NEXT").click();
  await keepCode(v);
  await screen(page, IT, "WEB_DONE_TITLE");
  assert.deepEqual(await stored(page), { people: 1, outbox: 0 });
  await leave(v);
});

test("a code that no list knows goes back to its field, with what to do", async () => {
  const v = await come();
  const nineteen = "0123456789ABCDEFGHJ";
  const check = "0123456789ABCDEFGHJKMNPQRSTVWXYZ".charAt((sha256(utf8(nineteen))[0] ?? 0) >> 3);
  await typeCode(v, nineteen + check, { birth: BIRTH[0] ?? "" });
  await screen(v.page, IT, "WEB_CODE_TITLE");
  await v.page.getByText(text(IT, "WEB_FAULT_NOT_ON_ROLL")).waitFor();
  await accessible(v.page, "an unknown code");
  assert.deepEqual(await stored(v.page), { people: 0, outbox: 0 });
  await leave(v);
});

test("what comes out of the printer is the code and what it is for", async () => {
  const v = await come();
  const { page } = v;
  await collect(v, codeOf(1), { birth: BIRTH[1] ?? "" });
  await page.goto("/tessere");
  await press(page, IT, "WEB_PAPERS_SHOW").click();
  await accessible(page, "a covered code");
  assert.equal(await page.locator(".code-big").count(), 0);
  await press(page, IT, "WEB_PAPERS_SHOW_NOW").click();
  await page.emulateMedia({ media: "print" });
  const seen = await page.locator("main").innerText();
  assert.match(seen, /([0-9A-Z]{4}\s){6}[0-9A-Z]{4}/);
  assert.ok(seen.includes(text(IT, "WEB_RECOVERY_SHEET_WHAT")));
  assert.ok(!seen.includes(text(IT, "WEB_RECOVERY_LEAD")));
  await page.emulateMedia({ media: "screen" });
  const download = page.waitForEvent("download");
  await press(page, IT, "WEB_RECOVERY_PNG").click();
  const png = readFileSync((await (await download).path()) ?? "");
  assert.equal(png.subarray(1, 4).toString(), "PNG");
  await leave(v);
});

test("a used letter explains itself, and the recovery code gives the same papers", async () => {
  const first = await come();
  const code = await collect(first, codeOf(2), { birth: BIRTH[2] ?? "" });
  const papersOf = async (page: Page): Promise<string> => {
    await page.goto("/tessere");
    const download = page.waitForEvent("download");
    await press(page, IT, "WEB_PAPERS_FILE").click();
    return readFileSync((await (await download).path()) ?? "", "utf8");
  };
  const before = JSON.parse(await papersOf(first.page)) as { secret: string; spaces: unknown };
  await leave(first);

  const second = await come();
  const { page } = second;
  await typeCode(second, codeOf(2), { birth: BIRTH[2] ?? "" });
  await screen(page, IT, "WEB_RUN_RESULT");
  await page.getByText(text(IT, "WEB_ELSEWHERE_TITLE")).waitFor();
  await accessible(page, "collected elsewhere");
  assert.deepEqual(await stored(page), { people: 0, outbox: 0 });
  await press(page, IT, "WEB_ELSEWHERE_USE").click();
  await field(page, "WEB_RECOVERY_LABEL").fill("0000");
  await press(page, IT, "WEB_NEXT").click();
  await page.getByText(text(IT, "WEB_RECOVERY_WRONG")).waitFor();
  await field(page, "WEB_RECOVERY_LABEL").fill(code);
  await press(page, IT, "WEB_NEXT").click();
  await birth(page, BIRTH[2] ?? "");
  await screen(page, IT, "WEB_RUN_RESULT");
  await press(page, IT, "WEB_NEXT").click();
  await screen(page, IT, "WEB_DONE_TITLE");
  const again = JSON.parse(await papersOf(page)) as { secret: string; spaces: unknown };
  assert.equal(again.secret, before.secret);
  assert.deepEqual(again.spaces, before.spaces);
  await leave(second);
});

test("two people at one phone, a file, and forgetting one of them", async () => {
  const v = await come({ width: 390 });
  const { page } = v;
  // With two people each button says whose it is.
  const nonnas = (name: string) =>
    page.getByRole("button", { name: `${text(IT, name)} – Nonna`, exact: true });
  await collect(v, codeOf(3), { birth: BIRTH[3] ?? "", label: "Nonna" });
  await page.goto("/ritira");
  await page.getByLabel(text(IT, "WEB_WHO_OTHER")).waitFor();
  await typeCode(v, codeOf(4), { birth: BIRTH[4] ?? "", label: "Io" });
  await screen(page, IT, "WEB_RUN_RESULT");
  await press(page, IT, "WEB_NEXT").click();
  await screen(page, IT, "WEB_RECOVERY_TITLE");
  await press(page, IT, "WEB_RECOVERY_LATER").click();
  await page.goto("/tessere");
  await page.getByRole("heading", { name: "Nonna", exact: true }).waitFor();
  await page.getByRole("heading", { name: "Io", exact: true }).waitFor();
  await page.getByText(text(IT, "WEB_PAPERS_NOT_KEPT")).waitFor();
  await accessible(page, "papers of two people");
  await shot(page, "papers", true);
  await fits(page, "papers");
  const download = page.waitForEvent("download");
  await nonnas("WEB_PAPERS_FILE").click();
  const file = (await (await download).path()) ?? "";
  await nonnas("WEB_PAPERS_FORGET").click();
  await accessible(page, "the question before forgetting");
  const sure = page.getByRole("button", { name: text(IT, "WEB_PAPERS_FORGET_YES"), exact: true });
  await sure.click({ force: true });
  assert.deepEqual(await stored(page), { people: 2, outbox: 0 });
  await page.getByLabel(text(IT, "WEB_PAPERS_FORGET_KEPT")).check();
  await sure.click();
  await page.getByRole("heading", { name: "Nonna", exact: true }).waitFor({ state: "detached" });
  const input = page.locator("input[type=file]");
  await input.setInputFiles({ name: "x.json", mimeType: "application/json", buffer: Buffer.from("{}") });
  await page.getByText(text(IT, "WEB_PAPERS_OPEN_BAD")).waitFor();
  await input.setInputFiles(file);
  await page.getByText(text(IT, "WEB_PAPERS_OPENED")).waitFor();
  assert.deepEqual(await stored(page), { people: 2, outbox: 0 });
  await leave(v);
});

test("at a shared computer one votes in the same page, and nothing stays", async () => {
  const v = await come();
  const { page } = v;
  await page.goto("/ritira");
  await page.getByLabel(text(IT, "WEB_WHERE_PUBLIC")).check();
  await press(page, IT, "WEB_NEXT").click();
  await field(page, "WEB_CODE_LABEL").fill(codeOf(5));
  await press(page, IT, "WEB_NEXT").click();
  await birth(page, BIRTH[5] ?? "");
  await screen(page, IT, "WEB_RUN_RESULT");
  await press(page, IT, "WEB_NEXT").click();
  assert.equal(await page.getByRole("button", { name: text(IT, "WEB_RECOVERY_LATER") }).count(), 0);
  await keepCode(v);
  await screen(page, IT, "WEB_DONE_TITLE");
  await accessible(page, "done at a shared computer");
  await press(page, IT, "WEB_DONE_LEAVE").click();
  await screen(page, IT, "WEB_DONE_LEFT_TITLE");
  assert.deepEqual(await stored(page), { people: 0, outbox: 0 });
  await leave(v);
});

test("a browser that keeps nothing says so, and still collects", async () => {
  const v = await come();
  const { page } = v;
  await page.addInitScript(() => {
    Object.defineProperty(globalThis, "indexedDB", {
      value: { open: () => { throw new DOMException("no", "SecurityError"); } },
    });
  });
  await page.goto("/ritira");
  await page.getByText(text(IT, "WEB_PRIVATE_MODE")).waitFor();
  await accessible(page, "private mode");
  await leave(v);
});
