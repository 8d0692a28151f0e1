// node merge.mjs BENCH.json MEASURES.json: what browsers measured, with the rest.
import { readFileSync, writeFileSync } from "node:fs";

const [bench, measures] = process.argv.slice(2);
const read = (path) => JSON.parse(readFileSync(path, "utf8"));
const units = { layout_shift: "share of the window that moved", ms: "ms of script at 1/6 of the speed" };
const rows = Object.entries(read(measures)).map(([name, value]) => ({
  name,
  value,
  unit: name.includes("_ms_") ? units.ms : units[name],
}));
writeFileSync(bench, `${JSON.stringify([...read(bench), ...rows], null, 1)}\n`);
for (const { name, value, unit } of rows) console.log(`${name} ${value} ${unit}`);
