// web_build.mjs URL DIST: the pages of a server against the files of the build.
import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { HtmlValidate } from "../web/node_modules/html-validate/dist/esm/index.js";

const BUDGET = 100_000; // bytes of the booth's first load
const [url, dist] = process.argv.slice(2);
let failed = false;
let faults = [];

function ok(name) {
  console.log(`${faults.length === 0 ? "ok" : "not ok"} ${name}`);
  for (const fault of faults) console.log(`  ${fault}`);
  failed ||= faults.length > 0;
  faults = [];
}

const sri = (bytes) => `sha384-${createHash("sha384").update(bytes).digest("base64")}`;
const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

/** As a browser asks; the bytes as they were sent. */
async function get(path, accept = "text/html") {
  const { request } = await import("node:http");
  return new Promise((done, fail) => {
    const ask = request(url + path, { headers: { Accept: accept, "Accept-Encoding": "gzip, br" } },
      (answer) => {
        const parts = [];
        answer.on("data", (part) => parts.push(part));
        answer.on("end", () => {
          const sent = Buffer.concat(parts);
          const br = answer.headers["content-encoding"] === "br";
          done({ status: answer.statusCode, headers: answer.headers, sent,
            bytes: br ? brotliDecompressSync(sent) : sent });
        });
      });
    ask.on("error", fail);
    ask.end();
  });
}

function manifest() {
  const text = readFileSync(join(dist, "MANIFEST"), "utf8");
  const { files, version } = JSON.parse(text);
  const names = Object.keys(files);
  if (text !== JSON.stringify({ files, version }) || version !== 1) faults.push("not canonical");
  if (names.join() !== [...names].sort().join()) faults.push("paths are not sorted");
  const there = readdirSync(dist, { recursive: true, withFileTypes: true })
    .filter((e) => e.isFile()).map((e) => join(e.parentPath, e.name).slice(dist.length + 1));
  for (const path of there) {
    const plain = path.replace(/\.(br|gz)$/, "");
    if (!plain.startsWith("MANIFEST") && !(plain in files)) faults.push(`${path} is not in it`);
  }
  ok("the manifest is canonical and has every file");
  for (const [path, hash] of Object.entries(files)) {
    const bytes = readFileSync(join(dist, path));
    if (sha256(bytes) !== hash) faults.push(`${path}: other contents`);
    if (path !== "sw.js" && path.split(".").at(-2) !== hash.slice(0, 16))
      faults.push(`${path}: another name than its hash`);
    if (there.includes(`${path}.br`) && !brotliDecompressSync(readFileSync(join(dist, `${path}.br`))).equals(bytes))
      faults.push(`${path}.br: other contents`);
    if (there.includes(`${path}.gz`) && !gunzipSync(readFileSync(join(dist, `${path}.gz`))).equals(bytes))
      faults.push(`${path}.gz: other contents`);
  }
  ok("files have the contents of their hashes, compressed too");
  return files;
}

/** The attributes of each tag of a name. */
function tags(html, name) {
  return [...html.matchAll(new RegExp(`<${name}\\b([^>]*)>`, "g"))].map(([, text]) =>
    Object.fromEntries([...text.matchAll(/([a-z-]+)(?:="([^"]*)")?/g)].map(([, k, v]) => [k, v ?? ""])));
}

const validator = new HtmlValidate({ root: true, extends: ["html-validate:standard"] });
const invalid = [];

async function validate(path, html) {
  for (const { messages } of (await validator.validateString(html)).results)
    for (const { line, ruleId, message } of messages) invalid.push(`${path}:${line}: ${ruleId}: ${message}`);
}

/** One page: nothing inline, nothing foreign, what it loads is pinned. */
async function page(path) {
  const answer = await get(path);
  const html = answer.bytes.toString("utf8");
  const say = (fault) => faults.push(`${path}: ${fault}`);
  await validate(path, html);
  if (answer.status !== 200) say(`answered ${answer.status}`);
  if (/\sstyle=|<style|\son[a-z]+=|javascript:/i.test(html)) say("style or script in the page");
  if (/<(script|link|img|iframe|source)[^>]*(src|href)="(https?:)?\/\//i.test(html)) say("loads what is not ours");
  for (const script of tags(html, "script")) {
    if (!script.src) say("a script in the page");
    else if (script.integrity !== sri((await get(script.src)).bytes)) say(`integrity of ${script.src}`);
  }
  for (const link of tags(html, "link"))
    if (link.rel === "stylesheet" && link.integrity !== sri((await get(link.href)).bytes))
      say(`integrity of ${link.href}`);
  for (const app of tags(html, "div")) {
    if (app["data-qr-sri"] && app["data-qr-sri"] !== sri((await get(app["data-qr"])).bytes)) say("integrity of qr.js");
    if (app["data-audit"] && (await get(app["data-audit"])).status !== 200) say("audit.js is not there");
  }
  for (const [, file] of html.matchAll(/"(\/static\/[^"]+)"/g))
    if ((await get(file)).status !== 200) say(`${file} is not there`);
  return html;
}

/** Everything that the browser asks for before the booth is ready. */
async function firstLoad(slug) {
  const path = `/spazi/${slug}/vota`;
  const html = (await get(path)).bytes.toString("utf8");
  const wanted = [path];
  for (const tag of [...tags(html, "script"), ...tags(html, "img")]) if (tag.src) wanted.push(tag.src);
  for (const tag of tags(html, "link")) if (tag.href?.startsWith("/static/")) wanted.push(tag.href);
  for (const part of ["header", "form"]) wanted.push(`/api/v1/spaces/${slug}/${part}`);
  let sum = 0;
  for (const what of [...new Set(wanted)]) {
    const { sent } = await get(what, "*/*");
    sum += sent.length;
    console.log(`   ${String(sent.length).padStart(6)} ${what}`);
  }
  console.log(`   ${String(sum).padStart(6)} bytes: the booth's first load (at most ${BUDGET})`);
  if (sum > BUDGET) faults.push(`${sum} bytes`);
  ok("the booth's first load fits");
}

const files = manifest();
for (const [path, hash] of Object.entries(files))
  if (sha256((await get(`/${path}`, "*/*")).bytes) !== hash) faults.push(`${path}: not what is served`);
ok("the server gives the files of the manifest");
const [{ slug }] = JSON.parse((await get("/api/v1/spaces", "*/*")).bytes);
const space = `/spazi/${slug}`;
for (const path of ["/", "/come-funziona", "/privacy", "/note-legali", "/verifica", "/ritira", "/tessere",
  "/kiosk", "/controlla", space, `${space}/vota`, `${space}/controlla`, `${space}/risultati`])
  for (const lang of ["", "?lang=en"]) await page(path + lang);
ok("pages have nothing inline, nothing foreign, and pin what they load");
await validate("nothing", "<p><div></p>");
if (invalid.length === 0) faults.push("the validator finds nothing in what is broken");
faults.push(...invalid.filter((text) => !text.startsWith("nothing:")));
ok("pages are valid HTML");
await firstLoad(slug);
process.exitCode = failed ? 1 : 0;
