/* What residents do, one step after the other, by what stands on the screen. */
import assert from "node:assert/strict";
import type { Locator, Page } from "playwright-core";
import { accessible, pattern, shot, text, type Lang, type Visitor } from "./browser.ts";

/** The button, or the link that looks like one, called so in the tables. */
export function press(page: Page, lang: Lang, name: string): Locator {
  const label = { name: new RegExp(`^${pattern(lang, name).source}$`) };
  return page.getByRole("button", label).or(page.getByRole("link", label)).first();
}

/** Wait until the screen called so is there. */
export async function screen(page: Page, lang: Lang, name: string): Promise<void> {
  await page.getByRole("heading", { level: 1, name: pattern(lang, name) }).waitFor();
}

export interface Collecting {
  /** dd/mm/yyyy */
  birth?: string;
  /** Look at each screen with axe, and take pictures where asked. */
  look?: boolean;
  label?: string;
}

async function look(v: Visitor, wanted: boolean | undefined, name: string): Promise<void> {
  if (wanted !== true) return;
  await accessible(v.page, name);
  await shot(v.page, name);
}

/** From /ritira to the letter's code typed and sent. */
export async function typeCode(v: Visitor, code: string, o: Collecting = {}): Promise<void> {
  const { page, lang } = v;
  await page.goto("/ritira");
  await screen(page, lang, "WEB_COLLECT_TITLE");
  await look(v, o.look, "collect-info");
  if (o.label !== undefined) await page.getByLabel(text(lang, "WEB_WHO_LABEL")).fill(o.label);
  await press(page, lang, "WEB_NEXT").click();
  await screen(page, lang, "WEB_CODE_TITLE");
  await page.getByLabel(text(lang, "WEB_CODE_LABEL"), { exact: true }).fill(code);
  await look(v, o.look, "collect-code");
  await press(page, lang, "WEB_NEXT").click();
  if (o.birth === undefined) return;
  await screen(page, lang, "WEB_FACTOR_TITLE");
  await look(v, o.look, "collect-factor");
  const [day = "", month = "", year = ""] = o.birth.split("/");
  await page.getByLabel(text(lang, "WEB_DAY")).fill(day);
  await page.getByLabel(text(lang, "WEB_MONTH")).fill(month);
  await page.getByLabel(text(lang, "WEB_YEAR")).fill(year);
  await press(page, lang, "WEB_NEXT").click();
}

/** Show that the recovery code was kept; the code. */
export async function keepCode(v: Visitor, o: Collecting = {}): Promise<string> {
  const { page, lang } = v;
  await screen(page, lang, "WEB_RECOVERY_TITLE");
  const shown = (await page.locator(".code-big").first().innerText()).trim();
  const groups = shown.split(/[\s-]+/);
  assert.equal(groups.length, 7, shown);
  await look(v, o.look, "collect-recovery");
  await press(page, lang, "WEB_RECOVERY_KEPT").click();
  await screen(page, lang, "WEB_KEPT_TITLE");
  await look(v, o.look, "collect-kept");
  for (let i = 1; i <= 7; i++) {
    const field = page.getByLabel(text(lang, "WEB_KEPT_GROUP", i), { exact: true });
    if ((await field.count()) > 0) await field.fill(groups[i - 1] ?? "");
  }
  await press(page, lang, "WEB_KEPT_CHECK").click();
  return groups.join("-");
}

/** All of collecting; the recovery code. */
export async function collect(v: Visitor, code: string, o: Collecting = {}): Promise<string> {
  await typeCode(v, code, o);
  await v.page.getByText(text(v.lang, "WEB_RUN_RESULT")).waitFor();
  await look(v, o.look, "collect-result");
  await press(v.page, v.lang, "WEB_NEXT").click();
  const recovery = await keepCode(v, o);
  await screen(v.page, v.lang, "WEB_DONE_TITLE");
  await look(v, o.look, "collect-done");
  return recovery;
}
