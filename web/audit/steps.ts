/*
 * What an audit says to people: steps, each with the rules that it covers, and
 * what this audit does not check.
 */
import type { Audit } from "./replay.ts";
import { RULE, type Verdict } from "./rules.ts";

export type StepName =
  | "checkpoint"
  | "log"
  | "staff"
  | "objects"
  | "documents"
  | "ceremony"
  | "roll"
  | "ledgers"
  | "records"
  | "close"
  | "openings"
  | "contents"
  | "result";

export type StepRow = { name: StepName; rules: readonly number[] };

/** All steps in the order in which people read them; every rule is in one. */
export const STEPS: readonly StepRow[] = [
  { name: "checkpoint", rules: [RULE.checkpoint, RULE.quorum, RULE.consistency] },
  { name: "log", rules: [RULE.tree, RULE.tiles, RULE.entry, RULE.genesis] },
  { name: "staff", rules: [RULE.staffSignature, RULE.staffNumber, RULE.staffChange] },
  { name: "objects", rules: [RULE.object, RULE.bundle] },
  {
    name: "documents",
    rules: [
      RULE.header,
      RULE.headerOnce,
      RULE.issuerKey,
      RULE.form,
      RULE.formOnce,
      RULE.formTrustees,
      RULE.cancel,
    ],
  },
  { name: "ceremony", rules: [RULE.ceremony] },
  { name: "roll", rules: [RULE.roll, RULE.changes, RULE.changeLines] },
  {
    name: "ledgers",
    rules: [
      RULE.ledger,
      RULE.ledgerSignature,
      RULE.ledgerLines,
      RULE.ledgerTime,
      RULE.keyDestroyed,
      RULE.dispute,
    ],
  },
  {
    name: "records",
    rules: [
      RULE.batch,
      RULE.window,
      RULE.recordPlace,
      RULE.recordFormat,
      RULE.recordKey,
      RULE.recordBody,
      RULE.recordToken,
      RULE.recordProof,
      RULE.recordSignature,
      RULE.recordSequence,
    ],
  },
  { name: "close", rules: [RULE.close, RULE.issued, RULE.paper] },
  { name: "openings", rules: [RULE.opening, RULE.opened] },
  { name: "contents", rules: [RULE.moderation, RULE.content] },
  { name: "result", rules: [RULE.result, RULE.resultPlace] },
];

/** nothing: no entry was of this kind. */
export type StepState = "held" | "broken" | "not-due" | "nothing";

export type StepResult = StepRow & { state: StepState; judged: number; broken: Verdict[] };

/** The steps of a finished audit. */
export function stepsOf(a: Audit): StepResult[] {
  return STEPS.map((row) => {
    const broken = a.broken.filter((v) => row.rules.includes(v.rule));
    const judged = row.rules.reduce((sum, rule) => sum + a.judged[rule]!, 0);
    const waits = row.rules.some((rule) => a.notDue[rule] === true);
    let state: StepState = judged > 0 ? "held" : "nothing";
    if (waits) state = "not-due";
    if (broken.length > 0) state = "broken";
    return { ...row, state, judged, broken };
  });
}

/** Whether nothing is broken and everything was due. */
export function isComplete(a: Audit): boolean {
  return a.broken.length === 0 && a.notDue.every((n) => !n);
}

export type NotChecked = {
  name: "explain" | "policy" | "page" | "pictures" | "fork";
  /** Of tests/test_broken.c: what only the independent auditor finds. */
  elections: readonly string[];
};

/** What this audit leaves to partecipa-audit. */
export const NOT_CHECKED: readonly NotChecked[] = [
  /* The explanation of a result: its tables are not made again. */
  { name: "explain", elections: [] },
  /* A witness policy of one's own: only the quorum that headers name. */
  { name: "policy", elections: [] },
  /* What is in the files of pictures: only that they are the ones that the form names. */
  { name: "pictures", elections: [] },
  /* The page that runs this: it comes from the server that is audited. */
  { name: "page", elections: [] },
  /* Whether other people are shown another log. */
  { name: "fork", elections: [] },
];
