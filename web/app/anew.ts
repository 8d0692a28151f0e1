/*
 * Pages begin anew when somebody comes back to them: the browser may have kept
 * the whole page in memory, with a code or a ballot on it, and whoever presses
 * "back" at a shared device may be the next person.
 */

/** `clear` the page when it is put aside whole, `reload` it when it comes back. */
export function beginAnew(page: EventTarget, clear: () => void, reload: () => void): void {
  const whole = (event: Event): boolean => (event as PageTransitionEvent).persisted;
  page.addEventListener("pagehide", (event) => whole(event) && clear());
  page.addEventListener("pageshow", (event) => whole(event) && reload());
}
