/*
 * Checking, without pages: whose ballot is looked for, in the space as the log
 * has it, and what came out of it.
 */
import { equal } from "../core/bytes.ts";
import type { Vote } from "../core/cast.ts";
import {
  checkVote,
  recreateVote,
  secretOf,
  type Checked,
  type Recreated,
  type Whose,
} from "../core/check.ts";
import { decode, named, type Choices } from "../core/choices.ts";
import { contactHeader, contactRow, type Contact } from "../core/contact.ts";
import { countedAs, type Counted } from "../core/counted.ts";
import { spaceSecret } from "../core/derive.ts";
import { Fault } from "../core/fault.ts";
import type { Form } from "../core/form.ts";
import type { Header } from "../core/header.ts";
import { papersFind, parsePapers } from "../core/papers.ts";
import { parseRecord } from "../core/record.ts";
import type { Found } from "../core/records.ts";
import type { Phase, Row } from "../core/spaces.ts";
import { trustForm, type ReadOptions } from "../core/trust.ts";
import { begin, setBlank, type Draft } from "./booth_model.ts";
import { contact, papersOf } from "./device.ts";
import type { Person, Store } from "./store.ts";

/** Papers of this device, or a code that was typed, with a receipt perhaps. */
export type Who =
  | { readonly kind: "person"; readonly id: string }
  | { readonly kind: "code"; readonly code: string; readonly receipt: Uint8Array | undefined };

/** What stands before a check: the space, and whose papers are here. */
export interface Desk {
  readonly contact: Contact;
  readonly row: Row;
  readonly header: Header;
  readonly people: readonly Person[];
}

/** Phases in which ballots may be in the log. */
const VOTED: readonly Phase[] = ["open", "closing", "closed", "result", "cancelled"];

/** Whether there can be anything to look for. */
export function hasBallots(row: Row): boolean {
  return row.kind === "ballot" && VOTED.includes(row.phase);
}

/** Whoever has papers of this space in `store`, with or without a vote. */
async function holders(store: Store, h: Header): Promise<Person[]> {
  return (await store.read()).people.filter((p) => {
    const mine = papersFind(parsePapers(p.papers), h.slug);
    return mine !== undefined && equal(mine.spaceId, h.id);
  });
}

/** Faults of trust.ts; refused: unknown-space, not-a-vote. */
export async function openDesk(device: Store, slug: string, signal?: AbortSignal): Promise<Desk> {
  const c = await contact(device, signal);
  const row = contactRow(c, slug);
  const header = await contactHeader(c, row, signal);
  if (header.kind !== "ballot") throw new Fault("refused", "not-a-vote", `"${slug}" is not a vote`);
  return { contact: c, row, header, people: await holders(device, header) };
}

/** The form too, for choices. */
export async function openForm(d: Desk, o: ReadOptions): Promise<Vote> {
  const form = await trustForm(d.contact.trust, d.row, d.header, o);
  return { contact: d.contact, row: d.row, header: d.header, form };
}

async function whoseOf(device: Store, who: Who, h: Header): Promise<Whose> {
  if (who.kind === "code") return { ss: secretOf(who.code, h.id), receipt: who.receipt };
  const papers = papersOf(await device.read(), who.id);
  return { ss: spaceSecret(papers.secret, h.id), mine: papersFind(papers, h.slug) };
}

/** What came out, and the vote whose ballot it is. */
export interface Looked {
  readonly checked: Checked;
  readonly vote: Vote;
  /** Made, and no answer came yet: it waits in the outbox. */
  readonly waiting: boolean;
  /** Whether a receipt was held against what was found. */
  readonly receipt: boolean;
}

/** Look for the last ballot; `now` in UNIX seconds. */
export async function look(
  device: Store,
  slug: string,
  who: Who,
  now: number,
  o: ReadOptions,
): Promise<Looked> {
  const d = await openDesk(device, slug, o.signal);
  const w = await whoseOf(device, who, d.header);
  /* Also where no ballot will be found: what is asked for tells nothing. */
  const vote = await openForm(d, { signal: o.signal });
  const checked = await checkVote(d.contact, slug, () => w, now, o);
  const mine = w.mine;
  return {
    checked,
    vote,
    waiting: mine !== undefined && mine.record.length > 0 && mine.receipt.length === 0,
    receipt: (w.receipt ?? mine?.receipt ?? new Uint8Array(0)).length > 0,
  };
}

/** Make the ballot again from the code and the choices. */
export async function recreate(
  device: Store,
  v: Vote,
  who: Who,
  choices: Choices,
  o: ReadOptions,
): Promise<Recreated> {
  return recreateVote(v, (await whoseOf(device, who, v.header)).ss, choices, o);
}

/** How it was counted; opened again where it was sealed. */
export function howCounted(v: Vote, found: Found, o: ReadOptions): Promise<Counted> {
  return countedAs(v, found, o);
}

/** What an unsealed ballot says; undefined: it is sealed, or of another form. */
export function openChoices(v: Vote, found: Found): Choices | undefined {
  if (v.form.seal !== undefined) return undefined;
  try {
    return decode(v.form, parseRecord(found.record, v.header.issuers.length).body);
  } catch (e) {
    if (e instanceof Fault) return undefined;
    throw e;
  }
}

/** Choices as the booth shows them. */
export function draftOf(form: Form, c: Choices): Draft {
  const names = named(c);
  if (names.length === 0) return setBlank(form, true);
  const values = begin(form).values.map((_, i) => {
    if (c.type === "points") return c.points[i] ?? 0;
    const at = names.indexOf(i + 1);
    return c.type === "ranking" ? at + 1 : at < 0 ? 0 : 1;
  });
  return { values, blank: false };
}
