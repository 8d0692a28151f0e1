/*
 * A space of two issuers, a witness and a host of its own for casting: the
 * browser may ask exactly these addresses, and needs every one of them.
 */
import assert from "node:assert/strict";
import { writeFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";
import { accessible, launch, leave, pattern, visit } from "./browser.ts";
import { collect, press, screen } from "./steps.ts";
import {
  clock,
  clockNow,
  endTown,
  halt,
  HOUR,
  makeSpace,
  makeTown,
  run,
  serve,
  start,
  until,
  type Served,
  type Town,
} from "./town.ts";

let town: Town;
let browser: Browser;
let issuer: Served;
let witness: Served;
/** Another name of the same machine: another origin for browsers. */
let castUrl: string;

const FORM = {
  texts: { it: "Scegli.", en: "Choose." },
  options: ["Panchine", "Orti"].map((name, i) => ({
    id: `p${i + 1}`,
    cost: "1000",
    titles: { it: name, en: name },
  })),
  budget: "1000",
  ballot: { type: "choice" },
};

/** A witness of the town's log, and the server started anew with its policy. */
async function withWitness(key: string): Promise<string> {
  const { dir } = town;
  run(town, "init", "--witness-only", "--dir", "witness", "--name", "testimone.example/1");
  const vkey = readFileSync(join(dir, "witness", "witness.vkey"), "utf8").trim();
  writeFileSync(join(dir, "key"), key);
  witness = await start(dir, ["--witness-only", "--dir", "witness", "--log", key]);
  const policy = `log ${key} ${town.url}\nwitness w1 ${vkey} ${witness.url}\ngroup tutti all w1\nquorum tutti\n`;
  writeFileSync(join(dir, "data", "policy"), policy);
  await halt(town.server);
  const again = await serve(dir, "data", town.port, ["--cast-host", "localhost"]);
  town.server = again.server;
  return vkey;
}

before(async () => {
  browser = await launch();
  town = await makeTown({ residents: 4 });
  const key = (await (await fetch(`${town.url}/log/key`)).text()).trim();
  const vkey = await withWitness(key);
  castUrl = `http://localhost:${town.port}`;
  const log = ["--log", town.url, "--key", key, "--host", "ufficio.example"];
  run(town, "init", "--issuer-only", "--dir", "issuer", ...log);
  issuer = await start(town.dir, ["--issuer-only", "--dir", "issuer", "--clock", "clock"]);
  makeSpace(town, {
    slug: "bilancio",
    sealed: true,
    form: FORM,
    more: {
      issuers: [{ factor: "none" }, { factor: "none", name: "ufficio.example", url: issuer.url }],
      witnesses: { quorum: 1, keys: [vkey] },
      cast_url: castUrl,
    },
  });
});

after(async () => {
  await browser.close();
  await halt(issuer.server);
  await halt(witness.server);
  await endTown(town);
});

test("the policy of a page names the issuer and the host of casting, and nobody else", async () => {
  const answer = await fetch(`${town.url}/spazi/bilancio/vota`);
  const policy = answer.headers.get("content-security-policy") ?? "";
  const connect = /connect-src ([^;]*)/.exec(policy)?.[1]?.split(" ").sort();
  assert.deepEqual(connect, ["'self'", issuer.url, castUrl].sort());
});

test("a paper signed by both issuers, cast at its own host, checked with a witness", async () => {
  const origins = [issuer.url, castUrl];
  const v = await visit(browser, town.url, { now: () => clockNow(town), origins });
  const { page, lang } = v;
  const asked: string[] = [];
  page.on("request", (r) => r.method() === "POST" && asked.push(r.url()));
  await collect(v, town.codes[0] ?? "");
  assert.deepEqual(
    asked.sort(),
    [`${town.url}/token-request`, `${issuer.url}/token-request`].sort(),
    "each issuer is asked once",
  );
  asked.length = 0;
  await page.goto("/spazi/bilancio/vota");
  await press(page, lang, "WEB_BOOTH_ENTER").click();
  await screen(page, lang, "WEB_BOOTH_CHOOSE");
  await page.getByRole("radio", { name: /Orti/ }).check();
  await press(page, lang, "WEB_BOOTH_REVIEW").click();
  await screen(page, lang, "WEB_BOOTH_REVIEW_TITLE");
  await press(page, lang, "WEB_BOOTH_CAST").click();
  await screen(page, lang, "WEB_BOOTH_DONE");
  assert.deepEqual(asked, [`${castUrl}/api/v1/records`]);
  const size = async (): Promise<string> => (await fetch(`${town.url}/log/checkpoint`)).text();
  const before = await size();
  clock(town, clockNow(town) + 2 * HOUR);
  await page.clock.setFixedTime(clockNow(town) * 1000);
  await until("the vote in the log", async () => (await size()) !== before);
  await page.goto("/spazi/bilancio/controlla");
  await press(page, lang, "WEB_CHECK_HERE").click();
  await screen(page, lang, "WEB_CHECK_FOUND");
  await page.getByText(pattern(lang, "WEB_CHECK_WITNESS_ONE")).waitFor();
  await accessible(page, "a vote under a witness");
  await leave(v);
});

test("an issuer out of reach: no paper, a word about it, and the same paper later", async () => {
  const { port } = issuer;
  await halt(issuer.server);
  const origins = [issuer.url, castUrl];
  const v = await visit(browser, town.url, {
    now: () => clockNow(town),
    origins,
    expected: /ERR_CONNECTION_REFUSED/,
  });
  const { page, lang } = v;
  await page.goto("/ritira");
  await press(page, lang, "WEB_NEXT").click();
  await screen(page, lang, "WEB_CODE_TITLE");
  await page.getByLabel(pattern(lang, "WEB_CODE_LABEL")).fill(town.codes[1] ?? "");
  await press(page, lang, "WEB_NEXT").click();
  await page.getByText(pattern(lang, "WEB_FAULT_OFFLINE")).first().waitFor();
  await accessible(page, "an issuer out of reach");
  const args = ["--issuer-only", "--dir", "issuer", "--clock", "clock"];
  issuer = await start(town.dir, args, port);
  await collect(v, town.codes[1] ?? "");
  await leave(v);
});
