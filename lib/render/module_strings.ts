/**
 * The text files that list strings of the modules line by line: `modules.alias`,
 * `modules.softdep` and `modules.weakdep`.
 *
 *     alias PATTERN MODULE
 *     softdep MODULE TEXT
 *     weakdep MODULE TEXT
 *
 * @module
 */
import type { ModuleStrings, StringModel, Strings } from "../model.ts";
import { composeText } from "../wasm/compose.ts";
import { ownersOf } from "./entries.ts";
import type { Input } from "./input.ts";

/** Renders `modules.alias`. */
export function renderAlias({ alias, names }: Input<StringModel>): Uint8Array {
  const owners = ownersOf(alias);
  const name = { from: names, numbers: owners };
  return composeText(["alias ", alias.values, " ", name, "\n"], {
    heading: "# Aliases extracted from modules themselves.\n",
    count: owners.length,
  });
}

/** Renders `modules.softdep`. */
export function renderSoftdep({ softdep, names }: Input<StringModel>): Uint8Array {
  const heading = "# Soft dependencies extracted from modules themselves.\n";
  return renderNameFirst(softdep, names, { heading, keyword: "softdep " });
}

/** Renders `modules.weakdep`. */
export function renderWeakdep({ weakdep, names }: Input<StringModel>): Uint8Array {
  const heading = "# Weak dependencies extracted from modules themselves.\n";
  return renderNameFirst(weakdep, names, { heading, keyword: "weakdep " });
}

function renderNameFirst(
  list: ModuleStrings,
  names: Strings,
  { heading, keyword }: { heading: string; keyword: string },
): Uint8Array {
  const owners = ownersOf(list);
  const name = { from: names, numbers: owners };
  return composeText([keyword, name, " ", list.values, "\n"], { heading, count: owners.length });
}
