/**
 * Reads the eleven index files, to check them.
 *
 * @module
 */
import { isNotFound, systemReason } from "../errors.ts";
import { OUTPUT_NAMES } from "../render/files.ts";

/** Bytes of a file that is read: offsets in an index have so many bits. */
const LARGEST = 1 << 28;

/** The bytes of each index file by its name or, as a text, why there are none. */
export type IndexSet = ReadonlyMap<string, Uint8Array | string>;

/** Reads the index files of a directory. A symbolic link is not followed: no run leaves one. */
export function readIndexSet(directory: string): IndexSet {
  return new Map(OUTPUT_NAMES.map((name) => [name, readIndexFile(`${directory}/${name}`)]));
}

function readIndexFile(path: string): Uint8Array | string {
  try {
    const { isFile, size } = Deno.lstatSync(path);
    if (!isFile) return "not a regular file";
    if (size > LARGEST) return `larger than ${LARGEST} bytes`;
    return Deno.readFileSync(path);
  } catch (error) {
    return isNotFound(error) ? "missing" : `could not be read: ${systemReason(error)}`;
  }
}
