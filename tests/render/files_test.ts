/**
 * The eleven files together, of one small tree. The expected bytes are those that the reference
 * wrote of modules with these names, symbols and strings.
 *
 * @module
 */
import { OUTPUT_NAMES } from "../../lib/render/files.ts";
import { assertEquals } from "../support/assert.ts";
import { render, type RenderSpec } from "../support/render.ts";

const SPEC: RenderSpec = {
  modules: [
    {
      path: "kernel/fs/jbd2.ko",
      dependencies: [],
      alias: ["fs-jbd2"],
    },
    {
      path: "kernel/fs/ext4.ko.xz",
      dependencies: [2, 0],
      alias: ["fs-ext4", "ext[2-4]-a", "fs-ext3"],
      softdep: ["pre: crc32c", "post: x"],
      weakdep: ["zstd"],
    },
    { path: "kernel/lib/crc16.ko", dependencies: [] },
    {
      path: "/opt/fuse-x.ko",
      dependencies: [0],
      alias: ["devname:fuse", "char-major-10-229"],
      weakdep: ["a", "b"],
    },
  ],
  symbols: [["crc16", 2], ["fuse_dev", 3], ["jbd2_start", 0], ["jbd2_stop", 0], ["a", 0]],
  builtin: "kernel/fs/binfmt-script.ko\nkernel/lib/crc32.ko\n",
  builtinModinfo: "binfmt_script.license=GPL\0binfmt_script.alias=fs-binfmt\0" +
    "crc32.alias=crypto-crc32\0crc32.alias=crc-[a-b]\0",
};

const NAMES: readonly string[] = [
  "modules.dep",
  "modules.dep.bin",
  "modules.alias",
  "modules.alias.bin",
  "modules.softdep",
  "modules.weakdep",
  "modules.symbols",
  "modules.symbols.bin",
  "modules.builtin.bin",
  "modules.builtin.alias.bin",
  "modules.devname",
];

/** The text files. */
const TEXTS: Readonly<Record<string, string>> = {
  "modules.dep": "kernel/fs/jbd2.ko:\n" +
    "kernel/fs/ext4.ko.xz: kernel/lib/crc16.ko kernel/fs/jbd2.ko\n" +
    "kernel/lib/crc16.ko:\n" +
    "/opt/fuse-x.ko: kernel/fs/jbd2.ko\n",
  "modules.alias": "# Aliases extracted from modules themselves.\n" +
    "alias fs-jbd2 jbd2\n" +
    "alias fs-ext4 ext4\n" +
    "alias ext[2-4]-a ext4\n" +
    "alias fs-ext3 ext4\n" +
    "alias devname:fuse fuse_x\n" +
    "alias char-major-10-229 fuse_x\n",
  "modules.softdep": "# Soft dependencies extracted from modules themselves.\n" +
    "softdep ext4 pre: crc32c\n" +
    "softdep ext4 post: x\n",
  "modules.weakdep": "# Weak dependencies extracted from modules themselves.\n" +
    "weakdep ext4 zstd\n" +
    "weakdep fuse_x a\n" +
    "weakdep fuse_x b\n",
  "modules.symbols": "# Aliases for symbols, used by symbol_request().\n" +
    "alias symbol:crc16 crc16\n" +
    "alias symbol:fuse_dev fuse_x\n" +
    "alias symbol:jbd2_start jbd2\n" +
    "alias symbol:jbd2_stop jbd2\n" +
    "alias symbol:a jbd2\n",
  "modules.devname": "# Device nodes to trigger on-demand module loading.\n" +
    "fuse_x fuse c10:229\n",
};

/** The binary files, in base 64. */
const BINARIES: Readonly<Record<string, string>> = {
  "modules.dep.bin":
    "sAf0VwACAAEgAAAMY2rAAAAuAAAAAMAAAFDAAACYAAAAAAAAAAAAAAAAwAAAyHJjMTYAAAAAAQAAAAJr" +
    "ZXJuZWwvbGliL2NyYzE2LmtvOgB4dDQAAAAAAQAAAAFrZXJuZWwvZnMvZXh0NC5rby54ejoga2VybmVs" +
    "L2xpYi9jcmMxNi5rbyBrZXJuZWwvZnMvamJkMi5rbwB1c2VfeAAAAAABAAAAAy9vcHQvZnVzZS14Lmtv" +
    "OiBrZXJuZWwvZnMvamJkMi5rbwBiZDIAAAAAAQAAAABrZXJuZWwvZnMvamJkMi5rbzoA",
  "modules.alias.bin":
    "sAf0VwACAAEgAAAMY2bAAAAewAAAPsAAAFmgAABwaGFyX21ham9yXzEwXzIyOQAAAAABAAAAA2Z1c2Vf" +
    "eABldm5hbWU6ZnVzZQAAAAABAAAAA2Z1c2VfeAB4dFsyLTRdX2EAAAAAAQAAAAFleHQ0AHNfAGVqoAAA" +
    "jQAAAAAAAAAAAAAAAAAAAADAAAC0eHQAMzRAAACaQAAApwAAAAEAAAABZXh0NAAAAAABAAAAAWV4dDQA" +
    "YmQyAAAAAAEAAAAAamJkMgA=",
  "modules.symbols.bin":
    "sAf0VwACAAEgAAAMc3OgAAASeW1ib2w6AGFqQAAAQwAAAADAAABQAAAAAAAAAADAAABjAAAAAAAAAAAA" +
    "AAAAoAAAegAAAAEAAAAAamJkMgByYzE2AAAAAAEAAAACY3JjMTYAdXNlX2RldgAAAAABAAAAA2Z1c2Vf" +
    "eABiZDJfc3QAYW/AAAC/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" +
    "AAAAAAAAAMAAAM9ydAAAAAABAAAAAGpiZDIAcAAAAAABAAAAAGpiZDIA",
  "modules.builtin.bin":
    "sAf0VwACAAEgAAAMYmPAAAAWwAAALGluZm10X3NjcmlwdAAAAAABAAAAAAByYzMyAAAAAAEAAAAAAA==",
  "modules.builtin.alias.bin":
    "sAf0VwACAAEgAAAMY2agAAAeAAAAAAAAAADAAACrcgBjecAAAH4AAAAAAAAAAAAAAAAAAAAAAAAAAAAA" +
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" +
    "AADAAACTX1thLWJdAAAAAAEAAAAAY3JjMzIAcHRvX2NyYzMyAAAAAAEAAAAAY3JjMzIAc19iaW5mbXQA" +
    "AAAAAQAAAABiaW5mbXRfc2NyaXB0AA==",
};

Deno.test("orderFiles() gives eleven files, in the reference's order", () => {
  assertEquals(render(SPEC).names, NAMES);
  assertEquals(OUTPUT_NAMES, NAMES);
});

Deno.test("renderStrings() and renderModel() leave out the binary files when asked", () => {
  const expected = NAMES.filter((name) => !name.endsWith(".bin"));
  assertEquals(render({ ...SPEC, textOnly: true }).names, expected);
});

for (const [name, text] of Object.entries(TEXTS)) {
  Deno.test(`${name} is rendered as the reference renders it`, () => {
    assertEquals(render(SPEC).text(name), text);
  });
}

for (const [name, base64] of Object.entries(BINARIES)) {
  Deno.test(`${name} is rendered as the reference renders it`, () => {
    assertEquals(btoa(render(SPEC).text(name)), base64);
  });
}

/** What is written for no modules at all; the binary files are empty indexes. */
const EMPTY: Readonly<Record<string, string>> = {
  "modules.dep": "",
  "modules.alias": "# Aliases extracted from modules themselves.\n",
  "modules.softdep": "# Soft dependencies extracted from modules themselves.\n",
  "modules.weakdep": "# Weak dependencies extracted from modules themselves.\n",
  "modules.symbols": "# Aliases for symbols, used by symbol_request().\n",
  "modules.devname": "",
};
const EMPTY_INDEX = "\xb0\x07\xf4\x57\0\x02\0\x01\0\0\0\x0c";

Deno.test("headings and empty indexes are rendered for no modules", () => {
  const rendered = render({});
  for (const name of NAMES) assertEquals(rendered.text(name), EMPTY[name] ?? EMPTY_INDEX, name);
  assertEquals(rendered.messages, []);
});

Deno.test("rendering says nothing about a tree in order", () => {
  assertEquals(render(SPEC).messages, []);
});
