/**
 * Checking what the index files say: sets that the reference wrote are sound, and none that is
 * damaged passes for sound or stops the program.
 *
 * @module
 */
import { type CheckedSet, checkSet } from "../../lib/check/check_set.ts";
import type { IndexSet } from "../../lib/check/read_set.ts";
import type { BuiltinFiles } from "../../lib/model.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { latin1 } from "../support/elf_builder.ts";
import { listCases, readInput, readOutcome } from "../support/golden.ts";
import { INDEX_FILES } from "../support/run_tree.ts";
import { decodeBytes, isLink, MODULES, type Tree } from "../support/tree.ts";

/** A set that the reference wrote, and what it made two of its files from. */
interface Sample {
  readonly name: string;
  readonly set: IndexSet;
  readonly builtin: BuiltinFiles;
}

/** The golden trees of which all files were written in the usual place. */
function listSamples(): Sample[] {
  return listCases().flatMap((name) => {
    const { files } = readOutcome(name);
    const { root } = readInput(name);
    if (!INDEX_FILES.every((file) => files.has(`${MODULES}/${file}`))) return [];
    const set = new Map(INDEX_FILES.map((file) => [file, bytesOf(files, file)]));
    const builtin = {
      builtin: bytesOf(root, "modules.builtin"),
      builtinModinfo: bytesOf(root, "modules.builtin.modinfo"),
    };
    return [{ name, set, builtin }];
  });
}

/** A file below MODULES; nothing if it is absent. */
function bytesOf(tree: Tree, file: string): Uint8Array {
  const entry = tree.get(`${MODULES}/${file}`);
  return entry === undefined || isLink(entry) ? new Uint8Array() : entry;
}

const SAMPLES = listSamples();
const DEFAULT = SAMPLES.find(({ name }) => name === "default")!;

const NOTHING = { texts: [], omitted: 0, isDamage: false };

/** Checks a sample with one of its files replaced. */
function checkWith(
  { set, builtin }: Sample,
  file: string,
  content: Uint8Array | string,
): CheckedSet {
  return checkSet(new Map([...set, [file, content]]), builtin);
}

/** Text of a file of the default tree. */
function textOf(file: string): string {
  return decodeBytes(DEFAULT.set.get(file) as Uint8Array);
}

Deno.test("checkSet() finds nothing in any set that the reference wrote", () => {
  assert(SAMPLES.length > 60, `${SAMPLES.length} sets`);
  for (const { name, set, builtin } of SAMPLES) {
    assertEquals(checkSet(set, builtin).findings, NOTHING, name);
    assertEquals(checkSet(set, undefined).findings, NOTHING, name);
  }
});

Deno.test("checkSet() gives the paths of modules.dep in file order", () => {
  const want = textOf("modules.dep").split("\n").slice(0, -1).map((line) => line.split(":")[0]!);
  assertEquals(checkSet(DEFAULT.set, DEFAULT.builtin).listed, want);
});

Deno.test("checkSet() gives no paths when modules.dep is damaged", () => {
  assertEquals(checkWith(DEFAULT, "modules.dep", "missing").listed, undefined);
  assertEquals(checkWith(DEFAULT, "modules.dep", latin1("x")).listed, undefined);
});

/** A change to a text of the default tree, and what is found. */
const CHANGES: readonly (readonly [
  file: string,
  change: (text: string) => string,
  findings: readonly string[],
])[] = [
  [
    "modules.dep",
    (text) => text.replace("kernel/fs/mbcache.ko:\n", ""),
    [
      "modules.dep: no line for kernel/fs/mbcache.ko, which another one needs (at offset 24)",
    ],
  ],
  [
    "modules.dep",
    (text) => text + "kernel/new.ko:\n",
    ["modules.dep.bin: not the same as modules.dep: lacks new"],
  ],
  [
    "modules.dep",
    (text) => text.replace("net/mii.ko", "usb/mii.ko").replace("net/mii.ko", "usb/mii.ko"),
    ["modules.dep.bin: not the same as modules.dep: has other values of e1000"],
  ],
  [
    "modules.alias",
    (text) => text + "alias new ext4\n",
    ["modules.alias.bin: not the same as modules.alias: lacks new"],
  ],
  [
    "modules.alias",
    (text) => text.replace("alias fs-fuse fuse\n", ""),
    ["modules.alias.bin: not the same as modules.alias: has fs_fuse besides"],
  ],
  [
    "modules.alias",
    (text) => text.replace("alias fs-fuse fuse\n", "alias fs-fuse ext4\n"),
    ["modules.alias.bin: not the same as modules.alias: has other values of fs_fuse"],
  ],
  [
    "modules.alias",
    (text) => text.replace("alias fs-fuse fuse\n", "alias fs-fuse gone\n"),
    ["modules.alias: gone is not in modules.dep"],
  ],
  [
    "modules.symbols",
    (text) => text.replace("symbol:crc16", "symbol:crc17"),
    ["modules.symbols.bin: not the same as modules.symbols: has symbol:crc16 besides"],
  ],
  [
    "modules.softdep",
    (text) => text + "softdep gone pre: ext4\n",
    ["modules.softdep: gone is not in modules.dep"],
  ],
  [
    "modules.weakdep",
    (text) => text + "weakdep gone ext4\n",
    ["modules.weakdep: gone is not in modules.dep"],
  ],
  [
    "modules.devname",
    (text) => text + "fuse fuse\n",
    ["modules.devname: a line of another kind (at offset 70)"],
  ],
  [
    "modules.alias.bin",
    () => "",
    ["modules.alias.bin: it ends too early (at offset 0)"],
  ],
  [
    "modules.builtin.bin",
    (text) => text.slice(0, -1),
    ["modules.builtin.bin: it ends too early (at offset 66)"],
  ],
];

for (const [file, change, findings] of CHANGES) {
  Deno.test(`checkSet() finds damage where ${file} has changed: ${findings[0]}`, () => {
    const changed = change(textOf(file));
    assert(changed !== textOf(file), "it has changed");
    const want = { texts: findings, omitted: 0, isDamage: true };
    assertEquals(checkWith(DEFAULT, file, latin1(changed)).findings, want);
  });
}

for (const file of INDEX_FILES) {
  Deno.test(`checkSet() finds damage where ${file} could not be read`, () => {
    const { findings } = checkWith(DEFAULT, file, "missing");
    assertEquals(findings, { texts: [`${file}: missing`], omitted: 0, isDamage: true });
  });
}

Deno.test("checkSet() finds the indexes out of date that the lists of what is built in do not make", () => {
  const { builtin, builtinModinfo } = DEFAULT.builtin as {
    readonly [file in keyof BuiltinFiles]: Uint8Array;
  };
  const changed = {
    builtin: latin1(decodeBytes(builtin!) + "kernel/new.ko\n"),
    builtinModinfo: latin1(decodeBytes(builtinModinfo!).replace("crypto-crc32c", "crypto-crc")),
  };
  const texts = [
    "modules.builtin.bin: not that of modules.builtin: lacks new",
    "modules.builtin.alias.bin: not that of modules.builtin.modinfo: lacks crypto_crc",
  ];
  const want = { texts, omitted: 0, isDamage: false };
  assertEquals(checkSet(DEFAULT.set, changed).findings, want);
});

Deno.test("checkSet() takes an index with its nodes in another order for the same", () => {
  const header = "\xb0\x07\xf4\x57\0\x02\0\x01";
  // The node of `a` with its value, then the root that leads there.
  const bytes = latin1(`${header}\x20\0\0\x15\0\0\0\x01\0\0\0\0\0aa\x40\0\0\x0c`);
  const lists = { builtin: latin1("a.ko\n"), builtinModinfo: new Uint8Array() };
  const empty = latin1(`${header}\0\0\0\x0c`);
  const set = new Map([
    ...DEFAULT.set,
    ["modules.builtin.bin", bytes] as const,
    ["modules.builtin.alias.bin", empty] as const,
  ]);
  assertEquals(checkSet(set, lists).findings, NOTHING);
});

// Any damage.

Deno.test("checkSet() finds damage in every set in which a file is cut off", () => {
  for (const sample of SAMPLES.filter((_, i) => i % 8 === 0)) {
    for (const [file, bytes] of sample.set) {
      for (let length = 0; length < bytes.length; length++) {
        const cut = (bytes as Uint8Array).subarray(0, length);
        const { isDamage } = checkWith(sample, file, cut).findings;
        assert(isDamage || mayEnd(file, cut), `${sample.name}: ${file}: ${length} bytes`);
      }
    }
  }
});

/** Whether a file may end there: nothing tells how many lines it must have. */
function mayEnd(file: string, bytes: Uint8Array): boolean {
  const isFree = ["modules.softdep", "modules.weakdep", "modules.devname"].includes(file);
  const mayBeEmpty = file === "modules.devname";
  return isFree && (bytes.length === 0 ? mayBeEmpty : bytes.at(-1) === 0x0a);
}

/** Numbers from 0 up to a bound, by the generator of Park and Miller. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48271) % 0x7fffffff;
    return state % below;
  };
}

Deno.test("checkSet() survives any byte of any file, and notices it in an index or modules.dep", () => {
  const random = generator(34);
  let noticed = 0;
  for (let round = 0; round < 6000; round++) {
    const sample = SAMPLES[random(SAMPLES.length)]!;
    const file = INDEX_FILES[random(INDEX_FILES.length)]!;
    const bytes = (sample.set.get(file) as Uint8Array).slice();
    if (bytes.length === 0) continue;
    const at = random(bytes.length);
    bytes[at] = (bytes[at]! + 1 + random(255)) % 256;
    const { findings } = checkWith(sample, file, bytes);
    const mustNotice = file.endsWith(".bin") || file === "modules.dep";
    assert(findings.texts.length > 0 || !mustNotice, `${sample.name}: ${file}: byte ${at}`);
    if (findings.texts.length > 0) noticed++;
  }
  assert(noticed > 3000, `${noticed} noticed`);
});
