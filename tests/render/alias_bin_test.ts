/**
 * modules.alias.bin: how patterns are normalised, and which are dropped. Each row was checked by
 * the reference.
 *
 * @module
 */
import { assertEquals } from "../support/assert.ts";
import { render } from "../support/render.ts";

/** An alias and the key that it becomes, undefined when a bracket lacks its partner. */
const ALIASES: readonly (readonly [alias: string, key: string | undefined])[] = [
  ["fs-ext4", "fs_ext4"],
  ["a-b-c", "a_b_c"],
  ["-", "_"],
  ["a_b", "a_b"],
  ["pci:v00008086d*sv*", "pci:v00008086d*sv*"],
  ["usb:v[0-9]p*", "usb:v[0-9]p*"],
  ["a-[b-c]-[d-e]-f", "a_[b-c]_[d-e]_f"],
  ["[-]-", "[-]_"],
  ["[]-[]", "[]_[]"],
  ["[a-[b-]-", "[a-[b-]_"],
  ["[[]", "[[]"],
  ["a.b c", "a.b c"],
  ["[", undefined],
  ["]", undefined],
  ["a[b", undefined],
  ["a]b", undefined],
  ["a[b]c]", undefined],
  ["a[b]c[", undefined],
  ["[[a]]", undefined],
  ["]a[", undefined],
  ["", ""],
];

function renderAliases(...aliases: string[]) {
  return render({ modules: [{ path: "m.ko", alias: aliases }] });
}

for (const [alias, key] of ALIASES) {
  const outcome = key === undefined ? "drops" : `makes '${key}' of`;
  Deno.test(`renderAliasBin() ${outcome} '${alias}'`, () => {
    const rendered = renderAliases(alias);
    const isDropped = key === undefined;
    assertEquals(rendered.index("modules.alias.bin"), isDropped ? [] : [`${key}: 0 m`]);
    const messages = isDropped ? [`warning: Unmatched bracket in ${alias}`] : [];
    assertEquals(rendered.messages, messages);
    assertEquals(rendered.text("modules.alias").split("\n")[1], `alias ${alias} m`);
  });
}

Deno.test("renderAliasBin() keeps the other aliases of a module with a bad one", () => {
  assertEquals(renderAliases("a", "b[", "c").index("modules.alias.bin"), ["a: 0 m", "c: 0 m"]);
});

Deno.test("renderAliasBin() has a value for each module that gives the alias, by its place", () => {
  const modules = [
    { path: "z.ko", alias: ["x-y"] },
    { path: "a.ko", alias: ["x_y"] },
    { path: "m.ko", alias: ["x-y"] },
  ];
  assertEquals(render({ modules }).index("modules.alias.bin"), [
    "x_y: 0 z",
    "x_y: 1 a",
    "x_y: 2 m",
  ]);
});

Deno.test("renderAliasBin() keeps an alias that a module repeats", () => {
  assertEquals(renderAliases("a-b", "a_b").index("modules.alias.bin"), ["a_b: 0 m", "a_b: 0 m"]);
});
