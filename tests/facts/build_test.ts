/**
 * FactsBuilder: the columns of all modules' facts.
 *
 * @module
 */
import { viewOf } from "../../lib/bytes/interner.ts";
import { assertEquals } from "../support/assert.ts";
import { latin1 } from "../support/elf_builder.ts";
import { decodeLatin1 } from "../../lib/bytes/text.ts";
import { stringBytes } from "../../lib/bytes/strings.ts";
import { FactsBuilder, type StringList } from "../../lib/facts/build.ts";
import type { Facts, ModuleStrings } from "../../lib/model.ts";

function addExport(builder: FactsBuilder, name: string): void {
  builder.addExport(builder.names.intern(viewOf(latin1(name)), 0), 0, 0);
}

function addNeed(builder: FactsBuilder, name: string, weak = 0): void {
  builder.addNeed(builder.names.intern(viewOf(latin1(name)), 0), 0, 0, weak);
}

function addString(builder: FactsBuilder, list: StringList, text: string): void {
  builder.addString(list, latin1(`<${text}>`), { start: 1, end: 1 + text.length });
}

/** The lists of each module. */
function split<T>(starts: Uint32Array, item: (index: number) => T): T[][] {
  const ends = Array.from(starts.subarray(1));
  return ends.map((end, module) => {
    const start = starts[module]!;
    return Array.from({ length: end - start }, (_, i) => item(start + i));
  });
}

function nameOf(facts: Facts, id: number | undefined): string {
  return decodeLatin1(stringBytes(facts.names, id!));
}

function exportsOf(facts: Facts): string[][] {
  return split(facts.exportStarts, (i) => nameOf(facts, facts.exportNames[i]));
}

function needsOf(facts: Facts): string[][] {
  return split(facts.needStarts, (i) => nameOf(facts, facts.needNames[i]));
}

function textsOf({ starts, values }: ModuleStrings): string[][] {
  return split(starts, (i) => decodeLatin1(stringBytes(values, i)));
}

Deno.test("FactsBuilder without modules gives empty columns", () => {
  const facts = new FactsBuilder(true).finish();
  const starts = [facts.exportStarts, facts.needStarts, facts.alias.starts, facts.softdep.starts];
  assertEquals(starts, Array(4).fill(Uint32Array.of(0)));
  assertEquals(facts.names.offsets, Uint32Array.of(0));
  assertEquals(facts.faults, []);
});

Deno.test("FactsBuilder keeps the symbols of each module in order", () => {
  const builder = new FactsBuilder(true);
  for (const name of ["b", "a"]) addExport(builder, name);
  addNeed(builder, "z");
  builder.endModule();
  builder.endModule();
  addExport(builder, "c");
  for (const name of ["a", "b", "a"]) addNeed(builder, name);
  builder.endModule();
  const facts = builder.finish();
  assertEquals(exportsOf(facts), [["b", "a"], [], ["c"]]);
  assertEquals(needsOf(facts), [["z"], [], ["a", "b", "a"]]);
});

Deno.test("FactsBuilder gives one number to a name, whoever uses it", () => {
  const builder = new FactsBuilder(true);
  addExport(builder, "a");
  builder.endModule();
  addNeed(builder, "a");
  builder.endModule();
  const facts = builder.finish();
  assertEquals(facts.exportNames, facts.needNames);
  assertEquals(facts.names.bytes, latin1("a"));
});

Deno.test("FactsBuilder keeps both halves of a CRC", () => {
  const builder = new FactsBuilder(true);
  builder.addExport(0, 0xffffffff, 1);
  builder.addExport(1, 2, 0xfffffffe);
  builder.addNeed(0, 3, 4, 0);
  builder.endModule();
  const facts = builder.finish();
  assertEquals(facts.exportCrcLow, Uint32Array.of(0xffffffff, 2));
  assertEquals(facts.exportCrcHigh, Uint32Array.of(1, 0xfffffffe));
  assertEquals([facts.needCrcLow, facts.needCrcHigh], [Uint32Array.of(3), Uint32Array.of(4)]);
});

Deno.test("FactsBuilder marks weak needs", () => {
  const builder = new FactsBuilder(true);
  [1, 0, 1].forEach((weak, i) => addNeed(builder, `n${i}`, weak));
  builder.endModule();
  assertEquals(builder.finish().needWeak, Uint32Array.of(1, 0, 1));
});

Deno.test("FactsBuilder.dropNeeds() takes back the needs of the current module alone", () => {
  const builder = new FactsBuilder(true);
  addNeed(builder, "kept");
  builder.endModule();
  addExport(builder, "export");
  addNeed(builder, "dropped", 1);
  addNeed(builder, "dropped too", 1);
  builder.dropNeeds();
  builder.endModule();
  addNeed(builder, "later");
  builder.endModule();
  const facts = builder.finish();
  assertEquals(needsOf(facts), [["kept"], [], ["later"]]);
  assertEquals(exportsOf(facts), [[], ["export"], []]);
  assertEquals(facts.needWeak, Uint32Array.of(0, 0));
  assertEquals([facts.needCrcLow.length, facts.needCrcHigh.length], [2, 2]);
});

Deno.test("FactsBuilder.dropNeeds() leaves room for new needs of the same module", () => {
  const builder = new FactsBuilder(true);
  addNeed(builder, "dropped", 1);
  builder.dropNeeds();
  addNeed(builder, "new");
  builder.endModule();
  assertEquals(needsOf(builder.finish()), [["new"]]);
  assertEquals(builder.finish().needWeak, Uint32Array.of(0));
});

Deno.test("FactsBuilder keeps the three lists of strings apart", () => {
  const builder = new FactsBuilder(true);
  addString(builder, "alias", "pci:*");
  addString(builder, "softdep", "pre: a");
  addString(builder, "alias", "");
  builder.endModule();
  addString(builder, "weakdep", "w");
  addString(builder, "alias", "usb:*");
  builder.endModule();
  const facts = builder.finish();
  assertEquals(textsOf(facts.alias), [["pci:*", ""], ["usb:*"]]);
  assertEquals(textsOf(facts.softdep), [["pre: a"], []]);
  assertEquals(textsOf(facts.weakdep), [[], ["w"]]);
});

Deno.test("FactsBuilder keeps faults in order, each with its module", () => {
  const builder = new FactsBuilder(true);
  builder.endModule();
  builder.addFault("unreadable", "Invalid argument");
  builder.endModule();
  builder.addFault("dropped", "an alias");
  builder.addFault("refused", "too large");
  builder.endModule();
  assertEquals(builder.finish().faults, [
    { module: 1, kind: "unreadable", reason: "Invalid argument" },
    { module: 2, kind: "dropped", reason: "an alias" },
    { module: 2, kind: "refused", reason: "too large" },
  ]);
});

Deno.test("FactsBuilder takes more symbols than its first columns hold", () => {
  const builder = new FactsBuilder(true);
  for (let module = 0; module < 100; module++) {
    for (let i = 0; i < 50; i++) addNeed(builder, `n${i}`, i % 2);
    addString(builder, "alias", `a${module}`);
    builder.endModule();
  }
  const facts = builder.finish();
  const want = Array.from({ length: 50 }, (_, i) => `n${i}`);
  assertEquals(needsOf(facts), Array.from({ length: 100 }, () => want));
  assertEquals(textsOf(facts.alias).flat()[99], "a99");
});
