/**
 * The `__versions` section. Records that no symbol meets are needs themselves, after the symbols.
 *
 * @module
 */
import { assertEquals, assertThrows } from "../support/assert.ts";
import { buildModule, latin1, type ModuleSpec, SHAPES } from "../support/elf_builder.ts";
import { type FoundNeed, listNeeds, needsOf, parseModules } from "../support/elf_facts.ts";
import { FormatError } from "../../lib/errors.ts";

/** All needs, as `CRC name`. */
function recordsOf(spec: ModuleSpec): string[] {
  return needsOf(buildModule(spec)).map(describe);
}

/** The same for module after module. */
function recordsOfAll(...specs: ModuleSpec[]): string[][] {
  const facts = parseModules(specs.map((spec) => buildModule(spec)));
  return listNeeds(facts).map((needs) => needs.map(describe));
}

function describe({ name, crc }: FoundNeed): string {
  return `${crc.toString(16)} ${name}`;
}

for (const { label, ...shape } of SHAPES) {
  Deno.test(`parseNeeds() of ${label} gives records in file order`, () => {
    const versions = [
      { name: "module_layout", crc: 0x12345678 },
      { name: "kfree", crc: 0xfedcba98 },
    ];
    assertEquals(recordsOf({ ...shape, versions }), ["12345678 module_layout", "fedcba98 kfree"]);
  });

  const longest = 64 - shape.bits / 8 - 1;
  Deno.test(`parseNeeds() of ${label} takes a record's name of ${longest} bytes`, () => {
    const name = "n".repeat(longest);
    const versions = [{ name, crc: 1 }, { name: "b" }];
    assertEquals(recordsOf({ ...shape, versions }), [`1 ${name}`, "0 b"]);
  });

  Deno.test(`parseNeeds() of ${label} refuses a record's name that fills it`, () => {
    for (const place of [0, 1, 2]) {
      const versions = [{ name: "a" }, { name: "b" }];
      versions.splice(place, 0, { name: "n".repeat(longest + 1) });
      assertThrows(() => recordsOf({ ...shape, versions }), FormatError);
    }
  });

  Deno.test(`parseNeeds() of ${label} ends a record's name at the first NUL`, () => {
    const data = new Uint8Array(64).fill(0x78);
    data.set(latin1("ab\0"), shape.bits / 8);
    const found = recordsOf({ ...shape, versions: [], override: { __versions: { data } } });
    assertEquals(found, [`${"78".repeat(shape.bits / 8)} ab`]);
  });
}

Deno.test("parseNeeds() keeps all 64 bits of a record's CRC", () => {
  for (const little of [true, false]) {
    const versions = [{ name: "a", crc: 0x1122334455667788n }];
    assertEquals(recordsOf({ little, versions }), ["1122334455667788 a"]);
    assertEquals(recordsOf({ little, versions, needs: ["a"] }), ["1122334455667788 a"]);
  }
});

Deno.test("parseNeeds() has no records where there is no section, or an empty one", () => {
  assertEquals(recordsOf({}), []);
  assertEquals(recordsOf({ versions: [] }), []);
});

for (const sh_size of [1, 63, 65, 127]) {
  Deno.test(`parseNeeds() has no records in a section of ${sh_size} bytes`, () => {
    const spec = {
      versions: [{ name: "a" }, { name: "b" }],
      override: { __versions: { sh_size } },
    };
    assertEquals(recordsOf(spec), []);
    assertEquals(recordsOf({ ...spec, needs: ["a"] }), ["0 a"]);
  });
}

Deno.test("parseNeeds() takes the first record of a name, and leaves the others", () => {
  const versions = [{ name: "a", crc: 1 }, { name: "b", crc: 2 }, { name: "a", crc: 3 }];
  assertEquals(recordsOf({ needs: ["a"], versions }), ["1 a", "2 b", "3 a"]);
});

Deno.test("parseNeeds() has CRC 0 for a name without a record", () => {
  const versions = [{ name: "a", crc: 1 }];
  assertEquals(recordsOf({ needs: ["b", "a", "c"], versions }), ["0 b", "1 a", "0 c"]);
});

Deno.test("parseNeeds() has CRC 0 for names that are far from any with a record", () => {
  const needs = Array.from({ length: 5000 }, (_, i) => `n${i}`);
  const without = needs.slice(1).map((name) => `0 ${name}`);
  const found = recordsOfAll(
    { needs },
    { needs, versions: [{ name: "n0", crc: 1 }] },
    { needs: needs.slice(1), versions: [{ name: "n0", crc: 2 }] },
    { needs: ["n4999"], versions: [{ name: "n4998", crc: 3 }] },
  );
  assertEquals(found[1], ["1 n0", ...without]);
  assertEquals(found[2], [...without, "2 n0"]);
  assertEquals(found[3], ["0 n4999", "3 n4998"]);
});

Deno.test("parseNeeds() forgets the records of the module before", () => {
  const found = recordsOfAll(
    { needs: ["a", "b"], versions: [{ name: "a", crc: 1 }, { name: "b", crc: 2 }] },
    { needs: ["a"], versions: [{ name: "b", crc: 3 }] },
    { needs: ["b"], versions: [{ name: "a", crc: 4 }] },
  );
  assertEquals(found, [["1 a", "2 b"], ["0 a", "3 b"], ["0 b", "4 a"]]);
});

Deno.test("parseNeeds() forgets the module before when the next has no records", () => {
  const versions = [{ name: "a", crc: 1 }];
  const override = { __versions: { sh_size: 65 } };
  const found = recordsOfAll({ versions }, { needs: ["a"] }, { versions }, {
    needs: ["a"],
    versions,
    override,
  });
  assertEquals(found, [["1 a"], ["0 a"], ["1 a"], ["0 a"]]);
});

Deno.test("parseNeeds() takes any number of records and of names", () => {
  const others = Array.from({ length: 3900 }, (_, i) => `other_${i}`);
  const versions = Array.from({ length: 1000 }, (_, i) => ({ name: `symbol_${i}`, crc: i }));
  const met = [999, 0, 777, 100];
  const line = (record: number) => `${record.toString(16)} symbol_${record}`;
  const unmet = versions.flatMap(({ crc }) => met.includes(crc) ? [] : [line(crc)]);
  const found = recordsOfAll({ needs: others }, {
    needs: met.map((record) => `symbol_${record}`),
    versions,
  });
  assertEquals(found[1], [...met.map(line), ...unmet]);
});
