// Titillium Web, cut down to the languages of the pages.
import { readFileSync } from "node:fs";
import subset from "subset-font";

const ASCII = String.fromCodePoint(...Array.from({ length: 95 }, (_, i) => 32 + i));
const ACCENTS = "àèéìîòóùÀÈÉÌÎÒÓÙ" + "äöüßÄÖÜẞ" + "âæçêëïôœûÿÂÆÇÊËÏÔŒÛŸ" + "áíúñÁÍÚÑ";
const TYPOGRAPHY = "\u00a0\u202f«»‹›“”„‘’‚–—…·•°ªº§×÷−±½¼¾€²³→←↑↓✓©®™";
const WEIGHTS = { 400: "regular", 600: "600" };

/** [{ logical: "titillium-400.woff2", bytes }, ...] */
export async function buildFonts(root) {
  const folder = `${root}/web/node_modules/bootstrap-italia/dist/fonts/Titillium_Web`;
  const out = [];
  for (const [weight, name] of Object.entries(WEIGHTS)) {
    const whole = readFileSync(`${folder}/titillium-web-v10-latin-ext_latin-${name}.woff2`);
    const bytes = await subset(whole, ASCII + ACCENTS + TYPOGRAPHY, { targetFormat: "woff2" });
    out.push({ logical: `titillium-${weight}.woff2`, bytes });
  }
  return out;
}
