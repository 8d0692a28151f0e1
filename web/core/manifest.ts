/* The manifest of a web client's files (PROTOCOL 8), as audit/bundle.c has it. */
import { getHex, getInt, getObject, only, readDocument, refuse } from "./json.ts";

const FILES_MAX = 4096;
const PATH_MAX = 255;

/** Whether `path` is one to 255 characters of segments that are no dots. */
export function isManifestPath(path: string): boolean {
  return (
    path.length <= PATH_MAX &&
    path.split("/").every((s) => /^[A-Za-z0-9\-._~]+$/.test(s) && s !== "." && s !== "..")
  );
}

/** Hash by path, in the order of the document.  Fault("input", "format"). */
export function parseManifest(bytes: Uint8Array): ReadonlyMap<string, Uint8Array> {
  const doc = readDocument(bytes, "manifest");
  only(doc, ["files", "version"]);
  getInt(doc, "version", 1, 1);
  const files = getObject(doc, "files");
  const paths = Object.keys(files);
  if (paths.length < 1 || paths.length > FILES_MAX)
    return refuse(`the manifest has ${paths.length} files`);
  return new Map(
    paths.map((path) =>
      isManifestPath(path)
        ? [path, getHex(files, path, 32)]
        : refuse("the manifest has a bad path"),
    ),
  );
}
