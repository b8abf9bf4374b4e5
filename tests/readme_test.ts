/** What the README says of the program must be so. */
import { renderHelp } from "../lib/cli/usage.ts";
import { assert } from "./support/assert.ts";

Deno.test("README.md shows the help text as it is", () => {
  const readme = Deno.readTextFileSync(new URL("../README.md", import.meta.url));
  assert(readme.includes("```\n" + renderHelp() + "```\n"));
});
