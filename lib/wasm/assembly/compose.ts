/**
 * Composes strings from others.
 *
 * @module
 */
import { ALWAYS_FIRST, NO_MEMORY, STRING_BYTES, STRING_OFFSETS } from "./codes.ts";
import { columnAt } from "./column.ts";
import { fail } from "./host.ts";
import { stringEnd, stringStart } from "./strings.ts";

const bytes = columnAt(STRING_BYTES);
const offsets = columnAt(STRING_OFFSETS);

/** A part: uint32 addresses of bytes, offsets and numbers. */
const PART: u32 = 12;

/**
 * Composes `count` strings, each of all parts in turn, after the `headSize` bytes at `head`. A part
 * of string i is string `numbers[i]` of its list; string i if there are no numbers (0); or the
 * first one (ALWAYS_FIRST).
 */
export function compose(
  head: usize,
  headSize: u32,
  parts: usize,
  partCount: u32,
  count: u32,
): void {
  const end = parts + partCount * PART;
  let size: u64 = headSize;
  for (let part = parts; part < end; part += PART) {
    for (let i: u32 = 0; i < count; i++) size += sizeOf(load<u32>(part, 4), numberIn(part, i));
  }
  begin(size, count);
  bytes.append(head, head + headSize);
  offsets.push(bytes.length);
  for (let i: u32 = 0; i < count; i++) {
    for (let part = parts; part < end; part += PART) {
      append(load<u32>(part), load<u32>(part, 4), numberIn(part, i));
    }
    offsets.push(bytes.length);
  }
}

/** Which string of its list a part of string i is. */
function numberIn(part: usize, i: u32): u32 {
  const numbers = load<u32>(part, 8);
  if (numbers == 0) return i;
  return numbers == (ALWAYS_FIRST as u32) ? 0 : load<u32>(numbers + i * 4);
}

/**
 * Composes `count` lines of `modules.dep`, without their newlines: the path of a module, a colon,
 * and, each after a space, the paths of its dependencies.
 */
export function composeDependencies(
  paths: usize,
  pathOffsets: usize,
  starts: usize,
  modules: usize,
  count: u32,
): void {
  const total = load<u32>(starts + count * 4);
  let size: u64 = (total as u64) + count;
  for (let module: u32 = 0; module < count; module++) size += sizeOf(pathOffsets, module);
  for (let i: u32 = 0; i < total; i++) size += sizeOf(pathOffsets, load<u32>(modules + i * 4));
  begin(size, count);
  offsets.push(0);
  for (let module: u32 = 0; module < count; module++) {
    append(paths, pathOffsets, module);
    appendByte(0x3a); // ":"
    const end = load<u32>(starts + module * 4, 4);
    for (let i = load<u32>(starts + module * 4); i < end; i++) {
      appendByte(0x20);
      append(paths, pathOffsets, load<u32>(modules + i * 4));
    }
    offsets.push(bytes.length);
  }
}

/** Begins with space for all that will come, so that no block is outgrown and copied. */
function begin(size: u64, count: u32): void {
  if (size >> 32 != 0) fail(NO_MEMORY, 0);
  bytes.length = 0;
  bytes.reserve(size as u32);
  offsets.length = 0;
  offsets.reserve((count + 1) * 4);
}

function sizeOf(listOffsets: usize, number: u32): u32 {
  return load<u32>(listOffsets + number * 4, 4) - load<u32>(listOffsets + number * 4);
}

function append(list: usize, listOffsets: usize, number: u32): void {
  bytes.append(
    stringStart(list, listOffsets, number),
    stringEnd(list, listOffsets, number),
  );
}

function appendByte(byte: u8): void {
  bytes.reserve(1);
  store<u8>(bytes.data + bytes.length++, byte);
}
