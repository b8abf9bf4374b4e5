/**
 * Reads the files that the kernel's build makes: in the tree `modules.order`, `modules.builtin`
 * and `modules.builtin.modinfo`; elsewhere `Module.symvers` and `System.map`.
 *
 * @module
 */
import { FatalError, SizeError, systemReason } from "../errors.ts";
import type { Message } from "../model.ts";
import { type Bounds, checkWithin, OutOfBoundsError } from "./bounds.ts";

/** Bytes of a file of the tree: those of the largest kernels have a few million. */
const LARGEST = 1 << 28;

/** A file of the tree, or the message that it cannot be read. */
export function readBuildFile(
  directory: string,
  { name, bounds }: { name: string; bounds: Bounds },
): Uint8Array | Message {
  const path = `${directory}/${name}`;
  try {
    checkWithin(path, bounds);
    const { isFile, isDirectory, size } = Deno.statSync(path);
    if (!isFile && !isDirectory) throw new Error("Not a regular file");
    if (size > LARGEST) throw new SizeError(`${path} is larger than ${LARGEST} bytes`);
    return Deno.readFileSync(path);
  } catch (error) {
    if (error instanceof OutOfBoundsError || error instanceof SizeError) {
      return { level: "error", text: error.message, fails: true };
    }
    const text = isDirectory(directory)
      ? `could not open ${name} at ${directory}: ${systemReason(error)}`
      : `could not open directory ${directory}: ${systemReason(error)}`;
    return { level: "warning", text };
  }
}

function isDirectory(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}

/**
 * A file named on the command line.
 *
 * @throws FatalError when it cannot be read
 */
export function readSymbolFile(path: string): Uint8Array {
  try {
    return Deno.readFileSync(path);
  } catch (error) {
    throw new FatalError(`could not load ${path}: ${systemReason(error)}`);
  }
}
