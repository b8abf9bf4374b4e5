/**
 * The file of the cache: what is written is read again, and damage anywhere is noticed.
 *
 * @module
 */
import { crc32 } from "node:zlib";
import {
  decodeStringFacts,
  decodeSymbols,
  encodeStringFacts,
  encodeSymbols,
  type FactsShape,
} from "../../lib/cache/facts.ts";
import { decodeColumns, encodeColumns } from "../../lib/cache/columns.ts";
import { decodeRecord, encodeRecord, type RunRecord } from "../../lib/cache/record.ts";
import {
  encodeSections,
  FINGERPRINT_SIZE,
  HEADER_SIZE,
  parseHeader,
  type SectionName,
  SECTIONS,
} from "../../lib/cache/sections.ts";
import { FormatError } from "../../lib/errors.ts";
import type { StringFacts, SymbolFacts } from "../../lib/model.ts";
import { assert, assertEquals, assertThrows } from "../support/assert.ts";
import { stringsOf } from "../support/facts.ts";

const RECORD: RunRecord = {
  settings: { program: "1.2.3", detailed: true, maxModuleSize: 5 },
  faults: [{ module: 1, kind: "unreadable", reason: "Exec format error" }],
  result: {
    inputs: "ab",
    outputs: { "modules.dep": "cd" },
    messages: [
      { level: "error", code: "search", text: "é is no control character", fails: true },
      { level: "warning", code: "alias-bracket", text: "x[", module: "kernel/x.ko", fails: false },
    ],
  },
};

Deno.test("decodeRecord() gives what was encoded", () => {
  assertEquals(decodeRecord(encodeRecord(RECORD)), RECORD);
  const { settings, faults } = RECORD;
  const without = { settings, faults, result: undefined };
  assertEquals(decodeRecord(encodeRecord(without)), without);
});

const RECORDS: readonly (readonly [string, (text: string) => string])[] = [
  ["no JSON", () => "{"],
  ["no object", () => "7"],
  ["a line in a message", (text) => text.replace("is no control", "is no\\ncontrol")],
  ["an unknown level", (text) => text.replace('"level":"error"', '"level":"loud"')],
  ["what only a fatal error says", (text) => text.replace('"level":"error"', '"level":"fatal"')],
  ["part of a result", (text) => text.replace('"level":"error"', '"level":"output"')],
  ["a module that is no number", (text) => text.replace('"module":1', '"module":-1')],
  ["an unknown fault", (text) => text.replace("unreadable", "unlovable")],
  ["no list", (text) => text.replace('"messages":[', '"messages":{"a":[').replace("]}}", "]}}}")],
];

for (const [about, change] of RECORDS) {
  Deno.test(`decodeRecord() refuses ${about}`, () => {
    const text = new TextDecoder().decode(encodeRecord(RECORD));
    assert(change(text) !== text);
    assertThrows(() => decodeRecord(new TextEncoder().encode(change(text))), FormatError);
  });
}

// Sections.

/** A section's name in each byte, another number of times for each. */
const PARTS = Object.fromEntries(
  SECTIONS.map((name, i) => [name, new TextEncoder().encode(name.repeat(i * 7 + 1)).slice()]),
) as Record<SectionName, Uint8Array<ArrayBuffer>>;

const FINGERPRINT = new Uint8Array(FINGERPRINT_SIZE).map((_, i) => i * 3);

/** What a file holds: its fingerprint, then its sections, in their order. */
function readAll(file: Uint8Array<ArrayBuffer>): Uint8Array[] {
  const { fingerprint, sections } = parseHeader(file.subarray(0, HEADER_SIZE), file.length);
  const parts = SECTIONS.map((name) => {
    const { offset, size, checksum } = sections[name];
    const bytes = file.slice(offset, offset + size);
    if (crc32(bytes) !== checksum) throw new FormatError("damaged", offset);
    return bytes;
  });
  return [fingerprint, ...parts];
}

Deno.test("parseHeader() finds the fingerprint and the sections that were encoded", () => {
  const file = encodeSections(PARTS, FINGERPRINT);
  assertEquals(readAll(file), [FINGERPRINT, ...SECTIONS.map((name) => PARTS[name])]);
});

Deno.test("no byte of a file can be changed without notice", () => {
  const file = encodeSections(PARTS, FINGERPRINT);
  for (let at = 0; at < file.length; at++) {
    const changed = file.slice();
    changed[at]! ^= 1 << (at % 8);
    if (at >= 16 && at < 16 + FINGERPRINT_SIZE) {
      assert(readAll(changed)[0]!.some((byte, i) => byte !== FINGERPRINT[i]));
    } else assertThrows(() => readAll(changed), FormatError, undefined, `byte ${at}`);
  }
});

Deno.test("no file can be cut off, or made longer, without notice", () => {
  const file = encodeSections(PARTS, FINGERPRINT);
  for (let size = 0; size < file.length; size++) {
    assertThrows(() => readAll(file.slice(0, size)), FormatError);
  }
  assertThrows(() => readAll(new Uint8Array([...file, 0])), FormatError);
});

// Columns.

Deno.test("decodeColumns() gives what was encoded", () => {
  const columns = [
    new Uint8Array([1, 2, 3]),
    new Uint32Array([7, 2 ** 32 - 1]),
    new Float64Array([0.5, -1]),
    new Uint32Array(),
  ];
  assertEquals(decodeColumns(encodeColumns(columns), ["u8", "u32", "f64", "u32"]), columns);
});

Deno.test("decodeColumns() refuses columns that do not fit, or of another number", () => {
  const bytes = encodeColumns([new Uint8Array(5), new Uint32Array(2)]);
  assertThrows(() => decodeColumns(bytes, ["u8"]), FormatError);
  assertThrows(() => decodeColumns(bytes, ["u32", "u32"]), FormatError); // 5 bytes
  for (let size = 0; size < bytes.length; size++) {
    assertThrows(() => decodeColumns(bytes.slice(0, size), ["u8", "u32"]), FormatError);
  }
  assertThrows(() => decodeColumns(new Uint8Array([...bytes, 0]), ["u8", "u32"]), FormatError);
});

// Facts.

const SHAPE: FactsShape = { modules: 2, detailed: true, quota: 100 };

const SYMBOLS: SymbolFacts = {
  names: stringsOf(["a", "b", "need\x80ed"]),
  exportStarts: Uint32Array.of(0, 1, 2),
  exportNames: Uint32Array.of(0, 1),
  exportCrcLow: Uint32Array.of(5, 6),
  exportCrcHigh: Uint32Array.of(0, 0),
  needStarts: Uint32Array.of(0, 0, 1),
  needNames: Uint32Array.of(2),
  needCrcLow: Uint32Array.of(7),
  needCrcHigh: Uint32Array.of(8),
  needWeak: Uint32Array.of(1),
};

const STRINGS: StringFacts = {
  alias: { starts: Uint32Array.of(0, 1, 1), values: stringsOf(["pci:*"]) },
  softdep: { starts: Uint32Array.of(0, 0, 2), values: stringsOf(["pre: a", "post: \xe9"]) },
  weakdep: { starts: Uint32Array.of(0, 0, 0), values: stringsOf([]) },
};

Deno.test("decodeSymbols() and decodeStringFacts() give what was encoded", () => {
  assertEquals(decodeSymbols(encodeSymbols(SYMBOLS), SHAPE), SYMBOLS);
  assertEquals(decodeStringFacts(encodeStringFacts(STRINGS), SHAPE), STRINGS);
});

const BAD_SYMBOLS: readonly (readonly [string, Partial<SymbolFacts>])[] = [
  ["an export that has no name", { exportNames: Uint32Array.of(0, 3) }],
  ["a need that has no name", { needNames: Uint32Array.of(3) }],
  ["an exported name that is not ASCII", { exportNames: Uint32Array.of(0, 2) }],
  ["an exported name with a line", { names: stringsOf(["a", "b\nc", "d"]) }],
  ["lists of more modules", { needStarts: Uint32Array.of(0, 0, 0, 1) }],
  ["lists that end before they start", { exportStarts: Uint32Array.of(0, 3, 2) }],
  ["lists that end before their values", { exportStarts: Uint32Array.of(0, 1, 1) }],
  ["lists that do not start at 0", { exportStarts: Uint32Array.of(1, 1, 2) }],
  ["names beyond their bytes", {
    names: { bytes: new Uint8Array(3), offsets: Uint32Array.of(0, 1, 2, 4) },
  }],
  ["names without an offset", { names: { bytes: new Uint8Array(), offsets: Uint32Array.of() } }],
  ["too few CRCs", { exportCrcLow: Uint32Array.of(5) }],
  ["too many CRCs", { needCrcHigh: Uint32Array.of(5, 6) }],
  ["a reference that is neither weak nor not", { needWeak: Uint32Array.of(2) }],
];

for (const [about, change] of BAD_SYMBOLS) {
  Deno.test(`decodeSymbols() refuses ${about}`, () => {
    const bytes = encodeSymbols({ ...SYMBOLS, ...change });
    assertThrows(() => decodeSymbols(bytes, SHAPE), FormatError);
  });
}

Deno.test("decodeSymbols() refuses CRCs where there must be none", () => {
  const shape = { ...SHAPE, detailed: false };
  assertThrows(() => decodeSymbols(encodeSymbols(SYMBOLS), shape), FormatError);
});

const BAD_STRINGS: readonly (readonly [string, Partial<StringFacts>])[] = [
  ["an alias with a line", {
    alias: { starts: Uint32Array.of(0, 1, 1), values: stringsOf(["a\nb"]) },
  }],
  ["an alias that is not ASCII", {
    alias: { starts: Uint32Array.of(0, 1, 1), values: stringsOf(["a\x80"]) },
  }],
  ["a soft dependency with a line", {
    softdep: { starts: Uint32Array.of(0, 1, 1), values: stringsOf(["a\nb"]) },
  }],
  ["a module that says more than it may", {
    weakdep: { starts: Uint32Array.of(0, 1, 1), values: stringsOf(["x".repeat(101)]) },
  }],
  ["strings of no module", {
    weakdep: { starts: Uint32Array.of(0, 0, 0), values: stringsOf(["a"]) },
  }],
];

for (const [about, change] of BAD_STRINGS) {
  Deno.test(`decodeStringFacts() refuses ${about}`, () => {
    const bytes = encodeStringFacts({ ...STRINGS, ...change });
    assertThrows(() => decodeStringFacts(bytes, SHAPE), FormatError);
  });
}
