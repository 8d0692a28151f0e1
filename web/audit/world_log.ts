/* Entries of the log as a whole: genesis, staff, bundles; and staff signatures. */
import { hex } from "../core/bytes.ts";
import { signingRoles, verifySigner, type Entry } from "../core/entry.ts";
import { parseGenesis, readStaff } from "../core/genesis.ts";
import { getString, only, readDocument, refuse } from "../core/json.ts";
import { parseManifest } from "../core/manifest.ts";
import { RULE } from "./rules.ts";
import {
  check,
  fetchObject,
  must,
  mustParse,
  staffOf,
  type EntryOf,
  type Step,
  type World,
} from "./world.ts";

/** Rule 7. */
export function applyGenesis(t: Step, e: EntryOf<"genesis">): void {
  const { w } = t;
  must(t, RULE.genesis, t.index === 0, "a genesis that is not the first entry");
  const g = mustParse(t, RULE.genesis, "", () => parseGenesis(e.text, w.key));
  w.origin = g.origin;
  w.staff = g.staff.map((s) => ({ ...s, revoked: false, n: 0n }));
}

/** Rules 8 and 9 for every signer of an entry. */
export async function checkSigners(t: Step, e: Entry): Promise<void> {
  for (const g of e.signers) {
    const s = staffOf(t.w, g.pk);
    if (s === undefined && t.w.gap) continue;
    if (s === undefined || s.revoked) {
      check(t, RULE.staffSignature, false, `the key ${hex(g.pk)} is of nobody on the staff`);
    } else if (!signingRoles(e.kind).includes(s.role)) {
      check(t, RULE.staffSignature, false, `${s.name} (${s.role}) may not sign a ${e.kind}`);
    } else {
      const good = await verifySigner(e, t.w.origin!, g);
      check(t, RULE.staffSignature, good, `the signature of ${s.name} does not verify`);
    }
    if (s === undefined) continue;
    check(t, RULE.staffNumber, g.n > s.n, `${s.name} signed with number ${g.n} after ${s.n}`);
  }
}

function admins(w: World): number {
  return w.staff.filter((s) => s.role === "admin" && !s.revoked).length;
}

/** Rule 10. */
export function applyStaff(t: Step, e: EntryOf<"staff">): void {
  const { w } = t;
  const [action, s] = mustParse(t, RULE.staffChange, "", () => {
    const doc = readDocument(e.text, "staff");
    only(doc, ["action", "key", "name", "role"]);
    const what = getString(doc, "action", 1, 20);
    if (what !== "add" && what !== "revoke") return refuse("the action is neither add nor revoke");
    return [what, readStaff(doc)] as const;
  });
  const old = staffOf(w, s.pk);
  if (action === "add") {
    must(t, RULE.staffChange, old === undefined, `the key of ${s.name} was added before`);
    w.staff.push({ ...s, revoked: false, n: 0n });
    return;
  }
  const known = old !== undefined && !old.revoked && old.role === s.role;
  must(t, RULE.staffChange, known, `${s.name} is not on the staff with this key and role`);
  const left = admins(w) - (old!.role === "admin" ? 1 : 0);
  check(t, RULE.staffChange, left >= 2, `without ${s.name} fewer than two admins remain`);
  old!.revoked = true;
}

/** Rule 48. */
export async function applyBundle(t: Step, e: EntryOf<"bundle">): Promise<void> {
  const bytes = await fetchObject(t, e.object);
  let why = "";
  try {
    parseManifest(bytes);
  } catch (error) {
    why = `the manifest: ${error instanceof Error ? error.message : ""}`;
  }
  check(t, RULE.bundle, why === "", why);
}
