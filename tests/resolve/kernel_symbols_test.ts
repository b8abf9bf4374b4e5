/**
 * The kernel's own symbols from Module.symvers and System.map: which lines count, with which CRC,
 * and what is said of bad ones. Checked by the reference, which shows with -e which symbols it
 * knows.
 *
 * @module
 */
import {
  type KernelSymbols,
  type KernelSymbolsOptions,
  parseSymvers,
  parseSystemMap,
} from "../../lib/resolve/kernel_symbols.ts";
import { assertEquals } from "../support/assert.ts";

const LOADER = ["__this_module", "_GLOBAL_OFFSET_TABLE_", "TOC."];

/** Reads a file's text. */
type Parse = (text: string, options: KernelSymbolsOptions) => KernelSymbols;

function parse(parser: Parse, text: string, prefix?: string): KernelSymbols {
  return parser(text, { path: "FILE", prefix });
}

/** Names that the file itself lists. */
function namesOf(parser: Parse, text: string, prefix?: string): string[] {
  const names = parse(parser, text, prefix).symbols.map(({ name }) => name);
  return names.slice(0, names.length - LOADER.length);
}

function textsOf(parser: Parse, text: string): string[] {
  return parse(parser, text).messages.map(({ level, text }) => `${level}: ${text}`);
}

for (const parser of [parseSymvers, parseSystemMap]) {
  Deno.test(`${parser.name}() adds the symbols of the kernel's loader`, () => {
    const { symbols, isEmpty, messages } = parse(parser, "");
    assertEquals(symbols, LOADER.map((name) => ({ name, crc: { low: 0, high: 0 } })));
    assertEquals(isEmpty, true);
    assertEquals(messages, []);
  });
}

Deno.test("parseSymvers() takes what vmlinux exports, in file order", () => {
  const text = "0xb352177e\tb\tvmlinux\tEXPORT_SYMBOL\n" +
    "0x00000001\tc\tdrivers/net/dummy\tEXPORT_SYMBOL\n" +
    "0xfedcba98\ta\tvmlinux\tEXPORT_SYMBOL_GPL\tNS\n";
  const { symbols, isEmpty } = parse(parseSymvers, text);
  assertEquals(symbols.slice(0, 2), [
    { name: "b", crc: { low: 0xb352177e, high: 0 } },
    { name: "a", crc: { low: 0xfedcba98, high: 0 } },
  ]);
  assertEquals(symbols.length, 2 + LOADER.length);
  assertEquals(isEmpty, false);
});

/** A line without its end, and whether the symbol `f` is taken from it. */
const SYMVERS_LINES: readonly (readonly [line: string, taken: boolean])[] = [
  ["0x1\tf\tvmlinux\tEXPORT_SYMBOL", true],
  ["0x1 f vmlinux EXPORT_SYMBOL", true],
  ["  0x1\t\tf  vmlinux\t", true],
  ["0x1\tf\tvmlinux", false], // the newline is part of the word
  ["0x1\tf\tvmlinux ", true],
  ["0x1\tf\tvmlinux.o\tEXPORT_SYMBOL", false],
  ["0x1\tf\tVMLINUX\tEXPORT_SYMBOL", false],
  ["0x1\tf", false],
  ["0x1", false],
  ["", false],
  ["f\tvmlinux\tEXPORT_SYMBOL\t", false],
];

for (const [line, taken] of SYMVERS_LINES) {
  const verb = taken ? "takes f from" : "does not take f from";
  Deno.test(`parseSymvers() ${verb} ${JSON.stringify(line)}`, () => {
    assertEquals(namesOf(parseSymvers, line + "\n"), taken ? ["f"] : []);
    assertEquals(textsOf(parseSymvers, line + "\n"), []);
  });
}

Deno.test("parseSymvers() takes a last line without its newline", () => {
  assertEquals(namesOf(parseSymvers, "0x1\tf\tvmlinux"), ["f"]);
});

/** CRC in the file, and the number that it stands for, undefined when it is none. */
const CRCS: readonly (readonly [text: string, crc: bigint | undefined])[] = [
  ["0xb352177e", 0xb352177en],
  ["b352177e", 0xb352177en],
  ["0XB352177E", 0xb352177en],
  ["0", 0n],
  ["0x100000002", 0x100000002n],
  ["0xffffffffffffffff", 0xffffffffffffffffn],
  ["0x1ffffffffffffffff", 0xffffffffffffffffn],
  ["+1", 1n],
  ["-1", 0xffffffffffffffffn],
  ["0x", undefined],
  ["0x1g", undefined],
  ["zz", undefined],
  ["1.", undefined],
  ["--1", undefined],
];

for (const [text, crc] of CRCS) {
  Deno.test(`parseSymvers() reads the CRC ${text} as ${crc}`, () => {
    const { symbols, messages } = parse(parseSymvers, `${text}\tf\tvmlinux\tEXPORT_SYMBOL\n`);
    const found = symbols.find(({ name }) => name === "f")?.crc;
    const expected = crc !== undefined
      ? { low: Number(crc & 0xffffffffn), high: Number(crc >> 32n) }
      : undefined;
    assertEquals(found, expected);
    assertEquals(messages.length, crc === undefined ? 1 : 0);
  });
}

Deno.test("parseSymvers() reports a bad CRC by its line, and goes on", () => {
  const text = "0x1\ta\tvmlinux\tE\nzz\tb\tvmlinux\tE\n\n0x1\tc\tvmlinux\tE\n";
  assertEquals(namesOf(parseSymvers, text), ["a", "c"]);
  assertEquals(textsOf(parseSymvers, text), [
    "error: FILE:2 Invalid symbol version zz: Invalid argument",
  ]);
});

Deno.test("parseSymvers() does not look at the CRCs of other modules' symbols", () => {
  assertEquals(textsOf(parseSymvers, "zz\tf\tdrivers/x\tE\n"), []);
});

Deno.test("parseSymvers() drops one prefix from names", () => {
  const text = "1\t_f\tvmlinux\tE\n1\t__g\tvmlinux\tE\n1\th\tvmlinux\tE\n";
  assertEquals(namesOf(parseSymvers, text, "_"), ["f", "_g", "h"]);
  assertEquals(namesOf(parseSymvers, text), ["_f", "__g", "h"]);
});

Deno.test("parseSystemMap() takes what has a __ksymtab_ symbol, in file order", () => {
  const text = "ffffffff82a3c1d0 r __ksymtab_b\n" +
    "ffffffff81000000 T startup_64\n" +
    "ffffffff82a3c1c0 r __ksymtab_a\n";
  const { symbols, isEmpty, messages } = parse(parseSystemMap, text);
  assertEquals(symbols.map(({ name }) => name), ["b", "a", ...LOADER]);
  assertEquals(symbols.every(({ crc }) => crc.low === 0 && crc.high === 0), true);
  assertEquals(isEmpty, false);
  assertEquals(messages, []);
});

/** A line without its end, and the name taken from it. */
const MAP_LINES: readonly (readonly [line: string, name: string | undefined])[] = [
  ["0 r __ksymtab_f", "f"],
  ["r __ksymtab_f x", undefined],
  ["0 r __ksymtab_f x", "f x"],
  ["0  __ksymtab_f", "f"], // the type may be empty
  [" r __ksymtab_f", "f"], // and the address
  ["0 r  __ksymtab_f", undefined],
  ["0 r __ksymtab_", ""],
  ["0 r __ksymtab", undefined],
  ["0 r ___ksymtab_f", undefined],
  ["0 r x__ksymtab_f", undefined],
  ["0 r __ksymtab_gpl_f", "gpl_f"],
  ["0 r __kstrtab_f", undefined],
  ["0 r f", undefined],
  ["0 r ", undefined],
];

for (const [line, name] of MAP_LINES) {
  Deno.test(`parseSystemMap() takes ${name} from ${JSON.stringify(line)}`, () => {
    assertEquals(namesOf(parseSystemMap, line + "\n"), name === undefined ? [] : [name]);
    assertEquals(textsOf(parseSystemMap, line + "\n"), []);
  });
}

Deno.test("parseSystemMap() drops the prefix before it looks for __ksymtab_", () => {
  const text = "0 r ___ksymtab_f\n0 r ___ksymtab__g\n0 r __ksymtab_h\n";
  assertEquals(namesOf(parseSystemMap, text, "_"), ["f", "_g"]);
});

Deno.test("parseSystemMap() reports bad lines by their numbers, and goes on", () => {
  const text = "bad\n0 r __ksymtab_a\nbad two\n\n0 r __ksymtab_b\n";
  assertEquals(namesOf(parseSystemMap, text), ["a", "b"]);
  assertEquals(textsOf(parseSystemMap, text), [
    "error: FILE:1: invalid line: bad\n",
    "error: FILE:3: invalid line: bad two\n",
    "error: FILE:4: invalid line: \n",
  ]);
});

Deno.test("parseSystemMap() ends its report of a last line as the file ends it", () => {
  assertEquals(textsOf(parseSystemMap, "0 r __ksymtab_a\nbad"), [
    "error: FILE:2: invalid line: bad",
  ]);
});

Deno.test("parseSystemMap() takes a last line without its newline", () => {
  assertEquals(namesOf(parseSystemMap, "0 r __ksymtab_f"), ["f"]);
});

Deno.test("parseSystemMap() does not add TOC. when the file lists it", () => {
  const { symbols } = parse(parseSystemMap, "0 r __ksymtab_TOC.\n");
  assertEquals(symbols.map(({ name }) => name), ["TOC.", "__this_module", "_GLOBAL_OFFSET_TABLE_"]);
});
