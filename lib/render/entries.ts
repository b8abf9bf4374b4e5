/**
 * What the binary indexes have in common.
 *
 * @module
 */
import { countStrings, stringBytes } from "../bytes/strings.ts";
import { decodeLatin1 } from "../bytes/text.ts";
import type { IndexEntries } from "./encode_index.ts";
import type { Message, ModuleStrings } from "../model.ts";
import type { RenderContext } from "./input.ts";

/** By string of a list: the module that it belongs to. */
export function ownersOf({ starts, values }: ModuleStrings): Uint32Array {
  const owners = new Uint32Array(countStrings(values));
  for (let module = 0; module + 1 < starts.length; module++) {
    owners.fill(module, starts[module], starts[module + 1]);
  }
  return owners;
}

/** The entries that repeat key and value of an earlier one. */
function findDuplicates({ keys, values, valueNumbers, omitted }: IndexEntries): number[] {
  const seen = new Map<string, Set<string>>();
  const duplicates: number[] = [];
  valueNumbers.forEach((number, entry) => {
    if (omitted?.has(entry)) return;
    const key = decodeLatin1(stringBytes(keys, entry));
    const value = decodeLatin1(stringBytes(values, number));
    const held = seen.get(key) ?? new Set();
    if (held.has(value)) duplicates.push(entry);
    seen.set(key, held.add(value));
  });
  return duplicates;
}

/**
 * A warning for each entry that repeats key and value of an earlier one, with the number of the
 * entry; none without -w.
 *
 * @param options.what the kind of entry, as the message names it
 * @param options.describe the entry, from its key and value
 */
export function describeDuplicates(
  { warnDuplicates }: RenderContext,
  entries: IndexEntries,
  { what, describe }: { what: string; describe: (key: string, text: string) => string },
): { entry: number; message: Message }[] {
  if (!warnDuplicates) return [];
  return findDuplicates(entries).map((entry) => {
    const key = decodeLatin1(stringBytes(entries.keys, entry));
    const text = decodeLatin1(stringBytes(entries.values, entries.valueNumbers[entry]!));
    const warning = `duplicate module ${what}:\n${describe(key, text)}`;
    return { entry, message: { level: "warning", code: "duplicate-entry", text: warning } };
  });
}
