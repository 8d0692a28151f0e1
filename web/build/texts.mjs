// server/texts.def and web/texts.def -> for each bundle one script per language,
// with the words that its sources name and no others.
import { filesBelow, problem, readText } from "./util.mjs";

const LANGS = ["it", "en"];
const ENTRY = /^TEXT\(([A-Z][A-Z0-9_]*),\n {4}"((?:[^"\\\n]|\\["\\n])*)",\n {4}"((?:[^"\\\n]|\\["\\n])*)"\)$/;

/** The literals of C that the tables may have: \" \\ \n. */
function unescape(literal) {
  return literal.replace(/\\(.)/g, (_, c) => (c === "n" ? "\n" : c));
}

/** A table: name -> { it, en }; whatever is not an entry or a comment is refused. */
export function readTable(path) {
  const table = new Map();
  const source = readText(path).replace(/\/\*[\s\S]*?\*\//g, "");
  for (const part of source.split(/\n(?=TEXT\()/)) {
    const text = part.trim();
    if (text === "") continue;
    const found = ENTRY.exec(text);
    if (!found) {
      problem(`${path}: not TEXT(NAME,\\n    "it",\\n    "en"): ${text.slice(0, 60)}`);
      continue;
    }
    const [, name, ...words] = found;
    if (table.has(name)) problem(`${path}: ${name} is there twice`);
    if (words.some((word) => word.trim() === "")) problem(`${path}: ${name} lacks a language`);
    table.set(name, Object.fromEntries(LANGS.map((lang, i) => [lang, unescape(words[i])])));
  }
  return table;
}

/** What {1} to {4} a text has, as one string to compare. */
function blanks(text) {
  return [...new Set(text.match(/\{\d\}/g) ?? [])].sort().join("");
}

/** Names in quotes, and those that t(...) is called with. */
function namesIn(sources) {
  const quoted = new Set();
  const called = new Map();
  for (const path of sources) {
    const text = readText(path);
    for (const [, name] of text.matchAll(/["'`]([A-Z][A-Z0-9_]*)["'`]/g)) quoted.add(name);
    for (const [, name] of text.matchAll(/\bt\(\s*["'`]([^"'`$]*)["'`]/g)) called.set(name, path);
  }
  return { quoted, called };
}

const faultName = (code) => `WEB_FAULT_${code.toUpperCase().replaceAll("-", "_")}`;

/** The texts that are needed for the faults thrown here. */
function faultNames(sources) {
  const codes = new Set();
  const thrown = /new Fault\(\s*"[a-z]+",\s*"([a-z0-9-]+)"/g;
  for (const path of sources)
    for (const [, code] of readText(path).matchAll(thrown)) codes.add(code);
  return new Set([...codes].map(faultName));
}

/** What the service worker says by itself: a table of its own, in its script. */
const OFFLINE = {
  title: "WEB_NO_NETWORK_TITLE",
  text: "WEB_NO_NETWORK_TEXT",
  again: "WEB_NO_NETWORK_AGAIN",
};

export function offlineWords(root) {
  const web = readTable(`${root}/web/texts.def`);
  const words = (lang) => Object.entries(OFFLINE).map(([key, name]) => {
    if (!web.has(name)) problem(`web/texts.def lacks ${name}`);
    return [key, web.get(name)?.[lang] ?? name];
  });
  return Object.fromEntries(LANGS.map((lang) => [lang, Object.fromEntries(words(lang))]));
}

/** Both tables, checked against all that the sources say. */
export function readTexts(root) {
  const server = readTable(`${root}/server/texts.def`);
  const web = readTable(`${root}/web/texts.def`);
  const all = new Map([...server, ...web]);
  for (const name of web.keys()) {
    if (!name.startsWith("WEB_")) problem(`web/texts.def: ${name} does not begin with WEB_`);
    if (server.has(name)) problem(`web/texts.def: ${name} is in server/texts.def too`);
  }
  for (const [name, words] of all)
    if (blanks(words.it) !== blanks(words.en)) problem(`${name}: other blanks in English`);
  const sources = ["app", "audit", "core"].flatMap((f) =>
    filesBelow(`${root}/web/${f}`, /\.tsx?$/));
  const { quoted, called } = namesIn(sources);
  for (const [name, path] of called)
    if (!all.has(name)) problem(`${path}: no text is called ${name}`);
  for (const name of faultNames(sources))
    if (!web.has(name)) problem(`web/texts.def lacks ${name}, the words of a Fault`);
  for (const name of web.keys())
    if (!name.startsWith("WEB_FAULT_") && !quoted.has(name) &&
        !Object.values(OFFLINE).includes(name)) problem(`nobody says ${name}`);
  return all;
}

/** The codes that a server's refusal may carry: any page may meet them. */
function refusals(root) {
  return [...readText(`${root}/server/problem.c`).matchAll(/"([a-z]+(?:-[a-z]+)*)"/g)]
    .map(([, code]) => code);
}

/** The scripts "booth.it.js", "booth.en.js": what the sources of one bundle may say. */
export function buildTexts(root, all, bundle, sources) {
  const paths = sources.map((path) => `${root}/web/${path}`);
  const { quoted } = namesIn(paths);
  if (![...quoted].some((name) => all.has(name))) return [];
  const codes = new Set(refusals(root));
  for (const path of paths)
    for (const [, code] of readText(path).matchAll(/["'`]([a-z0-9]+(?:-[a-z0-9]+)*)["'`]/g))
      codes.add(code);
  const faults = new Set([...codes].map(faultName));
  const names = [...all.keys()].filter((name) => quoted.has(name) || faults.has(name)).sort();
  return LANGS.map((lang) => ({
    logical: `${bundle}.${lang}.js`,
    bytes: Buffer.from(
      `globalThis.partecipaTexts=${JSON.stringify(
        Object.fromEntries(names.map((name) => [name, all.get(name)[lang]])))};\n`),
  }));
}
