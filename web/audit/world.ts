/*
 * What follows from the entries of a log, one after the other (PROTOCOL 8), as
 * audit/world*.c judges it: an audit goes on after a fault, and leaves out what
 * depends on entries that it could not take in.
 */
import { equal, hex } from "../core/bytes.ts";
import type { Purpose } from "../core/derive.ts";
import type { Entry, EntryKind, Role } from "../core/entry.ts";
import type { Form } from "../core/form.ts";
import { sha256 } from "../core/hash.ts";
import type { Header } from "../core/header.ts";
import type { NoteKey } from "../core/note.ts";
import { rollNew, type Roll } from "../core/roll.ts";
import type { LogFiles } from "./files.ts";
import { report, RULE, type Judge } from "./rules.ts";

export type StaffMember = {
  pk: Uint8Array;
  name: string;
  role: Role;
  revoked: boolean;
  /** Last number used in the log. */
  n: bigint;
};

/** One ledger of an issuer and a purpose. */
export type Ledger = {
  present: boolean;
  destroyed: boolean;
  count: number;
  /** Numbers of the lines that asked; undefined: its rows were not taken in. */
  lines: Set<number> | undefined;
  disputed: Set<number>;
};

export type OpeningEntry = { trustee: number; index: number; file: Uint8Array };

export type Space = {
  header: Header;
  form: Form | undefined;
  batches: number;
  /** In the log. */
  records: number;
  lastWindow: number;
  /** One after its last entry so far. */
  end: number;
  closed: boolean;
  cancelled: boolean;
  /** The tree of the close entry. */
  closeSize: number;
  closeRoot: Uint8Array;
  closeRecords: number;
  closeCredentials: number;
  hasResult: boolean;
  /** The published document. */
  result: Uint8Array | undefined;
  /** By issuer and purpose, see ledgerOf. */
  ledgers: Map<string, Ledger>;
  openings: OpeningEntry[];
  /** By sort: how many, and the list where it is known. */
  paper: number[];
  paperList: (Uint8Array | undefined)[];
  disputes: number;
  disputesAtResult: number;
  /* What could not be taken in: what depends on it is not judged. */
  lostForm: boolean;
  lostRoll: boolean;
  lostRecords: boolean;
  lostLedgers: boolean;
  lostResult: boolean;
};

export type World = {
  key: NoteKey;
  files: LogFiles;
  judge: Judge;
  /** Judge this space only; undefined: all. */
  slug: string | undefined;
  /** The key's name; undefined before genesis. */
  origin: string | undefined;
  /** No usable genesis: nothing can be judged. */
  lost: boolean;
  /** A roll could not be taken in: lines are unclear. */
  lostRoll: boolean;
  /** An entry did not parse: it may have been anything. */
  gap: boolean;
  staff: StaffMember[];
  spaces: Space[];
  /** Ids of spaces whose header could not be taken in. */
  shunned: Set<string>;
  roll: Roll;
  batch: {
    s: Space | undefined;
    /** There was one that was not taken in. */
    out: boolean;
    /** Records that must still follow. */
    left: number;
    seq: number;
    leaf: Uint8Array | undefined;
  };
  /** Told how far the signatures of a ledger are verified. */
  onRows: (done: number, total: number) => void;
};

/** One entry under judgement. */
export type Step = {
  w: World;
  index: number;
  e: Entry | undefined;
  s: Space | undefined;
  /** A header of a space that nobody asked about. */
  quiet: boolean;
  /** Of the tree that ends with a close entry. */
  root: Uint8Array | undefined;
};

/** The entry cannot be taken in; what is wrong was reported. */
export class Refused extends Error {}

export function newWorld(key: NoteKey, files: LogFiles, judge: Judge, slug?: string): World {
  return {
    key,
    files,
    judge,
    slug,
    origin: undefined,
    lost: false,
    lostRoll: false,
    gap: false,
    staff: [],
    spaces: [],
    shunned: new Set(),
    roll: rollNew(),
    batch: noBatch(),
    onRows: () => undefined,
  };
}

export function noBatch(): World["batch"] {
  return { s: undefined, out: false, left: 0, seq: 0, leaf: undefined };
}

/** Whether the space is to be judged. */
export function isWanted(w: World, s: Space | undefined): boolean {
  return w.slug === undefined || s?.header.slug === w.slug;
}

/* Rules of spaces are not judged for spaces that nobody asked about. */
function isLeftOut(t: Step, rule: number): boolean {
  return rule >= RULE.header && (t.quiet || (t.s !== undefined && !isWanted(t.w, t.s)));
}

/** One judgement of `rule`; what is not held is reported, and the audit goes on. */
export function check(t: Step, rule: number, held: boolean, why: string): void {
  if (isLeftOut(t, rule)) return;
  const j = t.w.judge;
  if (j.judgedAt[rule] !== t.index + 1) {
    j.judgedAt[rule] = t.index + 1;
    j.judged[rule]!++;
  }
  if (!held) report(j, rule, t.index, why);
}

/** The same where the entry cannot be taken in otherwise: throws Refused. */
export function must(t: Step, rule: number, held: boolean, why: string): void {
  check(t, rule, held, why);
  if (!held) throw new Refused(why);
}

/** Count judgements of rows. */
export function countRows(t: Step, rule: number, n: number): void {
  if (isLeftOut(t, rule)) return;
  t.w.judge.judgedAt[rule] = t.index + 1;
  t.w.judge.judged[rule]! += n;
}

/** What ${parse} gives; where it throws, ${rule} is broken and Refused is thrown. */
export function mustParse<T>(t: Step, rule: number, prefix: string, parse: () => T): T {
  let out: T | undefined;
  let why = "";
  try {
    out = parse();
  } catch (e) {
    why = prefix + (e instanceof Error ? e.message : String(e));
  }
  must(t, rule, why === "", why);
  return out as T;
}

/** The object of ${hash}: rule 11. */
export async function fetchObject(t: Step, hash: Uint8Array): Promise<Uint8Array> {
  const name = hex(hash);
  const bytes = await t.w.files.object(name);
  must(t, RULE.object, bytes !== null, `object ${name} is not published`);
  const own = equal(sha256(bytes!), hash);
  must(t, RULE.object, own, `object ${name} has another hash than its name`);
  return bytes!;
}

export function spaceById(w: World, id: Uint8Array): Space | undefined {
  return w.spaces.find((s) => equal(s.header.id, id));
}

export function spaceBySlug(w: World, slug: string): Space | undefined {
  return w.spaces.find((s) => s.header.slug === slug);
}

export function staffOf(w: World, pk: Uint8Array): StaffMember | undefined {
  return w.staff.find((s) => equal(s.pk, pk));
}

/** The ledger's state; made where it is not there yet. */
export function ledgerOf(s: Space, issuer: number, purpose: Purpose): Ledger {
  const name = `${issuer}/${purpose}`;
  let l = s.ledgers.get(name);
  if (l === undefined) {
    l = { present: false, destroyed: false, count: 0, lines: undefined, disputed: new Set() };
    s.ledgers.set(name, l);
  }
  return l;
}

/** The entry of a step, known to be of that kind. */
export type EntryOf<K extends EntryKind> = Extract<Entry, { kind: K }>;
