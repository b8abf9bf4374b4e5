/**
 * Trees with compressed modules: the indexes are those of the plain tree but for the suffixes.
 * What a file holds is told by its first bytes.
 *
 * @module
 */
import { assert, assertEquals } from "../support/assert.ts";
import { concat, LARGE, MODULE, readCompressed, turned, ZEROS } from "../support/compressed.ts";
import { buildModule, type ModuleSpec } from "../support/elf_builder.ts";
import { describeEntry, type GoldenOutcome } from "../support/golden.ts";
import { packGzip, packXz, packZstd } from "../support/pack.ts";
import {
  assertComplete,
  assertIncomplete,
  fileLines,
  fileText,
  indexKeys,
  messages,
  runTree,
} from "../support/run_tree.ts";
import { MODULES, type TreeSpec } from "../support/tree.ts";

/** How a module is packed, by the suffix that it gets for it. */
const PACK: Readonly<Record<string, (module: Uint8Array) => Uint8Array>> = {
  "": (module) => module,
  ".gz": packGzip,
  ".xz": packXz,
  ".zst": packZstd,
};

/** A module with something for every index; it needs those that are named. */
function moduleOf(name: string, ...needs: string[]): ModuleSpec {
  return {
    exports: [{ name: `${name}_go`, crc: name.length }],
    needs: needs.map((need) => `${need}_go`),
    modinfo: [`alias=of-${name}`, `softdep=pre: soft-${name}`, `weakdep=weak-${name}`],
  };
}

/** Each needs those of other formats. */
const SPECS: Readonly<Record<string, ModuleSpec>> = {
  "kernel/top.ko": moduleOf("top", "left", "right"),
  "kernel/drivers/left.ko": moduleOf("left", "base"),
  "kernel/drivers/right.ko": moduleOf("right", "base", "deep"),
  "kernel/base.ko": moduleOf("base", "deep"),
  "kernel/lib/deep.ko": moduleOf("deep"),
};

const ORDER = Object.keys(SPECS).reverse();

/** The tree with these modules packed, `modules.order` with plain names. */
function packed(suffixes: Readonly<Record<string, string>>, order: string[] | null): TreeSpec {
  const files = Object.entries(SPECS).map(([path, spec]) => {
    const suffix = suffixes[path] ?? "";
    return [`${MODULES}/${path}${suffix}`, PACK[suffix]!(buildModule(spec))];
  });
  return { order, files: Object.fromEntries(files) };
}

const MIXED = {
  "kernel/top.ko": ".xz",
  "kernel/drivers/left.ko": ".gz",
  "kernel/drivers/right.ko": ".zst",
  "kernel/lib/deep.ko": ".gz",
};

function allWith(suffix: string): Record<string, string> {
  return Object.fromEntries(ORDER.map((path) => [path, suffix]));
}

function assertSame(actual: GoldenOutcome, want: GoldenOutcome): void {
  assertEquals([actual.status, actual.stderr], [want.status, want.stderr]);
  assertEquals([...actual.files.keys()].sort(), [...want.files.keys()].sort());
  for (const [path, entry] of actual.files) {
    if (path.endsWith("/modules.dep.bin")) continue; // holds offsets, which the suffixes move
    const text = describeEntry(entry).replaceAll(/\.ko\.(?:gz|xz|zst)(?=[: \n])/g, ".ko");
    assertEquals(text, describeEntry(want.files.get(path)!), path);
  }
  assertEquals(indexKeys(actual, "modules.dep.bin"), indexKeys(want, "modules.dep.bin"));
}

for (
  const [what, suffixes] of [
    ["of all formats", MIXED],
    ["in gzip", allWith(".gz")],
    ["in xz", allWith(".xz")],
    ["in zstd", allWith(".zst")],
  ] as const
) {
  Deno.test(`depmod indexes modules ${what} as the plain ones`, () => {
    const actual = runTree(packed(suffixes, ORDER));
    assertComplete(actual);
    assertEquals(actual.stderr, "");
    assertSame(actual, runTree(packed({}, ORDER)));
  });
}

Deno.test("depmod indexes compressed modules without modules.order as the plain ones", () => {
  const actual = runTree(packed(MIXED, null));
  assertComplete(actual);
  const text = `could not open modules.order at @/${MODULES}: No such file or directory`;
  assertEquals(messages(actual), [`depmod: WARNING: ${text}`]);
  assertEquals(indexKeys(actual, "modules.dep.bin"), ["base", "deep", "left", "right", "top"]);
  assertSame(actual, runTree(packed({}, null)));
});

Deno.test("depmod lists compressed modules with suffixes, in the order of plain names", () => {
  const outcome = runTree(packed(MIXED, ORDER));
  assertComplete(outcome);
  assertEquals(fileLines(outcome, "modules.dep"), [
    "kernel/lib/deep.ko.gz:",
    "kernel/base.ko: kernel/lib/deep.ko.gz",
    "kernel/drivers/right.ko.zst: kernel/base.ko kernel/lib/deep.ko.gz",
    "kernel/drivers/left.ko.gz: kernel/base.ko kernel/lib/deep.ko.gz",
    "kernel/top.ko.xz: kernel/drivers/right.ko.zst kernel/drivers/left.ko.gz kernel/base.ko " +
    "kernel/lib/deep.ko.gz",
  ]);
  const names = ["deep", "base", "right", "left", "top"];
  for (
    const [file, line] of [
      ["modules.alias", (name: string) => `alias of-${name} ${name}`],
      ["modules.softdep", (name: string) => `softdep ${name} pre: soft-${name}`],
      ["modules.weakdep", (name: string) => `weakdep ${name} weak-${name}`],
    ] as const
  ) {
    assertEquals(fileLines(outcome, file), names.map(line));
  }
  const symbols = names.map((name) => `alias symbol:${name}_go ${name}`);
  assertEquals(fileLines(outcome, "modules.symbols").sort(), symbols.sort());
});

/** The tree of SIMPLE modules: `a` needs `b` needs `c`. */
const [A, B, C] = [moduleOf("a", "b"), moduleOf("b", "c"), moduleOf("c")].map((spec) =>
  buildModule(spec)
) as unknown as [Uint8Array, Uint8Array, Uint8Array];

/** Runs on these module files, listed in this order. */
function runOn(modules: Record<string, Uint8Array>, options: readonly string[] = []) {
  const files = Object.entries(modules).map(([path, bytes]) => [`${MODULES}/${path}`, bytes]);
  const order = Object.keys(modules).map((path) => path.replace(/\.ko\..*/, ".ko"));
  return runTree({ order, files: Object.fromEntries(files) }, { options });
}

for (
  const [what, modules] of [
    ["plain modules named as compressed ones", { "a.ko.gz": A, "b.ko.xz": B, "c.ko.zst": C }],
    [
      "compressed modules named as plain ones",
      { "a.ko": packGzip(A), "b.ko": packXz(B), "c.ko": packZstd(C) },
    ],
    [
      "compressed modules named as others",
      { "a.ko.xz": packGzip(A), "b.ko.zst": packXz(B), "c.ko.gz": packZstd(C) },
    ],
  ] as const
) {
  Deno.test(`depmod reads ${what}`, () => {
    const outcome = runOn(modules as Record<string, Uint8Array>);
    assertComplete(outcome);
    assertEquals(outcome.stderr, "");
    const [a, b, c] = Object.keys(modules);
    assertEquals(fileText(outcome, "modules.dep"), `${a}: ${b} ${c}\n${b}: ${c}\n${c}:\n`);
    const aliases = ["alias of-a a", "alias of-b b", "alias of-c c"];
    assertEquals(fileLines(outcome, "modules.alias"), aliases);
  });
}

Deno.test("depmod reads xz files with filters and checks that the kernel's build does not use", () => {
  const plain = runOn({ "a.ko": MODULE });
  assertEquals(fileLines(plain, "modules.symbols").length, 30);
  for (const name of ["filter-x86", "filters-delta-x86", "check-sha256", "dictionary-96M"]) {
    const outcome = runOn({ "a.ko": readCompressed(`xz/${name}.xz`) });
    assertComplete(outcome);
    assertEquals(outcome.stderr, "", name);
    for (const file of ["modules.dep", "modules.alias", "modules.symbols", "modules.softdep"]) {
      assertEquals(fileText(outcome, file), fileText(plain, file), `${name}: ${file}`);
    }
  }
});

/** The one message is that this module could not be read, for this reason. */
function assertFailedToLoad(outcome: GoldenOutcome, path: string, reason: string): void {
  assertEquals(messages(outcome), [
    `depmod: ERROR: failed to load symbols from @/${MODULES}/${path}: ${reason}`,
  ]);
}

/** Files that hold B, broken, and why they cannot be unpacked; for gzip in the words of zlib. */
const CORRUPT: readonly (readonly [string, string, Uint8Array, string])[] = [
  ["gzip", "cut off", packGzip(B).subarray(0, -1), "unexpected end of file"],
  ["gzip", "with a wrong CRC", turned(packGzip(B), -8), "incorrect data check"],
  ["xz", "cut off", packXz(B).subarray(0, -1), "data cut off, or something else after it"],
  ["xz", "with a wrong CRC", turned(packXz(B), -25), "corrupt data, or something else after it"],
  [
    "xz",
    "with a text behind",
    concat(packXz(B), new TextEncoder().encode("and more text\n")),
    "corrupt data, or something else after it",
  ],
  ["zstd", "cut off", packZstd(B).subarray(0, -1), "data cut off"],
  [
    "zstd",
    "with a wrong checksum",
    turned(readCompressed("zstd/checksum.zst"), -1),
    "wrong checksum",
  ],
];

for (const [format, what, bytes, reason] of CORRUPT) {
  for (
    const [options, assertOutcome, result] of [
      [[], assertComplete, "succeeds"],
      [["--strict"], assertIncomplete, "fails"],
    ] as const
  ) {
    const words = ["depmod", ...options].join(" ");
    Deno.test(`${words} reports a ${format} file ${what}, keeps its line, and ${result}`, () => {
      const outcome = runOn({ "a.ko": A, "b.ko.xz": bytes, "c.ko.zst": packZstd(C) }, options);
      assertOutcome(outcome);
      assertFailedToLoad(outcome, "b.ko.xz", `${format}: ${reason}`);
      assertEquals(fileText(outcome, "modules.dep"), "a.ko:\nb.ko.xz:\nc.ko.zst:\n");
      assertEquals(fileLines(outcome, "modules.alias"), ["alias of-a a", "alias of-c c"]);
    });
  }
}

// The reasons are those of the reference for files with such content.
const TEXT = new TextEncoder().encode("no module at all\n".repeat(9));

for (
  const [what, bytes, reason] of [
    ["nothing", packGzip(new Uint8Array(0)), "Exec format error"],
    ["a text", packXz(TEXT), "Exec format error"],
    ["half a module", packZstd(MODULE.subarray(0, 1500)), "Invalid argument"],
    ["another compressed file", packGzip(packXz(B)), "Exec format error"],
  ] as const
) {
  Deno.test(`depmod reports a file that unpacks to ${what}, and keeps nothing of it`, () => {
    const outcome = runOn({ "big.ko.gz": packGzip(MODULE), "b.ko.xz": bytes, "c.ko": C });
    assertComplete(outcome);
    assertFailedToLoad(outcome, "b.ko.xz", reason);
    assertEquals(fileText(outcome, "modules.dep"), "big.ko.gz:\nb.ko.xz:\nc.ko:\n");
    const owners = fileLines(outcome, "modules.symbols").map((line) => line.split(" ")[2]);
    assertEquals([...new Set(owners)].sort(), ["big", "c"]);
  });
}

/** Files of a few KB to 1 MB that unpack to 1 GiB. */
async function makeBombs(): Promise<Record<string, Uint8Array>> {
  const { gzipSync } = await import("node:zlib");
  const members = {
    "bomb-gz.ko.gz": new Uint8Array(gzipSync(new Uint8Array(ZEROS))),
    "bomb-xz.ko.xz": readCompressed("xz/zeros.xz"),
    "bomb-zst.ko.zst": readCompressed("zstd/zeros.zst"),
  };
  return Object.fromEntries(
    Object.entries(members).map(([name, member]) => {
      return [name, concat(...Array.from({ length: 16 }, () => member))];
    }),
  );
}

const AROUND = { "a.ko.gz": packGzip(A), "b.ko.xz": packXz(B), "c.ko.zst": packZstd(C) };
const LIMITED = ["--max-module-size=16M"];

Deno.test("depmod refuses bombs, indexes all else, and fails", async () => {
  const bombs = await makeBombs();
  const outcome = runOn({ ...bombs, ...AROUND }, LIMITED);
  assertIncomplete(outcome);
  const reason = "unpacks to more than 16777216 bytes; see --max-module-size";
  assertEquals(
    messages(outcome),
    Object.keys(bombs).map((path) => {
      return `depmod: ERROR: failed to load symbols from @/${MODULES}/${path}: ${reason}`;
    }),
  );
  assertEquals(fileLines(outcome, "modules.dep"), [
    ...Object.keys(bombs).map((path) => `${path}:`),
    "a.ko.gz: b.ko.xz c.ko.zst",
    "b.ko.xz: c.ko.zst",
    "c.ko.zst:",
  ]);
});

for (
  const [name, path] of [
    ["gzip/large.gz", "a.ko.gz"],
    ["xz/large.xz", "a.ko.xz"],
    ["zstd/large.zst", "a.ko.zst"],
  ] as const
) {
  const packed = readCompressed(name);
  const limited = (limit: number) => runOn({ [path]: packed }, [`--max-module-size=${limit}`]);

  Deno.test(`depmod --max-module-size counts the unpacked bytes of ${path}`, () => {
    assert(packed.length < LARGE.length, "it would be refused for its packed bytes");
    const taken = limited(LARGE.length);
    assertComplete(taken);
    assertEquals(taken.stderr, "");
    assertEquals(fileLines(taken, "modules.symbols").length, 100);

    const limit = LARGE.length - 1;
    const refused = limited(limit);
    assertIncomplete(refused);
    const reason = `unpacks to more than ${limit} bytes; see --max-module-size`;
    assertFailedToLoad(refused, path, reason);
    assertEquals(fileText(refused, "modules.dep"), `${path}:\n`);
    assertEquals(fileLines(refused, "modules.symbols"), []);
  });

  Deno.test(`depmod --max-module-size counts the packed bytes of ${path} too`, () => {
    const limit = packed.length - 1;
    const refused = limited(limit);
    assertIncomplete(refused);
    assertFailedToLoad(refused, path, `larger than ${limit} bytes; see --max-module-size`);
    assertEquals(fileText(refused, "modules.dep"), `${path}:\n`);
  });
}

/**
 * Runs the program and tells on stderr how much memory it took at most, as Linux tells for a
 * process that lives: again and again until it ends, when there is no such line any more.
 */
const TELL_PEAK = `
  "$@" & pid=$!
  while line=$(grep VmHWM: "/proc/$pid/status" 2>/dev/null); do peak=$line; sleep 0.01; done
  wait $pid; status=$?
  echo "$peak" >&2
  exit $status
`;

/** KB of memory that a run takes at most. */
function measureMemory(modules: Record<string, Uint8Array>): number {
  const files = Object.entries(modules).map(([path, bytes]) => [`${MODULES}/${path}`, bytes]);
  const spec = { files: Object.fromEntries(files) };
  const outcome = runTree(spec, { options: LIMITED, shell: TELL_PEAK });
  assertEquals(fileLines(outcome, "modules.dep").length, Object.keys(modules).length);
  return Number(/^VmHWM:\s*(\d+) kB$/m.exec(outcome.stderr)![1]);
}

// Three bombs of 1 GiB each; what is not yet collected of the pieces takes some 100 MiB.
Deno.test("depmod needs little memory for bombs", async () => {
  const [plain, bombs] = [
    measureMemory(AROUND),
    measureMemory({ ...AROUND, ...await makeBombs() }),
  ];
  assert(plain > 10 * 1024, `${plain} KB are measured for a whole program`);
  assert(bombs < plain + 400 * 1024, `${bombs} KB with bombs, ${plain} KB without`);
});
