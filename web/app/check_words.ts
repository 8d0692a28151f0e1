/* The sentences of the page "check". */
import { secretOf, type Checked } from "../core/check.ts";
import { Fault } from "../core/fault.ts";
import type { Header } from "../core/header.ts";
import type { Found } from "../core/records.ts";
import type { Difference } from "../core/wallet.ts";
import { RECOVERY, typedLength } from "./codeinput.ts";
import { moment, plural, t, whole } from "./texts.ts";

/** What is wrong with a typed code, in words; "" where it is one. */
export function codeError(code: string, header: Header): string {
  const length = typedLength(code);
  if (length === 0) return t("WEB_CHECK_CODE_EMPTY");
  if (length < RECOVERY) return t("WEB_CHECK_CODE_SHORT", length);
  try {
    secretOf(code, header.id);
    return "";
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown;
    return t("WEB_CHECK_CODE_BAD");
  }
}

/** How many witnesses stand behind the log that was read. */
export function witnessText(c: Pick<Checked, "header" | "witnesses">): string {
  if (c.header.witnesses.quorum === 0) return t("WEB_CHECK_ALONE");
  return plural(c.witnesses, "WEB_CHECK_WITNESS_ONE", "WEB_CHECK_WITNESSES");
}

/** Where a ballot stands in the log. */
export function whereText(f: Found): string {
  return t("WEB_CHECK_WHERE", whole(f.index), whole(f.seq + 1), moment(f.windowEnd));
}

/** What differs, in words; what to do depends on it. */
export function differenceText(d: Difference, sealed: boolean): string {
  switch (d) {
    case "same":
      return "";
    case "form":
      return t("WEB_DIFFERS_FORM");
    case "token":
      return t("WEB_DIFFERS_TOKEN");
    case "choices":
      return t(sealed ? "WEB_DIFFERS_SEALED" : "WEB_DIFFERS_CHOICES");
    case "ciphertext":
      return t("WEB_DIFFERS_CIPHERTEXT");
    case "proof":
      return t("WEB_DIFFERS_PROOF");
    case "signature":
      return t("WEB_DIFFERS_SIGNATURE");
  }
}
