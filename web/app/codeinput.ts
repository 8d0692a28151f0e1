/*
 * Typing codes (PROTOCOL 4, 5): live groups of four, and where a mistake is.
 * The strict reading is core/code.ts's.
 */
import { factorText } from "../core/wallet.ts";

/** Letters of a letter's code, and of a recovery code. */
export const LETTER = 20;
export const RECOVERY = 28;

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** Only the characters of a code, as they are read: upper case, O 0, I and L 1. */
function letters(typed: string): string {
  return typed
    .replace(/[^0-9A-Za-z]/g, "")
    .toUpperCase()
    .replace(/O/g, "0")
    .replace(/[IL]/g, "1");
}

/**
 * What stands in the field after `typed`: groups of four of at most `max`
 * characters.  The address of the QR code may be pasted too.
 */
export function groupTyped(typed: string, max: number): string {
  const code = /#c=([^&]*)$/.exec(typed.trim())?.[1] ?? typed;
  return (letters(code).slice(0, max).match(/.{1,4}/g) ?? []).join("-");
}

/** Where the caret of `typed` stands in groupTyped(typed). */
export function caretAfter(typed: string, caret: number, max: number): number {
  const before = Math.min(letters(typed.slice(0, caret)).length, max);
  return before === 0 ? 0 : before + Math.floor((before - 1) / 4);
}

/** How many characters of a code are there. */
export function typedLength(typed: string): number {
  return letters(typed).length;
}

/**
 * The groups (from 1) that hold a character which no code has.  A wrong check
 * character points nowhere: its 5 bits would fit two or three lookalikes of any
 * code by chance, and a wrong hint is worse than none.
 */
export function strangeGroups(typed: string): number[] {
  const groups = [...letters(typed)].map((c, i) =>
    ALPHABET.includes(c) ? 0 : Math.floor(i / 4) + 1,
  );
  return [...new Set(groups)].filter((group) => group > 0);
}

/** A day of birth from three fields, as YYYY-MM-DD; Fault "factor-date". */
export function birthDate(day: string, month: string, year: string): string {
  const [d, m, y] = [day, month, year].map((x) => x.trim());
  return factorText("birth_date", `${y}-${m?.padStart(2, "0")}-${d?.padStart(2, "0")}`);
}

/** Two different groups (from 0) of a recovery code, to ask for as a check. */
export function groupsToAsk(random: (below: number) => number): [number, number] {
  const first = random(7);
  const second = (first + 1 + random(6)) % 7;
  return first < second ? [first, second] : [second, first];
}

/** Whether `typed` is group number `group` (from 0) of the printed `code`. */
export function groupMatches(code: string, group: number, typed: string): boolean {
  return letters(typed) === code.split("-")[group];
}
