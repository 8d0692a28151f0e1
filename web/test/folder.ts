/* A mirror's folder as an audit reads it. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { LogFiles } from "../audit/files.ts";

/** The files of ${dir}; null where there is none. */
export function folderFiles(dir: string): LogFiles {
  const read = async (name: string): Promise<Uint8Array | null> => {
    try {
      return new Uint8Array(await readFile(path.join(dir, name)));
    } catch (e) {
      if ((e as NodeJS.ErrnoException).code === "ENOENT") return null;
      throw e;
    }
  };
  return { log: (p) => read(`log/${p}`), object: (name) => read(`objects/${name}`) };
}
