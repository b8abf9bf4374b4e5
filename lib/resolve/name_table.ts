/**
 * Names and their numbers: those of the facts, and names that are added, from a file of the
 * kernel's symbols or by dropping the first byte of a name.
 *
 * @module
 */
import { countStrings, packStrings, stringBytes } from "../bytes/strings.ts";
import { decodeLatin1, encodeLatin1 } from "../bytes/text.ts";
import type { Strings } from "../model.ts";

/** Distinct names; those of the list that the table begins with keep their numbers. */
export class NameTable {
  readonly #count: number;
  readonly #added: string[] = [];
  /** By name: its number. Made on first use, since most runs add no name. */
  #numbers: Map<string, number> | undefined;

  constructor(readonly names: Strings) {
    this.#count = countStrings(names);
  }

  /** The number of a name, which is added if it is new. Its characters are below U+0100. */
  add(name: string): number {
    this.#numbers ??= this.#numberAll();
    const held = this.#numbers.get(name);
    if (held !== undefined) return held;
    const number = this.#count + this.#added.length;
    this.#numbers.set(name, number);
    this.#added.push(name);
    return number;
  }

  /**
   * Numbers of the names of the list that start with one of these bytes, and perhaps of empty
   * names.
   */
  findStarting(firsts: readonly (number | undefined)[]): number[] {
    const { bytes, offsets } = this.names;
    const wanted = new Uint8Array(256);
    for (const first of firsts) if (first !== undefined) wanted[first] = 1;
    const found: number[] = [];
    for (let i = 0; i < this.#count; i++) if (wanted[bytes[offsets[i]!]!] === 1) found.push(i);
    return found;
  }

  /** The number of a name without its first byte, if that is `byte`. */
  dropFirst(number: number, byte: number | undefined): number {
    if (byte === undefined || this.#firstByte(number) !== byte) return number;
    return this.add(this.#text(number).slice(1));
  }

  /** All names by number. */
  finish(): Strings {
    if (this.#added.length === 0) return this.names;
    const added = packStrings(this.#added.map(encodeLatin1));
    const end = this.names.bytes.length;
    return {
      bytes: concat(this.names.bytes, added.bytes),
      offsets: concat(this.names.offsets, added.offsets.subarray(1).map((at) => end + at)),
    };
  }

  #firstByte(number: number): number | undefined {
    if (number >= this.#count) return this.#text(number).charCodeAt(0);
    const { bytes, offsets } = this.names;
    const start = offsets[number]!;
    return start === offsets[number + 1] ? undefined : bytes[start];
  }

  #text(number: number): string {
    if (number >= this.#count) return this.#added[number - this.#count]!;
    return decodeLatin1(stringBytes(this.names, number));
  }

  #numberAll(): Map<string, number> {
    const numbers = new Map<string, number>();
    for (let i = 0; i < this.#count; i++) numbers.set(this.#text(i), i);
    return numbers;
  }
}

function concat<T extends Uint8Array | Uint32Array>(first: T, second: T): T {
  const all = new (first.constructor as new (length: number) => T)(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}
