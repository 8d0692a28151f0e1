/* Collecting papers with a letter's code (PROTOCOL 5; client/resident.c). */
import { b64url, concat, hex } from "./bytes.ts";
import type { Contact } from "./contact.ts";
import { contactHeader, keysAlone } from "./contact.ts";
import { spaceSecret } from "./derive.ts";
import type { Purpose } from "./derive.ts";
import { publicKey, signDst } from "./ed25519.ts";
import { Fault } from "./fault.ts";
import type { Header, Issuer } from "./header.ts";
import { purposesOf } from "./header.ts";
import { papersSpace } from "./papers.ts";
import type { Papers } from "./papers.ts";
import { checkStopped } from "./source.ts";
import type { Row } from "./spaces.ts";
import { ask, askCommit, askSalt, authorization, factor, factorText, finalize } from "./wallet.ts";
import type { Ask } from "./wallet.ts";

export interface CollectOptions {
  readonly contact: Contact;
  readonly papers: Papers;
  /** Seed of the letter's key, rollSeed(code). */
  readonly roll: Uint8Array;
  /** The second factor as typed, for an issuer that asks for one. */
  readonly factor?: (issuer: Issuer, h: Header) => string | undefined;
  /** Only these spaces; else all that issue now. */
  readonly slugs?: readonly string[];
  /** Called after each space, so that nothing collected is lost. */
  readonly save: (papers: Papers) => Promise<void> | void;
  readonly progress?: (done: number, all: number, slug: string) => void;
  readonly signal?: AbortSignal;
  /** The 64 random bytes of an ask; for tests. */
  readonly salt?: () => Uint8Array;
}

export interface CollectOutcome {
  readonly got: number;
  readonly had: number;
  readonly refused: readonly { readonly slug: string; readonly fault: Fault }[];
  /**
   * Separated spaces that are open already: better wait before voting, so that
   * the times tell nothing.
   */
  readonly late: readonly string[];
}

/** What may be the resident's own fault leaves no evidence. */
const ORDINARY = ["factor", "factor-locked", "issuance-closed", "code-replaced"];
/** Trying the other spaces would only fail likewise, or use up tries. */
const FOR_ALL = [
  "factor",
  "factor-locked",
  "factor-text",
  "factor-date",
  "factor-document",
  "stopped",
];
const BLIND_BYTES = 256;

/** Whether papers are given out in that phase, as far as the list says. */
export function mayIssue(row: Row): boolean {
  return row.phase === "issuance" || row.phase === "open";
}

/** The spaces that issue now, with their headers accepted. */
export async function issuing(
  c: Contact,
  signal?: AbortSignal,
): Promise<{ row: Row; header: Header }[]> {
  const out = [];
  for (const row of c.rows.filter(mayIssue))
    out.push({ row, header: await contactHeader(c, row, signal) });
  return out;
}

/** What passes between a resident and one issuer. */
interface Exchange {
  readonly o: CollectOptions;
  readonly h: Header;
  readonly ss: Uint8Array;
  readonly issuer: number;
  readonly purpose: Purpose;
  readonly ask: Ask;
  readonly salt: Uint8Array;
}

/* The blinded message does not tell what was blinded; the factor stays out. */
function evidence(x: Exchange, problem: string, answer: Uint8Array): string {
  const from = x.h.issuers[x.issuer] as Issuer;
  const key = from.keys[x.purpose]?.id ?? new Uint8Array(32);
  const doc = {
    about:
      answer.length > 0 ? "an answer that is no valid signature" : "a request that was not granted",
    answer: b64url(answer),
    issuer: from.name,
    problem,
    purpose: x.purpose,
    request: b64url(x.ask.body),
    roll_pk: b64url(publicKey(x.o.roll)),
    salt: b64url(x.salt),
    sig: b64url(signDst(x.o.roll, "issue", x.h.id, key, askCommit(x.salt, x.ask.body))),
    space_id: hex(x.h.id),
    token_key_id: hex(key),
    url: from.url,
  };
  return `${JSON.stringify(doc, null, 2)}\n`;
}

function factorOf(o: CollectOptions, h: Header, issuer: Issuer): Uint8Array | undefined {
  if (issuer.factor === "none") return undefined;
  const typed = o.factor?.(issuer, h);
  if (typed === undefined)
    throw new Fault("input", "factor-text", `${issuer.name} asks for a second factor`);
  return factor(publicKey(o.roll), factorText(issuer.factor, typed));
}

async function post(x: Exchange, f: Uint8Array | undefined): Promise<Uint8Array> {
  const { o, h } = x;
  const url = `${(h.issuers[x.issuer] as Issuer).url}/token-request`;
  const headers = {
    "Content-Type": "application/private-token-request",
    Authorization: authorization(o.roll, h, x.issuer, x.purpose, x.ask, x.salt, f),
  };
  try {
    return (await o.contact.source.post(url, x.ask.body, headers, o.signal)).body;
  } catch (e) {
    if (!(e instanceof Fault) || e.kind !== "refused" || ORDINARY.includes(e.code)) throw e;
    throw new Fault(e.kind, e.code, e.detail, evidence(x, e.code, new Uint8Array(0)));
  }
}

async function collectOne(x: Exchange, f: Uint8Array | undefined): Promise<Uint8Array> {
  const answer = await post(x, f);
  if (answer.length !== BLIND_BYTES)
    throw new Fault("offline", "unavailable", `the issuer answered ${answer.length} bytes`);
  try {
    return await finalize(x.ss, x.h, x.issuer, x.purpose, x.ask, answer);
  } catch (e) {
    if (!(e instanceof Fault)) throw e;
    const name = (x.h.issuers[x.issuer] as Issuer).name;
    throw new Fault(
      "lie",
      "token",
      `${name} answered with a token that does not verify`,
      evidence(x, "", answer),
    );
  }
}

/**
 * Ask every issuer for the token of `purpose`: the verified authenticators one
 * after the other.  Asking again with the same keys gives the same tokens.
 */
export async function collectPurpose(
  o: CollectOptions,
  h: Header,
  purpose: Purpose,
): Promise<Uint8Array> {
  const ss = spaceSecret(o.papers.secret, h.id);
  /* All factors first: no half of the issuers is asked in vain. */
  const factors = h.issuers.map((i) => factorOf(o, h, i));
  const tokens: Uint8Array[] = [];
  for (const issuer of h.issuers.keys()) {
    checkStopped(o.signal);
    const x = {
      o,
      h,
      ss,
      issuer,
      purpose,
      ask: ask(ss, h, issuer, purpose),
      salt: (o.salt ?? askSalt)(),
    };
    tokens.push(await collectOne(x, factors[issuer]));
  }
  return concat(...tokens);
}

async function collectSpace(
  o: CollectOptions,
  row: Row,
): Promise<{ got: number; had: number; late: boolean }> {
  const h = await contactHeader(o.contact, row, o.signal);
  await keysAlone(o.contact, h, o.signal);
  const mine = papersSpace(o.papers, h);
  const count = { got: 0, had: 0 };
  for (const purpose of purposesOf(h.kind)) {
    if (mine.tokens[purpose] !== undefined) {
      count.had++;
      continue;
    }
    mine.tokens[purpose] = await collectPurpose(o, h, purpose);
    count.got++;
    await o.save(o.papers);
  }
  return { ...count, late: count.got > 0 && row.phase === "open" && h.mode === "separated" };
}

function chosen(o: CollectOptions): Row[] {
  const slugs = o.slugs;
  return o.contact.rows.filter((r) => (slugs === undefined ? mayIssue(r) : slugs.includes(r.slug)));
}

/**
 * Collect the papers of every space that issues now, in one go.  May be
 * repeated: what was collected stays, a lost answer is fetched again.  What one
 * space refuses does not keep the others back, but for a wrong second factor
 * and a network that is gone.
 */
export async function collect(o: CollectOptions): Promise<CollectOutcome> {
  const rows = chosen(o);
  const out = {
    got: 0,
    had: 0,
    refused: [] as { slug: string; fault: Fault }[],
    late: [] as string[],
  };
  for (const [i, row] of rows.entries()) {
    o.progress?.(i, rows.length, row.slug);
    try {
      const one = await collectSpace(o, row);
      out.got += one.got;
      out.had += one.had;
      if (one.late) out.late.push(row.slug);
    } catch (e) {
      if (!(e instanceof Fault)) throw e;
      /* An overlapping space whose issuance is over is no news. */
      if (e.code === "issuance-closed" && o.slugs === undefined) continue;
      out.refused.push({ slug: row.slug, fault: e });
      if (e.kind === "offline" || FOR_ALL.includes(e.code)) break;
    }
  }
  o.progress?.(rows.length, rows.length, "");
  return out;
}
