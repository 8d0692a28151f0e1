// The licences of what is shipped: packages in the bundles, the style, the font.
import { existsSync, readdirSync } from "node:fs";
import { byCode, problem, readText } from "./util.mjs";

const OTHERS = ["bootstrap-italia"];

function licenceOf(folder) {
  return readdirSync(folder).filter((name) => /^licen[cs]e(\.(md|txt))?$/i.test(name)).sort(byCode)[0];
}

/** The copyright and permission notices that the files bring along. */
export function buildLicences(root, packages) {
  const modules = `${root}/web/node_modules`;
  const parts = [];
  for (const name of [...new Set([...packages, ...OTHERS])].sort(byCode)) {
    const folder = `${modules}/${name}`;
    const { version, license } = JSON.parse(readText(`${folder}/package.json`));
    const file = licenceOf(folder);
    if (file === undefined) {
      problem(`${name} has no licence file`);
      continue;
    }
    parts.push(`${name} ${version} (${license})\n\n${readText(`${folder}/${file}`).trim()}\n`);
  }
  const font = `${modules}/bootstrap-italia/dist/fonts/Titillium_Web/OFL.txt`;
  if (existsSync(font)) parts.push(`Titillium Web (OFL-1.1), cut down\n\n${readText(font).trim()}\n`);
  const text = parts.join(`\n${"-".repeat(72)}\n\n`).replaceAll("\r\n", "\n");
  return { logical: "licences.txt", bytes: Buffer.from(text) };
}
