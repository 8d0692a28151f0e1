/* When a kiosk asks whether somebody is still there. */

/** Seconds without a touch, and seconds to say that one is still here. */
const PATIENCE = 120;
const ANSWER = 60;

/** What the clock says: still patient, or how many seconds are left to answer. */
export function idleLeft(sinceTouch: number): number | undefined {
  return sinceTouch < PATIENCE ? undefined : Math.max(0, PATIENCE + ANSWER - sinceTouch);
}
