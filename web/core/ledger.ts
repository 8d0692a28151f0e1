/* The issuance ledger (PROTOCOL 5); refuses what audit/ledger.c refuses. */
import { compare, concat, dst } from "./bytes.ts";
import { verify } from "./ed25519.ts";
import { refuse } from "./json.ts";
import { hashDst } from "./hash.ts";

/** Bytes of a row: roll_pk[32] | c[32] | sig[64]. */
export const LEDGER_ROW = 128;

export interface LedgerRow {
  readonly rollPk: Uint8Array;
  readonly c: Uint8Array;
  readonly sig: Uint8Array;
}

/** Whole rows, sorted by key, none twice; how many.  Fault("input", "format"). */
export function checkLedger(bytes: Uint8Array): number {
  const rows = bytes.length / LEDGER_ROW;
  if (!Number.isInteger(rows))
    return refuse(`the ledger has ${bytes.length} bytes: not whole rows`);
  for (let i = 1; i < rows; i++) {
    const key = (k: number) => bytes.subarray(k * LEDGER_ROW, k * LEDGER_ROW + 32);
    if (compare(key(i - 1), key(i)) >= 0)
      return refuse(`row ${i + 1} of the ledger is not sorted, or there twice`);
  }
  return rows;
}

/** Row number `i`, from 0, of a checked ledger. */
export function ledgerRow(bytes: Uint8Array, i: number): LedgerRow {
  const row = bytes.subarray(i * LEDGER_ROW, (i + 1) * LEDGER_ROW);
  return { rollPk: row.subarray(0, 32), c: row.subarray(32, 64), sig: row.subarray(64) };
}

/** c = H(DST("ask") || salt[64] || blinded_msg[256]). */
export function askCommit(salt: Uint8Array, blinded: Uint8Array): Uint8Array {
  return hashDst("ask", salt, blinded);
}

/** What the roll key signs when it asks. */
export function askMessage(spaceId: Uint8Array, keyId: Uint8Array, c: Uint8Array): Uint8Array {
  return concat(dst("issue"), spaceId, keyId, c);
}

/** Whether the row's own roll key signed it. */
export function verifyRow(
  row: LedgerRow,
  spaceId: Uint8Array,
  keyId: Uint8Array,
): Promise<boolean> {
  return verify(row.rollPk, askMessage(spaceId, keyId, row.c), row.sig);
}
