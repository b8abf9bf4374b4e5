/**
 * Columns of numbers.
 *
 * @module
 */

/** The numbers from 0 to `count` - 1. */
export function sequence(count: number): Uint32Array<ArrayBuffer> {
  const numbers = new Uint32Array(count);
  for (let i = 0; i < count; i++) numbers[i] = i;
  return numbers;
}
