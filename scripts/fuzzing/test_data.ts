/**
 * The files of testdata that the fuzzer begins with.
 *
 * @module
 */
import { decodeLatin1 } from "../../lib/bytes/text.ts";

const TEST_DATA = new URL("../../testdata/", import.meta.url).pathname;

/** Bytes of a file that is taken; a larger one would take most of the time. */
const LARGEST = 16384;

/**
 * The files below a directory of testdata whose paths match, in the order of their paths, each
 * content once.
 */
export function listFiles(directory: string, pattern: RegExp): Uint8Array[] {
  const contents = new Map<string, Uint8Array>();
  for (const path of listPaths(TEST_DATA + directory).filter((path) => pattern.test(path)).sort()) {
    const bytes = Deno.readFileSync(path);
    if (bytes.length <= LARGEST) contents.set(decodeLatin1(bytes), bytes);
  }
  return [...contents.values()];
}

function listPaths(directory: string): string[] {
  return [...Deno.readDirSync(directory)].flatMap(({ name, isDirectory, isFile }) => {
    const path = `${directory}/${name}`;
    return isDirectory ? listPaths(path) : isFile ? [path] : [];
  });
}
