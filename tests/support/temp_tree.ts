/**
 * Temporary directories with files in them.
 *
 * @module
 */
import { latin1 } from "./elf_builder.ts";
import { withTemporary, writeTree } from "./tree.ts";

/** Content by path; texts are latin1. `{ target }` makes a symbolic link. */
export type TreeFiles = Readonly<Record<string, string | Uint8Array | { target: string }>>;

/** Calls `body` with a new directory that holds `files`, and removes it afterwards. */
export function withTree<T>(files: TreeFiles, body: (root: string) => T): T {
  const entries = Object.entries(files).map(([path, content]) => {
    return [path, typeof content === "string" ? latin1(content) : content] as const;
  });
  return withTemporary((root) => {
    writeTree(root, new Map(entries));
    return body(root);
  });
}
