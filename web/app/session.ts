/*
 * One person at work: her letter, her papers in some store, and what has been
 * collected for her.  Used by the page that collects and by the kiosk.
 */
import { equal } from "../core/bytes.ts";
import { collectPurpose } from "../core/collect.ts";
import { papersSeen, type Contact } from "../core/contact.ts";
import { rollSeed } from "../core/derive.ts";
import type { FactorKind } from "../core/header.ts";
import {
  newPapers,
  papersFind,
  papersSpace,
  parsePapers,
  putPapers,
  randomPapers,
} from "../core/papers.ts";
import type { Source } from "../core/source.ts";
import {
  collectAll,
  factorsNeeded,
  sumUp,
  type Factors,
  type Job,
  type Offer,
  type Outcome,
  type Sum,
} from "./collecting.ts";
import { changePapers, contact, offers } from "./device.ts";
import { forgetReceipts } from "./outbox.ts";
import { emptyState, freshId, type Person, type Store } from "./store.ts";

export interface Session {
  /** Where her papers are; in memory where nothing may stay. */
  store: Store;
  /** The device's own store, which remembers the log. */
  device: Store;
  /** Her entry in `store`, "" before there is one. */
  person: string;
  label: string;
  /** 20 characters of the letter. */
  code: string;
  /** From a recovery code; undefined: a new one is drawn. */
  secret: Uint8Array | undefined;
}

/** The entry to go on with: hers, one of the same secret, or a new one. */
export function enter(session: Session): Promise<Person> {
  const { secret, person, label } = session;
  return session.store.update((state) => {
    const found = state.people.find((p) =>
      secret === undefined ? p.id === person : equal(parsePapers(p.papers).secret, secret),
    );
    if (found !== undefined) return found;
    const papers = secret === undefined ? randomPapers() : newPapers(secret);
    const made = {
      id: freshId(),
      label,
      papers: putPapers(papers),
      // Whoever typed the recovery code has it.
      codeKept: secret !== undefined,
    };
    state.people.push(made);
    return made;
  });
}

/** Remove her entry if it holds nothing. */
async function leave(session: Session): Promise<void> {
  const empty = (p: Person): boolean =>
    parsePapers(p.papers).spaces.every((s) => Object.keys(s.tokens).length === 0);
  await session.store.update((state) => {
    state.people = state.people.filter((p) => p.id !== session.person || !empty(p));
  });
  session.person = "";
}

/** What the log says, and what can be had. */
export interface Plan {
  contact: Contact;
  offers: Offer[];
}

export async function plan(device: Store, signal?: AbortSignal): Promise<Plan> {
  const c = await contact(device, signal);
  return { contact: c, offers: await offers(c, signal) };
}

/** What her entry holds already. */
async function holding(session: Session): Promise<Job["has"]> {
  const state = await session.store.read();
  const person = state.people.find((p) => p.id === session.person);
  if (person === undefined) return () => false;
  const papers = parsePapers(person.papers);
  return (offer, purpose) => {
    const mine = papersFind(papers, offer.slug);
    if (offer.header === undefined || mine === undefined) return false;
    return equal(mine.spaceId, offer.header.id) && mine.tokens[purpose] !== undefined;
  };
}

/** The second factors that are still to be asked of her. */
export async function needed(session: Session, p: Plan): Promise<FactorKind[]> {
  return factorsNeeded({ offers: p.offers, has: await holding(session) });
}

/** Told of each step: the outcomes, and which issuer of how many is at work. */
export type Told = (outcomes: readonly Outcome[], issuer: number, issuers: number) => void;

/** The same source, telling of what is posted, and of what was granted. */
function counted(source: Source, posting: () => void, granted: () => void): Source {
  return {
    get: (path, signal) => source.get(path, signal),
    post: async (path, body, headers, signal) => {
      posting();
      const answer = await source.post(path, body, headers, signal);
      granted();
      return answer;
    },
  };
}

/**
 * Collect all that can be had.  Her entry exists before anything is asked, and
 * is gone after where nothing came of it; a secret is never drawn twice for one
 * answer.
 */
export async function collect(
  session: Session,
  p: Plan,
  factors: Factors,
  tell: Told,
): Promise<{ outcomes: Outcome[]; sum: Sum }> {
  const person = await enter(session);
  session.person = person.id;
  const papers = parsePapers(person.papers);
  const roll = rollSeed(session.code);
  let latest: readonly Outcome[] = [];
  // Of several issuers one may have signed for this secret before another one
  // refuses: to a new secret that one would say that she collected already.
  let signed = false;
  const job: Job = {
    offers: p.offers,
    has: await holding(session),
    ask: (header, purpose) => {
      let issuer = 0;
      const posting = (): void => tell(latest, issuer++, header.issuers.length);
      const source = counted(p.contact.source, posting, () => {
        signed = true;
      });
      const factor = (i: { factor: FactorKind }): string | undefined => factors[i.factor];
      const save = (): void => undefined; // job.keep does it
      const o = { contact: { ...p.contact, source }, papers, roll, factor, save };
      return collectPurpose(o, header, purpose);
    },
    keep: (header, purpose, tokens) =>
      changePapers(session.store, session.person, (mine) => {
        papersSeen(mine, p.contact);
        papersSpace(mine, header).tokens[purpose] = tokens;
      }),
  };
  const outcomes = await collectAll(job, (now) => {
    latest = now;
    tell(now, 0, 0);
  });
  const sum = sumUp(outcomes);
  if (sum.useless && !signed) await leave(session);
  return { outcomes, sum };
}

/** Leave nothing of her in memory that this program can reach. */
export async function wipe(session: Session): Promise<void> {
  session.secret?.fill(0);
  session.secret = undefined;
  session.code = "";
  session.person = "";
  forgetReceipts();
  if (session.store.kind === "disk" || session.store === session.device) return;
  await session.store.update((state) => {
    for (const person of state.people) person.papers.fill(0);
    Object.assign(state, emptyState());
  });
}
