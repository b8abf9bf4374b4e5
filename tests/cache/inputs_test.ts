/**
 * Which index files are taken for those that a run has written, and which files a run is made from.
 *
 * @module
 */
import { encodeStrings } from "../../lib/bytes/strings.ts";
import { checksumInputs, readOutputs } from "../../lib/cache/inputs.ts";
import { assert, assertEquals } from "../support/assert.ts";
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

Deno.test("checksumInputs() tells a file from the message that there is none, whatever it holds", async () => {
  const message = { level: "warning", code: "build-file", text: "gone" } as const;
  const file = new TextEncoder().encode(JSON.stringify(message));
  const checksum = (files: Parameters<typeof checksumInputs>[0]["files"]) => {
    return checksumInputs({ paths: encodeStrings(["/a.ko"]), files, others: {} });
  };
  assert(await checksum([file]) !== await checksum([message]));
  assert(await checksum([undefined]) !== await checksum([new Uint8Array()]));
  assert(await checksum([file, message]) !== await checksum([message, file]));
});
