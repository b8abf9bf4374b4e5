/**
 * What tells whether a module file is still the one that was read: its path, size, times of last
 * change of content and of status, device and inode. All of it must agree.
 *
 * A file may be changed twice within one tick of the clock by which its file system tells time. So
 * a key is not trusted if the file was last changed in the tick in which it was looked at.
 *
 * @module
 */
import { areSameStrings, countStrings, decodeStrings } from "../bytes/strings.ts";
import { FormatError } from "../errors.ts";
import type { Strings } from "../model.ts";
import { KEY_NUMBERS, takeKey } from "../read/file_key.ts";
import { decodeColumns, encodeColumns } from "./columns.ts";
import { checkStrings } from "./facts.ts";

/** Files and their keys. */
export interface KeyedFiles {
  readonly paths: Strings;
  /** The numbers of each key, one key after the other; NaN for a file that has none. */
  readonly numbers: Float64Array;
}

/** The files of a cache. */
export interface CachedFiles extends KeyedFiles {
  /** By file: 1 if its key is trusted, else 0. */
  readonly trusted: Uint8Array;
}

/** Which numbers of a key are times, in milliseconds: of change of content and of status. */
const MODIFIED = 1;
const CHANGED = 2;

/** Most files of a cache: more are an attempt to exhaust memory. */
const MOST_FILES = 1 << 19;

/**
 * Longest tick in milliseconds of a clock whose times have fractions of a second: Linux's, if it
 * ticks a hundred times a second, and as much again.
 */
const FINE_TICK = 20;

/**
 * That of a clock whose times are whole seconds: FAT's are even ones. Of status changes, Deno 2.4
 * tells nothing else on any file system.
 */
const COARSE_TICK = 2000;

/** The keys of the files at these paths. Links are followed. */
export function takeKeys(paths: readonly string[]): Float64Array {
  const numbers = new Float64Array(paths.length * KEY_NUMBERS);
  for (const [i, path] of paths.entries()) numbers.set(takeKey(path), i * KEY_NUMBERS);
  return numbers;
}

/** The keys of some of the files, in the order of their numbers. */
export function selectKeys(numbers: Float64Array, files: Iterable<number>): Float64Array {
  const selected = Array.from(files, (file) => {
    return numbers.subarray(file * KEY_NUMBERS, (file + 1) * KEY_NUMBERS);
  });
  const keys = new Float64Array(selected.length * KEY_NUMBERS);
  for (const [i, key] of selected.entries()) keys.set(key, i * KEY_NUMBERS);
  return keys;
}

/**
 * By file: 1 if its key is trusted, else 0.
 *
 * @param start when the first of the keys was taken, in milliseconds since 1970, or a time before
 */
export function trustKeys(numbers: Float64Array, start: number): Uint8Array {
  const files = numbers.length / KEY_NUMBERS;
  return Uint8Array.from({ length: files }, (_, i) => Number(isTrusted(numbers, i, { start })));
}

/** Whether a change of a file at `start` or later would change its key, which was taken then. */
function isTrusted(numbers: Float64Array, file: number, { start }: { start: number }): boolean {
  return [MODIFIED, CHANGED].every((number) => {
    const time = numbers[file * KEY_NUMBERS + number]!;
    return time + (time % 1000 === 0 ? COARSE_TICK : FINE_TICK) < start;
  });
}

/** The size of a file in bytes, by its key. */
export function sizeOf(numbers: Float64Array, file: number): number {
  return numbers[file * KEY_NUMBERS]!;
}

/** The sizes of all files in bytes, by their keys. */
export function sizesOf(numbers: Float64Array): Float64Array {
  return numbers.filter((_, i) => i % KEY_NUMBERS === 0);
}

/** When the newest file was changed, in whole seconds; Infinity if one of them has no key. */
export function newestSecond(numbers: Float64Array): number {
  let newest = -Infinity;
  for (let i = MODIFIED; i < numbers.length; i += KEY_NUMBERS) {
    if (Number.isNaN(numbers[i])) return Infinity;
    newest = Math.max(newest, Math.floor(numbers[i]! / 1000));
  }
  return newest;
}

/** Whether the status of one of the files changed after a time, in milliseconds since 1970. */
export function isAnyNewer(numbers: Float64Array, time: number): boolean {
  for (let i = CHANGED; i < numbers.length; i += KEY_NUMBERS) {
    if (numbers[i]! > time) return true;
  }
  return false;
}

/** By file: the position of the same file in the cache, or -1. */
export function matchKeys(files: KeyedFiles, cached: CachedFiles): Int32Array {
  return matchPaths(files.paths, cached.paths).map((position, file) =>
    position >= 0 && isSame(files, file, { cached, position }) ? position : -1
  );
}

/** By path: its position in the cache, or -1. Mostly, all paths are the same. */
function matchPaths(paths: Strings, cached: Strings): Int32Array {
  if (areSameStrings(paths, cached)) {
    return Int32Array.from({ length: countStrings(paths) }, (_, i) => i);
  }
  const positions = new Map(decodeStrings(cached).map((path, position) => [path, position]));
  return Int32Array.from(decodeStrings(paths), (path) => positions.get(path) ?? -1);
}

function isSame(
  { numbers }: KeyedFiles,
  file: number,
  { cached, position }: { cached: CachedFiles; position: number },
): boolean {
  if (cached.trusted[position] !== 1) return false;
  for (let i = 0; i < KEY_NUMBERS; i++) {
    if (numbers[file * KEY_NUMBERS + i] !== cached.numbers[position * KEY_NUMBERS + i]) {
      return false;
    }
  }
  return true;
}

/** The keys as bytes. */
export function encodeKeys({ paths, numbers, trusted }: CachedFiles): Uint8Array<ArrayBuffer> {
  return encodeColumns([paths.bytes, paths.offsets, numbers, trusted]);
}

/**
 * The keys in these bytes.
 *
 * @throws FormatError
 */
export function decodeKeys(bytes: Uint8Array<ArrayBuffer>): CachedFiles {
  const [path, offsets, numbers, trusted] = decodeColumns(bytes, ["u8", "u32", "f64", "u8"]) as [
    Uint8Array,
    Uint32Array,
    Float64Array,
    Uint8Array,
  ];
  const paths = { bytes: path, offsets };
  checkStrings(paths);
  const count = countStrings(paths);
  if (count > MOST_FILES) throw new FormatError("too many keys", 0);
  if (numbers.length !== count * KEY_NUMBERS || trusted.length !== count) {
    throw new FormatError("another number of keys than of paths", 0);
  }
  return { paths, numbers, trusted };
}
