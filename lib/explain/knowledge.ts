/**
 * All that the explanations of a name are made from, with what they look for in it.
 *
 * @module
 */
import { countStrings, stringBytes } from "../bytes/strings.ts";
import { decodeLatin1, encodeLatin1 } from "../bytes/text.ts";
import type { Config } from "../discover/config.ts";
import type { ModuleFile } from "../discover/select.ts";
import type {
  BuiltinFiles,
  Fault,
  KernelSymbol,
  ModuleFiles,
  StringFacts,
  Strings,
  SymbolFacts,
} from "../model.ts";
import type { ModuleLists } from "../resolve/graph.ts";
import { lookUp, type SymbolTable } from "../resolve/symbols.ts";

/** A tree whose modules have been read. Numbers of modules and of names are those of the facts. */
export interface Knowledge extends BuiltinFiles {
  readonly modules: ModuleFiles;
  /** All module files that were found, in that order, with those that are not used. */
  readonly files: readonly ModuleFile[];
  readonly config: Config;
  readonly symbols: SymbolFacts;
  readonly strings: StringFacts;
  readonly faults: readonly Fault[];
  readonly table: SymbolTable;
  /** The symbols that the kernel itself defines, if a file of them was named (-E, -F). */
  readonly kernel: readonly KernelSymbol[];
  /** One character dropped from the start of symbol names (-P). */
  readonly prefix: string | undefined;
  /** The modules that each module needs a symbol of. */
  readonly direct: ModuleLists;
  /** All that each module depends on, as `modules.dep` has it; undefined if there is a cycle. */
  readonly dependencies: ModuleLists | undefined;
}

/** Numbers of the strings in a list, which begins at `starts[index]`. */
export function numbersOf(starts: Uint32Array, index: number): number[] {
  const [start, end] = [starts[index]!, starts[index + 1]!];
  return Array.from({ length: end - start }, (_, i) => start + i);
}

/** The list of a module. */
export function modulesOf({ starts, modules }: ModuleLists, module: number): Uint32Array {
  return modules.subarray(starts[module], starts[module + 1]);
}

/** The modules whose lists have a module. */
export function findUsers(lists: ModuleLists, module: number): number[] {
  const users: number[] = [];
  for (let user = 0; user + 1 < lists.starts.length; user++) {
    if (modulesOf(lists, user).includes(module)) users.push(user);
  }
  return users;
}

/** String `index` of a list, a character for each byte. */
export function latin1At(strings: Strings, index: number): string {
  return decodeLatin1(stringBytes(strings, index));
}

/** The number of a text in a list of strings. */
export function findString(strings: Strings, text: string): number | undefined {
  if (/[^\0-\xff]/.test(text)) return undefined;
  const wanted = encodeLatin1(text);
  for (let i = 0; i < countStrings(strings); i++) {
    const bytes = stringBytes(strings, i);
    if (bytes.length === wanted.length && bytes.every((byte, at) => byte === wanted[at])) return i;
  }
  return undefined;
}

/** The symbols that a module needs, by the module that defines them; those of no module apart. */
export function groupNeeds(
  { symbols: { needStarts, needNames, names }, table }: Knowledge,
  module: number,
): { byOwner: Map<number, string[]>; others: string[] } {
  const byOwner = new Map<number, string[]>();
  const others: string[] = [];
  for (const need of numbersOf(needStarts, module)) {
    const owner = table.owners[lookUp(table, needNames[need]!)]!;
    const name = latin1At(names, needNames[need]!);
    if (owner < 0) others.push(name);
    else if (owner !== module) {
      const list = byOwner.get(owner) ?? [];
      byOwner.set(owner, list);
      list.push(name);
    }
  }
  return { byOwner, others };
}
