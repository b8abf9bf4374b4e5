/**
 * Texts to be damaged: configuration, the files that the kernel's build makes, and command lines.
 *
 * @module
 */
import { listFiles } from "./test_data.ts";
import { type DrawEdit, type Edit, insertAt } from "./edits.ts";
import * as edits from "./edits.ts";
import { pick, type Random } from "../../tests/support/random.ts";
import { OPTIONS } from "../../lib/cli/options.ts";
import { encodeUtf8 } from "./inputs.ts";
import { concat } from "../../tests/support/compressed.ts";
import { latin1 } from "../../tests/support/elf_builder.ts";

/** The kinds of text, by the names of the files that hold it. */
export const TEXT_NAMES = [
  "depmod.conf",
  "modules.order",
  "modules.builtin",
  "modules.builtin.modinfo",
  "System.map",
  "Module.symvers",
] as const;

/** The name of a command line: a file with an argument on each line. */
export const COMMAND_LINE = "args";

/** Draws a text of this name, and the damage. */
export function drawText(name: string, random: Random): { original: Uint8Array; edits: Edit[] } {
  const original = pick(listOriginals(name), random);
  return { original, edits: edits.drawEdits(original, random, waysFor(name)) };
}

const originals = new Map<string, Uint8Array[]>();

function listOriginals(name: string): readonly Uint8Array[] {
  const held = originals.get(name) ?? readOriginals(name);
  originals.set(name, held);
  return held;
}

function readOriginals(name: string): Uint8Array[] {
  const pattern = new RegExp(`/(${name.replaceAll(".", "\\.")})$`);
  return [new Uint8Array(), ...listFiles("trees", pattern)];
}

function waysFor(name: string): DrawEdit[] {
  const words = name === COMMAND_LINE ? ARGUMENTS : [...COMMON_WORDS, ...WORDS[name]!.map(latin1)];
  const addWord: DrawEdit = (bytes, random) => {
    return insertAt(random(bytes.length + 1), drawWords(words, random));
  };
  const replaceWord: DrawEdit = (bytes, random) => {
    return { at: random(bytes.length + 1), remove: random(12), insert: drawWords(words, random) };
  };
  const ways = [
    ...edits.ANYWHERE,
    moveLine,
    addWord,
    addWord,
    addWord,
    replaceWord,
    addLine(words),
  ];
  return name === COMMAND_LINE ? [addLine(words), addLine(words), ...ways] : ways;
}

const NEWLINE = latin1("\n");

/** One word or a few, often the same one many times. */
function drawWords(words: readonly Uint8Array[], random: Random): Uint8Array {
  const word = pick(words, random);
  const count = pick([1, 1, 1, 1, 2, 8, 40], random);
  return concat(...Array<Uint8Array>(count).fill(word));
}

/** Adds a word as a line of its own, in front of a line. */
function addLine(words: readonly Uint8Array[]): DrawEdit {
  return (bytes, random) => {
    const newline = bytes.indexOf(0x0a, random(bytes.length + 1));
    return insertAt(newline + 1, concat(drawWords(words, random), NEWLINE));
  };
}

/** Copies a line, or the rest of one, in front of another one. */
function moveLine(bytes: Uint8Array, random: Random): Edit {
  const start = random(bytes.length + 1);
  const end = bytes.indexOf(0x0a, start) + 1;
  const line = bytes.slice(start, end === 0 ? bytes.length : end);
  return insertAt(bytes.indexOf(0x0a, random(bytes.length + 1)) + 1, line);
}

const COMMON_WORDS = [
  ...["\n", "\0", "\r\n", "\t", " ", "\x1b[2J", "\x7f", "\x80", "\xc3\xa9", "\xff", "\\", "\\\n"],
  ...["#", "/", "..", ".", "-", "=", "kernel/", "a.ko", "x".repeat(200), "kernel/before.ko\n"],
  ...["[", "]", "*", ".ko.xz", "0", "-1", "99999999999999999999", "\xef\xbb\xbf"],
].map(latin1);

const WORDS: Readonly<Record<string, readonly string[]>> = {
  "depmod.conf": [
    ...["search ", "override ", "external ", "exclude ", "include x\n", "make_map_files no\n"],
    ...[
      "built-in ",
      "external",
      "updates ",
      "twin ",
      "* ",
      "^6 ",
      "override twin ",
      "external * /",
    ],
    ..."( ) | . + ? { } {0,32767} {1,2} {,3} {32768} ^ $ (a*)* (.*)* .* [[:alpha:]]".split(" "),
    ..."[[=a=]] [[.-.]] [^]a] [a-] [z-a] \\\\1 \\\\w \\\\< (.)\\\\1 ((((( ))))) a|b (|a) (?:".split(
      " ",
    ),
    ...["override twin (", "external (", "override a ", " kernel\n", "external ^ /nowhere\n"],
  ],
  "modules.order": [
    "kernel/after.ko\n",
    "kernel/broken.ko\n",
    "before.ko\n",
    "\n\n",
    "y".repeat(5000),
  ],
  "modules.builtin": ["kernel/fs/a-b.ko\n", "a", ".ko\n", "\n", "z".repeat(5000), "a.b.c"],
  "modules.builtin.modinfo": [
    ...[
      "a.alias=",
      "\0a.alias=x\0",
      ".alias=",
      "alias",
      "a.alias=[-]\0",
      "a.alias=x[\0",
      "a.b=c\0",
    ],
    ...["y".repeat(5000), "a.alias=-\0", "\0\0", "."],
  ],
  "System.map": [
    ...["__ksymtab_", "c0 r __ksymtab_printk\n", "r ", " __ksymtab_\n", "c0 r __ksymtab_x y\n"],
    ...["c0 r __ksymtab_TOC.\n", "c0 r __ksymtab_fuzz_before_go\n", "  ", "c0 r ___ksymtab_a\n"],
  ],
  "Module.symvers": [
    ...[
      "0x",
      "0x0\tprintk\tvmlinux\tEXPORT_SYMBOL\t\n",
      "vmlinux\t",
      "\tvmlinux\n",
      "+0x1",
      "-0x1",
    ],
    ...["0xffffffffffffffff", "0x10000000000000000", "0x1\tfuzz_before_go\tvmlinux\tx\n", "zz"],
  ],
};

/** Arguments, and parts of them. None leads out of the directory of a run. */
const ARGUMENTS = [
  ...OPTIONS.flatMap(({ short, long, argument }) => [
    ...(short === undefined ? [] : [`-${short}`]),
    ...(long === undefined ? [] : [`--${long}`, `--${long.slice(0, 3)}`]),
    ...(long === undefined || argument === undefined ? [] : [`--${long}=`, `--${long}=@`]),
  ]),
  ...["-b@", "@", "@/lib", "lib/modules", "6.1.0-test", "6.1", "6.", "1.-2", "--", "-", "", "="],
  ...["@/lib/modules/6.1.0-test/kernel/before.ko", "@/System.map", "@/depmod.conf", "@/nowhere"],
  ...[
    "1",
    "0",
    "-1",
    "999",
    "1000",
    "64M",
    "1K",
    "1G",
    "999999999999999G",
    "_",
    "__",
    "é",
    "\u{1f600}",
  ],
  ...["\x1b[2J", "\x7f", "\u0080", "\ufffd", "%s", "=".repeat(40), "v".repeat(40), "/".repeat(300)],
].map(encodeUtf8);
