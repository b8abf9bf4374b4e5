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
import { composeText } from "../wasm/compose.ts";
import { ownersOf } from "./entries.ts";
import type { RenderInput } from "./input.ts";

/** Renders `modules.alias`. */
export function renderAlias({ facts: { alias }, moduleNames }: RenderInput): Uint8Array {
  const owners = ownersOf(alias);
  return composeText("# Aliases extracted from modules themselves.\n", owners.length, [
    "alias ",
    alias.values,
    " ",
    { from: moduleNames, numbers: owners },
    "\n",
  ]);
}

/** Renders `modules.softdep`. */
export function renderSoftdep({ facts: { softdep }, moduleNames }: RenderInput): Uint8Array {
  const owners = ownersOf(softdep);
  return composeText("# Soft dependencies extracted from modules themselves.\n", owners.length, [
    "softdep ",
    { from: moduleNames, numbers: owners },
    " ",
    softdep.values,
    "\n",
  ]);
}

/** Renders `modules.weakdep`. */
export function renderWeakdep({ facts: { weakdep }, moduleNames }: RenderInput): Uint8Array {
  const owners = ownersOf(weakdep);
  return composeText("# Weak dependencies extracted from modules themselves.\n", owners.length, [
    "weakdep ",
    { from: moduleNames, numbers: owners },
    " ",
    weakdep.values,
    "\n",
  ]);
}
