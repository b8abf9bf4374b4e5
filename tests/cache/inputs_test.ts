/**
 * Which index files are taken for those that a run has written.
 *
 * @module
 */
import { readOutputs } from "../../lib/cache/inputs.ts";
import { assertEquals } from "../support/assert.ts";
import { withTree } from "../support/temp_tree.ts";

const FILES = { "modules.dep": "a.ko:\n", "modules.alias": "alias x a\n" };
const NAMES = Object.keys(FILES);

Deno.test("readOutputs() gives the files, in the order of their names", () =>
  withTree(FILES, async (directory) => {
    const files = await readOutputs(directory, NAMES);
    const texts = files?.map(({ name, bytes }) => [name, new TextDecoder().decode(bytes)]);
    assertEquals(texts, Object.entries(FILES));
  }));

/** What may be in the place of a file. */
const PLACES: Readonly<Record<string, (path: string) => void>> = {
  "missing": () => {},
  "a directory": (path) => Deno.mkdirSync(path),
  "a link to a file": (path) => Deno.symlinkSync("modules.alias", path),
};

for (const [what, put] of Object.entries(PLACES)) {
  Deno.test(`readOutputs() gives nothing if one of the files is ${what}`, () =>
    withTree(FILES, async (directory) => {
      Deno.removeSync(`${directory}/modules.dep`);
      put(`${directory}/modules.dep`);
      assertEquals(await readOutputs(directory, NAMES), undefined);
    }));
}
