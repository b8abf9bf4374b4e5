/**
 * The order of modules and of symbols in the output: that of the reference's hash tables. See
 * wasm/assembly/hash_order.ts.
 *
 * @module
 */
import { sequence } from "../bytes/column.ts";
import { countStrings } from "../bytes/strings.ts";
import type { Strings } from "../model.ts";
import { calculate } from "../wasm/workspace.ts";

/**
 * The numbers of `keys`, which are distinct, in the order of a hash table with this number of
 * `buckets` (a power of two): by bucket, and within a bucket by bytes.
 */
export function hashOrder(keys: Strings, buckets: number): Uint32Array {
  const count = countStrings(keys);
  return calculate((workspace) => {
    const numbers = workspace.put(sequence(count));
    const bytes = workspace.put(keys.bytes);
    workspace.exports.hashOrder(bytes, workspace.put(keys.offsets), numbers, count, buckets);
    return workspace.numbers(numbers, count);
  });
}
