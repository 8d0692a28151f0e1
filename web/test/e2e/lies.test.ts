/*
 * Servers that lie to one person, seen from her browser: each lie is noticed
 * before anything is given away, and said in words.  What the core makes of
 * them byte by byte stands in liars.test.ts.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";
import { accessible, launch, leave, text, visit, type Visitor } from "./browser.ts";
import { makeLiar, type Answer, type Liar, type Lie } from "./proxy.ts";
import { collect, press, screen, typeCode } from "./steps.ts";
import {
  clock,
  clockNow,
  copyData,
  endTown,
  halt,
  HOUR,
  makeSpace,
  makeTown,
  run,
  serve,
  until,
  type Town,
} from "./town.ts";

let town: Town;
let browser: Browser;
let liar: Liar;

const TITLES = ["Panchine", "Orti", "Sentiero"];
const FORM = {
  texts: { it: "Scegli.", en: "Choose." },
  options: TITLES.map((name, i) => ({ id: `p${i + 1}`, cost: "1000", titles: { it: name, en: name } })),
  budget: "2000",
  ballot: { type: "bitmap", min: 1, max: 2 },
};
const honest: Lie = () => undefined;

before(async () => {
  browser = await launch();
  town = await makeTown({ residents: 8 });
  makeSpace(town, { slug: "bilancio", sealed: true, form: FORM });
  liar = await makeLiar(town.url);
});

after(async () => {
  await browser.close();
  await liar.close();
  await endTown(town);
});

/** Hours later, when the votes are in the log. */
async function later(hours: number): Promise<void> {
  const size = async (): Promise<string> => (await fetch(`${town.url}/log/checkpoint`)).text();
  const before = await size();
  clock(town, clockNow(town) + hours * HOUR);
  await until("the next batch", async () => (await size()) !== before);
}

const guest = (more: object = {}): Promise<Visitor> =>
  visit(browser, liar.url, { now: () => clockNow(town), ...more });

const posts = (): string[] => liar.seen.filter((s) => s.startsWith("POST "));

/** The answer with another text in place of `from`. */
function altered(answer: Answer, from: RegExp, to: string): Answer {
  const before = answer.body.toString("latin1");
  const after = before.replace(from, to);
  assert.notEqual(after, before, "the lie changes something");
  return { ...answer, headers: { ...answer.headers }, body: Buffer.from(after, "latin1") };
}

/** An alert that speaks of the server's word against the log. */
async function accused(v: Visitor): Promise<void> {
  await v.page.getByText(text(v.lang, "WEB_LIE_DO")).first().waitFor();
  await accessible(v.page, "a lie that was noticed");
}

async function vote(v: Visitor, name: string): Promise<void> {
  const { page, lang } = v;
  await page.goto("/spazi/bilancio/vota");
  await press(page, lang, "WEB_BOOTH_ENTER").click();
  await screen(page, lang, "WEB_BOOTH_CHOOSE");
  await page.getByRole("checkbox", { name: new RegExp(name) }).check();
  await press(page, lang, "WEB_BOOTH_REVIEW").click();
  await screen(page, lang, "WEB_BOOTH_REVIEW_TITLE");
  await press(page, lang, "WEB_BOOTH_CAST").click();
  await screen(page, lang, "WEB_BOOTH_DONE");
}

test("A18_a_token_key_that_is_not_in_the_log: the browser asks nobody with it", async () => {
  const v = await guest();
  liar.lie = (_, path, answer) =>
    path.endsWith("/header") ? altered(answer, /("vote":"MIIB[^"]{200})(.)/, "$1-") : undefined;
  liar.seen.length = 0;
  await typeCode(v, town.codes[0] ?? "");
  await accused(v);
  assert.deepEqual(posts(), [], "nothing was asked of the server");
  liar.lie = honest;
  await leave(v);
});

test("A18_an_answer_that_is_no_signature: no paper, and a file for who checks", async () => {
  const v = await guest();
  liar.lie = (method, path, answer) =>
    method === "POST" && path === "/token-request"
      ? { ...answer, headers: { ...answer.headers }, body: Buffer.alloc(answer.body.length, 7) }
      : undefined;
  await typeCode(v, town.codes[0] ?? "");
  await v.page.getByText(text(v.lang, "WEB_FAULT_TOKEN")).first().waitFor();
  const saved = v.page.waitForEvent("download");
  await press(v.page, v.lang, "WEB_SAVE_EVIDENCE").click();
  await saved;
  liar.lie = honest;
  await collect(v, town.codes[0] ?? "");
  await leave(v);
});

test("A19_another_question_than_the_log_has: nothing can be chosen", async () => {
  const v = await guest();
  await collect(v, town.codes[1] ?? "");
  liar.lie = (_, path, answer) =>
    path.endsWith("/form") ? altered(answer, /Panchine/, "Panchini") : undefined;
  liar.seen.length = 0;
  await v.page.goto("/spazi/bilancio/vota");
  await accused(v);
  assert.equal(await v.page.getByRole("checkbox").count(), 0);
  assert.deepEqual(posts(), []);
  liar.lie = honest;
  await leave(v);
});

test("A8_another_key_to_seal_with: nothing can be chosen", async () => {
  const v = await guest();
  await collect(v, town.codes[2] ?? "");
  liar.lie = (_, path, answer) =>
    path.endsWith("/form")
      ? altered(answer, /"key":"[0-9a-f]{64}"/, `"key":"${"e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76"}"`)
      : undefined;
  await v.page.goto("/spazi/bilancio/vota");
  await accused(v);
  liar.lie = honest;
  await leave(v);
});

test("A21_a_receipt_of_another_ballot: the vote is not said to be accepted", async () => {
  const v = await guest();
  await collect(v, town.codes[3] ?? "");
  liar.lie = (method, path, answer) =>
    method === "POST" && path === "/api/v1/records" && answer.status < 300
      ? altered(answer, /^(salt |)([A-Za-z0-9+/]{43}=)$/m, "$1AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")
      : undefined;
  const { page, lang } = v;
  await page.goto("/spazi/bilancio/vota");
  await press(page, lang, "WEB_BOOTH_ENTER").click();
  await screen(page, lang, "WEB_BOOTH_CHOOSE");
  await page.getByRole("checkbox", { name: /Orti/ }).check();
  await press(page, lang, "WEB_BOOTH_REVIEW").click();
  await screen(page, lang, "WEB_BOOTH_REVIEW_TITLE");
  await press(page, lang, "WEB_BOOTH_CAST").click();
  await page.getByRole("alert").first().waitFor();
  assert.equal(await page.getByText(text(lang, "WEB_BOOTH_ACCEPTED")).count(), 0);
  liar.lie = honest;
  await leave(v);
});

test("A20_the_pages_are_the_same_bytes_for_everybody", async () => {
  const paths = ["/", "/ritira", "/spazi/bilancio/vota", "/sw.js", "/log/checkpoint"];
  const html = await (await fetch(`${town.url}/ritira`)).text();
  for (const m of html.matchAll(/\/static\/[\w.-]+/g)) paths.push(m[0]);
  assert.ok(paths.length > 7, "scripts and style are among them");
  const guests = [
    {},
    { "User-Agent": "Mozilla/5.0 (iPhone)", Cookie: "id=1; session=anna" },
    { "User-Agent": "curl/8", Referer: "https://elsewhere.example/", "X-Forwarded-For": "10.0.0.7" },
    { Authorization: "Basic YTpi", "If-None-Match": '"x"', Origin: "https://elsewhere.example" },
  ];
  for (const path of paths) {
    const seen = new Set<string>();
    for (const headers of guests) {
      const answer = await fetch(town.url + path, { headers: { ...headers, "Accept-Language": "it" } });
      assert.equal(answer.status, 200, path);
      assert.equal(answer.headers.get("set-cookie"), null, path);
      seen.add(Buffer.from(await answer.arrayBuffer()).toString("base64"));
    }
    assert.equal(seen.size, 1, path);
  }
});

test("A43_a_check_asks_for_the_same_as_everybody_else", async () => {
  const asked: string[][] = [];
  const people: Visitor[] = [];
  for (const [n, name] of [
    [4, "Orti"],
    [5, "Panchine"],
  ] as const) {
    const v = await guest();
    await collect(v, town.codes[n] ?? "");
    await vote(v, name);
    people.push(v);
  }
  await later(3);
  for (const v of people) {
    await v.page.clock.setFixedTime(clockNow(town) * 1000);
    liar.seen.length = 0;
    await v.page.goto("/spazi/bilancio/controlla");
    await press(v.page, v.lang, "WEB_CHECK_HERE").click();
    await screen(v.page, v.lang, "WEB_CHECK_FOUND");
    // The browser looks for a newer worker when it likes.
    asked.push(liar.seen.filter((s) => !/\/static\/|\/sw\.js/.test(s)).sort());
    await leave(v);
  }
  assert.deepEqual(asked[0], asked[1]);
  assert.deepEqual(posts(), [], "a check sends nothing");
});

test("A36_a_dropped_vote_and_then_another_past: both are noticed, with evidence", async () => {
  const v = await guest();
  const { page, lang } = v;
  const look = async (): Promise<void> => {
    await page.clock.setFixedTime(clockNow(town) * 1000);
    await page.goto("/spazi/bilancio/controlla");
  };
  await collect(v, town.codes[6] ?? "");
  const papers = ["--papers", "papers-other"];
  run(town, "resident", "collect", "--server", town.url, "--code", town.codes[7] ?? "", "--out", "papers-other");
  await copyData(town, "older");
  await vote(v, "Sentiero");
  // Another server, with the same keys, that never got this vote.
  const fork = await serve(town.dir, "older");
  run(town, "resident", "vote", "bilancio", "--server", fork.url, ...papers, "--choice", "1");
  await later(3);
  liar.target = fork.url;
  await look();
  await press(page, lang, "WEB_CHECK_HERE").click();
  await screen(page, lang, "WEB_CHECK_MISSING");
  await accessible(page, "a vote that was dropped");
  const saved = page.waitForEvent("download");
  await press(page, lang, "WEB_CHECK_MISSING_SAVE").or(page.getByRole("button", { name: /Salva/ })).first().click();
  await saved;
  // The honest log is now another one than the one that was shown.
  liar.target = town.url;
  await look();
  await accused(v);
  const fork2 = page.waitForEvent("download");
  await press(page, lang, "WEB_SAVE_EVIDENCE").click();
  await fork2;
  await halt(fork.server);
  await leave(v);
});
