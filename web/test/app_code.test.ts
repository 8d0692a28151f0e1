import assert from "node:assert/strict";
import { test } from "node:test";
import {
  birthDate,
  caretAfter,
  groupMatches,
  groupsToAsk,
  groupTyped,
  LETTER,
  suspectGroups,
} from "../app/codeinput.ts";
import { forward } from "../app/home.ts";
import { rollCode } from "../core/code.ts";
import { sha256 } from "../core/hash.ts";

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** A valid code that begins with `head`. */
function codeOf(head: string): string {
  const nineteen = head.padEnd(19, "7");
  const check = (sha256(new TextEncoder().encode(nineteen))[0] ?? 0) >> 3;
  return nineteen + ALPHABET.charAt(check);
}

test("a code is grouped while it is typed, and read as it is meant", () => {
  assert.equal(groupTyped("abcd", LETTER), "ABCD");
  assert.equal(groupTyped("abcde", LETTER), "ABCD-E");
  assert.equal(groupTyped(" ab-cd oil1 ", LETTER), "ABCD-0111");
  assert.equal(groupTyped("A".repeat(30), LETTER), "AAAA-AAAA-AAAA-AAAA-AAAA");
  assert.equal(groupTyped("https://voto.example/#c=ABCDE", LETTER), "ABCD-E");
});

test("the caret stays behind the character that was typed", () => {
  assert.equal(caretAfter("ABCDE", 5, LETTER), 6);
  assert.equal(caretAfter("ABCD", 4, LETTER), 4);
  assert.equal(caretAfter("XABCD-EFGH", 1, LETTER), 1);
  assert.equal(caretAfter("ABCDEFGH", 4, LETTER), 4);
  assert.equal(caretAfter("", 0, LETTER), 0);
});

test("a lookalike or two exchanged letters point at their group", () => {
  const code = codeOf("ABCD8FGH");
  assert.equal(rollCode(code), code);
  const lookalike = `${code.slice(0, 4)}B${code.slice(5)}`;
  assert.ok(suspectGroups(lookalike).includes(2), String(suspectGroups(lookalike)));
  const exchanged = `BA${code.slice(2)}`;
  assert.ok(suspectGroups(exchanged).includes(1));
});

test("a letter that no code has points at its group and no other", () => {
  assert.deepEqual(suspectGroups(`ABCDEUGH${codeOf("").slice(8)}`), [2]);
});

test("a birth date must be a day that was", () => {
  assert.equal(birthDate("1", "2", "1950"), "1950-02-01");
  assert.equal(birthDate("29", "02", "2004"), "2004-02-29");
  for (const [d, m, y] of [
    ["29", "2", "2005"],
    ["0", "1", "1950"],
    ["1", "13", "1950"],
    ["1", "1", "50"],
    ["x", "1", "1950"],
    ["", "", ""],
  ] as const)
    assert.throws(() => birthDate(d, m, y), { code: "factor-date" });
});

test("two different groups of the recovery code are asked for", () => {
  for (let a = 0; a < 7; a++)
    for (let b = 0; b < 6; b++) {
      const rolls = [a, b];
      const [x, y] = groupsToAsk(() => rolls.shift() ?? 0);
      assert.ok(x >= 0 && x < y && y < 7);
    }
  assert.ok(groupMatches("AAAA-BBBB", 1, "bb bb"));
  assert.ok(!groupMatches("AAAA-BBBB", 1, "bbbc"));
  assert.ok(!groupMatches("AAAA-BBBB", 7, ""));
});

test("the letter's address is sent on with its code, and nothing else is", () => {
  assert.equal(forward("#c=ABCD-EFGH", "it"), "/ritira#c=ABCDEFGH");
  assert.equal(forward("#c=ABCD%20EFGH", "en"), "/ritira?lang=en#c=ABCDEFGH");
  assert.equal(forward("#c=<script>", "it"), undefined);
  assert.equal(forward("#main", "it"), undefined);
  assert.equal(forward("#c=%", "it"), undefined);
});
