/**
 * The files that the kernel's build makes: what is returned for one that is absent.
 *
 * @module
 */
import { readBuildFile, readSymbolFile } from "../../lib/discover/build_files.ts";
import { FatalError } from "../../lib/errors.ts";
import { assert, assertEquals, assertThrows } from "../support/assert.ts";
import { latin1 } from "../support/elf_builder.ts";
import { withTree } from "../support/temp_tree.ts";

Deno.test("readBuildFile() gives the bytes of a file", () => {
  withTree({ "modules.order": "a\xff\0\n" }, (root) => {
    assertEquals(
      readBuildFile(root, { name: "modules.order", bounds: { granted: [root], reach: [] } }),
      latin1("a\xff\0\n"),
    );
  });
});

Deno.test("readBuildFile() gives a warning for a file that is absent", () => {
  withTree({ "other": "" }, (root) => {
    assertEquals(
      readBuildFile(root, { name: "modules.order", bounds: { granted: [root], reach: [] } }),
      {
        level: "warning",
        code: "build-file",
        text: `could not open modules.order at ${root}: No such file or directory`,
      },
    );
  });
});

Deno.test("readBuildFile() gives a warning for a directory that is absent", () => {
  withTree({}, (root) => {
    assertEquals(
      readBuildFile(`${root}/none`, { name: "modules.order", bounds: { granted: [], reach: [] } }),
      {
        level: "warning",
        code: "build-file",
        text: `could not open directory ${root}/none: No such file or directory`,
      },
    );
  });
});

Deno.test("readBuildFile() follows a link in the bounds", () => {
  const files = { "1/modules.order": { target: "../2/modules.order" }, "2/modules.order": "a\n" };
  withTree(files, (root) => {
    assertEquals(
      readBuildFile(`${root}/1`, { name: "modules.order", bounds: { granted: [root], reach: [] } }),
      latin1("a\n"),
    );
  });
});

for (
  const [what, target, bounds] of [
    ["to a file outside of the bounds", "../outside/file", "@/tree"],
    ["to a directory outside of the bounds", "../outside", "@/tree"],
    ["to a file while nothing may be read", "../outside/file", "@/none"],
  ] as const
) {
  Deno.test(`readBuildFile() gives an error that fails the run for a link ${what}`, () => {
    const files = { "outside/file": "outside\n", "tree/modules.builtin": { target } };
    withTree(files, (root) => {
      const directory = `${root}/tree`;
      const message = readBuildFile(directory, {
        name: "modules.builtin",
        bounds: { granted: [bounds.replace("@", root)], reach: [] },
      });
      assert(!(message instanceof Uint8Array));
      assertEquals([message.level, message.fails], ["error", true]);
      const leads = `${directory}/modules.builtin leads to ${root}/${target.slice(3)}, `;
      assert(message.text.startsWith(leads), message.text);
      assert(message.text.includes("--allow-read="), message.text);
    });
  });
}

/** What is said of `modules.builtin.modinfo` in a directory, if links may lead anywhere. */
function warning(directory: string): string {
  const name = "modules.builtin.modinfo";
  const message = readBuildFile(directory, { name, bounds: { granted: ["/"], reach: [] } });
  assert(!(message instanceof Uint8Array));
  const prefix = `could not open ${name} at ${directory}: `;
  assert(message.text.startsWith(prefix), message.text);
  assertEquals([message.level, message.fails ?? false], ["warning", false]);
  return message.text.slice(prefix.length);
}

Deno.test("readBuildFile() gives a warning for a link that leads nowhere, or to itself", () => {
  withTree({ "modules.builtin.modinfo": { target: "none" } }, (root) => {
    assertEquals(warning(root), "No such file or directory");
  });
  withTree({ "modules.builtin.modinfo": { target: "modules.builtin.modinfo" } }, (root) => {
    assertEquals(warning(root), "Too many levels of symbolic links");
  });
});

Deno.test("readBuildFile() gives a warning for a directory", () => {
  withTree({ "modules.builtin.modinfo/file": "" }, (root) => {
    assertEquals(warning(root), "Is a directory");
  });
});

Deno.test("readBuildFile() gives a warning for a pipe, and does not wait for a writer", () => {
  withTree({}, (root) => {
    const path = `${root}/modules.builtin.modinfo`;
    assert(new Deno.Command("mkfifo", { args: [path] }).outputSync().success);
    assertEquals(warning(root), "Not a regular file");
  });
});

Deno.test("readBuildFile() gives an error for a device, and reads nothing of it", () => {
  withTree({ "modules.builtin": { target: "/dev/zero" } }, (root) => {
    const bounds = { granted: ["/"], reach: ["/"] };
    const text = `${root}/modules.builtin leads to /dev/zero: ` +
      "no module is read below /dev, /proc, /sys";
    const message = readBuildFile(root, { name: "modules.builtin", bounds });
    assertEquals(message, { level: "error", code: "link-refused", text, fails: true });
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

Deno.test("readBuildFile() gives an error that fails the run for a file of absurd size", () => {
  withTree({ "modules.order": "" }, (root) => {
    Deno.truncateSync(`${root}/modules.order`, 2 ** 26 + 1); // a hole
    assertEquals(
      readBuildFile(root, { name: "modules.order", bounds: { granted: [root], reach: [] } }),
      {
        level: "error",
        code: "build-file",
        text: `${root}/modules.order is larger than 67108864 bytes`,
        fails: true,
      },
    );
  });
});
