/**
 * Which module a name belongs to; see wasm/assembly/owners.ts.
 *
 * @module
 */
import type { Strings } from "../model.ts";
import { OWNED } from "../wasm/assembly/codes.ts";
import { selectStrings } from "../wasm/compose.ts";
import { calculate } from "../wasm/workspace.ts";

/** Names, and the number of the module that each belongs to. */
export interface OwnedNames {
  readonly names: Strings;
  readonly owners: Uint32Array;
}

/**
 * Makes each module the owner of the names in its list, in turn.
 *
 * @param lists that of module i is `names[starts[i] .. starts[i + 1])`, in numbers of names
 * @param options.owners by name: a negative number, which stays where no module owns the name
 * @param options.names all names
 * @param options.buckets of the hash table whose order the owned names have
 */
export function ownNames(
  lists: { readonly starts: Uint32Array; readonly names: Uint32Array },
  { owners, names, buckets }: { owners: Int32Array; names: Strings; buckets: number },
): { owners: Int32Array; owned: OwnedNames } {
  const found = calculate((workspace) => {
    const { exports } = workspace;
    const address = workspace.put(owners);
    exports.ownNames(
      workspace.put(lists.starts),
      workspace.put(lists.names),
      lists.starts.length - 1,
      address,
      owners.length,
    );
    exports.hashOrder(
      workspace.put(names.bytes),
      workspace.put(names.offsets),
      exports.columnData(OWNED),
      exports.columnLength(OWNED) >>> 2,
      buckets,
    );
    const numbers = workspace.columnNumbers(OWNED);
    exports.replaceByOwners(address);
    return {
      owners: new Int32Array(workspace.numbers(address, owners.length).buffer),
      numbers,
      ownersInOrder: workspace.columnNumbers(OWNED),
    };
  });
  const owned = { names: selectStrings(names, found.numbers), owners: found.ownersInOrder };
  return { owners: found.owners, owned };
}
