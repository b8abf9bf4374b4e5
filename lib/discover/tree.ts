/**
 * Searches the tree and the external directories for module files.
 *
 * @module
 */
import { isNotGranted, systemReason } from "../errors.ts";
import type { Message } from "../model.ts";
import type { Bounds } from "./bounds.ts";
import { readingCost } from "./cost.ts";
import { type FoundFile, walkModules } from "./walk.ts";

/** Which directories are searched, and how. */
export interface TreeSearch {
  /** The tree. */
  readonly directory: string;
  /** External directories, which may be relative. */
  readonly externals: readonly string[];
  /** Names to pass over, at any depth. */
  readonly excludes: readonly string[];
  /** Where symbolic links may lead. */
  readonly bounds: Bounds;
}

/** What was found. */
export interface Finding {
  /** Module files in the tree, then in the external directories. */
  readonly files: readonly FoundFile[];
  readonly messages: readonly Message[];
  /** Why the tree itself cannot be searched. */
  readonly failure: string | undefined;
}

/**
 * Searches.
 *
 * @param onFile called with the cost of each file that is found, as soon as it is
 */
export function searchTree(search: TreeSearch, onFile: (cost: number) => void): Finding {
  const files: FoundFile[] = [];
  const messages: Message[] = [];
  const measure = (path: string) => {
    const cost = readingCost(path);
    onFile(cost);
    return cost;
  };
  const options = { ...search, measure, report: (message: Message) => messages.push(message) };
  for (const root of [search.directory, ...search.externals]) {
    try {
      for (const file of walkModules(root, options)) files.push(file);
    } catch (error) {
      const reason = systemReason(error);
      const text = `could not open directory ${root}: ${reason}`;
      messages.push({ level: "error", text, fails: isNotGranted(error) });
      if (root === search.directory) return { files, messages, failure: reason };
    }
  }
  return { files, messages, failure: undefined };
}
