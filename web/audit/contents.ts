/* Contents of contributions, and what moderation says of them: rules 43 and 45. */
import { equal, hex } from "../core/bytes.ts";
import type { EntryBody } from "../core/entry.ts";
import { contentCommit, parseContribution, type Rec } from "../core/record.ts";
import type { LogFiles } from "./files.ts";
import { report, RULE, type Judge } from "./rules.ts";
import type { Space } from "./world.ts";

type Row = { s: Space; index: number; commit: Uint8Array; published: boolean; erased: boolean };
type Act = { s: Space; index: number; target: string; action: number };

/** Contributions by their leaf hash in hex. */
export type Contents = { rows: Map<string, Row>; acts: Act[] };

const ACTION_REPORT = 10;
const ACTION_EDIT = 3;
const MODERATION_ERASE = 3;
const SALT = 16;

export function newContents(): Contents {
  return { rows: new Map(), acts: [] };
}

/** Remember a contribution. */
export function contentsRecord(
  c: Contents,
  s: Space,
  index: number,
  leaf: Uint8Array,
  rec: Rec,
): void {
  let what;
  try {
    what = parseContribution(rec.body);
  } catch {
    return;
  }
  const has = what.commit.some((v) => v !== 0);
  const published = what.action <= ACTION_EDIT || (what.action === ACTION_REPORT && has);
  c.rows.set(hex(leaf), { s, index, commit: what.commit, published, erased: false });
}

/** Remember a moderation. */
export function contentsModerate(
  c: Contents,
  s: Space,
  index: number,
  e: Extract<EntryBody, { kind: "moderation" }>,
): void {
  c.acts.push({ s, index, target: hex(e.target), action: e.action });
}

function judgeModerations(c: Contents, j: Judge): void {
  for (const act of c.acts) {
    const row = c.rows.get(act.target);
    if (row === undefined || row.s !== act.s || row.index > act.index) {
      const why = "what is moderated is no contribution that stands before it in its space";
      report(j, RULE.moderation, act.index, why);
    } else if (act.action === MODERATION_ERASE) {
      row.erased = true;
    }
  }
}

/** Judge all; every content is fetched. */
export async function judgeContents(c: Contents, files: LogFiles, j: Judge): Promise<void> {
  judgeModerations(c, j);
  for (const row of c.rows.values()) {
    if (!row.published) continue;
    j.judged[RULE.content]!++;
    const bytes = await files.object(hex(row.commit));
    if (bytes === null) {
      const why = "the content is neither published nor erased";
      if (!row.erased) report(j, RULE.content, row.index, why);
      continue;
    }
    const good =
      bytes.length >= SALT &&
      equal(contentCommit(bytes.subarray(0, SALT), bytes.subarray(SALT)), row.commit);
    const why = "the content is not what the record committed to";
    if (!good) report(j, RULE.content, row.index, why);
  }
}
