/*
 * When this tab collected papers: who votes minutes later, in a space whose
 * windows overlap, hides less well among the others.  It is in no store and
 * ends with the tab.
 */
const COLLECTED = "partecipa-collected";

/** Remember in this tab, and only here, that papers were collected just now. */
export function noteCollected(): void {
  try {
    sessionStorage.setItem(COLLECTED, String(Math.floor(Date.now() / 1000)));
  } catch {
    /* A browser that keeps nothing: then nobody is asked to wait. */
  }
}

/** When this tab collected papers, UNIX seconds. */
export function collectedAt(): number | undefined {
  try {
    const value = Number(sessionStorage.getItem(COLLECTED) ?? NaN);
    return Number.isSafeInteger(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
