/*
 * Finding one's ballot in the public log, and the second-device check
 * (client/cmd_resident_check.c, client/cmd_resident_recreate.c).
 */
import { b64, fromUtf8 } from "./bytes.ts";
import type { Choices } from "./choices.ts";
import { recoveryParse } from "./code.ts";
import type { Contact } from "./contact.ts";
import { contactHeader, contactRow } from "./contact.ts";
import { spaceSecret } from "./derive.ts";
import { Fault } from "./fault.ts";
import type { Header } from "./header.ts";
import type { PapersSpace } from "./papers.ts";
import { openPromise } from "./receipt.ts";
import { isPromiseOf } from "./receipt.ts";
import { recordLeaf } from "./record.ts";
import { findRecords, lastOf } from "./records.ts";
import type { Found } from "./records.ts";
import type { Row } from "./spaces.ts";
import { evidenceText, trustProof, witnessCount } from "./trust.ts";
import type { ReadOptions } from "./trust.ts";
import type { Vote } from "./cast.ts";
import { compare, credentialKey } from "./wallet.ts";
import type { Difference } from "./wallet.ts";

/** Whose ballot: the secret of the space, and what the papers know of it. */
export interface Whose {
  /** ss, 16 bytes. */
  readonly ss: Uint8Array;
  readonly mine?: PapersSpace | undefined;
  /** A receipt from a file, instead of the papers'. */
  readonly receipt?: Uint8Array | undefined;
}

/** The secret of the space that a typed code gives: the master's, or the space's own. */
export function secretOf(typed: string, spaceId: Uint8Array): Uint8Array {
  const { kind, secret } = recoveryParse(typed);
  return kind === "space" ? secret : spaceSecret(secret, spaceId);
}

interface Seen {
  readonly header: Header;
  readonly row: Row;
  /** Of the log that was read. */
  readonly size: number;
  /** How many of the space's witnesses cosigned that log. */
  readonly witnesses: number;
}

/**
 * found: in the log, and the last one; other: a later one than the receipt's,
 * made by another device; early: promised, not yet due; missing: promised, and
 * not there though due, with the evidence; none: nothing is there, and nothing
 * was promised.
 */
export type Checked = Seen &
  (
    | {
        readonly state: "found" | "other";
        readonly found: Found;
        readonly count: number;
        readonly proof: Uint8Array;
      }
    | { readonly state: "early"; readonly due: number }
    | { readonly state: "missing"; readonly due: number; readonly evidence: string }
    | { readonly state: "none" }
  );

/** What the server promised; undefined where nothing. */
async function promiseOf(
  c: Contact,
  w: Whose,
): Promise<
  { text: Uint8Array; windowEnd: number; isOf: (leaf: Uint8Array) => boolean } | undefined
> {
  const text = w.receipt ?? w.mine?.receipt ?? new Uint8Array(0);
  if (text.length === 0) return undefined;
  try {
    const p = await openPromise(text, c.receiptKey);
    const record = w.mine?.record ?? new Uint8Array(0);
    if (record.length > 0 && !isPromiseOf(p, recordLeaf(record)))
      throw new Fault("input", "conflict", "of another record");
    return { text, windowEnd: p.windowEnd, isOf: (leaf) => isPromiseOf(p, leaf) };
  } catch (e) {
    const detail =
      "the receipt is not signed by this server, or is of another vote than the last one in the papers";
    throw e instanceof Fault ? new Fault("input", "receipt-other", `${detail}: ${e.detail}`) : e;
  }
}

function missing(
  c: Contact,
  seen: Seen,
  w: Whose,
  p: { text: Uint8Array; windowEnd: number },
  now: number,
): Checked {
  const due = p.windowEnd + seen.header.grace;
  if (now <= due) return { ...seen, state: "early", due };
  const evidence = evidenceText(
    "The server signed this receipt, its promise is past, and the record is not in the log of this checkpoint.",
    {
      space: seen.header.slug,
      receipt: fromUtf8(p.text),
      checkpoint: fromUtf8(c.trust.checkpoint.bytes),
      record: b64(w.mine?.record ?? new Uint8Array(0)),
    },
  );
  return { ...seen, state: "missing", due, evidence };
}

/**
 * Look for the ballot of `whose` (given the header) in the whole log from the
 * space's header on; `now` in UNIX seconds.  Faults of trust.ts; input,
 * receipt-other: the receipt is not of this server or record.
 */
export async function checkVote(
  c: Contact,
  slug: string,
  whose: (h: Header) => Whose,
  now: number,
  o: ReadOptions = {},
): Promise<Checked> {
  const row = contactRow(c, slug);
  const header = await contactHeader(c, row, o.signal);
  const w = whose(header);
  const promise = await promiseOf(c, w);
  const all = await findRecords(c.trust, row, header, credentialKey(w.ss, "vote"), o);
  const seen: Seen = {
    header,
    row,
    size: c.trust.checkpoint.size,
    witnesses: await witnessCount(c.trust, header),
  };
  const found = lastOf(all);
  if (found === undefined)
    return promise === undefined ? { ...seen, state: "none" } : missing(c, seen, w, promise, now);
  const kept = promise === undefined || promise.isOf(found.leaf);
  if (!kept) {
    /* A vote after the promised one is no excuse where that one is not there,
       and no broken promise where it is. */
    const there = all.find((f) => promise.isOf(f.leaf));
    const before = there?.seq ?? (promise.windowEnd + header.grace < now ? undefined : w.mine?.seq);
    if (before === undefined || before >= found.seq) return missing(c, seen, w, promise, now);
  }
  const proof = await trustProof(c.trust, found.index, found.leaves);
  return { ...seen, state: kept ? "found" : "other", found, count: all.length, proof };
}

/* ---- The second device --------------------------------------------------- */

/**
 * none: no ballot of this code is in the log; same: the last one is exactly as
 * recreated; replaced: an earlier one is, and `last` counts instead; different:
 * none is, and `difference` says how the last one differs.
 */
export type Recreated =
  | { readonly state: "none"; readonly size: number }
  | { readonly state: "same"; readonly size: number; readonly found: Found; readonly count: number }
  | {
      readonly state: "replaced";
      readonly size: number;
      readonly found: Found;
      readonly last: Found;
      readonly difference: Difference;
      readonly count: number;
    }
  | {
      readonly state: "different";
      readonly size: number;
      readonly last: Found;
      readonly difference: Difference;
      readonly count: number;
    };

/**
 * Make the ballot of `ss` and `choices` again and hold it against the log.
 * Faults of choices.check: they are over the form's limits.
 */
export async function recreateVote(
  v: Vote,
  ss: Uint8Array,
  choices: Choices,
  o: ReadOptions = {},
): Promise<Recreated> {
  const t = v.contact.trust;
  const size = t.checkpoint.size;
  const all = await findRecords(t, v.row, v.header, credentialKey(ss, "vote"), o);
  const judged: { found: Found; difference: Difference }[] = [];
  for (const found of all)
    judged.push({ found, difference: await compare(ss, v.header, v.form, found.record, choices) });
  const last = lastOf(all);
  if (last === undefined) return { state: "none", size };
  const same = lastOf(judged.filter((j) => j.difference === "same").map((j) => j.found));
  const count = all.length;
  if (same !== undefined && same.seq === last.seq)
    return { state: "same", size, found: same, count };
  const difference = judged.find((j) => j.found === last)?.difference ?? "choices";
  return same === undefined
    ? { state: "different", size, last, difference, count }
    : { state: "replaced", size, found: same, last, difference, count };
}
