/*
 * Typing codes (PROTOCOL 4, 5): live groups of four, and where a mistake
 * probably is.  The strict reading is core/code.ts's.
 */
import { rollCode } from "../core/code.ts";
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

/* What looks or is heard alike in print; each stands for all of its group. */
const ALIKE = ["8B3", "5S6", "2Z7", "6GC", "0DQ", "1T7", "UVY", "MN", "VW", "KX", "4A", "EF", "PR"];

function alike(c: string): string[] {
  return ALIKE.filter((set) => set.includes(c))
    .flatMap((set) => [...set])
    .filter((other) => other !== c && ALPHABET.includes(other));
}

function fits(code: string): boolean {
  try {
    rollCode(code);
    return true;
  } catch {
    return false;
  }
}

/**
 * The groups (from 1) of a letter's code in which a mistake is likely: a
 * character that no code has; else one whose replacement by a lookalike, or
 * exchange with its neighbour, makes the check character right.  A code is
 * never put right by itself: the check finds 31 of 32 mistakes, not all.
 */
export function suspectGroups(typed: string): number[] {
  const code = letters(typed);
  const found = new Set<number>();
  const group = (i: number): number => Math.floor(i / 4) + 1;
  [...code].forEach((c, i) => {
    if (!ALPHABET.includes(c)) found.add(group(i));
  });
  if (found.size > 0 || code.length !== LETTER) return [...found];
  for (let i = 0; i < LETTER; i++) {
    const [head, c, tail] = [code.slice(0, i), code.charAt(i), code.slice(i + 1)];
    if (alike(c).some((other) => fits(head + other + tail))) found.add(group(i));
    const next = tail.charAt(0);
    if (next !== "" && next !== c && fits(head + next + c + tail.slice(1))) found.add(group(i));
  }
  return [...found].sort((a, b) => a - b);
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
