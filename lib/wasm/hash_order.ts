/**
 * The order of modules and of symbols in the output: that of the reference's hash tables. See
 * assembly/hash_order.ts.
 *
 * @module
 */
import { sequence } from "../bytes/column.ts";
import { countStrings } from "../bytes/strings.ts";
import type { Strings } from "../model.ts";
import { calculate } from "./workspace.ts";

/**
 * The places of `keys`, which are distinct, in the order of a hash table with so many `buckets`
 * (a power of two): by bucket, within one by bytes.
 */
export function hashOrder(keys: Strings, buckets: number): Uint32Array {
  return sortByHash(sequence(countStrings(keys)), { keys, buckets });
}

/** The same for the keys with these numbers alone. */
export function sortByHash(
  numbers: Uint32Array,
  { keys, buckets }: { keys: Strings; buckets: number },
): Uint32Array {
  return calculate((workspace) => {
    const address = workspace.put(numbers);
    workspace.exports.hashOrder(
      workspace.put(keys.bytes),
      workspace.put(keys.offsets),
      address,
      numbers.length,
      buckets,
    );
    return workspace.numbers(address, numbers.length);
  });
}
