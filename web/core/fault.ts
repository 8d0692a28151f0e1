/*
 * What can go wrong, for people: `code` names the sentence of the translation
 * table (WEB_FAULT_<CODE>), `detail` says in English what a technician or an
 * auditor wants to know, `evidence` is what an auditor should be given.
 */

/**
 * input: what was typed or chosen; offline: no answer came; refused: the server
 * said no (problem+json, whose type is the code); lie: what the server gave
 * contradicts the log or is not signed, which is evidence; device: this browser
 * cannot do it.
 */
export type FaultKind = "input" | "offline" | "refused" | "lie" | "device";

export class Fault extends Error {
  readonly kind: FaultKind;
  readonly code: string;
  readonly detail: string;
  readonly evidence: string | undefined;

  constructor(kind: FaultKind, code: string, detail = "", evidence?: string) {
    super(detail === "" ? code : `${code}: ${detail}`);
    this.name = "Fault";
    this.kind = kind;
    this.code = code;
    this.detail = detail;
    this.evidence = evidence;
  }
}
