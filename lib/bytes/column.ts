/**
 * A growing column of numbers: what a list is before it becomes a typed array.
 *
 * @module
 */

/** Length at first. */
const INITIAL_LENGTH = 16;

/** Collects unsigned 32-bit numbers; the array doubles when it is full. */
export class Column {
  #data = new Uint32Array(INITIAL_LENGTH);
  /** Numbers held. */
  length = 0;

  /** Appends a number from 0 to 2^32-1. */
  push(value: number): void {
    if (this.length === this.#data.length) {
      const grown = new Uint32Array(this.length * 2);
      grown.set(this.#data);
      this.#data = grown;
    }
    this.#data[this.length++] = value;
  }

  /** The numbers held: the column itself, so that nothing may be pushed after this. */
  finish(): Uint32Array {
    return this.#data.subarray(0, this.length);
  }
}

/** The numbers from 0 to `count` - 1. */
export function sequence(count: number): Uint32Array<ArrayBuffer> {
  const numbers = new Uint32Array(count);
  for (let i = 0; i < count; i++) numbers[i] = i;
  return numbers;
}
