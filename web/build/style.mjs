// web/style/style.scss -> one style sheet with the rules that pages use.
import { existsSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { PurgeCSS } from "purgecss";
import * as sass from "sass";
import { filesBelow, problem, readText } from "./util.mjs";

/*
 * Names are looked for in whatever has them as text: string literals of the C
 * pages and of the islands.  What is written in pieces is listed here.
 */
const SAFELIST = {
  standard: ["html", "body", "open", "issuance", "cancelled", "result"],
  deep: [/^:root/],
  variables: [/^--bootstrap-italia/],
};

function compile(root) {
  const ours = `${root}/web/style/style.scss`;
  const options = {
    style: "compressed",
    charset: false,
    loadPaths: [`${root}/web/style`, `${root}/web/node_modules/bootstrap-italia/src/scss`,
      `${root}/web/node_modules`],
    quietDeps: true,
    silenceDeprecations: ["import", "global-builtin", "color-functions", "if-function"],
    logger: sass.Logger.silent,
    url: pathToFileURL(ours),
  };
  if (existsSync(ours)) return sass.compile(ours, options).css;
  problem("web/style/style.scss is missing");
  return "";
}

/** The sources that name classes, as one text: what PurgeCSS looks through. */
function contents(root) {
  return [
    ...filesBelow(`${root}/web/app`, /\.tsx?$/),
    ...filesBelow(`${root}/server`, /^page.*\.c$|^handle_.*\.c$|^html\.c$/),
  ].map((path) => ({ raw: readText(path), extension: "txt" }));
}

/** url(name) of a logical name -> the served name; data: stays. */
function resolveUrls(css, urls) {
  return css.replace(/url\((["']?)(?!data:)([^"')]+)\1\)/g, (whole, _, url) => {
    const name = url.replace(/^\/static\//, "");
    if (url.startsWith("#")) return whole;
    if (!urls.has(name)) {
      problem(`web/style: url(${url}) is none of our files`);
      return whole;
    }
    return `url(${urls.get(name)})`;
  });
}

/** `urls`: logical name -> path, of fonts and pictures. */
export async function buildStyle(root, urls) {
  const [purged] = await new PurgeCSS().purge({
    content: contents(root),
    css: [{ raw: compile(root) }],
    safelist: SAFELIST,
    keyframes: true,
    fontFace: false,
    variables: false,
    defaultExtractor: (text) => text.match(/[A-Za-z0-9_-]+/g) ?? [],
  });
  const css = resolveUrls(purged.css, urls);
  if (!css.includes("--bootstrap-italia-version"))
    problem("the style sheet lost --bootstrap-italia-version");
  return { logical: "style.css", bytes: Buffer.from(css.endsWith("\n") ? css : `${css}\n`) };
}
