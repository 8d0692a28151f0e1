// TypeScript -> what browsers run, by esbuild.
import { existsSync } from "node:fs";
import * as esbuild from "esbuild";
import { problem } from "./util.mjs";

/*
 * Browsers since 2021; what is newer (the curves of WebCrypto) the
 * code asks for at run time.
 */
const TARGET = ["es2021", "chrome92", "firefox91", "safari15"];

/** The packages of node_modules that went into a bundle. */
export const packagesUsed = new Set();

/** Notes the packages; gives our own sources, below web/. */
function sourcesOf(metafile) {
  const own = [];
  for (const path of Object.keys(metafile.inputs)) {
    const found = /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path);
    if (found) packagesUsed.add(found[1]);
    else own.push(path);
  }
  return own.sort();
}

/**
 * One entry point -> { logical, bytes, sources }, null where it cannot be made.
 * `define` replaces names by values, in JSON.
 */
export async function buildScript(root, entry, logical, define) {
  if (!existsSync(`${root}/web/${entry}`)) {
    problem(`web/${entry} is missing`);
    return null;
  }
  try {
    const made = await esbuild.build({
      absWorkingDir: `${root}/web`,
      entryPoints: [entry],
      bundle: true,
      write: false,
      minify: true,
      format: "iife",
      platform: "browser",
      target: TARGET,
      charset: "utf8",
      legalComments: "none",
      sourcemap: false,
      metafile: true,
      jsx: "automatic",
      jsxImportSource: "preact",
      tsconfigRaw: { compilerOptions: { jsx: "react-jsx", jsxImportSource: "preact",
        verbatimModuleSyntax: true } },
      define: Object.fromEntries(
        Object.entries(define).map(([name, value]) => [name, JSON.stringify(value)])),
      logLevel: "silent",
    });
    const sources = sourcesOf(made.metafile);
    return { logical, bytes: Buffer.from(made.outputFiles[0].contents), sources };
  } catch (error) {
    for (const e of error.errors ?? [{ text: String(error) }])
      problem(`${e.location ? `web/${e.location.file}:${e.location.line}: ` : ""}${e.text}`);
    return null;
  }
}
