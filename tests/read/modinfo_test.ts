/**
 * The `.modinfo` section. Odd cases are decided as the reference decides them.
 *
 * @module
 */
import { assertEquals } from "../support/assert.ts";
import { buildModule, latin1, SHAPES } from "../support/elf_builder.ts";
import { loadFile, makeParser, modinfoOf } from "../support/elf_facts.ts";

/** What a `.modinfo` section of these bytes gives. */
function parseText(text: string): string[] {
  return modinfoOf(buildModule({ modinfo: [], override: { ".modinfo": { data: latin1(text) } } }));
}

for (const { label, ...shape } of SHAPES) {
  Deno.test(`parseModinfo() of ${label} gives aliases and dependencies and nothing else`, () => {
    const modinfo = ["license=GPL", "weakdep=w", "alias=a", "depends=x,y", "softdep=pre: s", "v=1"];
    const found = modinfoOf(buildModule({ ...shape, modinfo }));
    assertEquals(found, ["alias=a", "softdep=pre: s", "weakdep=w"]);
  });
}

Deno.test("parseModinfo() keeps duplicate keys and values in file order", () => {
  const alias = ["alias=b", "alias=a", "alias=b"];
  const softdep = ["softdep=pre: x", "softdep=post: y", "softdep=pre: x"];
  const modinfo = [softdep[0]!, alias[0]!, alias[1]!, softdep[1]!, softdep[2]!, alias[2]!];
  assertEquals(modinfoOf(buildModule({ modinfo })), [...alias, ...softdep]);
});

Deno.test("parseModinfo() of a file without the section gives nothing", () => {
  assertEquals(modinfoOf(buildModule()), []);
});

Deno.test("parseModinfo() of an empty section gives nothing", () => {
  assertEquals(parseText(""), []);
});

Deno.test("parseModinfo() passes over any number of NULs", () => {
  assertEquals(parseText("\0\0alias=a\0\0\0alias=b\0\0"), ["alias=a", "alias=b"]);
  assertEquals(parseText("\0\0\0"), []);
});

Deno.test("parseModinfo() takes a last string without NUL", () => {
  assertEquals(parseText("alias=a\0alias=last"), ["alias=a", "alias=last"]);
});

Deno.test("parseModinfo() does not read beyond the section", () => {
  const modinfo = ["alias=abc", "alias=def"];
  for (const [sh_size, want] of [[8, "alias=ab"], [6, "alias="], [5, "alias="]] as const) {
    const module = buildModule({ modinfo, override: { ".modinfo": { sh_size } } });
    assertEquals(modinfoOf(module), [want]);
  }
  for (const key of ["alias", "softdep", "weakdep"]) {
    for (let sh_size = 0; sh_size < key.length; sh_size++) {
      const override = { ".modinfo": { sh_size } };
      assertEquals(modinfoOf(buildModule({ modinfo: [`${key}=x`], override })), []);
    }
  }
});

Deno.test("parseModinfo() takes a key without = for one with an empty value", () => {
  assertEquals(parseText("alias\0softdep\0weakdep\0alias=z\0"), [
    "alias=",
    "alias=z",
    "softdep=",
    "weakdep=",
  ]);
});

Deno.test("parseModinfo() keeps empty values", () => {
  assertEquals(parseText("alias=\0=v\0alias=z\0"), ["alias=", "alias=z"]);
});

Deno.test("parseModinfo() compares whole keys", () => {
  assertEquals(parseText("aliasx=b\0alia=c\0alias =d\0xalias=e\0Alias=f\0softdeps=g\0"), []);
  assertEquals(parseText("soft=a\0softde=b\0softdeq=c\0softalias=d\0weak\0weakde\0"), []);
  assertEquals(parseText("weakdepx=a\0aliat=b\0alis=c\0softdep \0weakdeP=d\0"), []);
});

Deno.test("parseModinfo() ends a key at the first =", () => {
  assertEquals(parseText("alias==f\0alias=g=h\0"), ["alias==f", "alias=g=h"]);
});

Deno.test("parseModinfo() gives bytes as they are", () => {
  const ascii = String.fromCharCode(...Array.from({ length: 0x5f }, (_, i) => 0x20 + i));
  const modinfo = [`alias=${ascii}`, `softdep=${ascii}`, "weakdep=\xe9\x80\xff"];
  assertEquals(modinfoOf(buildModule({ modinfo })), modinfo);
});

/** Which bytes make a value one that no index can hold. */
const DROPPED: readonly (readonly [string, readonly number[]])[] = [
  ["alias", [0x01, 0x09, 0x0a, 0x1f, 0x7f, 0x80, 0x9f, 0xe9, 0xff]],
  ["softdep", [0x01, 0x09, 0x0a, 0x1f, 0x7f]],
  ["weakdep", [0x01, 0x09, 0x0a, 0x1f, 0x7f]],
];

for (const [key, bytes] of DROPPED) {
  Deno.test(`parseModinfo() leaves out each ${key} that no index can hold, and passes it on`, () => {
    const values = bytes.map((byte) => String.fromCharCode(0x61, byte));
    const modinfo = ["first", ...values, "\xe9\x01\n\x80", "last"].map((value) =>
      `${key}=${value}`
    );
    const { parser, dropped } = makeParser();
    loadFile(parser, buildModule({ modinfo }));
    parser.parseFile();
    parser.parseModinfo();
    assertEquals(dropped, [...values, "\xe9\x01\n\x80"].map((value) => `${key}: ${value}`));
    assertEquals(modinfoOf(buildModule({ modinfo })), [`${key}=first`, `${key}=last`]);
  });
}
