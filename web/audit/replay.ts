/*
 * An audit of a log, or of one space and what of the log it rests on, from its
 * files alone (PROTOCOL 9), as audit/replay*.c judges it.
 */
import { equal, fromUtf8 } from "../core/bytes.ts";
import { hasQuorum, openCheckpoint, type Checkpoint } from "../core/checkpoint.ts";
import { parseEntry } from "../core/entry.ts";
import { Fault } from "../core/fault.ts";
import type { Texts } from "../core/json.ts";
import { emptyRoot, leafHash } from "../core/merkle.ts";
import { NOTE_ED25519, parseVkey, type Note, type NoteKey } from "../core/note.ts";
import { checkStopped } from "../core/source.ts";
import { TILE_WIDTH, tileCount } from "../core/tile.ts";
import { admit, type Admission, type Ground } from "./admit.ts";
import { contentsModerate, contentsRecord, judgeContents, newContents } from "./contents.ts";
import type { Contents } from "./contents.ts";
import { append, entriesOf, logFile, newTree, root, type LogFiles, type Tree } from "./files.ts";
import { differs, recount, statusOf, type Opened, type Recount } from "./recount.ts";
import { newJudge, report, RULE, RULES, type Judge, type Phase, type Verdict } from "./rules.ts";
import { counted, credentials, take, type Seen } from "./seen.ts";
import { endTiles, newTiles, pushLeaf, type Tiles } from "./tiles.ts";
import { judgeOpenings, missingOpenings, openBallots, type JudgedOpening } from "./unseal.ts";
import { applyEntry, applyGap, applyRecord, judgeBatchEnd } from "./world_apply.ts";
import { isWanted, newWorld, spaceById, spaceBySlug, type Space, type World } from "./world.ts";
import { judgeClose } from "./world_close.ts";

/** What is being done; done of total are entries, rows, ballots or runs. */
export type Progress = {
  stage: "entries" | "ledger" | "open" | "tally" | "contents";
  done: number;
  total: number;
};

/** A checkpoint that was kept from before. */
export type Kept = { size: number; root: Uint8Array };

export type Options = {
  files: LogFiles;
  /** The log's key, a vkey; undefined: log/key, for a first contact. */
  key?: string | undefined;
  /** Judge the rules of this space only; undefined: of all. */
  slug?: string | undefined;
  earlier?: Kept | undefined;
  onProgress?: ((p: Progress) => void) | undefined;
  signal?: AbortSignal | undefined;
};

export type Audit = {
  origin: string;
  size: number;
  root: Uint8Array;
  /** By number of the rule; 0 is not used. */
  judged: number[];
  notDue: boolean[];
  broken: Verdict[];
  spaces: SpaceReport[];
};

/** What was found of one space. */
export type SpaceReport = {
  slug: string;
  records: number;
  credentials: number;
  counted: number;
  paper: number;
  openings: JudgedOpening[];
  /** Titles of the options that win by this count, in order of selection. */
  winners: Texts[] | undefined;
};

/** A record on its way. */
type Item = { s: Space; raw: Uint8Array; index: number; leaf: Uint8Array };

type Run = {
  o: Options;
  j: Judge;
  w: World;
  note: Note;
  checkpoint: Checkpoint;
  tree: Tree;
  tiles: Tiles;
  seen: Seen;
  contents: Contents;
  items: Item[];
  openings: Map<Space, JudgedOpening[]>;
  recounts: Map<Space, Recount>;
  /** Entries could not be read to the end. */
  stopped: boolean;
};

function tell(run: Run, stage: Progress["stage"], done: number, total: number): void {
  checkStopped(run.o.signal);
  run.o.onProgress?.({ stage, done, total });
}

/* --- Records -------------------------------------------------------------- */

/** Records that are judged between two reports of progress. */
const SLICE = 16;

/** How far admission came: each rule up to the one that is broken. */
function countRules(j: Judge, it: Item, a: Admission): void {
  const last = a.rule === 0 ? RULE.recordSequence : a.rule;
  const sealed = it.s.header.trustees.keys.length > 0 && a.rec?.kind === "ballot";
  for (let rule: number = RULE.recordFormat; rule <= last; rule++) {
    if (rule === RULE.recordToken && (a.rec?.authenticators.length ?? 0) === 0) continue;
    if (rule === RULE.recordProof && !sealed) continue;
    j.judged[rule]!++;
  }
}

function retire(run: Run, it: Item, a: Admission): void {
  countRules(run.j, it, a);
  if (a.rule !== 0) report(run.j, a.rule, it.index, a.why);
  if (a.rule === RULE.recordFormat || a.rec === undefined) {
    it.s.lostRecords = true;
    return;
  }
  const why = take(run.seen, it.s, a.rec, it.index);
  if (why !== "" && a.rule !== RULE.recordSequence) {
    report(run.j, RULE.recordSequence, it.index, why);
  }
  if (a.rec.kind === "contribution") {
    contentsRecord(run.contents, it.s, it.index, it.leaf, a.rec);
  }
}

/** Judge all records that wait, in order. */
async function flush(run: Run): Promise<void> {
  while (run.items.length > 0) {
    const some = run.items.splice(0, SLICE);
    const judged = await Promise.all(
      some.map((it) => admit(it.s as Space & Ground, it.raw)),
    );
    some.forEach((it, i) => {
      retire(run, it, judged[i]!);
    });
    tell(run, "entries", run.tree.size - run.items.length, run.checkpoint.size);
  }
}

/* --- Close and result ----------------------------------------------------- */

async function opened(run: Run, s: Space): Promise<Opened | undefined> {
  const ballots = counted(run.seen, s);
  const steps = s.openings.length + 1;
  const part = (from: number) => (p: number) => {
    const done = from + p * (from === 0 ? s.openings.length : 1);
    tell(run, "open", Math.round(1000 * done), 1000 * steps);
  };
  const o = await judgeOpenings(s, ballots, part(0));
  run.openings.set(s, o.judged);
  const why = missingOpenings(s, o);
  if (why !== "") throw new Fault("lie", "openings", why);
  const choices = await openBallots(s, ballots, o, part(s.openings.length));
  const trustees = ballots.length === 0 ? [] : o.needed.map((n) => n.trustee);
  return { ballots, choices, trustees };
}

function isClear(s: Space): boolean {
  const lost = s.lostForm || s.lostRoll || s.lostRecords || s.lostLedgers || s.lostResult;
  return !lost && s.form !== undefined;
}

/** Rules 39 and 47. */
async function judgeResult(run: Run, s: Space, index: number): Promise<void> {
  if (!isClear(s)) return;
  const isSealed = s.form!.seal !== undefined && statusOf(s, run.seen) === "counted";
  let ballots: Opened | undefined;
  if (isSealed) {
    try {
      ballots = await opened(run, s);
    } catch (e) {
      if (!(e instanceof Fault) || e.code === "stopped") throw e;
      if (e.code === "openings") {
        run.j.judged[RULE.opened]!++;
        report(run.j, RULE.opened, index, e.detail);
        /* A ballot that is none broke a rule where it stands. */
      } else if (run.j.broken.length === 0) {
        throw e;
      }
      return;
    }
    run.j.judged[RULE.opened]!++;
  }
  run.j.judged[RULE.result]!++;
  const own = recount(run.w, s, run.seen, ballots, (runs) => {
    tell(run, "tally", runs, 0);
  });
  run.recounts.set(s, own);
  const why = differs(s.result!, own.doc);
  const not = `the result of ${s.header.slug} is not what the log gives: ${why}`;
  if (why !== "") report(run.j, RULE.result, index, not);
}

/* --- Entries -------------------------------------------------------------- */

async function takeEntry(run: Run, index: number, bytes: Uint8Array): Promise<void> {
  const { w } = run;
  let e;
  try {
    e = parseEntry(bytes);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    run.j.judged[RULE.entry]!++;
    report(run.j, RULE.entry, index, "the entry is of no known kind, or malformed");
    applyGap(w, index);
    return;
  }
  if (!(await applyEntry(w, index, e, e.kind === "close" ? root(run.tree) : undefined))) return;
  if (e.kind !== "close" && e.kind !== "result" && e.kind !== "moderation") return;
  const s = spaceById(w, e.spaceId);
  if (s === undefined || !isWanted(w, s)) return;
  if (e.kind === "moderation") {
    contentsModerate(run.contents, s, index, e);
    return;
  }
  await flush(run);
  if (e.kind === "close") judgeClose(w, s, (p) => credentials(run.seen, s, p));
  else await judgeResult(run, s, index);
}

function takeRecord(run: Run, index: number, raw: Uint8Array, leaf: Uint8Array): void {
  const s = applyRecord(run.w, index, raw, leaf);
  if (s === undefined || !isWanted(run.w, s)) return;
  if (s.form === undefined || s.lostForm) s.lostRecords = true;
  else run.items.push({ s, raw, index, leaf });
}

/** Rule 3, at the size that the kept checkpoint has. */
function judgeEarlier(run: Run): void {
  const kept = run.o.earlier;
  if (kept === undefined || kept.size !== run.tree.size) return;
  run.j.judged[RULE.consistency] = 1;
  const same = equal(root(run.tree) ?? emptyRoot(), kept.root);
  const why = "the log is another one than it was before (a fork)";
  if (!same) report(run.j, RULE.consistency, undefined, why);
}

async function takeBundle(run: Run, no: number): Promise<void> {
  const { files } = run.o;
  const { size } = run.checkpoint;
  const list = await entriesOf(files, no, size);
  if (list === null) {
    run.stopped = true;
    run.j.judged[RULE.tree] = 1;
    report(run.j, RULE.tree, undefined, `entry bundle ${no} does not hold its entries`);
    return;
  }
  for (const [i, bytes] of list.entries()) {
    const index = no * TILE_WIDTH + i;
    const leaf = leafHash(bytes);
    await pushLeaf(run.tiles, leaf, files, size, run.j);
    append(run.tree, leaf);
    judgeEarlier(run);
    if (bytes.length > 2 && bytes[0] === 7 && bytes[1] === 1) {
      takeRecord(run, index, bytes.subarray(2), leaf);
    } else {
      await takeEntry(run, index, bytes);
    }
  }
  await flush(run);
  tell(run, "entries", run.tree.size, size);
}

/* --- The end -------------------------------------------------------------- */

/** Rule 2. */
async function judgeQuorum(run: Run): Promise<void> {
  for (const s of run.w.spaces) {
    const { keys, quorum } = s.header.witnesses;
    if (!isWanted(run.w, s) || keys.length === 0) continue;
    run.j.judged[RULE.quorum]!++;
    const held = await hasQuorum(run.note, keys, quorum);
    const why = `fewer than ${quorum} witnesses of ${s.header.slug} have cosigned the checkpoint`;
    if (!held) report(run.j, RULE.quorum, undefined, why);
  }
}

/** Rule 4. */
function judgeTree(run: Run): void {
  run.j.judged[RULE.tree]!++;
  const same = equal(root(run.tree) ?? emptyRoot(), run.checkpoint.root);
  const why = "the entries give another root than the checkpoint";
  if (!same) report(run.j, RULE.tree, undefined, why);
}

/*
 * Entries that are not those of the log's root differ from its tiles too: that
 * and what follows from it is one fault.
 */
function dropConsequences(j: Judge, altered: readonly number[]): Verdict[] {
  const from = altered[0];
  const tree = j.broken.some((v) => v.rule === RULE.tree);
  const at = (v: Verdict): number => v.index ?? Infinity;
  return j.broken
    .filter(
      (v) =>
        !tree ||
        from === undefined ||
        at(v) < from ||
        v.rule === RULE.tree ||
        v.rule === RULE.quorum,
    )
    .sort((a, b) => (at(a) === at(b) ? a.rule - b.rule : at(a) - at(b)));
}

/** Whether the space has come to where rules of a phase can be judged. */
function hasReached(s: Space, phase: Phase): boolean {
  if (s.hasResult || s.cancelled) return true;
  const ledgers = [...s.header.issuers.entries()].every(([i, issuer]) =>
    Object.keys(issuer.keys).every((p) => s.ledgers.get(`${i}/${p}`)?.present === true),
  );
  switch (phase) {
    case "log":
    case "header":
      return true;
    case "form":
      return s.form !== undefined;
    case "ledger":
      return ledgers;
    case "records":
      return s.batches > 0 || s.closed;
    case "close":
      return s.closed;
    case "result":
      return false;
  }
}

function findNotDue(w: World): boolean[] {
  const wanted = w.spaces.filter((s) => isWanted(w, s));
  const of = (phase: Phase): boolean =>
    (wanted.length === 0 && phase !== "log") || !wanted.every((s) => hasReached(s, phase));
  return [false, ...RULES.map((r) => of(r.phase))];
}

async function end(run: Run): Promise<void> {
  const { files, slug } = run.o;
  const { size } = run.checkpoint;
  if (!run.stopped) {
    if (size === 0) report(run.j, RULE.genesis, undefined, "the log is empty");
    judgeBatchEnd(run.w, size);
    await endTiles(run.tiles, files, size, run.j);
    await judgeQuorum(run);
    judgeTree(run);
    tell(run, "contents", 0, run.contents.rows.size);
    await judgeContents(run.contents, files, run.j);
  }
  if (slug !== undefined && spaceBySlug(run.w, slug) === undefined && run.j.broken.length === 0) {
    throw new Fault("input", "no-space", `there is no space ${slug} in this log`);
  }
}

function reportOf(run: Run, s: Space): SpaceReport {
  const all = run.seen.get(s)?.size ?? 0;
  return {
    slug: s.header.slug,
    records: s.records,
    credentials: all,
    counted: credentials(run.seen, s, "vote"),
    paper: s.paper[1]!,
    openings: run.openings.get(s) ?? [],
    winners: run.recounts.get(s)?.outcome?.order.map((c) => s.form!.options[c]!.titles),
  };
}

/* --- The whole ------------------------------------------------------------ */

async function readKey(o: Options): Promise<NoteKey> {
  try {
    const text = o.key ?? fromUtf8(await logFile(o.files, "key")).replace(/\n$/, "");
    const key = parseVkey(text);
    if (key.type === NOTE_ED25519) return key;
  } catch (e) {
    if (!(e instanceof Fault) || e.kind !== "input") throw e;
  }
  throw new Fault("offline", "unreadable", "the log's key is no verifier key");
}

/** Where the checkpoint itself is none (rule 1): nothing else is due. */
function nothing(j: Judge, key: NoteKey, why: string): Audit {
  report(j, RULE.checkpoint, undefined, why);
  const notDue = [false, ...RULES.map(() => true)];
  const empty = { size: 0, root: emptyRoot(), spaces: [] };
  return { ...empty, origin: key.name, judged: j.judged, notDue, broken: j.broken };
}

async function begin(o: Options, j: Judge, key: NoteKey): Promise<Run | undefined> {
  j.judged[RULE.checkpoint] = 1;
  const bytes = await logFile(o.files, "checkpoint");
  let c;
  try {
    c = await openCheckpoint(bytes, key);
  } catch (e) {
    if (e instanceof Fault) return undefined;
    throw e;
  }
  const w = newWorld(key, o.files, j, o.slug);
  const run: Run = {
    o,
    j,
    w,
    note: c.note,
    checkpoint: c,
    tree: newTree(),
    tiles: newTiles(),
    seen: new Map(),
    contents: newContents(),
    items: [],
    openings: new Map(),
    recounts: new Map(),
    stopped: false,
  };
  w.onRows = (done, total) => {
    tell(run, "ledger", done, total);
  };
  return run;
}

/**
 * Audit.  Fault "offline": a file of the log cannot be read; Fault
 * "input"/"stopped": the signal; everything that is wrong is in `broken`.
 */
export async function audit(o: Options): Promise<Audit> {
  const j = newJudge();
  const key = await readKey(o);
  const run = await begin(o, j, key);
  if (run === undefined) {
    return nothing(j, key, "the checkpoint is malformed, or not signed by the log's key");
  }
  const { checkpoint: c, w } = run;
  if (o.earlier !== undefined && o.earlier.size > c.size) {
    j.judged[RULE.consistency] = 1;
    report(j, RULE.consistency, undefined, "the log is shorter than it was before");
  }
  judgeEarlier(run);
  const bundles = tileCount("entries", c.size);
  for (let no = 0; no < bundles && !run.stopped; no++) await takeBundle(run, no);
  await end(run);
  return {
    origin: c.origin,
    size: c.size,
    root: c.root,
    judged: j.judged,
    notDue: findNotDue(w),
    broken: dropConsequences(j, run.tiles.altered),
    spaces: w.spaces.filter((s) => isWanted(w, s)).map((s) => reportOf(run, s)),
  };
}
