/*
 * The words of the scripts, in the page's language.  The build writes one
 * table per language (booth.<lang>.js for one) from server/texts.def and
 * web/texts.def, with the names that these sources mention literally.
 */

declare global {
  var partecipaTexts: Readonly<Record<string, string>> | undefined;
}

export type Lang = "it" | "en";

/** The language of the page, as the server wrote it in `<html lang>`. */
export function lang(): Lang {
  const doc = globalThis.document as Document | undefined;
  return doc?.documentElement.lang.startsWith("en") === true ? "en" : "it";
}

/**
 * The sentence called `name`, with `{1}` to `{4}` filled in.  A name that the
 * build left out is given back as it is, so that the mistake is seen.
 */
export function t(name: string, ...args: readonly (string | number)[]): string {
  const text = globalThis.partecipaTexts?.[name] ?? name;
  return text.replace(/\{([1-4])\}/g, (hole, n: string) => {
    const arg = args[Number(n) - 1];
    return arg === undefined ? hole : String(arg);
  });
}

/** Whether the tables have a text of that name. */
export function hasText(name: string): boolean {
  return globalThis.partecipaTexts?.[name] !== undefined;
}

/** A path of this site in the language that the address asks for, if it does. */
export function href(path: string): string {
  const asked = new URLSearchParams(globalThis.location?.search ?? "").get("lang");
  return asked === "it" || asked === "en" ? `${path}?lang=${asked}` : path;
}

/** One of two sentences: `one` for exactly one thing, `many` else; {1} = n. */
export function plural(n: number, one: string, many: string, ...more: (string | number)[]): string {
  return t(n === 1 ? one : many, whole(n), ...more);
}

/** The page's language out of a text map of PROTOCOL 0; Italian is always there. */
export function local(map: Readonly<Record<string, string>>): string {
  return map[lang()] ?? map["it"] ?? "";
}

const ZONE = "Europe/Rome";

/** A moment in words, with weekday and time, on Italian clocks (UNIX seconds). */
export function moment(seconds: number): string {
  return new Intl.DateTimeFormat(lang() === "it" ? "it-IT" : "en-GB", {
    timeZone: ZONE,
    weekday: "long",
    day: "numeric",
    month: "long",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
  }).format(new Date(seconds * 1000));
}

/** A whole number as people write it: 12.345 in Italian, 12,345 in English. */
export function whole(n: number): string {
  return new Intl.NumberFormat(lang() === "it" ? "it-IT" : "en-GB", {
    useGrouping: true,
    maximumFractionDigits: 0,
  }).format(n);
}

/**
 * A decimal of PROTOCOL 0 as an amount in euro, from its digits and not from
 * a floating number: "1234.5" gives "1.234,50 €", "1234" gives "1.234 €".
 */
export function euro(decimal: string): string {
  const [int = "0", frac = ""] = decimal.split(".");
  const [group, point] = lang() === "it" ? [".", ","] : [",", "."];
  const grouped = int.replace(/\B(?=(\d{3})+$)/g, group);
  const cents = frac === "" ? "" : point + frac.padEnd(2, "0");
  return lang() === "it" ? `${grouped}${cents} €` : `€${grouped}${cents}`;
}
