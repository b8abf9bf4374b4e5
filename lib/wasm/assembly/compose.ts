/**
 * Strings put together of others.
 *
 * @module
 */
import { ALWAYS_FIRST, STRING_BYTES, STRING_OFFSETS } from "./codes.ts";
import { columnAt } from "./column.ts";
import { stringEnd, stringStart } from "./strings.ts";

const bytes = columnAt(STRING_BYTES);
const offsets = columnAt(STRING_OFFSETS);

/** A part: uint32 addresses of bytes, offsets and numbers. */
const PART: u32 = 12;

/**
 * Composes `count` strings, each of all parts in turn, behind `headSize` bytes that stand at `head`.
 * A part of string i is string `numbers[i]` of its list; string i if there are no numbers (0); or
 * the first one (ALWAYS_FIRST).
 */
export function compose(
  head: usize,
  headSize: u32,
  parts: usize,
  partCount: u32,
  count: u32,
): void {
  begin(head, head + headSize);
  const end = parts + partCount * PART;
  for (let i: u32 = 0; i < count; i++) {
    for (let part = parts; part < end; part += PART) {
      const numbers = load<u32>(part, 8);
      let number: u32 = i;
      if (numbers == (ALWAYS_FIRST as u32)) number = 0;
      else if (numbers != 0) number = load<u32>(numbers + i * 4);
      append(load<u32>(part), load<u32>(part, 4), number);
    }
    offsets.push(bytes.length);
  }
}

/**
 * Composes `count` lines of `modules.dep`, without their newlines: the path of a module, a colon,
 * and, each behind a space, the paths of what it depends on.
 */
export function composeDependencies(
  paths: usize,
  pathOffsets: usize,
  starts: usize,
  modules: usize,
  count: u32,
): void {
  begin(0, 0);
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

/** Begins with the bytes [head, headEnd). */
function begin(head: usize, headEnd: usize): void {
  bytes.length = 0;
  bytes.append(head, headEnd);
  offsets.length = 0;
  offsets.push(bytes.length);
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
