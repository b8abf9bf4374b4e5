/**
 * Reads the files that the kernel's build makes: in the tree `modules.order`, `modules.builtin`
 * and `modules.builtin.modinfo`; elsewhere `Module.symvers` and `System.map`.
 *
 * @module
 */
import { FatalError, SizeError, systemReason } from "../errors.ts";
import type { Message } from "../model.ts";
import { type Bounds, OutOfBoundsError, resolveLink } from "./bounds.ts";
import { isDirectory } from "./versions.ts";

/** Bytes of a file of the tree: those of the largest kernels have less than a million. */
const LARGEST = 1 << 26;

/** A file of the tree, or the message that it cannot be read. */
export function readBuildFile(
  directory: string,
  { name, bounds }: { name: string; bounds: Bounds },
): Uint8Array | Message {
  const path = `${directory}/${name}`;
  try {
    resolveLink(path, bounds);
    const { isFile, isDirectory, size } = Deno.statSync(path);
    if (!isFile && !isDirectory) throw new Error("Not a regular file");
    if (size > LARGEST) throw new SizeError(`${path} is larger than ${LARGEST} bytes`);
    return Deno.readFileSync(path);
  } catch (error) {
    if (error instanceof OutOfBoundsError || error instanceof SizeError) {
      const code = error instanceof SizeError ? "build-file" : "link-refused";
      return { level: "error", code, text: error.message, fails: true };
    }
    const text = isDirectory(directory)
      ? `could not open ${name} at ${directory}: ${systemReason(error)}`
      : `could not open directory ${directory}: ${systemReason(error)}`;
    return { level: "warning", code: "build-file", text };
  }
}

/** What stands for standard input in the place of a path. */
const STANDARD_INPUT = "-";

/** Bytes of a file of symbols: those of the largest kernels have some 20 million. */
const LARGEST_SYMBOL_FILE = 1 << 27;

/** Bytes that are read at once where the size is not known. */
const PIECE = 1 << 20;

/**
 * A file named on the command line, or standard input.
 *
 * @throws FatalError when it cannot be read, or is too large
 */
export function readSymbolFile(path: string): Uint8Array {
  if (path === STANDARD_INPUT) return readAll(Deno.stdin, "standard input");
  try {
    using file = Deno.openSync(path);
    return readAll(file, path);
  } catch (error) {
    if (error instanceof FatalError) throw error;
    const text = `could not load ${path}: ${systemReason(error)}${adviceFor(path)}`;
    throw new FatalError(text, "kernel-symbols");
  }
}

function adviceFor(path: string): string {
  return path === "/proc/kallsyms" ? "; use -F - </proc/kallsyms" : "";
}

function readAll(
  source: { readSync(target: Uint8Array): number | null },
  name: string,
): Uint8Array {
  let bytes = new Uint8Array(PIECE);
  let length = 0;
  for (;;) {
    const count = source.readSync(bytes.subarray(length));
    if (count === null) return bytes.subarray(0, length);
    length += count;
    if (length > LARGEST_SYMBOL_FILE) {
      const text = `could not load ${name}: larger than ${LARGEST_SYMBOL_FILE} bytes`;
      throw new FatalError(text, "kernel-symbols");
    }
    if (length === bytes.length) {
      const larger = new Uint8Array(bytes.length * 2);
      larger.set(bytes);
      bytes = larger;
    }
  }
}
