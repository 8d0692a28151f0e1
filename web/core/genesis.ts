/* The log's first entry (PROTOCOL 8); refuses what audit/world_log.c refuses. */
import { equal, hex } from "./bytes.ts";
import type { Role } from "./entry.ts";
import type { Json, JsonObject } from "./json.ts";
import {
  getArray,
  getHex,
  getInt,
  getObject,
  getString,
  isObject,
  only,
  readDocument,
  refuse,
} from "./json.ts";
import { parseVkey } from "./note.ts";
import type { NoteKey } from "./note.ts";

export interface Staff {
  readonly pk: Uint8Array;
  readonly name: string;
  readonly role: Role;
}

export interface Genesis {
  readonly name: string;
  readonly origin: string;
  readonly receiptKey: NoteKey;
  readonly rehearsal: boolean;
  readonly staff: readonly Staff[];
}

const MEMBERS = [
  "log_key",
  "name",
  "origin",
  "predecessor",
  "receipt_key",
  "rehearsal",
  "staff",
  "version",
];
const ROLES: readonly Role[] = ["admin", "registrar", "desk", "moderator", "editor", "observer"];
const NAME_MAX = 255;
const STAFF_NAME_MAX = 100;

/** A key, a name and a role, as genesis and staff documents have them. */
export function readStaff(o: JsonObject): Staff {
  const role = getString(o, "role", 1, STAFF_NAME_MAX);
  return {
    pk: getHex(o, "key", 32),
    name: getString(o, "name", 1, STAFF_NAME_MAX),
    role: ROLES.find((r) => r === role) ?? refuse("there is no such role"),
  };
}

function readFounders(doc: JsonObject): Staff[] {
  const staff = getArray(doc, "staff", 2, 1000).map((o: Json, i) => {
    if (!isObject(o)) return refuse(`staff[${i}] is not an object`);
    only(o, ["key", "name", "role"]);
    return readStaff(o);
  });
  if (new Set(staff.map((s) => hex(s.pk))).size !== staff.length)
    return refuse("a staff key is there twice");
  if (staff.filter((s) => s.role === "admin").length < 2) return refuse("there are no two admins");
  return staff;
}

function checkPredecessor(doc: JsonObject): void {
  if (doc["predecessor"] === undefined) return;
  const o = getObject(doc, "predecessor");
  only(o, ["origin", "root", "size"]);
  getString(o, "origin", 1, NAME_MAX);
  getHex(o, "root", 32);
  getInt(o, "size", 0, 2 ** 52);
}

/**
 * The genesis document of the log whose key is `log`.  Fault("input",
 * "format"): malformed, or of another log.
 */
export function parseGenesis(bytes: Uint8Array, log: NoteKey): Genesis {
  const doc = readDocument(bytes, "genesis");
  only(doc, MEMBERS);
  getInt(doc, "version", 1, 1);
  const rehearsal = getInt(doc, "rehearsal", 0, 1) === 1;
  const key = parseVkey(getString(doc, "log_key", 1, 1000));
  const origin = getString(doc, "origin", 1, NAME_MAX);
  const receiptKey = parseVkey(getString(doc, "receipt_key", 1, 1000));
  if (key.type !== 1 || key.name !== log.name || !equal(key.pk, log.pk) || origin !== log.name)
    return refuse("the genesis is of another log");
  if (receiptKey.type !== 1 || receiptKey.name !== `${origin}/receipt`)
    return refuse(`receipt_key is not the key ${origin}/receipt`);
  checkPredecessor(doc);
  return {
    name: getString(doc, "name", 1, 200),
    origin,
    receiptKey,
    rehearsal,
    staff: readFounders(doc),
  };
}
