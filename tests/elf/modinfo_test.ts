/**
 * The `.modinfo` section. Odd cases are decided as the reference decides them.
 *
 * @module
 */
import { assertEquals } from "../support/assert.ts";
import { buildModule, latin1, SHAPES } from "../support/elf_builder.ts";
import { modinfoOf } from "../support/elf_facts.ts";

/** What a `.modinfo` section of these bytes gives. */
function parseText(text: string): string[] {
  return modinfoOf(buildModule({ modinfo: [], override: { ".modinfo": { data: latin1(text) } } }));
}

for (const { label, ...shape } of SHAPES) {
  Deno.test(`parseModinfo() of ${label} gives aliases and dependencies in file order`, () => {
    const modinfo = ["license=GPL", "weakdep=w", "alias=a", "depends=x,y", "softdep=pre: s", "v=1"];
    const found = modinfoOf(buildModule({ ...shape, modinfo }));
    assertEquals(found, ["weakdep=w", "alias=a", "softdep=pre: s"]);
  });
}

Deno.test("parseModinfo() keeps duplicate keys and values in file order", () => {
  const modinfo = ["alias=b", "softdep=pre: x", "alias=a", "alias=b", "softdep=post: y"];
  assertEquals(modinfoOf(buildModule({ modinfo })), modinfo);
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
  assertEquals(modinfoOf(buildModule({ modinfo, override: { ".modinfo": { sh_size: 4 } } })), []);
});

Deno.test("parseModinfo() takes a key without = for one with an empty value", () => {
  assertEquals(parseText("alias\0softdep\0alias=z\0"), ["alias=", "softdep=", "alias=z"]);
});

Deno.test("parseModinfo() keeps empty values", () => {
  assertEquals(parseText("alias=\0=v\0alias=z\0"), ["alias=", "alias=z"]);
});

Deno.test("parseModinfo() compares whole keys", () => {
  assertEquals(parseText("aliasx=b\0alia=c\0alias =d\0xalias=e\0Alias=f\0softdeps=g\0"), []);
});

Deno.test("parseModinfo() ends a key at the first =", () => {
  assertEquals(parseText("alias==f\0alias=g=h\0"), ["alias==f", "alias=g=h"]);
});

Deno.test("parseModinfo() gives bytes as they are", () => {
  assertEquals(parseText("alias=\xe9\x01\n\x80\0"), ["alias=\xe9\x01\n\x80"]);
});
