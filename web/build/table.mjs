// The C table of server/static.h; the assembler takes the bytes in.
import { sha } from "./util.mjs";

const TYPES = {
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
  txt: "text/plain; charset=utf-8",
  woff2: "font/woff2",
};

export function typeOf(logical) {
  const type = TYPES[logical.slice(logical.lastIndexOf(".") + 1)];
  if (type === undefined) throw new Error(`no media type for ${logical}`);
  return type;
}

/** A blob of the file as a symbol; its size is known here. */
function blob(name, path) {
  return `BLOB(${name}, "${path}")\n`;
}

function part(symbol, bytes) {
  const tag = sha(256, bytes, "hex").slice(0, 32);
  return `{ { ${symbol}, ${bytes.length} }, "\\"${tag}\\"" }`;
}

/**
 * `files`: [{ logical, name, path, bytes, br, gz }]; `dist`: where they are, as
 * the compiler is to find them.
 */
export function buildTable(files, manifest, dist) {
  let text = `#include "static.h"

#define BLOB(name, file) \\
	__asm__(".section .rodata\\n" \\
		".balign 16\\n" #name ":\\n.incbin \\"" file "\\"\\n.byte 0\\n" \\
		".previous\\n"); \\
	extern const uint8_t name[] __attribute__((visibility("hidden")));

`;
  const rows = files.map((file, i) => {
    const parts = [];
    for (const [j, [bytes, suffix]] of [[file.bytes, ""], [file.br, ".br"], [file.gz, ".gz"]].entries()) {
      if (bytes === undefined) {
        parts.push("{ { NULL, 0 }, NULL }");
        continue;
      }
      text += blob(`web_${i}_${j}`, `${dist}/${file.path}${suffix}`);
      parts.push(part(`web_${i}_${j}`, bytes));
    }
    const sri = `sha384-${sha(384, file.bytes, "base64")}`;
    return `\t{ "${file.logical}", "${file.name}", "/${file.path}",\n\t    "${typeOf(file.logical)}",\n` +
      `\t    "${sri}",\n\t    { ${parts.join(",\n\t\t")} } },\n`;
  });
  text += blob("web_manifest", `${dist}/MANIFEST`);
  text += `\nconst struct static_file static_files[] = {\n${rows.join("")}` +
    `\t{ NULL, NULL, NULL, NULL, NULL, { { { NULL, 0 }, NULL } } },\n};\n` +
    `\nconst struct slice static_manifest = { web_manifest, ${manifest.length} };\n`;
  return text;
}
