/*
 * The roll and its changes (PROTOCOL 4), as audit/roll.c and audit/roll_apply.c
 * have them.  A list of changes is a set: it is judged as a whole on the side,
 * and only when all of it holds the roll changes.
 */
import { compare, equal, hex, reader } from "./bytes.ts";
import { Fault } from "./fault.ts";
import { refuse } from "./json.ts";
import { leafHash, rootOf } from "./merkle.ts";

export const ROLL_ROW = 33;
export const CHANGE_BYTES = 98;
const REGULAR = 1;
const SPARE = 2;

export type ChangeAction = "replace" | "strike" | "add" | "remove";

export interface RollChange {
  readonly action: ChangeAction;
  /** letter 1, desk 2, oidc 3, paper 4 */
  readonly method: number;
  /** Zeros where the action has none, as in the two below. */
  readonly oldPk: Uint8Array;
  readonly newPk: Uint8Array;
  readonly spaceId: Uint8Array;
}

/** Which fields an action has: old key, new key, space. */
const ACTIONS: readonly (readonly [ChangeAction, boolean, boolean, boolean])[] = [
  ["replace", true, true, false],
  ["strike", true, false, true],
  ["add", false, true, false],
  ["remove", true, false, false],
];

function conflict(detail: string): never {
  throw new Fault("input", "conflict", detail);
}

function isZero(b: Uint8Array): boolean {
  return b.every((v) => v === 0);
}

/** A row of the roll file. */
export interface RollRow {
  readonly pk: Uint8Array;
  readonly regular: boolean;
}

/** A strict roll file: its rows.  Fault("input", "format"). */
export function rollRows(bytes: Uint8Array): RollRow[] {
  if (bytes.length % ROLL_ROW !== 0)
    return refuse(`the roll has ${bytes.length} bytes: not whole rows`);
  const rows: RollRow[] = [];
  let last: Uint8Array = new Uint8Array(32);
  for (let at = 0; at < bytes.length; at += ROLL_ROW) {
    const pk = bytes.subarray(at, at + 32);
    const type = bytes[at + 32];
    if (compare(last, pk) >= 0)
      return refuse(`row ${rows.length + 1} of the roll is not sorted, or there twice, or zero`);
    if (type !== REGULAR && type !== SPARE)
      return refuse(`row ${rows.length + 1} of the roll has the type ${type}`);
    rows.push({ pk, regular: type === REGULAR });
    last = pk;
  }
  return rows;
}

/** roll_root: the RFC 6962 root over the rows of a file. */
export function rollRoot(bytes: Uint8Array): Uint8Array {
  return rootOf(
    rollRows(bytes).map((_, i) => leafHash(bytes.subarray(i * ROLL_ROW, (i + 1) * ROLL_ROW))),
  );
}

/** One change of 98 bytes; unused fields are zero.  Fault("input", "format"). */
export function parseChange(bytes: Uint8Array): RollChange {
  const r = reader(bytes);
  const row = ACTIONS[r.u8() - 1] ?? refuse("a change with an unknown action");
  const [oldPk, newPk, spaceId] = [r.take(32), r.take(32), r.take(32)];
  const method = r.u8();
  r.end();
  if (method < 1 || method > 4) return refuse(`there is no method number ${method}`);
  if (isZero(oldPk) === row[1] || isZero(newPk) === row[2] || isZero(spaceId) === row[3])
    return refuse(`${row[0]} with a field that it has not, or without one that it needs`);
  return { action: row[0], method, oldPk, newPk, spaceId };
}

/** Whole rows of changes, in the order of the list. */
export function parseChanges(list: Uint8Array): RollChange[] {
  if (list.length % CHANGE_BYTES !== 0)
    return refuse(`the list of changes has ${list.length} bytes: not whole rows`);
  return Array.from({ length: list.length / CHANGE_BYTES }, (_, i) =>
    parseChange(list.subarray(i * CHANGE_BYTES, (i + 1) * CHANGE_BYTES)),
  );
}

/* ---- State --------------------------------------------------------------- */

interface Key {
  readonly pk: Uint8Array;
  readonly line: number;
  replaced: boolean;
}

interface Line {
  readonly first: Uint8Array;
  current: Uint8Array;
}

interface Right {
  struck: boolean;
  removed: boolean;
}

/** A space's counts, for reconciliation. */
export interface RollCounts {
  roll: number;
  added: number;
  removed: number;
  struck: number;
  replaced: number;
}

interface Space {
  readonly id: Uint8Array;
  open: boolean;
  readonly counts: RollCounts;
  /** By line; those without are not the space's. */
  readonly rights: Map<number, Right>;
}

/** All lines and keys that a log knows, and the rights of every space. */
export interface Roll {
  readonly keys: Map<string, Key>;
  readonly lines: Line[];
  readonly spaces: Map<string, Space>;
}

export function rollNew(): Roll {
  return { keys: new Map(), lines: [], spaces: new Map() };
}

function enter(r: Roll, pk: Uint8Array, line: number): void {
  r.keys.set(hex(pk), { pk, line, replaced: false });
  if (line === r.lines.length) r.lines.push({ first: pk, current: pk });
}

/**
 * A space begins with the regular rows of `file` as its lines; rows of known
 * keys keep their line.  Fault conflict: a line with two rows, or a space that
 * has a roll.
 */
export function rollOpen(r: Roll, spaceId: Uint8Array, file: Uint8Array): void {
  const rows = rollRows(file).filter((row) => row.regular);
  if (r.spaces.has(hex(spaceId))) return conflict("the space has a roll already");
  const known = rows
    .map((row) => r.keys.get(hex(row.pk))?.line)
    .filter((line) => line !== undefined);
  if (new Set(known).size !== known.length) return conflict("the roll has two keys of one line");
  const counts = { roll: rows.length, added: 0, removed: 0, struck: 0, replaced: 0 };
  const space: Space = { id: spaceId, open: true, counts, rights: new Map() };
  for (const { pk } of rows) {
    const line = r.keys.get(hex(pk))?.line ?? r.lines.length;
    if (line === r.lines.length) enter(r, pk, line);
    space.rights.set(line, { struck: false, removed: false });
  }
  r.spaces.set(hex(spaceId), space);
}

/** From now on changes do not concern the space. */
export function rollClose(r: Roll, spaceId: Uint8Array): void {
  const space = r.spaces.get(hex(spaceId));
  if (space !== undefined) space.open = false;
}

/** The number of the line on which `pk` is or was; undefined: none. */
export function rollLine(r: Roll, pk: Uint8Array): number | undefined {
  return r.keys.get(hex(pk))?.line;
}

/** Whether the line belongs to the space and is neither struck nor removed. */
export function rollEntitled(r: Roll, spaceId: Uint8Array, line: number): boolean {
  const right = r.spaces.get(hex(spaceId))?.rights.get(line);
  return right !== undefined && !right.struck && !right.removed;
}

/** The space's counts; undefined: it has no roll. */
export function rollCounts(r: Roll, spaceId: Uint8Array): RollCounts | undefined {
  return r.spaces.get(hex(spaceId))?.counts;
}

/* ---- A list of changes --------------------------------------------------- */

interface Plan {
  readonly rows: readonly RollChange[];
  /** By the hex of their new key: the rows with which keys enter. */
  readonly entering: ReadonlyMap<string, RollChange>;
  /** The line of each of those. */
  readonly lines: Map<RollChange, number>;
  readonly adds: readonly RollChange[];
}

/* A key enters once and is replaced once. */
function checkKeys(r: Roll, rows: readonly RollChange[]): Map<string, RollChange> {
  const entering = new Map<string, RollChange>();
  const replaced = new Set<string>();
  for (const c of rows) {
    if (c.action === "replace" || c.action === "add") {
      const key = hex(c.newPk);
      if (r.keys.has(key) || entering.has(key)) return conflict("a new key enters twice");
      entering.set(key, c);
    }
    if (c.action === "replace") {
      const key = hex(c.oldPk);
      if (r.keys.get(key)?.replaced === true || replaced.has(key))
        return conflict("an old key is replaced twice");
      replaced.add(key);
    }
  }
  return entering;
}

/* Follow old keys until one is known, or is of a row whose line is; then that
   is the line of every row on the way. */
function follow(r: Roll, p: Plan, row: RollChange): void {
  const way: RollChange[] = [];
  let at: RollChange | undefined = row;
  let line: number | undefined;
  while (line === undefined) {
    if (at === undefined) return conflict("an old key is not the key of a line");
    line = p.lines.get(at);
    if (line !== undefined) break;
    way.push(at);
    if (way.length > p.rows.length) return conflict("the keys replace each other in a ring");
    line = rollLine(r, at.oldPk);
    at = p.entering.get(hex(at.oldPk));
  }
  for (const c of way) p.lines.set(c, line);
}

function makePlan(r: Roll, rows: readonly RollChange[]): Plan {
  const entering = checkKeys(r, rows);
  const adds = [...entering.values()]
    .filter((c) => c.action === "add")
    .sort((a, b) => compare(a.newPk, b.newPk));
  const p: Plan = { rows, entering, adds, lines: new Map() };
  adds.forEach((c, i) => p.lines.set(c, r.lines.length + i));
  for (const c of rows) if (c.action === "replace") follow(r, p, c);
  return p;
}

/* The line of a strike or remove, whose key may be entering with this list. */
function leavingLine(r: Roll, p: Plan, c: RollChange): number {
  const row = p.entering.get(hex(c.oldPk));
  const line = rollLine(r, c.oldPk) ?? (row === undefined ? undefined : p.lines.get(row));
  return line ?? conflict("an old key is not the key of a line");
}

/* The rights of a line as they will be after the adds of this list. */
function rightAfter(r: Roll, s: Space, line: number): Right | undefined {
  return line >= r.lines.length ? { struck: false, removed: false } : s.rights.get(line);
}

function checkLeave(r: Roll, c: RollChange, line: number): void {
  if (c.action === "strike") {
    const space = r.spaces.get(hex(c.spaceId));
    const right = space?.open === true ? rightAfter(r, space, line) : undefined;
    if (right === undefined || right.struck)
      conflict("a strike of a line that is not there, or struck already");
    return;
  }
  const some = [...r.spaces.values()].some(
    (s) => s.open && rightAfter(r, s, line)?.removed === false,
  );
  if (!some) conflict("a remove of a line that belongs to no open space");
}

function findLeaves(r: Roll, p: Plan): (readonly [RollChange, number])[] {
  const seen = new Set<string>();
  const out: (readonly [RollChange, number])[] = [];
  for (const c of p.rows) {
    if (c.action !== "strike" && c.action !== "remove") continue;
    const line = leavingLine(r, p, c);
    checkLeave(r, c, line);
    const what = `${line} ${c.action === "strike" ? hex(c.spaceId) : ""}`;
    if (seen.has(what)) return conflict("two changes do the same to a line");
    seen.add(what);
    out.push([c, line]);
  }
  return out;
}

function commitKeys(r: Roll, p: Plan): void {
  const open = [...r.spaces.values()].filter((s) => s.open);
  const fresh: Key[] = [];
  const take = (c: RollChange) => {
    enter(r, c.newPk, p.lines.get(c) as number);
    fresh.push(r.keys.get(hex(c.newPk)) as Key);
  };
  for (const c of p.adds) {
    take(c);
    for (const s of open) {
      s.rights.set(p.lines.get(c) as number, { struck: false, removed: false });
      s.counts.added++;
    }
  }
  for (const c of p.entering.values()) if (c.action === "replace") take(c);
  for (const c of p.rows) {
    if (c.action !== "replace") continue;
    const key = r.keys.get(hex(c.oldPk)) as Key;
    key.replaced = true;
    for (const s of open) if (s.rights.has(key.line)) s.counts.replaced++;
  }
  for (const key of fresh) if (!key.replaced) (r.lines[key.line] as Line).current = key.pk;
}

function commitLeave(r: Roll, c: RollChange, line: number): void {
  for (const s of r.spaces.values()) {
    const right = s.rights.get(line);
    if (!s.open || right === undefined) continue;
    if (c.action === "strike" && equal(s.id, c.spaceId)) {
      right.struck = true;
      s.counts.struck++;
    } else if (c.action === "remove" && !right.removed) {
      right.removed = true;
      s.counts.removed++;
    }
  }
}

/**
 * Apply a list of changes, in any order: all or nothing.  Fault("input",
 * "conflict"): it contradicts the roll or itself; "format".
 */
export function rollApply(r: Roll, list: Uint8Array): void {
  const p = makePlan(r, parseChanges(list));
  const leaves = findLeaves(r, p);
  commitKeys(r, p);
  for (const [c, line] of leaves) commitLeave(r, c, line);
}
