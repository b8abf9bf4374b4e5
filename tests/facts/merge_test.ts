/**
 * Facts of several batches put together: the same as those of one batch, whatever the cut.
 *
 * @module
 */
import { listBuffers, mergeFacts, type Part } from "../../lib/facts/merge.ts";
import { assertEquals } from "../support/assert.ts";
import { describeFacts, factsOf, type ModuleFacts } from "../support/facts.ts";

const MODULES: readonly ModuleFacts[] = [
  { exports: [{ name: "a", crc: 0x1234567890n }], alias: ["x", "y"], softdep: ["pre: b"] },
  {},
  { exports: ["b"], needs: ["a", { name: "c", weak: true }], alias: [""], weakdep: ["w"] },
  { needs: [{ name: "b", crc: 0xffffffffn }, "module_layout", "a"] },
];

/** A part for each list of modules. */
function partsOf(...lists: readonly (readonly number[])[]): Part[] {
  return lists.map((modules) => ({
    facts: factsOf(modules.map((module) => MODULES[module]!)),
    modules,
  }));
}

const CUTS = [
  [[0, 1, 2, 3]],
  [[0], [1, 2, 3]],
  [[0, 1], [2, 3]],
  [[0], [1], [2], [3]],
  [[], [0, 1, 2], [], [3]],
  [[3, 2, 1, 0]],
  [[3, 0], [2, 1]],
  [[0, 2, 1], [3]],
];

for (const cut of CUTS) {
  Deno.test(`mergeFacts() of the modules ${JSON.stringify(cut)} equals the facts of all`, () => {
    const facts = mergeFacts(partsOf(...cut), MODULES.length);
    assertEquals(describeFacts(facts), describeFacts(factsOf(MODULES)));
  });
}

Deno.test("mergeFacts() keeps the columns of modules that are in order as they are", () => {
  assertEquals(mergeFacts(partsOf([0, 1], [2, 3]), MODULES.length), factsOf(MODULES));
});

Deno.test("mergeFacts() moves faults to their modules, and sorts them", () => {
  const parts = partsOf([3, 0], [2, 1]).map(({ facts, modules }) => {
    const faults = [0, 1].map((module) => ({ module, kind: "unreadable", reason: "why" } as const));
    return { facts: { ...facts, faults }, modules };
  });
  assertEquals(mergeFacts(parts, MODULES.length).faults.map(({ module }) => module), [0, 1, 2, 3]);
});

Deno.test("listBuffers() names all memory of facts, so that a transfer copies nothing", () => {
  const facts = factsOf(MODULES);
  const copy = structuredClone(facts, { transfer: listBuffers(facts) });
  assertEquals(copy, factsOf(MODULES));
  const left = [facts.names.bytes, facts.needNames, facts.needWeak, facts.alias.values.offsets];
  assertEquals(left.map(({ length }) => length), [0, 0, 0, 0]);
});
