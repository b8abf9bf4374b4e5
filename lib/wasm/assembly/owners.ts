/**
 * Which module a name belongs to.
 *
 * @module
 */
import { OWNED } from "./codes.ts";
import { columnAt } from "./column.ts";

const owned = columnAt(OWNED);

/**
 * Makes each of `count` modules, in turn, the owner of the names in its list, which are numbers
 * `starts[i]` to `starts[i + 1]` of `names`. Then the column OWNED lists the names that have an
 * owner. Owners are int32 by name, below 0 where there is no module.
 */
export function ownNames(
  starts: usize,
  names: usize,
  count: u32,
  owners: usize,
  nameCount: u32,
): void {
  for (let module: u32 = 0; module < count; module++) {
    const end = load<u32>(starts + module * 4, 4);
    for (let i = load<u32>(starts + module * 4); i < end; i++) {
      store<u32>(owners + load<u32>(names + i * 4) * 4, module);
    }
  }
  owned.length = 0;
  for (let name: u32 = 0; name < nameCount; name++) {
    if (load<i32>(owners + name * 4) >= 0) owned.push(name);
  }
}

/** Replaces each name in OWNED by its owner. */
export function replaceByOwners(owners: usize): void {
  for (let at = owned.data; at < owned.data + owned.length; at += 4) {
    store<u32>(at, load<u32>(owners + load<u32>(at) * 4));
  }
}
