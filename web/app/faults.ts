/*
 * The sentence for each Fault code, by its literal name, so that the build
 * puts the words into the table.  web/test/app_faults.test.ts holds the
 * sources against it.
 */
import { Fault } from "../core/fault.ts";
import { t } from "./texts.ts";

const TEXTS: Readonly<Record<string, string>> = {
  // of the way to the server
  offline: "WEB_FAULT_OFFLINE",
  timeout: "WEB_FAULT_TIMEOUT",
  unavailable: "WEB_FAULT_UNAVAILABLE",
  internal: "WEB_FAULT_INTERNAL",
  http: "WEB_FAULT_HTTP",
  stopped: "WEB_FAULT_STOPPED",
  "not-found": "WEB_FAULT_NOT_FOUND",
  "too-large": "WEB_FAULT_TOO_LARGE",
  // of the device
  "script-missing": "WEB_FAULT_SCRIPT_MISSING",
  storage: "WEB_FAULT_STORAGE",
  camera: "WEB_FAULT_CAMERA",
  // of what was typed
  format: "WEB_FAULT_FORMAT",
  "factor-text": "WEB_FAULT_FACTOR_TEXT",
  // refusals of an issuer (PROTOCOL 5)
  "token-request": "WEB_FAULT_TOKEN_REQUEST",
  "unknown-token-key": "WEB_FAULT_UNKNOWN_TOKEN_KEY",
  "issuance-closed": "WEB_FAULT_ISSUANCE_CLOSED",
  authorization: "WEB_FAULT_AUTHORIZATION",
  "not-on-roll": "WEB_FAULT_NOT_ON_ROLL",
  "code-replaced": "WEB_FAULT_CODE_REPLACED",
  "roll-signature": "WEB_FAULT_ROLL_SIGNATURE",
  factor: "WEB_FAULT_FACTOR",
  "factor-locked": "WEB_FAULT_FACTOR_LOCKED",
  "already-issued": "WEB_FAULT_ALREADY_ISSUED",
  // refusals of a record (PROTOCOL 6)
  "record-format": "WEB_FAULT_RECORD_FORMAT",
  "unknown-space": "WEB_FAULT_UNKNOWN_SPACE",
  "not-open": "WEB_FAULT_NOT_OPEN",
  "form-missing": "WEB_FAULT_FORM_MISSING",
  "record-key": "WEB_FAULT_RECORD_KEY",
  "record-body": "WEB_FAULT_RECORD_BODY",
  "record-token": "WEB_FAULT_RECORD_TOKEN",
  "record-proof": "WEB_FAULT_RECORD_PROOF",
  "record-signature": "WEB_FAULT_RECORD_SIGNATURE",
  "seq-limit": "WEB_FAULT_SEQ_LIMIT",
  "seq-used": "WEB_FAULT_SEQ_USED",
  "seq-gap": "WEB_FAULT_SEQ_GAP",
  "wrong-host": "WEB_FAULT_WRONG_HOST",
  dispute: "WEB_FAULT_DISPUTE",
};

/** What other areas add (their own codes), each with a literal name. */
const more: Record<string, string> = {};

/** Add the sentences of one area's codes; called while its module loads. */
export function faultTexts(texts: Readonly<Record<string, string>>): void {
  Object.assign(more, texts);
}

/** The name of the sentence for `fault`, never absent. */
export function faultName(fault: Fault): string {
  const own = TEXTS[fault.code] ?? more[fault.code];
  if (own !== undefined) return own;
  if (fault.kind === "lie") return "WEB_FAULT_LIE";
  return fault.kind === "offline" ? "WEB_FAULT_OFFLINE" : "WEB_FAULT_UNKNOWN";
}

/** What is the matter and what to do, in plain words. */
export function faultText(fault: Fault): string {
  return t(faultName(fault));
}

/** Anything that was thrown, as a Fault. */
export function toFault(thrown: unknown): Fault {
  if (thrown instanceof Fault) return thrown;
  const detail = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  return new Fault("device", "unknown", detail);
}
