/**
 * Lists of byte strings in two typed arrays, so that a hundred thousand of them cost no object
 * each and move between threads without a copy:
 *
 *     bytes    f o o b a r x          string i = bytes[offsets[i] .. offsets[i + 1])
 *     offsets  0     3     6 7
 *
 * @module
 */
import type { Strings } from "../model.ts";
import { decodeLatin1, decodeUtf8 } from "./text.ts";

/** How many strings a list holds. */
export function countStrings(strings: Strings): number {
  return strings.offsets.length - 1;
}

/** Whether two lists hold the same strings. */
export function areSameStrings(a: Strings, b: Strings): boolean {
  if (countStrings(a) !== countStrings(b)) return false;
  return decodeLatin1(a.bytes) === decodeLatin1(b.bytes) &&
    a.offsets.every((offset, i) => offset === b.offsets[i]);
}

/** The bytes of string `index`, a view. */
export function stringBytes(strings: Strings, index: number): Uint8Array {
  return strings.bytes.subarray(strings.offsets[index], strings.offsets[index + 1]);
}

/** String `index`, which is UTF-8, as text. */
export function stringText(strings: Strings, index: number): string {
  return decodeUtf8(stringBytes(strings, index));
}

/** The strings, which are UTF-8, as texts. */
export function decodeStrings(strings: Strings): string[] {
  const { bytes, offsets } = strings;
  const all = decodeUtf8(bytes);
  const isAscii = all.length === bytes.length;
  return Array.from({ length: countStrings(strings) }, (_, i) => {
    return isAscii ? all.slice(offsets[i], offsets[i + 1]) : stringText(strings, i);
  });
}

/** The UTF-8 bytes of each text. */
export function encodeStrings(texts: readonly string[]): Strings {
  const bytes = new TextEncoder().encode(texts.join(""));
  const offsets = new Uint32Array(texts.length + 1);
  for (let i = 0; i < texts.length; i++) offsets[i + 1] = offsets[i]! + texts[i]!.length;
  if (offsets[texts.length] === bytes.length) return { bytes, offsets }; // all of it is ASCII
  return packStrings(texts.map((text) => new TextEncoder().encode(text)));
}

/** The strings with these numbers, copied. */
export function copyStrings(strings: Strings, numbers: readonly number[]): Strings {
  return packStrings(numbers.map((number) => stringBytes(strings, number)));
}

/** These byte strings, copied. */
export function packStrings(
  strings: readonly Uint8Array[],
): Strings & { readonly bytes: Uint8Array<ArrayBuffer> } {
  const offsets = new Uint32Array(strings.length + 1);
  for (let i = 0; i < strings.length; i++) offsets[i + 1] = offsets[i]! + strings[i]!.length;
  const bytes = new Uint8Array(offsets[strings.length]!);
  for (let i = 0; i < strings.length; i++) bytes.set(strings[i]!, offsets[i]);
  return { bytes, offsets };
}
