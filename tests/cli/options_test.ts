/**
 * The command line: what it sets, and the words with which mistakes are refused. These are those
 * of getopt_long(3) in the reference, which was asked for each.
 *
 * @module
 */
import { OPTIONS, type Options } from "../../lib/cli/options.ts";
import { parseOptions } from "../../lib/cli/parse_options.ts";
import { FatalError, UsageError } from "../../lib/errors.ts";
import { assertEquals, assertThrows } from "../support/assert.ts";

const DEFAULTS: Options = parseOptions([]);

/** What differs from the defaults. */
function changesOf(args: readonly string[]): Partial<Options> {
  const entries = Object.entries(parseOptions(args)).filter(([key, value]) => {
    return JSON.stringify(value) !== JSON.stringify(DEFAULTS[key as keyof Options]);
  });
  return Object.fromEntries(entries);
}

Deno.test("parseOptions() has the reference's defaults", () => {
  assertEquals(DEFAULTS.action, "run");
  assertEquals(DEFAULTS.moduledir, "lib/modules");
  assertEquals(DEFAULTS.basedir, undefined);
  assertEquals(DEFAULTS.outdir, undefined);
  assertEquals(DEFAULTS.maxModuleSize, 2 ** 30);
  assertEquals(DEFAULTS.moduleTimeout, 60);
  assertEquals(DEFAULTS.operands, []);
  assertEquals(DEFAULTS.deprecated, []);
});

/** Arguments, and what they change. */
type Row = readonly [args: readonly string[], changes: Partial<Options>];

interface Group {
  readonly about: string;
  readonly rows: readonly Row[];
}

const GROUPS: readonly Group[] = [
  {
    about: "each short option",
    rows: [
      [["-a"], { all: true }],
      [["-A"], { quick: true }],
      [["-b", "x"], { basedir: "x" }],
      [["-m", "x"], { moduledir: "x" }],
      [["-o", "x"], { outdir: "x" }],
      [["-C", "x"], { configPaths: ["x"] }],
      [["-E", "x"], { symvers: "x" }],
      [["-F", "x"], { systemMap: "x" }],
      [["-e"], { reportUnknown: true }],
      [["-v"], { verbosity: 1 }],
      [["-n"], { show: true }],
      [["-P", "x"], { prefix: "x" }],
      [["-w"], { warnDuplicates: true }],
      [["-V"], { action: "version" }],
      [["-h"], { action: "help" }],
    ],
  },
  {
    about: "each long option",
    rows: [
      [["--all"], { all: true }],
      [["--quick"], { quick: true }],
      [["--basedir", "x"], { basedir: "x" }],
      [["--moduledir", "x"], { moduledir: "x" }],
      [["--outdir", "x"], { outdir: "x" }],
      [["--config", "x"], { configPaths: ["x"] }],
      [["--symvers", "x"], { symvers: "x" }],
      [["--filesyms", "x"], { systemMap: "x" }],
      [["--errsyms"], { reportUnknown: true }],
      [["--verbose"], { verbosity: 1 }],
      [["--show"], { show: true }],
      [["--dry-run"], { show: true }],
      [["--symbol-prefix", "x"], { prefix: "x" }],
      [["--warn"], { warnDuplicates: true }],
      [["--version"], { action: "version" }],
      [["--help"], { action: "help" }],
      [["--strict"], { strict: true }],
      [["--explain=pci:v1"], { explain: "pci:v1" }],
      [["--explain", "ext4"], { explain: "ext4" }],
      [["--no-progress"], { progress: false }],
      [["--check"], { check: "quick" }],
      [["--check=full"], { check: "full" }],
      [["--check", "full"], { check: "quick", operands: ["full"] }],
      [["--max-module-size", "5"], { maxModuleSize: 5 }],
      [["--module-timeout", "5"], { moduleTimeout: 5 }],
    ],
  },
  {
    about: "arguments of short options",
    rows: [
      [["-bx"], { basedir: "x" }],
      [["-b=x"], { basedir: "=x" }],
      [["-b", ""], { basedir: "" }],
      [["-b", "-n"], { basedir: "-n" }],
      [["-b", "--"], { basedir: "--" }],
      [["-b", "-"], { basedir: "-" }],
      [["-bn"], { basedir: "n" }],
      [["-b", "x", "-b", "y"], { basedir: "y" }],
      [["-Cx", "-C", "y"], { configPaths: ["x", "y"] }],
      [["-mx"], { moduledir: "x" }],
      [["-P_"], { prefix: "_" }],
      [["-P-"], { prefix: "-" }],
    ],
  },
  {
    about: "bundles of short options",
    rows: [
      [["-ae"], { all: true, reportUnknown: true }],
      [["-vvv"], { verbosity: 3 }],
      [["-aeb", "x"], { all: true, reportUnknown: true, basedir: "x" }],
      [["-aebx"], { all: true, reportUnknown: true, basedir: "x" }],
      [["-aEx", "-n"], { all: true, symvers: "x", show: true }],
    ],
  },
  {
    about: "arguments of long options",
    rows: [
      [["--basedir=x"], { basedir: "x" }],
      [["--basedir="], { basedir: "" }],
      [["--basedir=x=y"], { basedir: "x=y" }],
      [["--basedir", "-n"], { basedir: "-n" }],
      [["--basedir", "--"], { basedir: "--" }],
      [["--config=x", "--config", "y"], { configPaths: ["x", "y"] }],
    ],
  },
  {
    about: "abbreviations",
    rows: [
      [["--al"], { all: true }],
      [["--a"], { all: true }],
      [["--q"], { quick: true }],
      [["--b", "x"], { basedir: "x" }],
      [["--base=x"], { basedir: "x" }],
      [["--m", "x"], { moduledir: "x" }],
      [["--mod=x"], { moduledir: "x" }],
      [["--o=x"], { outdir: "x" }],
      [["--c=x"], { configPaths: ["x"] }],
      [["--symv=x"], { symvers: "x" }],
      [["--f=x"], { systemMap: "x" }],
      [["--e"], { reportUnknown: true }],
      [["--verb"], { verbosity: 1 }],
      [["--vers"], { action: "version" }],
      [["--sh"], { show: true }],
      [["--d"], { show: true }],
      [["--symb=x"], { prefix: "x" }],
      [["--w"], { warnDuplicates: true }],
      [["--h"], { action: "help" }],
    ],
  },
  {
    about: "operands",
    rows: [
      [["6.1"], { operands: ["6.1"] }],
      [["6.1", "/a.ko", "/b.ko"], { operands: ["6.1", "/a.ko", "/b.ko"] }],
      [["6.1", "-n", "/a.ko", "-a"], { operands: ["6.1", "/a.ko"], show: true, all: true }],
      [["6.1", "-b", "x", "/a.ko"], { operands: ["6.1", "/a.ko"], basedir: "x" }],
      [["-"], { operands: ["-"] }],
      [["-", "-n"], { operands: ["-"], show: true }],
      [[""], { operands: [""] }],
      [["-n", "--", "6.1", "-a"], { show: true, operands: ["6.1", "-a"] }],
      [["6.1", "--", "-n"], { operands: ["6.1", "-n"] }],
      [["--", "--", "-b"], { operands: ["--", "-b"] }],
      [["--"], {}],
    ],
  },
  {
    about: "help and version, which act at once",
    rows: [
      [["-hV"], { action: "help" }],
      [["-Vh"], { action: "version" }],
      [["--help", "--version"], { action: "help" }],
      [["-h", "--bogus"], { action: "help" }],
      [["-hZ"], { action: "help" }],
      [["-V=1x"], { action: "version" }],
      [["-n", "--version", "-b"], { action: "version", show: true }],
    ],
  },
  {
    about: "sizes",
    rows: [
      [["--max-module-size=0"], { maxModuleSize: 0 }],
      [["--max-module-size=64K"], { maxModuleSize: 65536 }],
      [["--max-module-size=3M"], { maxModuleSize: 3 * 1024 ** 2 }],
      [["--max-module-size=2G"], { maxModuleSize: 2 * 1024 ** 3 }],
    ],
  },
  {
    about: "times",
    rows: [
      [["--module-timeout=1"], { moduleTimeout: 1 }],
      [["--module-timeout=99999"], { moduleTimeout: 99999 }],
    ],
  },
];

for (const { about, rows } of GROUPS) {
  for (const [args, changes] of rows) {
    Deno.test(`parseOptions(), ${about}: ${JSON.stringify(args)}`, () => {
      assertEquals(changesOf(args), changes);
    });
  }
}

/** Arguments that getopt refuses, and its words. */
const REFUSED: readonly (readonly [args: readonly string[], message: string])[] = [
  [["-Z"], "invalid option -- 'Z'"],
  [["-nZ"], "invalid option -- 'Z'"],
  [["-Zh"], "invalid option -- 'Z'"],
  [["-n=1"], "invalid option -- '='"],
  [["-:"], "invalid option -- ':'"],
  [["-?"], "invalid option -- '?'"],
  [["-n-"], "invalid option -- '-'"],
  [["-W", "a"], "invalid option -- 'W'"],
  [["--bogus", "-h"], "unrecognized option '--bogus'"],
  [["--zzz=1"], "unrecognized option '--zzz=1'"],
  [["---all"], "unrecognized option '---all'"],
  [["--ALL"], "unrecognized option '--ALL'"],
  [["--alll"], "unrecognized option '--alll'"],
  [["-b"], "option requires an argument -- 'b'"],
  [["-n", "-ab"], "option requires an argument -- 'b'"],
  [["-C"], "option requires an argument -- 'C'"],
  [["-E"], "option requires an argument -- 'E'"],
  [["-F"], "option requires an argument -- 'F'"],
  [["-P"], "option requires an argument -- 'P'"],
  [["-o"], "option requires an argument -- 'o'"],
  [["--basedir"], "option '--basedir' requires an argument"],
  [["--base"], "option '--basedir' requires an argument"],
  [["--moduledir"], "option '--moduledir' requires an argument"],
  [["--m"], "option '--moduledir' requires an argument"],
  [["--symbol"], "option '--symbol-prefix' requires an argument"],
  [["--all=yes"], "option '--all' doesn't allow an argument"],
  [["--all="], "option '--all' doesn't allow an argument"],
  [["--al=yes"], "option '--all' doesn't allow an argument"],
  [["--help=1"], "option '--help' doesn't allow an argument"],
  [["--d=1"], "option '--dry-run' doesn't allow an argument"],
  [["--s"], "option '--s' is ambiguous; possibilities: '--symvers' '--show' '--symbol-prefix'"],
  [["--s=x"], "option '--s=x' is ambiguous; possibilities: '--symvers' '--show' '--symbol-prefix'"],
  [["--sym"], "option '--sym' is ambiguous; possibilities: '--symvers' '--symbol-prefix'"],
  [["--ver"], "option '--ver' is ambiguous; possibilities: '--verbose' '--version'"],
  [
    ["--=x"],
    "option '--=x' is ambiguous; possibilities: '--all' '--quick' '--basedir' '--moduledir' " +
    "'--outdir' '--config' '--symvers' '--filesyms' '--errsyms' '--verbose' '--show' " +
    "'--dry-run' '--symbol-prefix' '--warn' '--version' '--help'",
  ],
];

for (const [args, message] of REFUSED) {
  Deno.test(`parseOptions() refuses ${JSON.stringify(args)} as getopt does`, () => {
    const error = assertThrows(() => parseOptions(args), UsageError);
    assertEquals(error.message, message);
    assertEquals(error.level, undefined);
  });
}

for (const prefix of ["", "ab", "é"]) {
  Deno.test(`parseOptions() refuses the prefix '${prefix}', which is not one byte`, () => {
    for (const args of [["-P", prefix], [`--symbol-prefix=${prefix}`]]) {
      const error = assertThrows(() => parseOptions(args), FatalError);
      assertEquals(error.message, "-P only takes a single char");
    }
  });
}

for (const size of ["", "x", "-1", "1.5", "1k", "1T", "K", "0x10", " 1", "1e3"]) {
  Deno.test(`parseOptions() refuses the size '${size}'`, () => {
    const args = [`--max-module-size=${size}`];
    assertThrows(() => parseOptions(args), FatalError, "--max-module-size takes a number of bytes");
  });
}

for (const time of ["", "0", "x", "-1", "1.5", "100000", "1m", "0x10", " 1", "1e3"]) {
  Deno.test(`parseOptions() refuses the time '${time}'`, () => {
    const error = assertThrows(() => parseOptions([`--module-timeout=${time}`]), FatalError);
    const want = `--module-timeout takes a number from 1 to 99999, not '${time}'`;
    assertEquals(error.message, want);
  });
}

/** Options of old versions; the notice names the option. */
const DEPRECATED: readonly (readonly [args: readonly string[], changes: Partial<Options>])[] = [
  [["-u"], { reportUnknown: true, deprecated: ["-u (--unresolved-error) is deprecated: use -e"] }],
  [["--unresolved-error"], {
    reportUnknown: true,
    deprecated: ["-u (--unresolved-error) is deprecated: use -e"],
  }],
  [["-q"], { progress: false, deprecated: ["-q (--quiet) is deprecated: use --no-progress"] }],
  [["--quiet"], { progress: false, deprecated: ["-q (--quiet) is deprecated: use --no-progress"] }],
  [["-r"], { deprecated: ["-r (--root) is deprecated and has no effect"] }],
  [["--root"], { deprecated: ["-r (--root) is deprecated and has no effect"] }],
  [["--map"], { deprecated: ["--map is deprecated and has no effect"] }],
  [["-qr"], {
    progress: false,
    deprecated: [
      "-q (--quiet) is deprecated: use --no-progress",
      "-r (--root) is deprecated and has no effect",
    ],
  }],
  [["-aq", "6.1"], {
    all: true,
    operands: ["6.1"],
    progress: false,
    deprecated: ["-q (--quiet) is deprecated: use --no-progress"],
  }],
];

for (const [args, changes] of DEPRECATED) {
  Deno.test(`parseOptions() takes ${JSON.stringify(args)} with a notice`, () => {
    assertEquals(changesOf(args), changes);
  });
}

const LONE_M = ["-m without a directory is deprecated and has no effect"];

/** `-m` without a directory, as old scripts wrote for `--map`. */
const LONE_MS: readonly Row[] = [
  [["-m"], { deprecated: LONE_M }],
  [["-am"], { all: true, deprecated: LONE_M }],
  [["-m", "-a"], { all: true, deprecated: LONE_M }],
  [["-m", "--show"], { show: true, deprecated: LONE_M }],
  [["-m", "--", "6.1"], { operands: ["6.1"], deprecated: LONE_M }],
  [["-m", "6.1.0-50-amd64"], { operands: ["6.1.0-50-amd64"], deprecated: LONE_M }],
  [["-am", "6.1", "/a.ko"], { all: true, operands: ["6.1", "/a.ko"], deprecated: LONE_M }],
  [["-m", "lib/modules"], {}], // the default
  [["-m", "usr/lib/modules", "6.1"], { moduledir: "usr/lib/modules", operands: ["6.1"] }],
  [["-m", "6"], { moduledir: "6" }],
  [["-m", "./6.1"], { moduledir: "./6.1" }],
  [["-m6.1"], { moduledir: "6.1" }],
  [["-m", ""], { moduledir: "" }],
];

for (const [args, changes] of LONE_MS) {
  const shown = JSON.stringify(args);
  Deno.test(`parseOptions() distinguishes a lone -m from one with a directory: ${shown}`, () => {
    assertEquals(changesOf(args), changes);
  });
}

/** Beginnings of long options that the reference does not have: they must be written in full. */
const NOT_ABBREVIATED = [
  "--stric",
  "--max",
  "--max-module-siz=1",
  "--quie",
  "--roo",
  "--ma",
  "--unres",
];

for (const option of NOT_ABBREVIATED) {
  Deno.test(`parseOptions() does not take ${option} for a longer option`, () => {
    const error = assertThrows(() => parseOptions([option]), UsageError);
    assertEquals(error.message, `unrecognized option '${option}'`);
  });
}

Deno.test("parseOptions() does not change its arguments", () => {
  const args = ["-b", "x", "--", "6.1"];
  parseOptions(args);
  assertEquals(args, ["-b", "x", "--", "6.1"]);
});

Deno.test("parseOptions() gives each call lists of its own", () => {
  parseOptions(["-C", "x", "6.1", "-q"]);
  assertEquals(parseOptions([]), DEFAULTS);
});

Deno.test("the table of options has no letter and no name twice", () => {
  for (const key of ["short", "long"] as const) {
    const all = OPTIONS.map((option) => option[key]).filter((name) => name !== undefined);
    assertEquals(new Set(all).size, all.length);
  }
});

for (const value of ["quick", "FULL", "ful", " "]) {
  Deno.test(`parseOptions() refuses --check=${value}`, () => {
    const error = assertThrows(() => parseOptions([`--check=${value}`]), UsageError);
    assertEquals(error.message, `option '--check' takes no argument but 'full', not '${value}'`);
  });
}
