/*
 * Saying that one's letter was used by another (PROTOCOL 8, dispute;
 * client/cmd_resident_dispute.c).
 */
import { concat, equal, hex, u8 } from "./bytes.ts";
import type { Contact } from "./contact.ts";
import type { Purpose } from "./derive.ts";
import { PURPOSES } from "./derive.ts";
import { publicKey, signDst } from "./ed25519.ts";
import type { Header } from "./header.ts";
import { checkLedger, ledgerRow } from "./ledger.ts";
import { parseChanges } from "./roll.ts";
import { eachEntry, trustObject } from "./trust.ts";
import type { ReadOptions } from "./trust.ts";

/** A ledger in which the line of the letter stands. */
export interface Standing {
  /** From 0. */
  readonly issuer: number;
  readonly purpose: Purpose;
}

/** From the letter's key to all keys of its line, before and after it. */
export function keysOfLine(
  pk: Uint8Array,
  replaced: readonly (readonly [Uint8Array, Uint8Array])[],
): Set<string> {
  const keys = new Set([hex(pk)]);
  for (let before = 0; before < keys.size;) {
    before = keys.size;
    for (const pair of replaced.map(([a, b]) => [hex(a), hex(b)] as const))
      if (keys.has(pair[0]) || keys.has(pair[1])) pair.forEach((k) => keys.add(k));
  }
  return keys;
}

/**
 * The ledgers of the space in which the line of the letter (`roll`, its key's
 * seed) stands, and how many ledgers there are yet.  The whole log is read.
 */
export async function findDispute(
  c: Contact,
  h: Header,
  roll: Uint8Array,
  o: ReadOptions = {},
): Promise<{ ledgers: number; standing: Standing[] }> {
  const lists: Uint8Array[] = [];
  const ledgers: (Standing & { object: Uint8Array })[] = [];
  await eachEntry(
    c.trust,
    0,
    c.trust.checkpoint.size,
    (_, e) => {
      if (e.kind === "roll_change") lists.push(e.object);
      if (e.kind === "ledger" && equal(e.spaceId, h.id) && e.issuer < h.issuers.length)
        ledgers.push({ issuer: e.issuer, purpose: e.purpose, object: e.object });
    },
    o,
  );
  const replaced: [Uint8Array, Uint8Array][] = [];
  for (const list of lists)
    for (const change of parseChanges(await trustObject(c.trust, list, o.signal)))
      if (change.action === "replace") replaced.push([change.oldPk, change.newPk]);
  const keys = keysOfLine(publicKey(roll), replaced);
  const standing: Standing[] = [];
  for (const { issuer, purpose, object } of ledgers) {
    const bytes = await trustObject(c.trust, object, o.signal);
    const n = checkLedger(bytes);
    for (let i = 0; i < n; i++)
      if (keys.has(hex(ledgerRow(bytes, i).rollPk))) {
        standing.push({ issuer, purpose });
        break;
      }
  }
  return { ledgers: ledgers.length, standing };
}

/** The 130 bytes that say: it was not me who collected. */
export function disputeBody(h: Header, s: Standing, roll: Uint8Array): Uint8Array {
  const which = concat(u8(s.issuer), u8(PURPOSES[s.purpose]));
  return concat(h.id, which, publicKey(roll), signDst(roll, "dispute", h.id, which));
}

/** Send a dispute, which is public for ever and cannot be withdrawn. */
export async function sendDispute(
  c: Contact,
  h: Header,
  s: Standing,
  roll: Uint8Array,
  signal?: AbortSignal,
): Promise<void> {
  const headers = { "Content-Type": "application/octet-stream" };
  await c.source.post("api/v1/disputes", disputeBody(h, s, roll), headers, signal);
}
