import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { toChoices } from "../app/booth_model.ts";
import { draftOf, hasBallots, openChoices } from "../app/check_session.ts";
import { codeError, differenceText, witnessText } from "../app/check_words.ts";
import { utf8 } from "../core/bytes.ts";
import { blank, encode, type Choices } from "../core/choices.ts";
import { recoveryCode } from "../core/code.ts";
import { parseForm } from "../core/form.ts";
import { parseHeader, type Header } from "../core/header.ts";
import type { Found } from "../core/records.ts";
import type { Row } from "../core/spaces.ts";
import type { Difference } from "../core/wallet.ts";
import { own, unhex } from "./vectors.ts";

/** All texts of web/texts.def by name, in Italian. */
function texts(): Record<string, string> {
  const all = readFileSync(new URL("../texts.def", import.meta.url), "utf8");
  return Object.fromEntries(
    [...all.matchAll(/TEXT\((\w+),\s*"((?:[^"\\]|\\.)*)"/g)].map((m) => [m[1], m[2]]),
  );
}

globalThis.partecipaTexts = texts();

const forms = own("form.json").tests.map((t) => parseForm(utf8(t["form"] as string), undefined));

test("choices are shown as they were made", () => {
  for (const form of forms) {
    const made: Choices[] = [blank(form)];
    if (form.ballot.type === "choice") made.push({ type: "choice", option: 2 });
    if (form.ballot.type === "bitmap")
      made.push({ type: "bitmap", named: [form.ballot.maxCost === "" ? 1 : 2] });
    if (form.ballot.type === "ranking") made.push({ type: "ranking", ranked: [3, 1] });
    for (const c of made) {
      const d = draftOf(form, c);
      assert.equal(d.blank, c === made[0]);
      assert.deepEqual(encode(form, toChoices(form, d)), encode(form, c));
    }
  }
  const points = forms.find((f) => f.ballot.type === "points");
  assert.ok(points !== undefined);
  const c: Choices = { type: "points", points: points.options.map((_, i) => (i === 1 ? 2 : 0)) };
  assert.deepEqual(draftOf(points, c).values[1], 2);
});

test("what an unsealed ballot of the log says is shown, of a sealed one nothing", () => {
  for (const [i, sealed] of [
    [0, false],
    [1, true],
  ] as const) {
    const t = own("client.json").tests[i] as Record<string, string>;
    const header = parseHeader(utf8(t["header"] as string));
    const r = (t["records"] as unknown as { form: string; record: string }[])[0] as {
      form: string;
      record: string;
    };
    const vote = { header, form: parseForm(utf8(r.form), header) } as never;
    const choices = openChoices(vote, { record: unhex(r.record) } as Found);
    assert.equal(choices === undefined, sealed);
  }
});

test("there is something to look for from the first vote on", () => {
  const row = (kind: string, phase: string) => ({ kind, phase }) as Row;
  for (const phase of ["open", "closing", "closed", "result", "cancelled"])
    assert.ok(hasBallots(row("ballot", phase)));
  for (const phase of ["announced", "issuance", "waiting"])
    assert.ok(!hasBallots(row("ballot", phase)));
  assert.ok(!hasBallots(row("ideas", "open")));
});

test("a code is judged before anything is asked", () => {
  const h = { id: new Uint8Array(32) } as Header;
  const secret = new Uint8Array(16).fill(3);
  assert.equal(codeError(recoveryCode(secret, "master"), h), "");
  assert.equal(codeError(recoveryCode(secret, "space").toLowerCase(), h), "");
  assert.match(codeError("", h), /Scrivi/);
  assert.match(codeError("AAAA-BB", h), /qui ce ne sono 6/);
  assert.match(codeError("0".repeat(28), h), /errore di battitura/);
});

test("every difference and every number of witnesses has its words", () => {
  const all: Difference[] = ["form", "token", "choices", "ciphertext", "proof", "signature"];
  const said = all.flatMap((d) => [differenceText(d, true), differenceText(d, false)]);
  assert.equal(new Set(said).size, 7);
  assert.ok(said.every((s) => !s.startsWith("WEB_")));
  assert.equal(differenceText("same", true), "");
  const header = (quorum: number) => ({ witnesses: { keys: [], quorum } }) as unknown as Header;
  assert.match(witnessText({ header: header(2), witnesses: 3 }), /3 testimoni/);
  assert.match(witnessText({ header: header(1), witnesses: 1 }), /1 testimone /);
  assert.match(witnessText({ header: header(0), witnesses: 0 }), /solo dal Comune/);
});

test("every refusal of the log has a text of its own", () => {
  const sources = ["trust", "contact", "check", "collect", "cast"].map((f) =>
    readFileSync(new URL(`../core/${f}.ts`, import.meta.url), "utf8"),
  );
  const codes = sources.flatMap((s) => [
    ...[...s.matchAll(/\blie\("([a-z-]+)"/g)].map((m) => m[1] as string),
    ...[...s.matchAll(/malformed(?:Later)?\("([a-z-]+)"/g)].map((m) => m[1] as string),
    ...[...s.matchAll(/new Fault\("(?:lie|refused|input)", "([a-z-]+)"/g)].map(
      (m) => m[1] as string,
    ),
  ]);
  assert.ok(codes.length > 30);
  for (const code of codes)
    assert.ok(
      `WEB_FAULT_${code.toUpperCase().replaceAll("-", "_")}` in (globalThis.partecipaTexts ?? {}),
      code,
    );
});
