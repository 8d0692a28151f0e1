/* Page "check": found, early, missing, replaced; the second device; in both languages. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";
import { openNet } from "../../app/net.ts";
import { fromUtf8 } from "../../core/bytes.ts";
import type { Choices } from "../../core/choices.ts";
import { recoveryCode, rollCode } from "../../core/code.ts";
import { rollSeed, spaceSecret } from "../../core/derive.ts";
import { papersFind, putPapers, randomPapers } from "../../core/papers.ts";
import * as resident from "../../core/resident.ts";
import {
  accessible,
  fits,
  launch,
  leave,
  shot,
  text,
  visit,
  type Lang,
  type Visitor,
} from "./browser.ts";
import { makeLiar } from "./proxy.ts";
import { press, screen } from "./steps.ts";
import {
  AUDIT,
  clock,
  clockNow,
  endTown,
  finish,
  HOUR,
  makeSpace,
  makeTown,
  run,
  until,
  type Town,
} from "./town.ts";

const SLUG = "bilancio-2027";
const OPEN = "intitolazione";
const OPTIONS = ["Un parco", "Una scuola", "Una pista ciclabile", "Un teatro"].map((it, i) => ({
  id: `p${i + 1}`,
  titles: { it, en: it },
  cost: 1000 * (i + 1),
}));

let town: Town;
let browser: Browser;
const papers = randomPapers();
const other = randomPapers();

const now = (): number => clockNow(town);

async function vote(slug: string, p: typeof papers, choices: Choices): Promise<Uint8Array> {
  const v = await resident.openVote(await resident.openContact(openNet(town.url), []), slug);
  return (await resident.cast(v, { papers: p, choices, save: () => undefined })).text;
}

before(async () => {
  town = await makeTown({ residents: 3 });
  const form = { options: OPTIONS, ballot: { type: "bitmap", max: 2 }, budget: 5000 };
  const titles = { it: "Bilancio partecipativo 2027", en: "Participatory budget 2027" };
  makeSpace(town, { slug: SLUG, sealed: true, titles, form });
  makeSpace(town, {
    slug: OPEN,
    titles: { it: "Il nome della scuola", en: "The school's name" },
    form,
  });
  for (const [who, p] of [
    [1, papers],
    [2, other],
  ] as const) {
    const contact = await resident.openContact(openNet(town.url), []);
    const roll = rollSeed(rollCode(town.codes[who - 1] as string));
    const outcome = await resident.collect({ contact, papers: p, roll, save: () => undefined });
    assert.equal(outcome.got, 2);
  }
  browser = await launch();
});

after(async () => {
  await browser.close();
  await endTown(town);
});

const visitor = (lang: Lang = "it", width = 1000): Promise<Visitor> =>
  visit(browser, town.url, { lang, width, now });

async function goTo(v: Visitor, slug: string): Promise<void> {
  await v.page.goto(`/spazi/${slug}/controlla${v.lang === "en" ? "?lang=en" : ""}`);
  await screen(v.page, v.lang, "APP_CHECK");
}

async function looked(v: Visitor, heading: string, name: string): Promise<void> {
  await screen(v.page, v.lang, heading);
  await accessible(v.page, name);
  await fits(v.page, name);
  await shot(v.page, name, true);
}

async function withCode(v: Visitor, slug: string, code: string, receipt?: string): Promise<void> {
  await goTo(v, slug);
  await v.page.getByText(text(v.lang, "WEB_CHECK_WHY")).waitFor();
  await v.page.getByLabel(text(v.lang, "WEB_CHECK_CODE"), { exact: true }).fill(code);
  if (receipt !== undefined) await v.page.locator("input[type=file]").setInputFiles(receipt);
  await press(v.page, v.lang, "WEB_CHECK_LOOK").click();
}

const saidRow = (v: Visitor, name: string, ...args: (string | number)[]) =>
  v.page.getByText(text(v.lang, name, ...args), { exact: false }).waitFor();

test("nothing is there before one votes, and that is said in both languages", async () => {
  for (const lang of ["it", "en"] as const) {
    const v = await visitor(lang, 320);
    await withCode(v, SLUG, recoveryCode(papers.secret, "master"));
    await looked(v, "WEB_CHECK_NONE", `check-none-${lang}`);
    await leave(v);
  }
});

test("a wrong code is told before anything is asked", async () => {
  const v = await visitor();
  await goTo(v, SLUG);
  await v.page.getByLabel(text("it", "WEB_CHECK_CODE"), { exact: true }).fill("AAAA-BBBB");
  await press(v.page, "it", "WEB_CHECK_LOOK").click();
  await v.page.getByText(text("it", "WEB_CHECK_CODE_SHORT", 8)).waitFor();
  await accessible(v.page, "check-start");
  await shot(v.page, "check-start", true);
  await leave(v);
});

test("a receipt whose time has not come, then a vote that is there", async () => {
  const receipt = join(town.dir, "receipt.txt");
  writeFileSync(receipt, await vote(SLUG, papers, { type: "bitmap", named: [1, 3] }));
  await vote(OPEN, papers, { type: "bitmap", named: [2] });
  await vote(SLUG, other, { type: "bitmap", named: [4] });
  const v = await visitor("it", 375);
  const code = recoveryCode(papers.secret, "master");
  await withCode(v, SLUG, code, receipt);
  await looked(v, "WEB_CHECK_EARLY", "check-early");

  clock(town, now() + 2 * HOUR);
  const c = () => resident.openContact(openNet(town.url), []);
  const whose = (slug: string) => (h: { id: Uint8Array }) => ({
    ss: spaceSecret(papers.secret, h.id),
    mine: papersFind(papers, slug),
  });
  await until("the batch", async () => {
    const states = [];
    for (const slug of [SLUG, OPEN])
      states.push((await resident.checkVote(await c(), slug, whose(slug), now())).state);
    return states.every((s) => s === "found");
  });
  await v.page.clock.setFixedTime(now() * 1000);
  await press(v.page, "it", "WEB_CHECK_AGAIN").click();
  await looked(v, "WEB_CHECK_FOUND", "check-found");
  await saidRow(v, "WEB_CHECK_RECEIPT_SAME");
  await saidRow(v, "WEB_CHECK_SEALED");
  const [saved] = await Promise.all([
    v.page.waitForEvent("download"),
    press(v.page, "it", "WEB_CHECK_SAVE_PROOF").click(),
  ]);
  assert.match(readFileSync(await saved.path(), "utf8"), /^c2sp.org\/tlog-proof@v1\n/);
  await leave(v);
});

test("on the device that voted, an unsealed vote shows what it says", async () => {
  const v = await visitor("en");
  await v.page.goto("/tessere?lang=en");
  await screen(v.page, "en", "WEB_PAPERS_TITLE");
  const file = {
    name: "papers.json",
    mimeType: "application/json",
    buffer: Buffer.from(putPapers(papers)),
  };
  await v.page.locator("input[type=file]").setInputFiles(file);
  await v.page.getByText(text("en", "WEB_PAPERS_OPENED")).waitFor();
  await goTo(v, OPEN);
  await press(v.page, "en", "WEB_CHECK_HERE").click();
  await looked(v, "WEB_CHECK_FOUND", "check-open");
  await v.page.getByRole("table").getByText("Una scuola").waitFor();
  await v.page.goto("/controlla?lang=en");
  await v.page.getByRole("link", { name: "The school's name" }).waitFor();
  await accessible(v.page, "check-spaces");
  await leave(v);
});

test("a vote that was promised and is not there gives a file for an auditor", async () => {
  const late = await vote(SLUG, papers, { type: "bitmap", named: [2] });
  const receipt = join(town.dir, "late.txt");
  writeFileSync(receipt, late);
  const v = await visitor();
  /* The browser's clock is past the promise; the server's is not. */
  await v.page.clock.setFixedTime((now() + 5 * HOUR) * 1000);
  await withCode(v, SLUG, recoveryCode(papers.secret, "master"), receipt);
  await looked(v, "WEB_CHECK_MISSING", "check-missing");
  const [saved] = await Promise.all([
    v.page.waitForEvent("download"),
    press(v.page, "it", "WEB_SAVE_EVIDENCE").click(),
  ]);
  const evidence = JSON.parse(readFileSync(await saved.path(), "utf8")) as Record<string, string>;
  assert.equal(evidence["receipt"], fromUtf8(late));
  assert.match(evidence["checkpoint"] ?? "", /^comune\.example\/prova\n/);
  await leave(v);
});

async function choose(v: Visitor, titles: readonly string[]): Promise<void> {
  await screen(v.page, v.lang, "WEB_CHECK_CHOICES");
  for (const title of titles) await v.page.getByRole("checkbox", { name: title }).check();
  await press(v.page, v.lang, "WEB_CHECK_COMPARE").click();
}

test("a second device makes the same ballot again, or says what differs", async () => {
  clock(town, now() + 2 * HOUR);
  const h = (await resident.openVote(await resident.openContact(openNet(town.url), []), SLUG))
    .header;
  const code = recoveryCode(spaceSecret(papers.secret, h.id), "space");
  await until("the batch", async () => {
    const c = await resident.openContact(openNet(town.url), []);
    const ss = spaceSecret(papers.secret, h.id);
    const state = await resident.recreateVote(await resident.openVote(c, SLUG), ss, {
      type: "bitmap",
      named: [2],
    });
    return state.state === "same";
  });
  const v = await visitor("it", 375);
  await goTo(v, SLUG);
  await press(v.page, "it", "WEB_CHECK_SECOND_GO").click();
  await looked(v, "WEB_CHECK_SECOND", "check-second");
  await v.page.getByLabel(text("it", "WEB_CHECK_SPACE_CODE"), { exact: true }).fill(code);
  await press(v.page, "it", "WEB_NEXT").click();
  await choose(v, ["Una scuola"]);
  await looked(v, "WEB_RECREATED_SAME", "check-same");

  for (const [titles, heading, name] of [
    [["Un parco", "Una pista ciclabile"], "WEB_RECREATED_REPLACED", "check-replaced"],
    [["Un teatro"], "WEB_RECREATED_DIFFERENT", "check-different"],
  ] as const) {
    await goTo(v, SLUG);
    await press(v.page, "it", "WEB_CHECK_SECOND_GO").click();
    await v.page.getByLabel(text("it", "WEB_CHECK_SPACE_CODE"), { exact: true }).fill(code);
    await press(v.page, "it", "WEB_NEXT").click();
    await choose(v, titles);
    await looked(v, heading, name);
  }
  await leave(v);
});

test("after the result the ballot is opened for whoever asks", async () => {
  clock(town, now() + 7 * 24 * HOUR);
  finish(town, SLUG, true);
  const v = await visitor();
  await withCode(v, SLUG, recoveryCode(papers.secret, "master"));
  await screen(v.page, "it", "WEB_CHECK_FOUND");
  assert.equal(await v.page.getByRole("table").count(), 0);
  await press(v.page, "it", "WEB_CHECK_COUNTED_SHOW").click();
  await v.page.getByRole("table").getByText("Una scuola").waitFor();
  await looked(v, "WEB_CHECK_FOUND", "check-counted");
  await leave(v);
});

test("pages that are not the ones in the log are noticed", async () => {
  const manifest = join(dirname(AUDIT), "web", "dist", "MANIFEST");
  run(
    town,
    "staff",
    "bundle",
    "--manifest",
    manifest,
    "--server",
    town.url,
    "--key",
    "staff/anna.key",
  );
  const honest = await visitor();
  await honest.page.goto(`/spazi/${OPEN}/controlla`);
  assert.match((await honest.page.locator("#app").getAttribute("data-bundle")) ?? "", /^[1-9]/);
  await honest.page.getByText(text("it", "WEB_CHECK_WHY")).waitFor();
  await leave(honest);

  const liar = await makeLiar(town.url, (_, path, answer) => {
    if (/\.css$/.test(path))
      return { ...answer, body: Buffer.concat([answer.body, Buffer.from("h1{color:red}")]) };
    if (!path.startsWith("/spazi/")) return undefined;
    return {
      ...answer,
      body: Buffer.from(answer.body.toString("utf8").replace(/ integrity="[^"]*"/g, "")),
    };
  });
  const v = await visit(browser, liar.url, { now, expected: /integrity/ });
  await v.page.goto(`/spazi/${OPEN}/controlla`);
  await screen(v.page, "it", "WEB_CHECK_STOPPED");
  await v.page.getByText(text("it", "WEB_FAULT_BUNDLE")).waitFor();
  await press(v.page, "it", "WEB_SAVE_EVIDENCE").waitFor();
  await leave(v);
  await liar.close();
});
