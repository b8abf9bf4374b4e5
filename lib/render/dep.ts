/**
 * `modules.dep` and `modules.dep.bin`: what each module needs to be loaded before it.
 *
 *     kernel/fs/ext4/ext4.ko: kernel/fs/mbcache.ko kernel/fs/jbd2/jbd2.ko
 *
 * The binary index maps the module's name to its line.
 *
 * @module
 */
import { sequence } from "../bytes/column.ts";
import { countStrings } from "../bytes/strings.ts";
import { encodeIndex } from "./encode_index.ts";
import { composeDependencies, composeText } from "../wasm/compose.ts";
import { describeDuplicates } from "./entries.ts";
import type { Model } from "../model.ts";
import type { Input } from "./input.ts";

/** Renders `modules.dep`. */
export function renderDep({ modules, dependencies }: Input<Model>): Uint8Array {
  const lines = composeDependencies(modules.indexPaths, dependencies);
  return composeText([lines, "\n"], { heading: "", count: countStrings(lines) });
}

/** Renders `modules.dep.bin`. */
export function renderDepBin(input: Input<Model>): Uint8Array {
  const { names, indexPaths } = input.modules;
  const numbers = sequence(countStrings(names));
  const entries = {
    keys: names,
    values: composeDependencies(indexPaths, input.dependencies),
    valueNumbers: numbers,
    priorities: numbers,
  };
  const duplicates = describeDuplicates(input, entries, {
    what: "deps",
    describe: (_, text) => text,
  });
  for (const { entry, message } of duplicates) input.messages.push({ ...message, owner: entry });
  return encodeIndex(entries);
}
