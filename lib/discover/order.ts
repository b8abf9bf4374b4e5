/**
 * The order of the modules: those that `modules.order` lists, as it lists them, then the others
 * in the order of the reference's hash table.
 *
 *     modules.order   kernel/fs/ext4/ext4.ko, one a line
 *
 * @module
 */
import { hashOrder } from "./hash_order.ts";
import { encodeStrings } from "../bytes/strings.ts";
import type { Message } from "../model.ts";
import type { ModuleFile } from "./select.ts";

/** Buckets of the reference's table of modules. */
const BUCKETS = 512;

/** Most characters of a line (PATH_MAX less newline and NUL). */
const LONGEST = 4094;

/** `modules.order`: its path, for messages, and its text. */
export interface OrderFile {
  readonly path: string;
  readonly text: string;
}

/**
 * The numbers of the modules, in the order in which the index files list them.
 *
 * @param file undefined when there is none
 */
export function orderModules(
  modules: readonly ModuleFile[],
  file: OrderFile | undefined,
): { order: Uint32Array; messages: Message[] } {
  const hashed = hashOrder(encodeStrings(modules.map(({ name }) => name)), BUCKETS);
  if (file === undefined) return { order: hashed, messages: [] };

  const lines = file.text.split("\n");
  const corrupted = findCorrupted(lines);
  if (corrupted >= 0) {
    const text = `${file.path}:${corrupted + 1} corrupted line misses '\\n'`;
    return { order: hashed, messages: [{ level: "error", text }] };
  }
  const byPath = new Map<string, number>();
  for (const module of hashed) byPath.set(uncompressedPath(modules[module]!), module);
  const ordered = new Set<number>();
  for (const line of lines) {
    const module = byPath.get(line);
    if (module !== undefined) ordered.add(module);
  }
  for (const module of hashed) ordered.add(module);
  return { order: Uint32Array.from(ordered), messages: [] };
}

/**
 * The index of the first line that the reference takes for corrupted: it is too long, has a NUL
 * after its first character, or is the last one and not empty, so that its newline is missing. -1
 * if there is none.
 */
function findCorrupted(lines: readonly string[]): number {
  return lines.findIndex((line, index) =>
    index === lines.length - 1 ? line !== "" : line.length > LONGEST || line.includes("\0", 1)
  );
}

/** The path in the tree, cut after as many characters as the module name and `.ko` have. */
function uncompressedPath({ indexPath, name }: ModuleFile): string {
  return indexPath.slice(0, indexPath.lastIndexOf("/") + 1 + name.length + ".ko".length);
}
