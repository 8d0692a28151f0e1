/*
 * What a cheap phone would feel: how much pages move while they load, and how
 * long the scripts of a cast take at a sixth of this machine's speed.  The
 * figures go to measures.json in the build folder, and with `make bench` to
 * bench.json; only three times the aim fails.
 */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Browser, CDPSession } from "playwright-core";
import { launch, visit } from "./browser.ts";
import { collect, press, screen } from "./steps.ts";
import { BUILD, clockNow, endTown, makeSpace, makeTown, type Town } from "./town.ts";

let town: Town;
let browser: Browser;
const measures: Record<string, number> = {};

before(async () => {
  browser = await launch();
  town = await makeTown({ residents: 3 });
  const form = {
    texts: { it: "Scegli.", en: "Choose." },
    options: Array.from({ length: 20 }, (_, i) => ({
      id: `p${i + 1}`,
      cost: String(1000 + i),
      titles: { it: `Progetto ${i + 1}`, en: `Project ${i + 1}` },
      description: { it: "Che cosa si fa, dove e per chi.", en: "What, where and for whom." },
    })),
    budget: "9000",
    ballot: { type: "bitmap", min: 1, max: 20, max_cost: "9000" },
  };
  makeSpace(town, { slug: "bilancio", sealed: true, form });
});

after(async () => {
  writeFileSync(join(BUILD, "measures.json"), `${JSON.stringify(measures)}\n`);
  await browser.close();
  await endTown(town);
});

const SHIFTS = `
  window.shifted = 0;
  new PerformanceObserver((list) => {
    for (const e of list.getEntries()) if (!e.hadRecentInput) window.shifted += e.value;
  }).observe({ type: "layout-shift", buffered: true });
`;

test("pages stand still while they load: no shift above 0.02", async () => {
  let most = 0;
  for (const width of [390, 1280]) {
    const v = await visit(browser, town.url, { width, height: 844, now: () => clockNow(town) });
    await v.page.addInitScript(SHIFTS);
    for (const path of [
      "/",
      "/come-funziona",
      "/spazi/bilancio",
      "/verifica",
      "/ritira",
      "/tessere",
      "/kiosk",
      "/spazi/bilancio/vota",
      "/spazi/bilancio/controlla",
    ]) {
      await v.page.goto(path);
      await v.page.waitForLoadState("networkidle");
      await v.page.waitForTimeout(200);
      const shifted = (await v.page.evaluate("window.shifted")) as number;
      most = Math.max(most, shifted);
      assert.ok(shifted <= 0.02, `${path} at ${width} pixels moved by ${shifted}`);
    }
    await v.context.close();
  }
  measures["layout_shift"] = most;
});

async function scriptTime(cdp: CDPSession): Promise<number> {
  const { metrics } = await cdp.send("Performance.getMetrics");
  return (metrics.find((m) => m.name === "ScriptDuration")?.value ?? 0) * 1000;
}

test("a cast at a sixth of the speed: half a second of script is the aim", async () => {
  const v = await visit(browser, town.url, { width: 390, height: 844, now: () => clockNow(town) });
  const { page, lang } = v;
  await collect(v, town.codes[0] ?? "");
  const cdp = await v.context.newCDPSession(page);
  await cdp.send("Performance.enable");
  await cdp.send("Emulation.setCPUThrottlingRate", { rate: 6 });
  await page.goto("/spazi/bilancio/vota");
  await press(page, lang, "WEB_BOOTH_ENTER").click();
  await screen(page, lang, "WEB_BOOTH_CHOOSE");
  const loaded = await scriptTime(cdp);
  await page.getByRole("checkbox").first().check();
  await press(page, lang, "WEB_BOOTH_REVIEW").click();
  await screen(page, lang, "WEB_BOOTH_REVIEW_TITLE");
  const before = await scriptTime(cdp);
  await press(page, lang, "WEB_BOOTH_CAST").click();
  await screen(page, lang, "WEB_BOOTH_DONE");
  const cast = (await scriptTime(cdp)) - before;
  measures["cast_script_ms_6x"] = cast;
  measures["booth_load_script_ms_6x"] = loaded;
  await v.context.close();
  assert.ok(cast <= 1500, `sealing, signing and the receipt took ${cast} ms`);
});
