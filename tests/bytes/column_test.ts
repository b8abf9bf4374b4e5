/**
 * Columns of numbers that are known.
 *
 * @module
 */
import { assertEquals } from "../support/assert.ts";
import { sequence } from "../../lib/bytes/column.ts";

for (const count of [0, 1, 2, 100_000]) {
  Deno.test(`sequence(${count}) gives the numbers from 0 on`, () => {
    assertEquals(sequence(count), Uint32Array.from({ length: count }, (_, i) => i));
  });
}
