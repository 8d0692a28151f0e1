/*
 * The letter's QR code leads to /#c=CODE.  What stands behind "#" is never
 * sent to a server; here it is carried to the page that uses it.
 */
import { lang } from "./texts.ts";

const CODE = /^#c=([0-9A-Za-z -]{1,60})$/;

/** The address to go to from the page at `hash`, undefined: stay. */
export function forward(hash: string, language: "it" | "en"): string | undefined {
  const code = CODE.exec(decodeFragment(hash))?.[1];
  if (code === undefined) return undefined;
  return `/ritira${language === "en" ? "?lang=en" : ""}#c=${code.replace(/[^0-9A-Za-z]/g, "")}`;
}

function decodeFragment(hash: string): string {
  try {
    return decodeURIComponent(hash);
  } catch {
    return "";
  }
}

/** The home page: send whoever comes with a code on, leaving no trace of it here. */
export function home(): void {
  const go = (): void => {
    const to = forward(location.hash, lang());
    if (to !== undefined) location.replace(to);
  };
  go();
  // Typed into the address of a home page that is open, it loads nothing anew.
  addEventListener("hashchange", go);
}

/**
 * The code of the address, "" if there is none.  It is taken out of the
 * address bar and of the history, where the next one at this device would find
 * it.
 */
export function takeCode(): string {
  const code = CODE.exec(decodeFragment(location.hash))?.[1] ?? "";
  if (location.hash !== "") history.replaceState(null, "", location.pathname + location.search);
  return code;
}
