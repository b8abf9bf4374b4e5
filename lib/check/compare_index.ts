/**
 * Compares a binary index with the one that its text makes.
 *
 * @module
 */
import { FormatError } from "../errors.ts";
import { type IndexEntry, parseIndex } from "./parse_index.ts";

/**
 * What is wrong with an index, beginning with a verb; undefined if it holds what the other one holds,
 * wherever its nodes are.
 *
 * @param wanted the index as this program writes it
 * @throws FormatError when `actual` is unsound
 */
export function compareIndexes(actual: Uint8Array, wanted: Uint8Array): string | undefined {
  if (findDifference(actual, wanted) === undefined) return undefined;
  const [held, expected] = [parseIndex(actual), parseWanted(wanted)];
  for (let i = 0; i < Math.max(held.length, expected.length); i++) {
    const difference = compareEntries(held[i], expected[i]);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

/** The offset of the first byte that differs, undefined if none does. */
export function findDifference(a: Uint8Array, b: Uint8Array): number | undefined {
  const length = Math.min(a.length, b.length);
  const start = skipEqual(a, b);
  for (let i = start; i < length; i++) if (a[i] !== b[i]) return i;
  return a.length === b.length ? undefined : length;
}

/** How many bytes of the beginnings are found to be the same four at a time. */
function skipEqual(a: Uint8Array, b: Uint8Array): number {
  const words = Math.min(a.length, b.length) >> 2;
  const [wordsOfA, wordsOfB] = [a, b].map((bytes) => new Int32Array(align(bytes), 0, words));
  let same = 0;
  while (same < words && wordsOfA![same] === wordsOfB![same]) same++;
  return same * 4;
}

/** A buffer that begins with these bytes. */
function align({ buffer, byteOffset, length }: Uint8Array): ArrayBufferLike {
  return byteOffset === 0 ? buffer : buffer.slice(byteOffset, byteOffset + length);
}

/** The entries of an index of our own making, whose text may hold what no index can. */
function parseWanted(wanted: Uint8Array): IndexEntry[] {
  try {
    return parseIndex(wanted);
  } catch (error) {
    if (error instanceof FormatError) throw new FormatError("not what its text makes", 0);
    throw error;
  }
}

function compareEntries(
  held: IndexEntry | undefined,
  wanted: IndexEntry | undefined,
): string | undefined {
  if (held === undefined) return `lacks ${wanted?.key}`;
  if (wanted === undefined || held.key < wanted.key) return `has ${held.key} besides`;
  if (held.key > wanted.key) return `lacks ${wanted.key}`;
  return describeValues(held) === describeValues(wanted)
    ? undefined
    : `has other values of ${held.key}`;
}

function describeValues({ values }: IndexEntry): string {
  return values.map(({ priority, text }) => `${priority} ${text}`).join("\0");
}
