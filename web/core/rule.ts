/* Ids of counting rules (docs/RULES.md 2) and the ballots each is defined for. */

export type BallotType = "choice" | "bitmap" | "points" | "ranking";

const ANY = ["greedy-votes", "greedy-votes-per-cost", "greedy-no-skip", "greedy-threshold"];
const SHARES: Readonly<Record<string, BallotType>> = {
  "mes-cost": "bitmap",
  "mes-card": "bitmap",
  "mes-costpoints": "points",
  "mes-points": "points",
  "mes-costrank": "ranking",
  "mes-rank": "ranking",
};
const SUFFIXES = [
  "",
  "-u",
  "-add1",
  "-add1u",
  "-add1-nostop",
  "-add1-nostop-u",
  "-int-add1",
  "-int-add1u",
  "-int-add1-nostop",
  "-int-add1-nostop-u",
];

/** Whether there is a rule of that id, and it is defined for such ballots. */
export function ruleFits(id: string, ballot: BallotType): boolean {
  /* A choice is an approval of one. */
  const votes = ballot === "choice" ? "bitmap" : ballot;
  if (ANY.includes(id)) return true;
  if (id === "phragmen") return votes === "bitmap";
  return Object.entries(SHARES).some(
    ([base, type]) =>
      type === votes && id.startsWith(base) && SUFFIXES.includes(id.slice(base.length)),
  );
}
