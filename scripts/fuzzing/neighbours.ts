/**
 * Good modules that are read before and after each broken one, and what has to be in the index
 * files for them, derived by hand.
 *
 * @module
 */
import { factsOf } from "../../tests/support/facts.ts";
import { buildModule, type ModuleSpec } from "../../tests/support/elf_builder.ts";

/** The module before: its path in the tree. */
export const BEFORE_PATH = "kernel/before.ko";
/** The broken one. */
export const BROKEN_PATH = "kernel/broken.ko";
/** The module after. */
export const AFTER_PATH = "kernel/after.ko";

const BEFORE_ALIASES = ["fuzz-before:*", "char-major-10-250", "devname:fuzz/before"];
const BEFORE_SPEC: ModuleSpec = {
  exports: [{ name: "fuzz_before_go", crc: 0x11223344 }],
  modinfo: [...BEFORE_ALIASES.map((alias) => `alias=${alias}`), "softdep=pre: fuzz_soft"],
};
const AFTER_SPEC: ModuleSpec = {
  exports: [{ name: "fuzz_after_go", crc: 5, form: "section" }],
  needs: ["fuzz_before_go"],
  versions: [{ name: "fuzz_before_go", crc: 0x11223344 }],
  modinfo: ["alias=fuzz-after", "weakdep=fuzz_weak"],
};

/** The files. */
export const BEFORE = buildModule(BEFORE_SPEC);
export const AFTER = buildModule(AFTER_SPEC);

/** What both modules say. */
export const NEIGHBOUR_FACTS = factsOf([
  {
    exports: [{ name: "fuzz_before_go", crc: 0x11223344n }],
    alias: BEFORE_ALIASES,
    softdep: ["pre: fuzz_soft"],
  },
  {
    exports: [{ name: "fuzz_after_go", crc: 5n }],
    needs: [{ name: "fuzz_before_go", crc: 0x11223344n }],
    alias: ["fuzz-after"],
    weakdep: ["fuzz_weak"],
  },
]);

/** Lines that both modules have in the text files. */
export const LINES: Readonly<Record<string, readonly string[]>> = {
  "modules.dep": [`${BEFORE_PATH}:`, `${AFTER_PATH}: ${BEFORE_PATH}`],
  "modules.alias": [
    ...BEFORE_ALIASES.map((alias) => `alias ${alias} before`),
    "alias fuzz-after after",
  ],
  "modules.softdep": ["softdep before pre: fuzz_soft"],
  "modules.weakdep": ["weakdep after fuzz_weak"],
  "modules.symbols": ["alias symbol:fuzz_before_go before", "alias symbol:fuzz_after_go after"],
  "modules.devname": ["before fuzz/before c10:250"],
};

/** Keys that they have in the binary ones, each with its value. */
export const ENTRIES: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  "modules.dep.bin": [
    ["before", `${BEFORE_PATH}:`],
    ["after", `${AFTER_PATH}: ${BEFORE_PATH}`],
  ],
  "modules.alias.bin": [
    ["fuzz_before:*", "before"],
    ["char_major_10_250", "before"],
    ["devname:fuzz/before", "before"],
    ["fuzz_after", "after"],
  ],
  "modules.symbols.bin": [
    ["symbol:fuzz_before_go", "before"],
    ["symbol:fuzz_after_go", "after"],
  ],
};
