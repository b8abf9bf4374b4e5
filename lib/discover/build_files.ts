/**
 * Reads the files that the kernel's build makes: in the tree `modules.order`, `modules.builtin`
 * and `modules.builtin.modinfo`; elsewhere `Module.symvers` and `System.map`.
 *
 * @module
 */
import { FatalError, systemReason } from "../errors.ts";
import type { Message } from "../model.ts";

/** A file of the tree, or the warning that it cannot be read. */
export function readBuildFile(directory: string, name: string): Uint8Array | Message {
  try {
    return Deno.readFileSync(`${directory}/${name}`);
  } catch (error) {
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
