/* Dates on Italian clocks, numbers and money, in both languages. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { euro, moment, t, whole } from "../app/texts.ts";

/** The page's language, as texts.ts reads it. */
function speak(lang: "it" | "en"): void {
  Object.defineProperty(globalThis, "document", {
    configurable: true,
    value: { documentElement: { lang } },
  });
}

const at = (iso: string): number => Date.parse(iso) / 1000;

test("deadlines are those of Italian clocks, also where summer time begins and ends", () => {
  speak("it");
  assert.match(moment(at("2027-03-28T00:59:00Z")), /28 marzo 2027.*01:59/);
  assert.match(moment(at("2027-03-28T01:00:00Z")), /28 marzo 2027.*03:00/);
  assert.match(moment(at("2027-10-30T23:30:00Z")), /31 ottobre 2027.*01:30/);
  assert.match(moment(at("2027-10-31T01:30:00Z")), /31 ottobre 2027.*02:30/);
  assert.match(moment(at("2027-12-31T23:30:00Z")), /1 gennaio 2028.*00:30/);
  speak("en");
  assert.match(moment(at("2027-07-01T10:00:00Z")), /Thursday.*1 July 2027.*12:00/);
});

test("money keeps every digit of a decimal", () => {
  speak("it");
  assert.match(euro("1234567.5"), /^1\.234\.567,50\s€$/);
  assert.match(euro("999999999999999"), /^999\.999\.999\.999\.999\s€$/);
  speak("en");
  assert.equal(euro("1234"), "€1,234");
  assert.equal(whole(12345), "12,345");
});

test("a hole without a value stays to be seen", () => {
  globalThis.partecipaTexts = { HELLO: "Ciao {1}, {2}" };
  assert.equal(t("HELLO", "Anna"), "Ciao Anna, {2}");
  assert.equal(t("NOBODY"), "NOBODY");
});
