/* The rules of an audit (PROTOCOL 9), by the numbers of `partecipa-audit rules`. */

/** From when on a rule can be judged for a space. */
export type Phase = "log" | "header" | "form" | "ledger" | "records" | "close" | "result";

export type RuleRow = { no: number; name: string; phase: Phase };

const TABLE: readonly (readonly [string, Phase])[] = [
  ["checkpoint", "log"],
  ["quorum", "header"],
  ["consistency", "log"],
  ["tree", "log"],
  ["tiles", "log"],
  ["entry", "log"],
  ["genesis", "log"],
  ["staff-signature", "log"],
  ["staff-number", "log"],
  ["staff-change", "log"],
  ["object", "log"],
  ["header", "header"],
  ["header-once", "header"],
  ["issuer-key", "header"],
  ["roll", "header"],
  ["form", "form"],
  ["form-once", "form"],
  ["form-trustees", "form"],
  ["changes", "header"],
  ["change-lines", "header"],
  ["ledger", "ledger"],
  ["ledger-signature", "ledger"],
  ["ledger-lines", "ledger"],
  ["ledger-time", "ledger"],
  ["key-destroyed", "ledger"],
  ["batch", "records"],
  ["window", "records"],
  ["record-place", "records"],
  ["record-format", "records"],
  ["record-key", "records"],
  ["record-body", "records"],
  ["record-token", "records"],
  ["record-proof", "records"],
  ["record-signature", "records"],
  ["record-sequence", "records"],
  ["close", "close"],
  ["issued", "close"],
  ["paper", "close"],
  ["result", "result"],
  ["result-place", "result"],
  ["cancel", "header"],
  ["dispute", "ledger"],
  ["moderation", "records"],
  ["opening", "close"],
  ["content", "records"],
  ["ceremony", "form"],
  ["opened", "result"],
  ["bundle", "log"],
];

/** All rules, by number. */
export const RULES: readonly RuleRow[] = TABLE.map(([name, phase], i) => ({
  no: i + 1,
  name,
  phase,
}));

/** Numbers by what the rules say. */
export const RULE = {
  checkpoint: 1,
  quorum: 2,
  consistency: 3,
  tree: 4,
  tiles: 5,
  entry: 6,
  genesis: 7,
  staffSignature: 8,
  staffNumber: 9,
  staffChange: 10,
  object: 11,
  header: 12,
  headerOnce: 13,
  issuerKey: 14,
  roll: 15,
  form: 16,
  formOnce: 17,
  formTrustees: 18,
  changes: 19,
  changeLines: 20,
  ledger: 21,
  ledgerSignature: 22,
  ledgerLines: 23,
  ledgerTime: 24,
  keyDestroyed: 25,
  batch: 26,
  window: 27,
  recordPlace: 28,
  recordFormat: 29,
  recordKey: 30,
  recordBody: 31,
  recordToken: 32,
  recordProof: 33,
  recordSignature: 34,
  recordSequence: 35,
  close: 36,
  issued: 37,
  paper: 38,
  result: 39,
  resultPlace: 40,
  cancel: 41,
  dispute: 42,
  moderation: 43,
  opening: 44,
  content: 45,
  ceremony: 46,
  opened: 47,
  bundle: 48,
} as const;

/** A rule that is broken: where (an entry's number; undefined: no entry's), and how. */
export type Verdict = { rule: number; index: number | undefined; why: string };

/** More broken places than this are not kept. */
const BROKEN_MAX = 100;

/** What was judged so far. */
export type Judge = {
  /** By rule; 0 is not used. */
  judged: number[];
  /** Index + 1 of the entry that a rule was last held against. */
  judgedAt: number[];
  broken: Verdict[];
};

export function newJudge(): Judge {
  const zeros = (): number[] => new Array<number>(RULES.length + 1).fill(0);
  return { judged: zeros(), judgedAt: zeros(), broken: [] };
}

/** Keep a broken rule, once. */
export function report(j: Judge, rule: number, index: number | undefined, why: string): void {
  const known = j.broken.some((v) => v.rule === rule && v.index === index && v.why === why);
  if (known) return;
  /* The tree comes last and explains the others. */
  if (j.broken.length === BROKEN_MAX && rule === RULE.tree) j.broken.pop();
  if (j.broken.length < BROKEN_MAX) j.broken.push({ rule, index, why });
}
