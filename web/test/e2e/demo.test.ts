/*
 * What `make run` shows, seen in a browser: a vote of last year with its
 * result, one that is open, sample letters on the terminal.  The pictures of
 * docs/img are taken here.
 */
import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";
import { accessible, fits, launch, leave, shot, text, visit } from "./browser.ts";
import { collect, press, screen } from "./steps.ts";
import { ROOT } from "./town.ts";

let browser: Browser;
let demo: ChildProcess;
let data: string;
let url: string;
let said = "";

function freePort(): Promise<number> {
  return new Promise((done) => {
    const s = createServer();
    s.listen(0, "127.0.0.1", () => {
      const { port } = s.address() as AddressInfo;
      s.close(() => done(port));
    });
  });
}

before(async () => {
  browser = await launch();
  data = mkdtempSync(join(tmpdir(), "partecipa-demo-"));
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  demo = spawn("sh", ["client/demo.sh"], {
    cwd: ROOT,
    env: { ...process.env, DATA: join(data, "data"), PORT: String(port), DEMO_BALLOTS: "400" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  demo.stdout?.setEncoding("utf8");
  await new Promise<void>((done, fail) => {
    demo.stdout?.on("data", (piece: string) => {
      said += piece;
      if (said.includes("space result")) done();
    });
    demo.on("exit", (code) => fail(new Error(`the demo ended with ${code}: ${said}`)));
  });
});

after(async () => {
  await browser.close();
  await new Promise((done) => {
    demo.once("exit", done);
    demo.kill();
  });
  rmSync(data, { recursive: true, force: true });
});

const codes = (): string[] => [...said.matchAll(/^ {2}([0-9A-Z]{4}(?:-[0-9A-Z]{4}){4})$/gm)].map((m) => m[1] ?? "");

test("the demo's home shows what is open and what was decided", async () => {
  const v = await visit(browser, url, { width: 1280, height: 960 });
  await v.page.goto("/");
  assert.equal(await v.page.locator("main a[href$='/vota']").count(), 1);
  assert.equal(await v.page.locator("main a[href$='/risultati']").count(), 1);
  await accessible(v.page, "the demo's home");
  await shot(v.page, "home");
  await leave(v);
});

test("a sample letter collects and votes, on a phone", async () => {
  const v = await visit(browser, url, { width: 390, height: 844 });
  const { page, lang } = v;
  assert.equal(codes().length, 3, said);
  await page.goto("/");
  await shot(page, "home-phone");
  await collect(v, codes()[0] ?? "");
  await page.goto("/");
  await page.locator("main a[href$='/vota']").click();
  await press(page, lang, "WEB_BOOTH_ENTER").click();
  await screen(page, lang, "WEB_BOOTH_CHOOSE");
  for (const name of [/Panchine/, /Orti/, /voci/]) await page.getByRole("checkbox", { name }).check();
  await page.evaluate("scrollTo(0, 500)");
  await shot(page, "booth-phone");
  await accessible(page, "the demo's booth");
  await fits(page, "the demo's booth");
  await press(page, lang, "WEB_BOOTH_REVIEW").click();
  await screen(page, lang, "WEB_BOOTH_REVIEW_TITLE");
  await press(page, lang, "WEB_BOOTH_CAST").click();
  await screen(page, lang, "WEB_BOOTH_DONE");
  await shot(page, "booth-done-phone");
  await leave(v);
});

test("last year's result: table, rounds, and the count again in the browser", async () => {
  const v = await visit(browser, url, { width: 1280, height: 960 });
  const { page, lang } = v;
  await page.goto("/");
  await page.locator("main a[href$='/risultati']").first().click();
  await shot(page, "results");
  await page.goto(`${new URL(page.url()).pathname}/turni/2`);
  await shot(page, "round");
  await page.goto("/verifica");
  await press(page, lang, "WEB_VERIFY_START").click();
  await page
    .getByText(text(lang, "WEB_VERIFY_HELD"), { exact: true })
    .or(page.getByText(text(lang, "WEB_VERIFY_SO_FAR"), { exact: true }))
    .first()
    .waitFor({ timeout: 300_000 });
  await accessible(page, "the count again");
  await shot(page, "verify");
  await leave(v);
});
