/**
 * The symbol table: who defines a name, and under which name it is looked up.
 *
 * @module
 */
import { stringBytes } from "../../lib/bytes/strings.ts";
import { decodeLatin1 } from "../../lib/bytes/text.ts";
import type { KernelSymbol } from "../../lib/model.ts";
import { buildSymbolTable, KERNEL, lookUp, UNDEFINED } from "../../lib/resolve/symbols.ts";
import { assertEquals } from "../support/assert.ts";
import { factsOf, type ModuleFacts } from "../support/facts.ts";

interface TableOptions {
  readonly prefix?: string;
  readonly kernel?: readonly KernelSymbol[];
}

function kernelSymbol(name: string, low = 0, high = 0): KernelSymbol {
  return { name, crc: { low, high } };
}

/** For the first need of the last module: who defines it, and with which CRC. */
function findNeed(
  modules: readonly ModuleFacts[],
  { prefix, kernel = [] }: TableOptions = {},
): { owner: number; crc: readonly [low: number, high: number] } {
  const facts = factsOf(modules);
  const table = buildSymbolTable(facts, { kernel, prefix });
  const need = facts.needStarts[modules.length - 1]!;
  const symbol = lookUp(table, facts.needNames[need]!);
  return {
    owner: table.owners[symbol]!,
    crc: [table.crcLow[symbol]!, table.crcHigh[symbol]!],
  };
}

/** The symbols that modules define, as `name owner`, in the order of the table. */
function exportedOf(modules: readonly ModuleFacts[], options: TableOptions = {}): string[] {
  const { prefix, kernel = [] } = options;
  const { names, owners } = buildSymbolTable(factsOf(modules), { kernel, prefix }).exported;
  return Array.from(owners, (owner, i) => `${decodeLatin1(stringBytes(names, i))} ${owner}`);
}

Deno.test("buildSymbolTable() finds the module that defines a name", () => {
  const found = findNeed([{}, { exports: [{ name: "f", crc: 0x1234n }] }, { needs: ["f"] }]);
  assertEquals(found, { owner: 1, crc: [0x1234, 0] });
});

Deno.test("buildSymbolTable() has no owner for a name that nobody defines", () => {
  assertEquals(findNeed([{ exports: ["f"] }, { needs: ["g"] }]).owner, UNDEFINED);
});

Deno.test("buildSymbolTable() lets a later definition replace an earlier one", () => {
  const modules = [
    { exports: [{ name: "f", crc: 1n }] },
    { exports: [{ name: "f", crc: 2n }] },
    { needs: ["f"] },
  ];
  assertEquals(findNeed(modules), { owner: 1, crc: [2, 0] });
});

Deno.test("buildSymbolTable() lets a module's later definition replace its earlier one", () => {
  const exports = [{ name: "f", crc: 1n }, { name: "f", crc: 2n }];
  assertEquals(findNeed([{ exports }, { needs: ["f"] }]).crc, [2, 0]);
  assertEquals(exportedOf([{ exports }]), ["f 0"]);
});

Deno.test("buildSymbolTable() knows the kernel's symbols", () => {
  const kernel = [kernelSymbol("f", 7, 9)];
  assertEquals(findNeed([{ needs: ["f"] }], { kernel }), { owner: KERNEL, crc: [7, 9] });
});

Deno.test("buildSymbolTable() lets a later kernel symbol replace an earlier one", () => {
  const kernel = [kernelSymbol("f", 1), kernelSymbol("f", 2)];
  assertEquals(findNeed([{ needs: ["f"] }], { kernel }).crc, [2, 0]);
});

Deno.test("buildSymbolTable() lets modules replace the kernel's symbols", () => {
  const kernel = [kernelSymbol("f", 7)];
  const modules = [{ exports: [{ name: "f", crc: 8n }] }, { needs: ["f"] }];
  assertEquals(findNeed(modules, { kernel }), { owner: 0, crc: [8, 0] });
});

Deno.test("buildSymbolTable() keeps CRCs of 64 bits", () => {
  const modules = [{ exports: [{ name: "f", crc: 0xfedcba9876543210n }] }, { needs: ["f"] }];
  assertEquals(findNeed(modules).crc, [0x76543210, 0xfedcba98]);
});

/** A need, a definition, a prefix, and whether the one is found in the other. */
const LOOKUPS: readonly (readonly [need: string, name: string, prefix: string, found: boolean])[] =
  [
    ["f", "f", "", true],
    [".f", "f", "", true],
    ["f", ".f", "", false],
    [".f", ".f", "", false],
    ["..f", ".f", "", true],
    ["..f", "f", "", false],
    ["_f", "f", "", false],
    ["_f", "f", "_", true],
    ["_f", "_f", "_", true],
    ["f", "_f", "_", true],
    ["f", "f", "_", true],
    ["__f", "f", "_", false],
    ["__f", "_f", "_", false],
    ["__f", "__f", "_", true],
    ["._f", "f", "_", true],
    ["_.f", "f", "_", false],
    ["_.f", ".f", "_", true],
    ["ff", "f", "f", false],
    ["ff", "ff", "f", true],
    ["f", "g", "f", false],
    ["F", "f", "", false],
  ];

for (const [need, name, prefix, found] of LOOKUPS) {
  const verb = found ? "finds" : "does not find";
  Deno.test(`buildSymbolTable() ${verb} ${need} in ${name} with the prefix '${prefix}'`, () => {
    const options = prefix === "" ? {} : { prefix };
    const { owner } = findNeed([{ exports: [name] }, { needs: [need] }], options);
    assertEquals(owner, found ? 0 : UNDEFINED);
  });
}

Deno.test("buildSymbolTable() lists exported symbols without the prefix", () => {
  assertEquals(exportedOf([{ exports: ["_f", "g"] }], { prefix: "_" }).sort(), ["f 0", "g 0"]);
});

Deno.test("buildSymbolTable() makes one of two names that differ in the prefix", () => {
  const modules = [{ exports: ["f"] }, { exports: ["_f"] }];
  assertEquals(exportedOf(modules, { prefix: "_" }), ["f 1"]);
});

Deno.test("buildSymbolTable() lists neither the kernel's symbols nor those only needed", () => {
  const modules = [{ exports: ["f"], needs: ["g", "h"] }];
  assertEquals(exportedOf(modules, { kernel: [kernelSymbol("h")] }), ["f 0"]);
});

Deno.test("buildSymbolTable() lists exported symbols in the reference's hash order", () => {
  const modules = [
    { exports: ["jbd2_journal_start", "crc16", "nf_register_net_hook"] },
    { exports: ["usb_register_driver", "drm_open", "a", "b", "snd_card_new"] },
  ];
  assertEquals(exportedOf(modules), [
    "crc16 0",
    "b 1",
    "usb_register_driver 1",
    "nf_register_net_hook 0",
    "jbd2_journal_start 0",
    "snd_card_new 1",
    "a 1",
    "drm_open 1",
  ]);
});

Deno.test("buildSymbolTable() works without modules", () => {
  assertEquals(exportedOf([]), []);
});
