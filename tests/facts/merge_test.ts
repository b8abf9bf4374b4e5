/**
 * Facts of several batches put together: the same as those of one batch, whatever the cut.
 *
 * @module
 */
import { listBuffers, mergeFacts } from "../../lib/facts/merge.ts";
import type { Facts } from "../../lib/model.ts";
import { assertEquals } from "../support/assert.ts";
import { factsOf, type ModuleFacts } from "../support/facts.ts";

const MODULES: readonly ModuleFacts[] = [
  { exports: [{ name: "a", crc: 0x1234567890n }], alias: ["x", "y"], softdep: ["pre: b"] },
  {},
  { exports: ["b"], needs: ["a", { name: "c", weak: true }], alias: [""], weakdep: ["w"] },
  { needs: [{ name: "b", crc: 0xffffffffn }, "module_layout", "a"] },
];

function cut(...lengths: readonly number[]): Facts[] {
  let start = 0;
  return lengths.map((length) => factsOf(MODULES.slice(start, start += length)));
}

for (const lengths of [[4], [1, 3], [2, 2], [1, 1, 1, 1], [0, 3, 0, 1]]) {
  Deno.test(`mergeFacts() of ${lengths.join(" + ")} modules equals the facts of all`, () => {
    assertEquals(mergeFacts(cut(...lengths)), factsOf(MODULES));
  });
}

Deno.test("mergeFacts() moves faults to the places of their modules", () => {
  const fault = { module: 1, kind: "unreadable", reason: "why" } as const;
  const [first, second] = cut(2, 2);
  const merged = mergeFacts([{ ...first!, faults: [fault] }, { ...second!, faults: [fault] }]);
  assertEquals(merged.faults, [fault, { ...fault, module: 3 }]);
});

Deno.test("listBuffers() names all memory of facts, so that a transfer copies nothing", () => {
  const facts = factsOf(MODULES);
  const copy = structuredClone(facts, { transfer: listBuffers(facts) });
  assertEquals(copy, factsOf(MODULES));
  const left = [facts.names.bytes, facts.needNames, facts.needWeak, facts.alias.values.offsets];
  assertEquals(left.map(({ length }) => length), [0, 0, 0, 0]);
});
