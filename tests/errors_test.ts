/**
 * Errors that are messages: what the user reads of them.
 *
 * @module
 */
import { FatalError, internalError } from "../lib/errors.ts";
import { assert, assertEquals } from "./support/assert.ts";

for (
  const [what, text, line] of [
    ["a line", "the reader ended", "the reader ended"],
    [
      "lines",
      "TypeError: bad\n    at f (x.ts:1:2)\n\n  at g",
      "TypeError: bad at f (x.ts:1:2) at g",
    ],
    ["a line that ends", "bad \n", "bad "],
  ] as const
) {
  Deno.test(`internalError() makes one line of ${what}, and asks for a report`, () => {
    const error = internalError(text);
    assert(error instanceof FatalError);
    const want = `internal error: ${line}: please report this, with the command line`;
    assertEquals(error.message, want);
  });
}
