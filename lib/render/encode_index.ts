/**
 * The binary index: see wasm/assembly/trie.ts for the format, and how it is written.
 *
 * @module
 */
import { sequence } from "../bytes/column.ts";
import { countStrings } from "../bytes/strings.ts";
import type { Strings } from "../model.ts";
import { INDEX } from "../wasm/assembly/codes.ts";
import { calculate } from "../wasm/workspace.ts";

/** Entries in the order of insertion: `keys[i]` gets the value `values[valueNumbers[i]]`. */
export interface IndexEntries {
  readonly keys: Strings;
  readonly values: Strings;
  /** By entry: the number of its value. */
  readonly valueNumbers: Uint32Array;
  /** By entry: its priority. */
  readonly priorities: Uint32Array;
  /** Entries that are left out; none if absent. */
  readonly omitted?: ReadonlySet<number>;
}

/**
 * The index file of these entries, whose keys and values are ASCII.
 *
 * @throws FatalError when it outgrows the 28 bits of an offset
 */
export function encodeIndex(entries: IndexEntries): Uint8Array {
  const { keys, values, valueNumbers, priorities } = entries;
  const listed = listEntries(entries);
  return calculate((workspace) => {
    workspace.exports.encodeIndex(
      workspace.put(keys.bytes),
      workspace.put(keys.offsets),
      workspace.put(values.bytes),
      workspace.put(values.offsets),
      workspace.put(valueNumbers),
      workspace.put(priorities),
      workspace.put(listed),
      listed.length,
    );
    return workspace.columnBytes(INDEX);
  });
}

function listEntries({ keys, omitted = new Set() }: IndexEntries): Uint32Array {
  const all = sequence(countStrings(keys));
  return omitted.size === 0 ? all : all.filter((entry) => !omitted.has(entry));
}
