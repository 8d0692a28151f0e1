import assert from "node:assert/strict";
import { test } from "node:test";
import { KINDS, taken, verdicts } from "./verdicts.ts";

for (const kind of Object.keys(KINDS))
  test(`altered: ${kind}: what the other client takes and refuses`, async () => {
    const all = verdicts().filter((v) => v.kind === kind);
    assert.ok(all.length > 20);
    for (const v of all)
      assert.equal(await taken(v), v.taken === 1, JSON.stringify(v).slice(0, 300));
  });
