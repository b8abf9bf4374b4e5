/**
 * The order of the modules: those that `modules.order` lists, as it lists them, then the others
 * in the order of the reference's hash table.
 *
 *     modules.order   kernel/fs/ext4/ext4.ko, one a line
 *
 * @module
 */
import { hashOrder } from "../bytes/hash_order.ts";
import { encodeStrings } from "../bytes/strings.ts";
import type { Message, ModuleFile } from "../model.ts";

/** Buckets of the reference's table of modules. */
const BUCKETS = 512;

/** Characters that a line may have (PATH_MAX less newline and NUL). */
const LONGEST = 4094;

/**
 * Orders modules.
 *
 * @param order `modules.order`: its path, for messages, and what it says; undefined when absent
 */
export function orderModules(
  modules: readonly ModuleFile[],
  order: { path: string; text: string } | undefined,
): { modules: ModuleFile[]; messages: Message[] } {
  const hashed = Array.from(
    hashOrder(encodeStrings(modules.map(({ name }) => name)), BUCKETS),
    (index) => modules[index]!,
  );
  if (order === undefined) return { modules: hashed, messages: [] };

  const lines = order.text.split("\n");
  const corrupted = findCorrupted(lines);
  if (corrupted >= 0) {
    const text = `${order.path}:${corrupted + 1} corrupted line misses '\\n'`;
    return { modules: hashed, messages: [{ level: "error", text }] };
  }
  const byPath = new Map(hashed.map((module) => [uncompressedPath(module), module]));
  const listed = new Set<ModuleFile>();
  for (const line of lines) {
    const module = byPath.get(line);
    if (module !== undefined) listed.add(module);
  }
  const unlisted = hashed.filter((module) => !listed.has(module));
  return { modules: [...listed, ...unlisted], messages: [] };
}

/**
 * The first line that the reference cannot read as one: it is too long, has a NUL, or is the last
 * one and not empty, so that its newline is missing. -1 if there is none.
 */
function findCorrupted(lines: readonly string[]): number {
  return lines.findIndex((line, index) =>
    index === lines.length - 1 ? line !== "" : line.length > LONGEST || line.includes("\0", 1)
  );
}

/** The path in the tree with `.ko` for whatever follows the module name. */
function uncompressedPath({ indexPath, name }: ModuleFile): string {
  return indexPath.slice(0, indexPath.lastIndexOf("/") + 1 + name.length + ".ko".length);
}
