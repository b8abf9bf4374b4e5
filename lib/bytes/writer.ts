/**
 * A growing buffer of bytes. Numbers are written big-endian, as the index files want them.
 *
 * @module
 */
import type { Strings } from "../model.ts";
import { INITIAL_LENGTH } from "./column.ts";

/** Slices shorter than this are copied byte by byte: cheaper than `subarray` and `set`. */
const SHORT = 48;

const encoder = new TextEncoder();

/** Collects bytes; the buffer doubles when it is full. */
export class ByteWriter {
  #bytes: Uint8Array;
  #view: DataView;
  /** Bytes written so far. */
  length = 0;

  /** @param capacity bytes to allocate at first */
  constructor(capacity = INITIAL_LENGTH) {
    this.#bytes = new Uint8Array(capacity);
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** The buffer itself, valid up to `length` and until the next write. */
  get buffer(): Uint8Array {
    return this.#bytes;
  }

  /** Appends one byte. */
  byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.length++] = value;
  }

  /** Appends `source[start]` up to, not including, `source[end]`. */
  slice(source: Uint8Array, start: number, end: number): void {
    this.#reserve(end - start);
    if (end - start < SHORT) {
      const bytes = this.#bytes;
      let to = this.length;
      for (let from = start; from < end; from++) bytes[to++] = source[from]!;
    } else {
      this.#bytes.set(source.subarray(start, end), this.length);
    }
    this.length += end - start;
  }

  /** Appends string `index` of a list. */
  string({ bytes, offsets }: Strings, index: number): void {
    this.slice(bytes, offsets[index]!, offsets[index + 1]!);
  }

  /** Appends text in UTF-8. Plain ASCII, which nearly all is, goes without the encoder. */
  utf8(text: string): void {
    this.#reserve(text.length);
    const start = this.length;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code >= 0x80) {
        this.length = start;
        const bytes = encoder.encode(text);
        return this.slice(bytes, 0, bytes.length);
      }
      this.#bytes[this.length++] = code;
    }
  }

  /** Appends an unsigned 32-bit number, big-endian. */
  uint32(value: number): void {
    this.#reserve(4);
    this.#view.setUint32(this.length, value);
    this.length += 4;
  }

  /** Overwrites the 4 bytes at `offset`, which have been written already. */
  patchUint32(offset: number, value: number): void {
    this.#view.setUint32(offset, value);
  }

  /** What has been written: the buffer itself, so that nothing may be written after this. */
  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.length);
  }

  #reserve(count: number): void {
    if (this.length + count <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.length + count));
    grown.set(this.#bytes.subarray(0, this.length));
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}
