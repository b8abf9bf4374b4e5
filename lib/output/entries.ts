/**
 * What the binary indexes have in common.
 *
 * @module
 */
import { stringBytes } from "../bytes/strings.ts";
import { decodeLatin1 } from "../bytes/text.ts";
import type { IndexEntries } from "../index/encode.ts";
import type { RenderInput } from "./input.ts";

/** The numbers from 0 to `count` - 1. */
export function sequence(count: number): Uint32Array {
  return new Uint32Array(count).map((_, i) => i);
}

/**
 * With -w, warns of each entry whose key has the same text already.
 *
 * @param options.what the kind of entry, as the message names it
 * @param options.describe the entry, from its key and text
 */
export function warnOfDuplicates(
  { warnDuplicates, messages }: RenderInput,
  { keys, texts, text }: IndexEntries,
  { what, describe }: { what: string; describe: (key: string, text: string) => string },
): void {
  if (!warnDuplicates) return;
  const textsOfKey = new Map<string, Set<string>>();
  text.forEach((textIndex, entry) => {
    const key = decodeLatin1(stringBytes(keys, entry));
    const value = decodeLatin1(stringBytes(texts, textIndex));
    const known = textsOfKey.get(key) ?? new Set();
    if (known.has(value)) {
      messages.push({
        level: "warning",
        text: `duplicate module ${what}:\n${describe(key, value)}`,
      });
    }
    textsOfKey.set(key, known.add(value));
  });
}
