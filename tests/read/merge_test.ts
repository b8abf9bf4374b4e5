/**
 * Facts of several parts, merged: the same as those of one part, however the modules are divided.
 *
 * @module
 */
import { decodeStrings } from "../../lib/bytes/strings.ts";
import { listStringColumns, listSymbolColumns } from "../../lib/read/columns.ts";
import { locate, mergeKeys, type Part } from "../../lib/read/merge.ts";
import type { Facts, Fault } from "../../lib/model.ts";
import { assertEquals } from "../support/assert.ts";
import { describeFacts, factsOf, mergeFacts, type ModuleFacts } from "../support/facts.ts";

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

function merge(parts: readonly Part[], count = MODULES.length): Facts {
  return mergeFacts(parts, { count, detailed: true });
}

for (const cut of CUTS) {
  Deno.test(`merging the modules ${JSON.stringify(cut)} gives the facts of all`, () => {
    assertEquals(describeFacts(merge(partsOf(...cut))), describeFacts(factsOf(MODULES)));
  });
}

Deno.test("merging keeps the columns of modules that are in order as they are", () => {
  assertEquals(merge(partsOf([0, 1, 2, 3])), factsOf(MODULES));
  assertEquals(merge(partsOf([0, 1], [2, 3])), factsOf(MODULES));
});

Deno.test("merging modules without details gives none", () => {
  const parts = partsOf([0, 2], [3, 1]).map(({ facts, modules }) => ({
    facts: withoutDetails(facts),
    modules,
  }));
  const facts = mergeFacts(parts, { count: MODULES.length, detailed: false });
  const want = describeFacts(withoutDetails(factsOf(MODULES)));
  assertEquals(describeFacts(facts), want);
  const { exportCrcLow, exportCrcHigh, needCrcLow, needCrcHigh, needWeak } = facts;
  for (const column of [exportCrcLow, exportCrcHigh, needCrcLow, needCrcHigh, needWeak]) {
    assertEquals(column.length, 0);
  }
});

function withoutDetails(facts: Facts): Facts {
  const none = new Uint32Array(0);
  const exports = { exportCrcLow: none, exportCrcHigh: none };
  return { ...facts, ...exports, needCrcLow: none, needCrcHigh: none, needWeak: none };
}

Deno.test("merging takes a module that is in two parts from the later one", () => {
  const parts = partsOf([0, 1], [1, 2], [3]);
  const [first, second, third] = parts;
  const changed = factsOf([{ exports: ["old"], alias: ["old"] }, MODULES[0]!]);
  const again = [{ facts: changed, modules: [1, 0] }, second!, third!];
  assertEquals(describeFacts(merge([first!, second!, third!])), describeFacts(factsOf(MODULES)));
  assertEquals(describeFacts(merge(again)), describeFacts(factsOf(MODULES)));
});

Deno.test("merging keeps no name that no module uses", () => {
  const old = factsOf([{ exports: ["old"], needs: ["older"] }, { exports: ["b"] }]);
  const parts = [{ facts: old, modules: [0, 1] }, {
    facts: factsOf([{ needs: ["b"] }]),
    modules: [0],
  }];
  const { names } = mergeFacts(parts, { count: 2, detailed: true });
  assertEquals(decodeStrings(names), ["b"]);
});

Deno.test("merging nothing gives facts that are empty", () => {
  for (const parts of [[], partsOf([]), partsOf([], [])]) {
    assertEquals(merge(parts, 0), factsOf([]));
  }
});

Deno.test("merging leaves its input as it was", () => {
  const parts = partsOf([3, 0], [2, 1]);
  merge(parts);
  assertEquals(parts, partsOf([3, 0], [2, 1]));
});

Deno.test("merging many modules and names gives the facts of all", () => {
  const modules = Array.from({ length: 500 }, (_, i): ModuleFacts => ({
    exports: [{ name: `e${i}`, crc: BigInt(i) << 20n }],
    needs: [`e${i * 7 % 500}`, { name: `e${i * 11 % 500}`, weak: i % 3 === 0 }],
    alias: Array.from({ length: i % 4 }, (_, j) => `alias ${i} ${j}`),
    softdep: i % 10 === 0 ? ["x".repeat(i)] : [],
  }));
  const lists = [0, 1, 2].map((part) =>
    [...modules.keys()].filter((i) => i * 13 % 500 % 3 === part)
  );
  const parts = lists.map((list) => ({
    facts: factsOf(list.map((module) => modules[module]!)),
    modules: list,
  }));
  assertEquals(describeFacts(merge(parts, 500)), describeFacts(factsOf(modules)));
});

Deno.test("mergeKeys() gives the keys of all modules, and none of a part without keys", () => {
  const keyOf = (file: number) => [0, 1, 2, 3, 4].map((i) => file * 10 + i);
  const parts = [[3, 0], [2], []].map((files) => ({
    keys: Float64Array.from(files.flatMap(keyOf)),
  }));
  const locations = locate([{ modules: [3, 0] }, { modules: [2] }, { modules: [1] }], 4);
  const none = Array(5).fill(NaN);
  assertEquals([...mergeKeys(parts, locations)], [keyOf(0), none, keyOf(2), keyOf(3)].flat());
});

function faultsOf(modules: readonly number[], reason = "why"): Fault[] {
  return modules.map((module) => ({ module, kind: "unreadable", reason }));
}

Deno.test("mergeFaults() moves faults to their modules, and sorts them", () => {
  const parts = partsOf([3, 0], [2, 1]).map(({ facts, modules }) => {
    return { facts: { ...facts, faults: faultsOf([0, 1]) }, modules };
  });
  assertEquals(merge(parts).faults, faultsOf([0, 1, 2, 3]));
});

Deno.test("mergeFaults() keeps several faults of a module in their order", () => {
  const [part] = partsOf([0, 1, 2, 3]);
  const faults = [...faultsOf([2], "first"), ...faultsOf([2], "second"), ...faultsOf([3], "third")];
  assertEquals(merge([{ ...part!, facts: { ...part!.facts, faults } }]).faults, faults);
});

Deno.test("mergeFaults() forgets the faults of a module that is in a later part again", () => {
  const [first, second] = partsOf([0, 1, 2, 3], [1]);
  const parts = [
    { ...first!, facts: { ...first!.facts, faults: faultsOf([1, 2]) } },
    { ...second!, facts: { ...second!.facts, faults: faultsOf([0], "again") } },
  ];
  assertEquals(merge(parts).faults, [...faultsOf([1], "again"), ...faultsOf([2])]);
  assertEquals(merge([parts[0]!, second!]).faults, faultsOf([2]));
});

Deno.test("the columns are all memory of facts, so that a transfer copies nothing", () => {
  const facts = factsOf(MODULES);
  const columns = [...listSymbolColumns(facts), ...listStringColumns(facts)];
  const transfer = columns.map(({ buffer }) => buffer as ArrayBuffer);
  assertEquals(new Set(transfer).size, 20);
  const copy = structuredClone(facts, { transfer });
  assertEquals(copy, factsOf(MODULES));
  const lists = [facts.alias, facts.softdep, facts.weakdep];
  const strings = [facts.names, ...lists.map(({ values }) => values)];
  const left = [
    ...Object.values(facts).filter((value) => value instanceof Uint32Array),
    ...lists.map(({ starts }) => starts),
    ...strings.flatMap(({ bytes, offsets }) => [bytes, offsets]),
  ];
  assertEquals(left.length, 20);
  assertEquals(left.map(({ length }) => length), Array(20).fill(0));
});
