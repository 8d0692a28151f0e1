import assert from "node:assert/strict";
import { test } from "node:test";
import {
  birthDate,
  caretAfter,
  groupMatches,
  groupsToAsk,
  groupTyped,
  LETTER,
  strangeGroups,
} from "../app/codeinput.ts";
import { forward } from "../app/home.ts";
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

test("a letter that no code has points at its group and no other", () => {
  assert.deepEqual(strangeGroups("ABCDEUGH7777"), [2]);
  assert.deepEqual(strangeGroups("uBCD-EFGU"), [1, 2]);
  assert.deepEqual(strangeGroups("ABCD-EFGH"), []);
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
