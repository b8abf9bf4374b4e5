/**
 * modules.builtin.bin and modules.builtin.alias.bin: what they take from odd files. Each row was
 * checked by the reference.
 *
 * @module
 */
import { assertEquals } from "../support/assert.ts";
import { render } from "../support/render.ts";

/** A modules.builtin and the names taken from it. */
const BUILTIN: readonly (readonly [text: string, names: readonly string[]])[] = [
  ["", []],
  ["kernel/fs/binfmt_script.ko\n", ["binfmt_script"]],
  ["kernel/lib/crc32-x.ko\n", ["crc32_x"]],
  ["kernel/b.ko\nkernel/a.ko\n", ["a", "b"]],
  ["kernel/a.ko", ["a"]],
  ["kernel/a.ko.xz\n", ["a"]],
  ["kernel/a.b.ko\n", ["a"]],
  ["a.ko\n", ["a"]],
  ["K/a.ko\n", ["a"]],
  ["kernel/a b.ko\n", ["a b"]],
  ["kernel/a\n", ["a\n"]], // the name ends at a dot only
  ["kernel/a.ko\nkernel/x/a.ko\n", ["a", "a"]],
];

for (const [text, names] of BUILTIN) {
  const found = JSON.stringify(names);
  Deno.test(`renderBuiltinBin() takes ${found} from ${JSON.stringify(text)}`, () => {
    const rendered = render({ builtin: text });
    assertEquals(rendered.index("modules.builtin.bin"), names.map((name) => `${name}: 0`));
    assertEquals(rendered.messages, []);
  });
}

/** Lines that are reported. */
const BAD_LINES: readonly string[] = [
  "/abs.ko\n",
  " kernel/x.ko\n",
  "\n",
  "#kernel/x.ko\n",
  "1kernel/x.ko\n",
  "_x.ko\n",
  ".ko\n",
  "-x.ko",
];

for (const line of BAD_LINES) {
  Deno.test(`renderBuiltinBin() reports ${JSON.stringify(line)}, and takes the line before`, () => {
    const rendered = render({ builtin: "kernel/a.ko\n" + line });
    assertEquals(rendered.index("modules.builtin.bin"), ["a: 0"]);
    assertEquals(rendered.messages, [`error: Invalid modules.builtin line: ${line}`]);
  });
}

Deno.test("renderBuiltinBin() goes on after a bad line", () => {
  const rendered = render({ builtin: "\nkernel/a.ko\n" });
  assertEquals(rendered.index("modules.builtin.bin"), ["a: 0"]);
});

/** Strings of a modules.builtin.modinfo, and the entries made from them. */
const MODINFO: readonly (readonly [text: string, entries: readonly string[]])[] = [
  ["", []],
  ["a.alias=x\0", ["x: 0 a"]],
  ["a.alias=x", []], // the NUL at the end is needed
  ["a.alias=x-y\0", ["x_y: 0 a"]],
  ["a.alias=[x-y]-z\0", ["[x-y]_z: 0 a"]],
  ["b-c.alias=x\0", ["x: 0 b-c"]],
  ["a.license=GPL\0a.alias=x\0a.file=kernel/a\0", ["x: 0 a"]],
  ["a.alias=x\0a.alias=y\0", ["x: 0 a", "y: 0 a"]],
  ["a.alias=y\0b.alias=x\0", ["x: 0 b", "y: 0 a"]],
  ["a.alias=x=y.z\0", ["x=y.z: 0 a"]],
  ["a.Alias=x\0", []],
  ["a.aliases=x\0", []],
  ["a.b.alias=x\0", []],
  ["a.alias=\0b.alias=x\0", ["x: 0 b"]],
  ["alias=x\0b.alias=y\0", ["y: 0 b"]],
  ["noise\0b.alias=y\0", ["y: 0 b"]],
  ["\0\0b.alias=y\0", ["y: 0 b"]],
  [".alias=x\0b.alias=y\0", ["y: 0 b"]],
  ["a.alias\0b.alias=y\0", []], // the second string is lost with the first
  ["a.alias\0b.x=y\0c.alias=z\0", ["z: 0 c"]],
];

for (const [text, entries] of MODINFO) {
  const found = JSON.stringify(entries);
  Deno.test(`renderBuiltinAliasBin() makes ${found} of ${JSON.stringify(text)}`, () => {
    const rendered = render({ builtinModinfo: text });
    assertEquals(rendered.index("modules.builtin.alias.bin"), entries);
    assertEquals(rendered.messages, []);
  });
}

for (const [what, character, shown] of [["a NUL", "\0", "\\x00"], ["an escape", "\x1b", "\\x1b"]]) {
  Deno.test(`renderBuiltinBin() leaves a name with ${what} out`, () => {
    const rendered = render({ builtin: `kernel/x${character}y.ko\nkernel/a.ko\n` });
    assertEquals(rendered.index("modules.builtin.bin"), ["a: 0"]);
    const text = `Invalid modules.builtin line: kernel/x${shown}y.ko\n`;
    assertEquals(rendered.messages, [`error: ${text}`]);
  });
}

Deno.test("renderBuiltinAliasBin() drops aliases whose brackets do not match", () => {
  const rendered = render({ builtinModinfo: "a.alias=x[\0a.alias=y\0b.alias=]\0" });
  assertEquals(rendered.index("modules.builtin.alias.bin"), ["y: 0 a"]);
  assertEquals(rendered.messages, [
    "warning: Unmatched bracket in x[",
    "warning: Unmatched bracket in ]",
  ]);
});

Deno.test("renderBuiltinAliasBin() drops aliases that no index can hold, and fails", () => {
  const rendered = render({ builtinModinfo: "a.alias=\xe9\0a.alias=y\0" });
  assertEquals(rendered.index("modules.builtin.alias.bin"), ["y: 0 a"]);
  assertEquals(rendered.messages, ["error: Invalid modules.builtin.modinfo alias: \\xe9"]);
});

Deno.test("rendering passes on why the builtin files are absent, once each", () => {
  const rendered = render({
    builtin: { level: "warning", code: "build-file", text: "no modules.builtin" },
    builtinModinfo: { level: "warning", code: "build-file", text: "no modinfo" },
  });
  assertEquals(rendered.index("modules.builtin.bin"), []);
  assertEquals(rendered.index("modules.builtin.alias.bin"), []);
  assertEquals(rendered.messages, ["warning: no modules.builtin", "warning: no modinfo"]);
});
