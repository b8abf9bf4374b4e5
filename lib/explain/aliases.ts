/**
 * Which aliases match a name, as modprobe looks a name up.
 *
 * @module
 */
import { countStrings, packStrings } from "../bytes/strings.ts";
import { encodeLatin1 } from "../bytes/text.ts";
import type { Strings } from "../model.ts";
import { normalizeAliases } from "../render/aliases.ts";
import { matches } from "./fnmatch.ts";
import { latin1At } from "./knowledge.ts";

/** Characters of a name that modprobe looks up (PATH_MAX, with its end). */
const LONGEST = 4095;

/** The numbers of those aliases that match a name. */
export function findMatches(aliases: Strings, name: string): number[] {
  const wanted = normalize(name);
  if (wanted === undefined) return [];
  const { keys, unpaired } = normalizeAliases(aliases);
  const found: number[] = [];
  for (let i = 0; i < countStrings(keys); i++) {
    if (!unpaired.has(i) && matches(latin1At(keys, i), wanted)) found.push(i);
  }
  return found;
}

/** The name as indexes hold it; undefined if none can, or if modprobe takes it for a path. */
function normalize(name: string): string | undefined {
  if (/^\.?\//.test(name) || name.length > LONGEST || /[^\0-\xff]/.test(name)) return undefined;
  const { keys, unpaired } = normalizeAliases(packStrings([encodeLatin1(name)]));
  return unpaired.size > 0 ? undefined : latin1At(keys, 0);
}
