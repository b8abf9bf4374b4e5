/**
 * Edits: the damage that the fuzzer does to a file, as data, so that a part of it can be left out.
 *
 * @module
 */
import { pick, type Random } from "../../tests/support/random.ts";
import { concat } from "../../tests/support/compressed.ts";

/** Replaces `remove` bytes from `at` on; what lies after the end is not there to be replaced. */
export interface Edit {
  readonly at: number;
  readonly remove: number;
  readonly insert: Uint8Array;
}

const NOTHING = new Uint8Array();

/** The bytes after all edits, which are done one after the other. */
export function applyEdits(bytes: Uint8Array, edits: readonly Edit[]): Uint8Array {
  return edits.reduce(applyEdit, bytes);
}

function applyEdit(bytes: Uint8Array, { at, remove, insert }: Edit): Uint8Array {
  return concat(bytes.subarray(0, at), insert, bytes.subarray(at + remove));
}

/** Draws one edit of these bytes. */
export type DrawEdit = (bytes: Uint8Array, random: Random) => Edit;

/** Replaces bytes by as many others. */
export function overwrite(at: number, insert: Uint8Array): Edit {
  return { at, remove: insert.length, insert };
}

/** Turns one bit. */
export function turnBit(bytes: Uint8Array, random: Random): Edit {
  const at = random(bytes.length + 1);
  return overwrite(at, Uint8Array.of((bytes[at] ?? 0) ^ (1 << random(8))));
}

/** Sets one byte to any value, or to one at the edge of something. */
export function setByte(bytes: Uint8Array, random: Random): Edit {
  const edges = [0, 1, 0x0a, 0x1b, 0x20, 0x7e, 0x7f, 0x80, 0xff];
  const value = random(2) === 0 ? random(256) : pick(edges, random);
  return overwrite(random(bytes.length + 1), Uint8Array.of(value));
}

/** Cuts the bytes off somewhere, most often near to the end. */
export function cut(bytes: Uint8Array, random: Random): Edit {
  const left = random(2) === 0 ? random(bytes.length + 1) : random(Math.min(bytes.length, 40) + 1);
  return { at: bytes.length - left, remove: left, insert: NOTHING };
}

/** Takes out some bytes. */
export function removePart(bytes: Uint8Array, random: Random): Edit {
  return { at: random(bytes.length + 1), remove: 1 + random(64), insert: NOTHING };
}

/** Copies some bytes to another place, once or several times. */
export function repeatPart(bytes: Uint8Array, random: Random): Edit {
  const start = random(bytes.length + 1);
  const part = bytes.subarray(start, start + 1 + random(64));
  const count = pick([1, 1, 2, 30, 300], random);
  return insertAt(random(bytes.length + 1), concat(...Array<Uint8Array>(count).fill(part)));
}

/** Doubles the file. */
export function double(bytes: Uint8Array): Edit {
  return insertAt(bytes.length, bytes);
}

/** Puts bytes in front of the one at `at`. */
export function insertAt(at: number, insert: Uint8Array): Edit {
  return { at, remove: 0, insert };
}

/** Ways to damage any file. */
export const ANYWHERE: readonly DrawEdit[] = [turnBit, setByte, cut, removePart, repeatPart];

/** Draws a few edits, most often one or two, each in one of these ways. */
export function drawEdits(
  bytes: Uint8Array,
  random: Random,
  ways: readonly DrawEdit[],
): Edit[] {
  const count = pick([1, 1, 1, 2, 2, 3, 5], random);
  return Array.from({ length: count }, () => pick(ways, random)(bytes, random));
}
