/**
 * The files that the kernel's build makes: what stands for one that is absent.
 *
 * @module
 */
import { readBuildFile, readSymbolFile } from "../../lib/discover/build_files.ts";
import { FatalError } from "../../lib/errors.ts";
import { assertEquals, assertThrows } from "../support/assert.ts";
import { latin1 } from "../support/elf_builder.ts";
import { withTree } from "../support/temp_tree.ts";

Deno.test("readBuildFile() gives the bytes of a file", () => {
  withTree({ "modules.order": "a\xff\0\n" }, (root) => {
    assertEquals(
      readBuildFile(root, { name: "modules.order", bounds: [root] }),
      latin1("a\xff\0\n"),
    );
  });
});

Deno.test("readBuildFile() gives a warning for a file that is absent", () => {
  withTree({ "other": "" }, (root) => {
    assertEquals(readBuildFile(root, { name: "modules.order", bounds: [root] }), {
      level: "warning",
      text: `could not open modules.order at ${root}: No such file or directory`,
    });
  });
});

Deno.test("readBuildFile() gives a warning for a directory that is absent", () => {
  withTree({}, (root) => {
    assertEquals(readBuildFile(`${root}/none`, { name: "modules.order", bounds: [] }), {
      level: "warning",
      text: `could not open directory ${root}/none: No such file or directory`,
    });
  });
});

Deno.test("readSymbolFile() gives the bytes of a file", () => {
  withTree({ "System.map": "0 T \xe9" }, (root) => {
    assertEquals(readSymbolFile(`${root}/System.map`), latin1("0 T \xe9"));
  });
});

Deno.test("readSymbolFile() ends the run when there is none", () => {
  withTree({}, (root) => {
    const text = `could not load ${root}/System.map: No such file or directory`;
    assertThrows(() => readSymbolFile(`${root}/System.map`), FatalError, text);
  });
});
