/* One contact of a resident with a server (as client/contact.c). */
import { equal, hex } from "./bytes.ts";
import { Fault } from "./fault.ts";
import type { Genesis } from "./genesis.ts";
import type { Header } from "./header.ts";
import { parseHeader, sharesKey } from "./header.ts";
import type { NoteKey } from "./note.ts";
import type { Papers } from "./papers.ts";
import type { Source } from "./source.ts";
import { getSpaces } from "./spaces.ts";
import type { Row } from "./spaces.ts";
import { acceptHeader, evidenceText, keptOf, openTrust, trustGenesis } from "./trust.ts";
import type { Kept, Trust } from "./trust.ts";

export interface Contact {
  readonly source: Source;
  readonly trust: Trust;
  readonly genesis: Genesis;
  readonly receiptKey: NoteKey;
  readonly rows: readonly Row[];
  /** Exact bytes of headers that were read, by slug. */
  readonly headers: Map<string, Uint8Array>;
}

/**
 * Open the log (which may only grow beyond what was `kept`) and read the list
 * of spaces.  Faults of openTrust, genesis, spaces.
 */
export async function openContact(
  source: Source,
  kept: readonly Kept[],
  signal?: AbortSignal,
): Promise<Contact> {
  const trust = await openTrust(source, kept, signal);
  const genesis = await trustGenesis(trust, signal);
  const rows = await getSpaces(source, signal);
  return { source, trust, genesis, receiptKey: genesis.receiptKey, rows, headers: new Map() };
}

/** What papers know of the log. */
export function papersKept(p: Papers): Kept {
  return { logKey: p.logKey, checkpoint: p.checkpoint };
}

/** Put what was verified into the papers. */
export function papersSeen(p: Papers, c: Contact): void {
  const kept = keptOf(c.trust);
  p.logKey = kept.logKey;
  p.checkpoint = kept.checkpoint;
}

/** The row of a space; Fault refused, unknown-space. */
export function contactRow(c: Contact, slug: string): Row {
  const row = c.rows.find((r) => r.slug === slug);
  if (row === undefined) throw new Fault("refused", "unknown-space", `there is no space "${slug}"`);
  return row;
}

async function headerBytes(c: Contact, slug: string, signal?: AbortSignal): Promise<Uint8Array> {
  const known = c.headers.get(slug);
  if (known !== undefined) return known;
  const bytes = await c.source.get(`api/v1/spaces/${slug}/header`, signal);
  c.headers.set(slug, bytes);
  return bytes;
}

/** The header of a space, accepted as trust.ts says. */
export async function contactHeader(c: Contact, row: Row, signal?: AbortSignal): Promise<Header> {
  return acceptHeader(c.trust, row, await headerBytes(c, row.slug, signal), signal);
}

/**
 * With a token key that serves two spaces, a right to one can be made one to
 * the other: Fault lie, shared-key; nobody should ask for a paper under it.
 */
export async function keysAlone(c: Contact, h: Header, signal?: AbortSignal): Promise<void> {
  for (const row of c.rows) {
    let other: Header;
    try {
      other = parseHeader(await headerBytes(c, row.slug, signal));
    } catch (e) {
      if (e instanceof Fault && e.kind === "input" && e.code !== "stopped") continue;
      throw e;
    }
    if (!equal(other.id, h.id) && sharesKey(h, other)) {
      const detail = `the spaces "${h.slug}" and "${other.slug}" have a token key in common`;
      throw new Fault(
        "lie",
        "shared-key",
        detail,
        evidenceText(detail, { spaces: [hex(h.id), hex(other.id)] }),
      );
    }
  }
}

/** 256-byte pieces, as papers keep tokens one after the other. */
export function tokensOf(all: Uint8Array | undefined): Uint8Array[] {
  const n = (all?.length ?? 0) / 256;
  return Array.from({ length: n }, (_, i) => (all as Uint8Array).subarray(256 * i, 256 * i + 256));
}
