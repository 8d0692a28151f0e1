/*
 * How long the browser's audit takes: node web/test/bench_audit.ts FOLDER [SLUG],
 * a folder as `partecipa-audit fetch` makes it.  One JSON object: seconds by the
 * clock and of the processor, ballots, entries.
 */
import { audit } from "../audit/replay.ts";
import { stepsOf } from "../audit/steps.ts";
import { folderFiles } from "./folder.ts";

const [folder, slug] = process.argv.slice(2);
if (folder === undefined) {
  console.error("usage: bench_audit.ts FOLDER [SLUG]");
  process.exit(2);
}
const start = performance.now();
const before = process.cpuUsage();
const at: Record<string, number> = {};
let reports = 0;
const a = await audit({
  files: folderFiles(folder),
  slug,
  onProgress: (p) => {
    at[p.stage] = Math.round(performance.now() - start);
    reports++;
  },
});
const cpu = process.cpuUsage(before);
console.log(
  JSON.stringify({
    seconds: Number(((performance.now() - start) / 1000).toFixed(2)),
    cpu_seconds: Number(((cpu.user + cpu.system) / 1e6).toFixed(2)),
    entries: a.size,
    ballots: a.spaces.reduce((sum, s) => sum + s.counted, 0),
    broken: a.broken,
    steps: Object.fromEntries(stepsOf(a).map((s) => [s.name, s.state])),
    reports,
    ends_ms: at,
  }),
);
if (a.broken.length > 0) process.exit(1);
