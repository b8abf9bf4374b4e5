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
import { Column } from "./column.ts";
import { ByteWriter } from "./writer.ts";

/** Collects byte strings into a `Strings`. */
export class StringsBuilder {
  #bytes = new ByteWriter();
  #offsets = new Column();

  constructor() {
    this.#offsets.push(0);
  }

  /** Strings added so far. */
  get length(): number {
    return this.#offsets.length - 1;
  }

  /** Appends `source[start .. end)`. */
  add(source: Uint8Array, start = 0, end = source.length): void {
    this.#bytes.slice(source, start, end);
    this.#offsets.push(this.#bytes.length);
  }

  /** Appends the bytes written by `write`, which may use all of the writer but `finish`. */
  addWritten(write: (writer: ByteWriter) => void): void {
    write(this.#bytes);
    this.#offsets.push(this.#bytes.length);
  }

  /** The strings added. */
  finish(): Strings {
    return { bytes: this.#bytes.finish(), offsets: this.#offsets.finish() };
  }
}

/** How many strings a list holds. */
export function countStrings(strings: Strings): number {
  return strings.offsets.length - 1;
}

/** The bytes of string `index`, a view. */
export function stringBytes(strings: Strings, index: number): Uint8Array {
  return strings.bytes.subarray(strings.offsets[index], strings.offsets[index + 1]);
}

/** The UTF-8 bytes of each text. */
export function encodeStrings(texts: readonly string[]): Strings {
  const builder = new StringsBuilder();
  for (const text of texts) builder.addWritten((writer) => writer.utf8(text));
  return builder.finish();
}
