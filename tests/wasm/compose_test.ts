/**
 * Strings composed from others.
 *
 * @module
 */
import { assertEquals } from "../support/assert.ts";
import { latin1 } from "../support/elf_builder.ts";
import { stringsOf } from "../support/facts.ts";
import { stringBytes } from "../../lib/bytes/strings.ts";
import { decodeLatin1 } from "../../lib/bytes/text.ts";
import type { Strings } from "../../lib/model.ts";
import { compose, composeDependencies, selectStrings } from "../../lib/wasm/compose.ts";

function textsOf(strings: Strings): string[] {
  return Array.from(strings.offsets.subarray(1), (_, i) => decodeLatin1(stringBytes(strings, i)));
}

Deno.test("compose() joins texts, strings by position and strings by number", () => {
  const owners = { from: stringsOf(["ext4", "xfs"]), numbers: Uint32Array.of(1, 0, 1) };
  const composed = compose(3, ["alias ", stringsOf(["a", "bc", ""]), " ", owners, "\n"]);
  assertEquals(textsOf(composed), ["alias a xfs\n", "alias bc ext4\n", "alias  xfs\n"]);
  assertEquals(composed.bytes, latin1("alias a xfs\nalias bc ext4\nalias  xfs\n"));
  assertEquals(composed.offsets, Uint32Array.of(0, 12, 26, 37));
});

Deno.test("compose() of no strings is empty, whatever the parts", () => {
  const empty = { bytes: new Uint8Array(0), offsets: Uint32Array.of(0) };
  assertEquals(compose(0, ["text", stringsOf([])]), empty);
  assertEquals(compose(0, []), empty);
});

Deno.test("compose() of no parts gives empty strings", () => {
  assertEquals(textsOf(compose(3, [])), ["", "", ""]);
  assertEquals(textsOf(compose(2, ["", stringsOf(["", ""])])), ["", ""]);
});

Deno.test("compose() leaves bytes as they are", () => {
  const bytes = String.fromCharCode(...Array.from({ length: 256 }, (_, i) => i));
  assertEquals(textsOf(compose(1, [stringsOf([bytes]), stringsOf([bytes])])), [bytes + bytes]);
  assertEquals(textsOf(compose(1, ["\u00e9"])), ["\xc3\xa9"]);
});

Deno.test("compose() takes strings of every length, at every place", () => {
  const texts = Array.from(
    { length: 300 },
    (_, i) => "abcdefghijklmnopqrstuvw".repeat(14).slice(0, i),
  );
  assertEquals(textsOf(compose(300, [stringsOf(texts), "|"])), texts.map((text) => `${text}|`));
});

Deno.test("compose() takes fewer strings than a list has", () => {
  assertEquals(textsOf(compose(1, [stringsOf(["a", "b"]), "."])), ["a."]);
});

Deno.test("compose() does not remember what it composed before", () => {
  const large = Array.from({ length: 100_000 }, (_, i) => `string ${i}`);
  assertEquals(
    textsOf(compose(large.length, [stringsOf(large), "!"])),
    large.map((text) => text + "!"),
  );
  assertEquals(textsOf(compose(1, ["a"])), ["a"]);
});

Deno.test("selectStrings() takes strings by number, in any order and repeatedly", () => {
  const strings = stringsOf(["zero", "", "two", "three"]);
  const selected = selectStrings(strings, Uint32Array.of(3, 0, 1, 3, 2));
  assertEquals(selected.bytes, latin1("threezerothreetwo"));
  assertEquals(selected.offsets, Uint32Array.of(0, 5, 9, 9, 14, 17));
});

Deno.test("selectStrings() of no numbers is empty", () => {
  const empty = { bytes: new Uint8Array(0), offsets: Uint32Array.of(0) };
  assertEquals(selectStrings(stringsOf(["a"]), new Uint32Array(0)), empty);
  assertEquals(selectStrings(stringsOf([]), new Uint32Array(0)), empty);
});

Deno.test("selectStrings() gives strings of its own", () => {
  const strings = stringsOf(["abc"]);
  const selected = selectStrings(strings, Uint32Array.of(0));
  strings.bytes.fill(0);
  assertEquals(textsOf(selected), ["abc"]);
});

Deno.test("composeDependencies() makes the lines of modules.dep", () => {
  const paths = stringsOf(["kernel/a.ko", "kernel/b.ko", "/opt/c.ko"]);
  const lists = { starts: Uint32Array.of(0, 2, 2, 3), modules: Uint32Array.of(2, 1, 0) };
  assertEquals(textsOf(composeDependencies(paths, lists)), [
    "kernel/a.ko: /opt/c.ko kernel/b.ko",
    "kernel/b.ko:",
    "/opt/c.ko: kernel/a.ko",
  ]);
});

Deno.test("composeDependencies() of no modules is empty", () => {
  const lists = { starts: Uint32Array.of(0), modules: new Uint32Array(0) };
  const empty = { bytes: new Uint8Array(0), offsets: Uint32Array.of(0) };
  assertEquals(composeDependencies(stringsOf([]), lists), empty);
});

Deno.test("composeDependencies() takes long lines and many", () => {
  const texts = Array.from({ length: 400 }, (_, i) => `kernel/${"d".repeat(i % 200)}/m${i}.ko`);
  const starts = Uint32Array.from({ length: 401 }, (_, i) => i * 400);
  const modules = Uint32Array.from({ length: 160_000 }, (_, i) => i * 7 % 400);
  const found = textsOf(composeDependencies(stringsOf(texts), { starts, modules }));
  assertEquals(found.length, 400);
  for (const module of [0, 1, 399]) {
    const list = Array.from({ length: 400 }, (_, i) => texts[(module * 400 + i) * 7 % 400]);
    assertEquals(found[module], `${texts[module]}: ${list.join(" ")}`);
  }
});
