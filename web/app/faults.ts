/* What a Fault says to people: every code has a text WEB_FAULT_<CODE>. */
import { Fault } from "../core/fault.ts";
import { hasText, t } from "./texts.ts";

/** The name of the sentence for `fault`, never absent. */
export function faultName(fault: Fault): string {
  const own = `WEB_FAULT_${fault.code.toUpperCase().replaceAll("-", "_")}`;
  if (hasText(own)) return own;
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
