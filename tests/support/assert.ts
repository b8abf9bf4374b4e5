/**
 * The assertions that the tests use, with types.
 *
 * @module
 */
// @ts-types="./std_assert.d.ts"
export { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
