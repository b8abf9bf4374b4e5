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
 * Numbers of distinct keys, all if none are given, in the order of a hash table with so many
 * `buckets` (a power of two): by bucket, within one by bytes.
 */
export function hashOrder(
  keys: Strings,
  buckets: number,
  numbers = sequence(countStrings(keys)),
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
