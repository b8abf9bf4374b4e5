/**
 * NameTable: numbers of names, to which more are added.
 *
 * @module
 */
import { assertEquals } from "../support/assert.ts";
import { stringsOf } from "../support/facts.ts";
import { stringBytes } from "../../lib/bytes/strings.ts";
import { decodeLatin1 } from "../../lib/bytes/text.ts";
import { NameTable } from "../../lib/resolve/name_table.ts";

const DOT = 0x2e;

function makeTable(...names: string[]): NameTable {
  return new NameTable(stringsOf(names));
}

/** All names by number. */
function namesOf(table: NameTable): string[] {
  const names = table.finish();
  return Array.from(names.offsets.subarray(1), (_, i) => decodeLatin1(stringBytes(names, i)));
}

Deno.test("NameTable keeps the numbers of its list, and adds after them", () => {
  const table = makeTable("b", "", "module_layout");
  const numbers = ["module_layout", "new", "b", "", "new", "newer"].map((name) => table.add(name));
  assertEquals(numbers, [2, 3, 0, 1, 3, 4]);
  assertEquals(namesOf(table), ["b", "", "module_layout", "new", "newer"]);
});

Deno.test("NameTable to which nothing was added gives its list", () => {
  const names = stringsOf(["b", "a"]);
  const table = new NameTable(names);
  assertEquals([table.add("a"), table.dropFirst(0, DOT), table.dropFirst(1, undefined)], [1, 0, 1]);
  assertEquals(table.finish() === names, true);
});

Deno.test("NameTable of no names begins with number 0", () => {
  const table = makeTable();
  assertEquals(namesOf(table), []);
  assertEquals([table.add("a"), table.add("b"), table.add("a")], [0, 1, 0]);
  assertEquals(namesOf(table), ["a", "b"]);
});

Deno.test("NameTable keeps bytes as they are", () => {
  const bytes = String.fromCharCode(...Array.from({ length: 256 }, (_, i) => i));
  const table = makeTable(bytes, "\x80");
  assertEquals([table.add(bytes), table.add("\x80"), table.add("\x81\xff")], [0, 1, 2]);
  assertEquals(namesOf(table), [bytes, "\x80", "\x81\xff"]);
});

Deno.test("NameTable.dropFirst() gives the number of the rest, which may be new", () => {
  const table = makeTable(".a", "a", ".b", "..c");
  assertEquals(table.dropFirst(0, DOT), 1);
  assertEquals(table.dropFirst(2, DOT), 4);
  assertEquals(table.dropFirst(3, DOT), 5);
  assertEquals(namesOf(table), [".a", "a", ".b", "..c", "b", ".c"]);
});

Deno.test("NameTable.dropFirst() drops the first byte of a name that was added", () => {
  const table = makeTable("..a");
  const number = table.dropFirst(0, DOT);
  assertEquals([number, table.dropFirst(number, DOT)], [1, 2]);
  assertEquals(table.dropFirst(2, DOT), 2);
  assertEquals(namesOf(table), ["..a", ".a", "a"]);
});

Deno.test("NameTable.dropFirst() leaves a name that begins with another byte", () => {
  const table = makeTable("a.", "", "\xae", "_x");
  assertEquals([0, 1, 2, 3].map((number) => table.dropFirst(number, DOT)), [0, 1, 2, 3]);
  assertEquals([0, 1, 2, 3].map((number) => table.dropFirst(number, undefined)), [0, 1, 2, 3]);
  const empty = table.dropFirst(table.add("."), DOT);
  assertEquals([empty, table.dropFirst(empty, DOT)], [1, 1]);
});

Deno.test("NameTable.dropFirst() takes bytes up to 0xff", () => {
  const table = makeTable("\xffa", "\x00b");
  assertEquals([table.dropFirst(0, 0xff), table.dropFirst(1, 0)], [2, 3]);
  assertEquals(namesOf(table), ["\xffa", "\x00b", "a", "b"]);
});

Deno.test("NameTable.findStarting() gives all names of the list with one of the first bytes", () => {
  const names = ["a", ".b", "", "_c", ".", "d._", "\xffe", "_"];
  const found = (...firsts: (number | undefined)[]) =>
    makeTable(...names).findStarting(firsts).filter((i) => names[i] !== "");
  assertEquals(found(DOT), [1, 4]);
  assertEquals(found(DOT, undefined), [1, 4]);
  assertEquals(found(DOT, 0x5f), [1, 3, 4, 7]);
  assertEquals(found(0xff), [6]);
  assertEquals(found(undefined), []);
  assertEquals(makeTable("", "").findStarting([DOT]), []);
});

Deno.test("NameTable takes any number of names", () => {
  const names = Array.from({ length: 20_000 }, (_, i) => `.symbol_${i}`);
  const table = makeTable(...names);
  const dropped = names.map((_, i) => table.dropFirst(i, DOT));
  assertEquals(dropped, names.map((_, i) => 20_000 + i));
  assertEquals(names.map((name) => table.add(name)), [...names.keys()]);
  assertEquals(namesOf(table)[31_415], "symbol_11415");
});
