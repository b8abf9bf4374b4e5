/**
 * Names of modules.
 *
 * @module
 */
import { assertEquals } from "../support/assert.ts";
import { moduleName } from "../../lib/bytes/module_name.ts";

const NAMES: readonly (readonly [string, string])[] = [
  ["kernel/fs/ext4/ext4.ko", "ext4"],
  ["ext4.ko.xz", "ext4"],
  ["/lib/modules/6.1.0-50-amd64/kernel/snd-hda-intel.ko.gz", "snd_hda_intel"],
  ["a.b-c.ko", "a"],
  ["my-dir.d/no_suffix", "no_suffix"],
  ["-.ko", "_"],
];

for (const [path, name] of NAMES) {
  Deno.test(`moduleName() of ${path} is ${name}`, () => {
    assertEquals(moduleName(path), name);
  });
}
