/**
 * Decides which of several files with the same module name is used.
 *
 * @module
 */
// @ts-types="../std_path.d.ts"
import { isAbsolute } from "@std/path";
import { moduleName } from "../bytes/module_name.ts";
import { printable } from "../bytes/text.ts";
import type { Message } from "../model.ts";
import { BUILT_IN, type Config, EXTERNAL } from "./config.ts";

/** A module file, as a walk finds it. */
export interface FoundFile {
  /** Its path, which begins with that of the directory walked, as it was given. */
  readonly path: string;
  /** The walk has found it before without following a link, and has now found it through one. */
  readonly again: boolean;
  /** Estimated milliseconds to read it; 0 if the walk does not measure it. */
  readonly cost: number;
}

/** A module file, with all that its path says. */
export interface ModuleFile extends FoundFile {
  /** Path by which it is opened: begins with the tree's directory or an external one. */
  readonly path: string;
  /** The path as it was found: relative if an external directory is given so. */
  readonly foundPath: string;
  /** Base name up to the first dot, `-` made `_`. */
  readonly name: string;
  /** Path as the index files have it: relative to the tree, else absolute. */
  readonly indexPath: string;
}

/**
 * Why one of two files with the same module name is used: an `override` names it; a word of `search`
 * names a directory around it, or says where `external` directories stand, or files that no word
 * names (`built-in`); or neither has priority, and it comes first (`order`).
 */
export type Rule = "override" | "search" | "external" | "built-in" | "order";

/** Two files with the same module name: the one that was kept, and the other one. */
export interface Contest {
  /** The module name. */
  readonly name: string;
  /** The paths of both as the index files have them. */
  readonly winner: string;
  readonly loser: string;
  readonly rule: Rule;
}

/** Whether a base name, or the path that ends with it, is that of a module file. */
export function isModuleFileName(name: string): boolean {
  return /[^/]\.ko(\.gz|\.xz|\.zst)?$/.test(name);
}

/** The path by which a file is opened that was found by this one; relative ones begin at `base`. */
export function openedPath(foundPath: string, { base }: { base: string }): string {
  return isAbsolute(foundPath) ? foundPath : `${base}/${foundPath}`;
}

/** The path as the index files have it of a file that is opened by this one. */
export function toIndexPath(path: string, { directory }: { directory: string }): string {
  return path.startsWith(directory + "/") ? path.slice(directory.length + 1) : path;
}

/**
 * The module file that was found.
 *
 * @param options.directory the tree's, without a slash at its end
 * @param options.base where relative paths begin
 */
export function toModuleFile(
  found: FoundFile,
  { directory, base }: { directory: string; base: string },
): ModuleFile {
  const foundPath = found.path;
  const path = openedPath(foundPath, { base });
  return {
    ...found,
    path,
    foundPath,
    name: moduleName(path),
    indexPath: toIndexPath(path, { directory }),
  };
}

/**
 * Whether an index can hold a path: indexes separate paths by white space and lines by newlines, and
 * hold ASCII only.
 */
export function isListable(indexPath: string): boolean {
  return /^[\x21-\x7e]+$/.test(indexPath);
}

/** The message for a file whose name keeps it out of the indexes, undefined for any other. */
export function refuseName({ path, indexPath, name }: ModuleFile): Message | undefined {
  if (isListable(indexPath) && name !== "") return undefined;
  const shown = printable(path);
  const text = `ignoring ${shown}: the name has white space, control or non-ASCII characters`;
  return { level: "error", code: "file-name", text, fails: true };
}

/** Which modules are used, and why. */
export interface Selection {
  readonly modules: ModuleFile[];
  readonly messages: Message[];
  /** Each time that two files had the same module name, in the order in which that was noticed. */
  readonly contests: Contest[];
}

/**
 * Of the files found, the one to use for each module name. A later one wins only if its priority is
 * strictly higher.
 *
 * @param found in the order in which they were found
 */
export function selectModules(found: readonly ModuleFile[], config: Config): Selection {
  const selected = new Map<string, ModuleFile>();
  const messages: Message[] = [];
  const contests: Contest[] = [];
  const ties: { held: ModuleFile; file: ModuleFile }[] = [];
  for (const file of found) {
    const refusal = refuseName(file);
    if (refusal !== undefined) {
      messages.push(refusal);
      continue;
    }
    const held = selected.get(file.name);
    if (held === undefined) {
      selected.set(file.name, file);
      continue;
    }
    const { advantage, rule } = comparePriority(file, held, config);
    contests.push(advantage > 0 ? contest(file, held, rule) : contest(held, file, rule));
    if (advantage > 0) selected.set(file.name, file);
    else if (advantage === 0 && !file.again) ties.push({ held, file });
  }
  for (const { held, file } of ties) {
    if (selected.get(held.name) !== held) continue; // both lost to a third
    const text = `${held.path} and ${file.path} have the same module name and the same priority: ` +
      "using the first";
    messages.push({ level: "warning", code: "same-priority", text, module: held.indexPath });
  }
  return { modules: [...selected.values()], messages, contests };
}

function contest(winner: ModuleFile, loser: ModuleFile, rule: Rule): Contest {
  return { name: winner.name, winner: winner.indexPath, loser: loser.indexPath, rule };
}

/**
 * The advantage is positive when the new file replaces the one held, 0 when their priorities are
 * equal. Overrides decide before search words do.
 */
function comparePriority(
  file: ModuleFile,
  held: ModuleFile,
  config: Config,
): { advantage: number; rule: Rule } {
  for (const override of config.overrides) {
    if (stem(file) === override) return { advantage: 1, rule: "override" };
    if (stem(held) === override) return { advantage: -1, rule: "override" };
  }
  const [filePriority, heldPriority] = rank(file, held, config);
  const advantage = filePriority - heldPriority;
  const highest = Math.max(filePriority, heldPriority);
  return { advantage, rule: advantage === 0 ? "order" : ruleOf(highest, config) };
}

/** The rule by which a file with this priority wins; see `rank`. */
function ruleOf(priority: number, { searches, externals }: Config): Rule {
  const rules = searches.flatMap((word): Rule[] => {
    if (word === EXTERNAL) return [...externals, ""].map(() => "external"); // and one that none has
    return [word === BUILT_IN ? "built-in" : "search"];
  });
  return rules[priority]!;
}

/** The path in the tree up to the end of the module name; undefined outside the tree. */
export function stem({ indexPath, name }: ModuleFile): string | undefined {
  if (indexPath.startsWith("/")) return undefined;
  return indexPath.slice(0, indexPath.lastIndexOf("/") + 1 + name.length);
}

/**
 * The priorities of both files: the index of the last search word that matches. A word that matches
 * the new file is not tried on the one held. A file that no word matches has the priority of
 * `built-in`.
 */
export function rank(file: ModuleFile, held: ModuleFile, config: Config): [number, number] {
  let builtIn = -1;
  let filePriority = -1;
  let heldPriority = -1;
  let priority = 0;
  for (const word of config.searches) {
    if (word === BUILT_IN) builtIn = priority;
    else if (word === EXTERNAL) {
      for (const directory of config.externals) {
        if (file.foundPath.startsWith(directory + "/")) filePriority = priority;
        if (held.path.startsWith(directory + "/")) heldPriority = priority;
        priority++;
      }
    } else if (isBelow(file, word)) filePriority = priority;
    else if (isBelow(held, word)) heldPriority = priority;
    priority++;
  }
  return [
    filePriority < 0 ? builtIn : filePriority,
    heldPriority < 0 ? builtIn : heldPriority,
  ];
}

/** Whether a file is in the tree, below a subdirectory of it. */
function isBelow({ indexPath }: ModuleFile, subdirectory: string): boolean {
  return !indexPath.startsWith("/") && indexPath.startsWith(subdirectory + "/");
}
