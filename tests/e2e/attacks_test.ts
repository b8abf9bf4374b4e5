/**
 * Files that are made to hurt, each beside a hundred good modules: all of these are indexed, and the
 * run takes bounded time and memory.
 *
 * @module
 */
import { assert, assertEquals } from "../support/assert.ts";
import { buildLargeModule, buildModule, latin1 } from "../support/elf_builder.ts";
import { readIndex } from "../support/index_reader.ts";
import { runProgram } from "../support/program.ts";
import { INCOMPLETE } from "../support/run_tree.ts";
import { buildTree, MODULES, VERSION, withTemporary, writeTree } from "../support/tree.ts";

const GOOD = Array.from({ length: 100 }, (_, i) => `good${i}`);

/** KB of memory, and seconds, that a run may take. */
const MOST_MEMORY = 512 * 1024;
const MOST_SECONDS = 10;

/** Tells on stderr, at last, how many KB of memory the program took at most, and how many ms. */
const MEASURED = `
  start=$(date +%s%3N)
  "$@" & pid=$!
  while line=$(grep VmHWM: "/proc/$pid/status" 2>/dev/null); do peak=$line; sleep 0.01; done
  wait $pid; status=$?
  echo "$peak after $(($(date +%s%3N) - start)) ms" >&2
  exit $status
`;

/** What came of a run: the exit status, lines on stderr, and what the indexes list. */
interface Outcome {
  readonly status: number;
  /** KB of memory that it took at most. */
  readonly peak: number;
  readonly messages: readonly string[];
  readonly modules: ReadonlySet<string>;
  readonly aliases: ReadonlySet<string>;
}

/** Runs the program on the good modules and these files of the tree. */
function attack(
  files: Readonly<Record<string, Uint8Array>>,
  { options = [], prepare }: {
    options?: readonly string[];
    prepare?: (tree: string) => void;
  } = {},
): Outcome {
  const modules = Object.fromEntries(
    GOOD.map((name) => [`kernel/${name}.ko`, { modinfo: [`alias=of-${name}`] }]),
  );
  const placed = Object.entries(files).map(([path, bytes]) => [`${MODULES}/${path}`, bytes]);
  return withTemporary((root) => {
    writeTree(root, buildTree({ modules, files: Object.fromEntries(placed) }));
    const tree = `${root}/${MODULES}`;
    prepare?.(tree);
    const run = { cwd: root, shell: MEASURED };
    const { status, stderr } = runProgram([...options, "-b", root, VERSION], run);
    const [line, peak, time] = /VmHWM:\s*(\d+) kB after (\d+) ms\n$/.exec(stderr)!;
    assert(Number(peak) < MOST_MEMORY, `${peak} KB of memory`);
    assert(Number(time) < MOST_SECONDS * 1000, `${time} ms`);
    const lines = stderr.slice(0, -line.length).replaceAll(tree, "@").split("\n");
    const dep = Deno.readTextFileSync(`${tree}/modules.dep`).split("\n");
    const aliases = readIndex(Deno.readFileSync(`${tree}/modules.alias.bin`));
    return {
      status,
      peak: Number(peak),
      messages: lines.filter((line) => line !== ""),
      modules: new Set(dep.map((line) => line.replace(/:.*/, ""))),
      aliases: new Set(aliases.map(({ key }) => key)),
    };
  });
}

/** The run ended so, and every good module is in the indexes. */
function assertIndexed({ status, messages, modules, aliases }: Outcome, want: number): void {
  assertEquals(status, want, messages.slice(0, 3).join("\n"));
  assertEquals(GOOD.filter((name) => !modules.has(`kernel/${name}.ko`)), []);
  assertEquals(GOOD.filter((name) => !aliases.has(`of_${name}`)), []);
}

/** A module with so many copies of a string in its .modinfo, compressed. */
async function flood(string: string, count: number): Promise<Uint8Array> {
  const { gzipSync } = await import("node:zlib");
  const unit = latin1(`${string}\0`);
  const data = new Uint8Array(unit.length * count);
  for (let at = 0; at < data.length; at += unit.length) data.set(unit, at);
  const module = buildModule({ before: [{ name: ".modinfo", data }] });
  return new Uint8Array(gzipSync(module));
}

Deno.test("depmod bounds what a module with a long name and a flood of aliases adds", async () => {
  const name = "n".repeat(200);
  const outcome = attack({ [`${name}.ko.gz`]: await flood("alias=a", 1_350_000) });
  assertIndexed(outcome, INCOMPLETE);
  assertEquals(outcome.messages, [
    `depmod: ERROR: @/${name}.ko.gz: dropped all further values: ` +
    "its index entries exceed 16777216 bytes",
  ]);
});

Deno.test("depmod names twenty of six million bad aliases", async () => {
  const outcome = attack({ "bad.ko.gz": await flood("alias=\x01", 6_000_000) });
  assertIndexed(outcome, INCOMPLETE);
  const start = "depmod: ERROR: @/bad.ko.gz: dropped ";
  assertEquals(outcome.messages, [ // the same line is not repeated
    `${start}alias with characters that no index can hold: \\x01`,
    `${start}5999980 more values like these`,
  ]);
});

Deno.test("depmod ignores a modules.order of millions of empty lines", () => {
  for (const count of [(1 << 26) - 1, 140_000_000]) {
    const outcome = attack({ "modules.order": new Uint8Array(count).fill(0x0a) });
    assertIndexed(outcome, INCOMPLETE);
    assertEquals(outcome.messages.length, 1, outcome.messages.slice(0, 3).join("\n"));
    assert(outcome.messages[0]!.startsWith("depmod: ERROR: @/modules.order "));
  }
});

Deno.test("depmod starts no more threads than there is work for", () => {
  const least = attack({});
  const outcome = attack({}, { options: ["-j60"] });
  assertIndexed(outcome, 0);
  assert(outcome.peak < least.peak + 64 * 1024, `${outcome.peak} KB, ${least.peak} KB with one`);
});

Deno.test("depmod does not read a modules.builtin of 300 MB", () => {
  const outcome = attack({}, {
    prepare: (tree) => Deno.truncateSync(`${tree}/modules.builtin`, 300e6),
  });
  assertIndexed(outcome, INCOMPLETE);
  assertEquals(outcome.messages, [
    `depmod: ERROR: @/modules.builtin is larger than 67108864 bytes`,
  ]);
});

for (
  const [name, unit, status] of [
    ["modules.builtin", "\n", INCOMPLETE], // more lines than are read
    ["modules.builtin", "\xff\n", INCOMPLETE],
    ["modules.builtin", "x", INCOMPLETE], // a single line
    ["modules.builtin.modinfo", "\n", 0],
    ["modules.builtin.modinfo", "x.alias=\xff\0", INCOMPLETE],
    ["modules.builtin.modinfo", "x.alias=[\0", INCOMPLETE],
  ] as const
) {
  const shown = JSON.stringify(unit);
  Deno.test(`depmod bounds what it says of a ${name} of nothing but ${shown}`, () => {
    const data = latin1(unit.repeat(Math.floor((1 << 24) / unit.length)));
    const outcome = attack({ [name]: data });
    assertIndexed(outcome, status);
    assert(outcome.messages.length < 100, `${outcome.messages.length} messages`);
  });
}

Deno.test("depmod warns of twenty unmatched brackets of a module, and counts the others", async () => {
  const outcome = attack({ "open.ko.gz": await flood("alias=a[", 100_000) });
  assertIndexed(outcome, 0);
  const lines = outcome.messages;
  assertEquals(lines.slice(0, 20), Array(20).fill("depmod: WARNING: Unmatched bracket in a["));
  assertEquals(lines.slice(20), [
    "depmod: WARNING: Unmatched bracket in 99980 more aliases of open",
  ]);
});

/** A file of at least `size` bytes: `unit` again and again. */
function repeat(unit: Uint8Array, size: number): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(size / unit.length) * unit.length);
  for (let at = 0; at < bytes.length; at += unit.length) bytes.set(unit, at);
  return bytes;
}

/** Files that give no output, however many of them follow each other. */
const EMPTY = {
  gz: "1f8b08000000000002030300000000000000 0000",
  xz: "fd377a585a000000ff12d941 000000001cdf4421 06729e7a010000000000595a",
  zst: "28b52ffd20 00 010000",
};

function parseHex(hex: string): Uint8Array {
  return Uint8Array.from(hex.replaceAll(" ", "").match(/../g)!, (byte) => parseInt(byte, 16));
}

/** Four million symbols, all of the same 4,096 bytes. */
function buildLongNames(): Uint8Array {
  const symbol = new Uint8Array(24);
  symbol[0] = 1; // st_name; the rest says that it is undefined
  return buildLargeModule(".symtab", repeat(symbol, 96e6), {
    before: [{ name: ".strtab", data: latin1(`\0${"n".repeat(4096)}\0`) }],
  });
}

/** Files that take many seconds. */
const SLOW: Readonly<Record<string, () => Uint8Array>> = {
  "ko": buildLongNames,
  ...Object.fromEntries(
    Object.entries(EMPTY).map((
      [suffix, hex],
    ) => [`ko.${suffix}`, () => repeat(parseHex(hex), suffix === "gz" ? 200e6 : 96e6)]),
  ),
};

for (const [suffix, build] of Object.entries(SLOW)) {
  Deno.test(`depmod gives up a .${suffix} that takes longer than a second`, () => {
    const outcome = attack({ [`evil.${suffix}`]: build() }, { options: ["--module-timeout=1"] });
    assertIndexed(outcome, INCOMPLETE);
    assertEquals(outcome.messages, [
      `depmod: ERROR: failed to load symbols from @/evil.${suffix}: took longer than 1 s; ` +
      "see --module-timeout",
    ]);
  });
}
