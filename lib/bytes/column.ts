/**
 * A growing column of numbers: what a list is before it becomes a typed array.
 *
 * @module
 */

/** Collects unsigned 32-bit numbers; the array doubles when it is full. */
export class Column {
  #data = new Uint32Array(1024);
  /** Numbers held. Setting it lower drops the last ones. */
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

  /** The number at `index`, which is below `length`. */
  at(index: number): number {
    return this.#data[index]!;
  }

  /** A copy of the numbers held. */
  finish(): Uint32Array {
    return this.#data.slice(0, this.length);
  }
}
