/**
 * Column, a growing list of numbers, and lists that are known.
 *
 * @module
 */
import { assertEquals } from "../support/assert.ts";
import { Column, sequence } from "../../lib/bytes/column.ts";

Deno.test("Column keeps numbers up to 2^32-1 in order, however many", () => {
  const column = new Column();
  for (let i = 0; i < 5000; i++) column.push(0xffffffff - i);
  assertEquals(column.length, 5000);
  assertEquals(column.finish(), Uint32Array.from({ length: 5000 }, (_, i) => 0xffffffff - i));
});

for (const count of [0, 1, 2, 100_000]) {
  Deno.test(`sequence(${count}) gives the numbers from 0 on`, () => {
    assertEquals(sequence(count), Uint32Array.from({ length: count }, (_, i) => i));
  });
}
