// node web/build.mjs OUT [--lax]: the web client, from its sources to OUT/dist
// and OUT/static.c.  Run from the top of the repository.  The same sources and
// packages give the same bytes, wherever and whenever.
//
// --lax: say what is wrong or missing, and build what is there.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { buildFonts } from "./build/fonts.mjs";
import { buildLicences } from "./build/licences.mjs";
import { buildScript, packagesUsed } from "./build/scripts.mjs";
import { buildStyle } from "./build/style.mjs";
import { buildTable } from "./build/table.mjs";
import { buildTexts, offlineWords, readTexts } from "./build/texts.mjs";
import { byCode, filesBelow, hashedName, problem, problems, sha } from "./build/util.mjs";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
/** What the service worker never keeps, for it is of use only with a network. */
const ONLINE = /^(audit\.js|verify\.|home\.|licences\.txt|how-\d+\.svg)/;
/** What it fetches at once: all pages need it.  The rest comes when it is used. */
const EARLY = /^(style\.css|titillium-\d+\.woff2|favicon\.svg|logo\.svg)$/;
const COMPRESSIBLE = /\.(css|js|svg|txt)$/;

/** Written only if it changed: what depends on it is not made again for nothing. */
function write(path, bytes) {
  if (existsSync(path) && readFileSync(path).equals(Buffer.from(bytes))) return;
  mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
  writeFileSync(`${path}.new`, bytes, { mode: 0o644 });
  renameSync(`${path}.new`, path);
}

/** Under a name with a hash in /static; the service worker has one that stays. */
function served({ logical, bytes }) {
  const name = logical === "sw.js" ? logical : hashedName(logical, bytes);
  const path = logical === "sw.js" ? name : `static/${name}`;
  return { logical, name, path, bytes };
}

function pictures() {
  return filesBelow(`${root}/web/static`, /\.svg$/).map((path) => ({
    logical: path.slice(`${root}/web/static/`.length),
    bytes: readFileSync(path),
  }));
}

/** Smaller than the file, or not kept. */
function compress(file, old) {
  if (!COMPRESSIBLE.test(file.logical)) return file;
  const kept = (suffix, make) => {
    const path = `${old}/${file.path}${suffix}`;
    // A name with a hash tells that the file is the same one.
    const bytes = file.logical !== "sw.js" && existsSync(path) ? readFileSync(path) : make();
    return bytes.length < file.bytes.length ? bytes : undefined;
  };
  const br = kept(".br", () => brotliCompressSync(file.bytes, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_SIZE_HINT]: file.bytes.length },
  }));
  const gz = kept(".gz", () => {
    const bytes = gzipSync(file.bytes, { level: 9 });
    bytes[9] = 255; // no word of the operating system
    return bytes;
  });
  return { ...file, br, gz };
}

const pathsOf = (files) => new Map(files.map((f) => [f.logical, `/${f.path}`]));

function integrity(file) {
  return `sha384-${sha(384, file.bytes, "base64")}`;
}

/** The script of each page with its words, and those that are loaded later. */
async function scripts() {
  const texts = readTexts(root);
  const pages = filesBelow(`${root}/web/app/pages`, /\.tsx?$/).map((path) => basename(path));
  const out = [];
  for (const entry of pages) {
    const page = entry.replace(/\.tsx?$/, "");
    const made = await buildScript(root, `app/pages/${entry}`, `${page}.js`, {});
    if (made) out.push(made, ...buildTexts(root, texts, page, made.sources));
  }
  for (const [entry, logical] of [["app/qr.ts", "qr.js"], ["audit/worker.ts", "audit.js"]])
    out.push(await buildScript(root, entry, logical, {}));
  return out.filter((made) => made !== null).map(served);
}

/** Everything, in an order in which each knows the names of what it needs. */
async function make() {
  const files = [...(await buildFonts(root)), ...pictures()].map(served);
  files.push(served(await buildStyle(root, pathsOf(files))), ...(await scripts()));
  files.push(served(buildLicences(root, packagesUsed)));
  const offline = files.filter((f) => !ONLINE.test(f.logical)).map((f) =>
    ({ url: `/${f.path}`, integrity: integrity(f), early: EARLY.test(f.logical) }));
  const sw = await buildScript(root, "app/sw.ts", "sw.js", {
    PARTECIPA_FILES: offline,
    PARTECIPA_VERSION: sha(256, JSON.stringify(offline), "hex").slice(0, 16),
    PARTECIPA_WORDS: offlineWords(root),
  });
  if (sw) files.push(served(sw));
  return files.sort((a, b) => byCode(a.logical, b.logical));
}

/** PROTOCOL 8: the document whose hash is in the log, and its lines for sha256sum. */
function manifests(files) {
  const hashes = files.map((f) => [f.path, sha(256, f.bytes, "hex")])
    .sort(([a], [b]) => byCode(a, b));
  return {
    document: Buffer.from(JSON.stringify({ files: Object.fromEntries(hashes), version: 1 })),
    lines: hashes.map(([path, hash]) => `${hash}  ${path}\n`).join(""),
  };
}

function removeOthers(dist, keep) {
  for (const path of filesBelow(dist, /./)) if (!keep.has(path)) rmSync(path);
}

async function main() {
  const [out, ...flags] = process.argv.slice(2);
  if (out === undefined || flags.some((flag) => flag !== "--lax")) {
    console.error("usage: node web/build.mjs OUT [--lax]");
    return 2;
  }
  const dist = join(out, "dist");
  const files = (await make()).map((file) => compress(file, dist));
  const logical = new Set(files.map((f) => f.logical));
  if (logical.size !== files.length) problem("two files have one name");
  for (const text of problems) console.error(`web: ${text}`);
  if (problems.length > 0 && flags.length === 0) return 1;
  const { document, lines } = manifests(files);
  const written = new Map([["MANIFEST", document], ["MANIFEST.sha256", Buffer.from(lines)]]);
  for (const { path, bytes, br, gz } of files) {
    written.set(path, bytes);
    if (br) written.set(`${path}.br`, br);
    if (gz) written.set(`${path}.gz`, gz);
  }
  for (const [path, bytes] of written) write(join(dist, path), bytes);
  write(join(out, "static.c"), buildTable(files, document, dist));
  removeOthers(dist, new Set([...written.keys()].map((path) => join(dist, path))));
  return 0;
}

process.exitCode = await main();
