import assert from "node:assert/strict";
import { test } from "node:test";
import { beginAnew } from "../app/anew.ts";

function told(type: string, persisted: boolean): string[] {
  const page = new EventTarget();
  const said: string[] = [];
  beginAnew(page, () => said.push("clear"), () => said.push("reload"));
  page.dispatchEvent(Object.assign(new Event(type), { persisted }));
  return said;
}

test("a page that the browser keeps whole is cleared, and begins anew", () => {
  assert.deepEqual(told("pagehide", true), ["clear"]);
  assert.deepEqual(told("pageshow", true), ["reload"]);
});

test("a page that is shown for the first time, or goes for good, is left alone", () => {
  assert.deepEqual(told("pageshow", false), []);
  assert.deepEqual(told("pagehide", false), []);
});
