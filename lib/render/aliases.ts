/**
 * Aliases in the normalised form that indexes hold; see wasm/assembly/aliases.ts.
 *
 * @module
 */
import { countStrings } from "../bytes/strings.ts";
import type { Strings } from "../model.ts";
import { calculate } from "../wasm/workspace.ts";

/**
 * Normalises aliases: `-` becomes `_` except between brackets, and the lengths stay as they are.
 * `unpaired` holds the numbers of those in which a bracket lacks its partner, in order.
 */
export function normalizeAliases(
  { bytes, offsets }: Strings,
): { keys: Strings; unpaired: Set<number> } {
  const count = countStrings({ bytes, offsets });
  return calculate((workspace) => {
    const address = workspace.put(bytes);
    const unpaired = workspace.put(new Uint32Array(count));
    const found = workspace.exports.normalizeAliases(
      address,
      workspace.put(offsets),
      count,
      unpaired,
    );
    return {
      keys: { bytes: workspace.bytes(address, bytes.length), offsets },
      unpaired: new Set(workspace.numbers(unpaired, found)),
    };
  });
}
