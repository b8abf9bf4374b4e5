/**
 * Reading modules that are made to harm: what is refused, and that the others are read.
 *
 * @module
 */
import { gzipSync } from "node:zlib";
import { Extractor } from "../../lib/read/extract.ts";
import type { Facts } from "../../lib/model.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { buildLargeModule, buildModule, latin1 } from "../support/elf_builder.ts";
import { listExports, listNeeds, listStrings } from "../support/elf_facts.ts";
import { packXz, packZstd } from "../support/pack.ts";

/** What the modules say. */
async function factsOf(files: readonly Uint8Array[], maxModuleSize = 1 << 24): Promise<Facts> {
  const directory = Deno.makeTempDirSync();
  try {
    const paths = files.map((bytes, i) => {
      Deno.writeFileSync(`${directory}/m${i}.ko`, bytes);
      return `${directory}/m${i}.ko`;
    });
    const extractor = new Extractor({ maxModuleSize, moduleTimeout: 60, detailed: true });
    await extractor.read(paths);
    return extractor.finish();
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}

/** Faults, as module and kind, and how many modules have an alias. */
async function extract(files: readonly Uint8Array[], maxModuleSize: number) {
  const { faults, alias } = await factsOf(files, maxModuleSize);
  return {
    faults: faults.map(({ module, kind }) => `${module} ${kind}`),
    reasons: faults.map(({ reason }) => reason),
    aliases: alias.values.offsets.length - 1,
  };
}

const SMALL = buildModule({ modinfo: ["alias=x"] });

function zipped(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(gzipSync(bytes));
}

Deno.test("modules after a bomb are read, large ones and small ones", async () => {
  const large = new Uint8Array(5 << 20);
  large.set(SMALL);
  const files = [zipped(large), zipped(new Uint8Array(30 << 20)), zipped(SMALL), zipped(large)];
  const { faults, reasons, aliases } = await extract(files, 16 << 20);
  assertEquals([faults, aliases], [["1 too large"], 3]);
  assert(reasons[0]!.includes("--max-module-size"), reasons[0]);
});

Deno.test("a module with names of more than 4,096 bytes is refused", async () => {
  const longest = buildModule({ needs: ["n".repeat(4096)], modinfo: ["alias=x"] });
  const longer = buildModule({ needs: ["n".repeat(4097)], modinfo: ["alias=x"] });
  const { faults, aliases } = await extract([longest, longer, SMALL], 1 << 20);
  assertEquals([faults, aliases], [["1 refused"], 2]);
});

Deno.test("a module whose names overlap to more than its size is refused", async () => {
  const module = buildModule({ needs: ["o".repeat(4000), ...Array(200).fill("z")] });
  const view = new DataView(module.buffer, module.byteOffset, module.byteLength);
  const text = "o".repeat(4000);
  const nameAt = new TextDecoder("latin1").decode(module).indexOf(text);
  const zAt = module.indexOf(0x7a, nameAt + 4000);
  // Each symbol named "z" is made to begin one byte further into the long name.
  const strtab = nameAt - 1;
  let moved = 0;
  for (let at = 0; at + 24 <= strtab; at += 8) {
    const st_name = view.getUint32(at, true);
    if (st_name >= zAt - strtab && st_name < zAt - strtab + 400) {
      view.setUint32(at, nameAt - strtab + ++moved, true);
    }
  }
  assert(moved > 100, `${moved} symbols moved`);
  const { faults, aliases } = await extract([module, SMALL], 1 << 20);
  assertEquals([faults, aliases], [["0 refused"], 1]);
});

Deno.test("faults come in order, each with its module", async () => {
  const broken = buildModule({ omit: [".shstrtab"] });
  const odd = buildModule({
    exports: ["\xe9"],
    needs: ["n".repeat(4097)],
    modinfo: ["alias=\x01"],
  });
  const open = buildModule({ after: [{ name: "__ksymtab_strings", data: latin1("k1\0k2") }] });
  const files = [SMALL, broken, odd, latin1("no module"), open, SMALL];
  const { faults, reasons, aliases } = await extract(files, 1 << 20);
  assertEquals(faults, ["1 unreadable", "2 dropped", "2 refused", "3 unreadable", "4 unreadable"]);
  assertEquals(reasons[0], "Invalid argument");
  assertEquals(reasons[1], "symbol with characters that no index can hold: \\xe9");
  assertEquals(reasons[3], "Exec format error");
  assertEquals(aliases, 2);
});

Deno.test("a fault quotes no more than the beginning of a long value", async () => {
  const modinfo = [`alias=${"a".repeat(199)}\x01`, `alias=${"b".repeat(200)}\x01`];
  const { faults, reasons } = await extract([buildModule({ modinfo })], 1 << 20);
  assertEquals(faults, ["0 dropped", "0 dropped"]);
  assert(reasons[0]!.endsWith("a\\x01") && reasons[1]!.endsWith("b…"), String(reasons));
});

Deno.test("nothing is kept of a module that is refused, and everything of the others", async () => {
  const refused = buildModule({
    exports: [{ name: "e", crc: 7 }],
    needs: ["n", "n".repeat(4097)],
    modinfo: ["alias=x", "softdep=y", "weakdep=z"],
  });
  const other = buildModule({
    exports: [{ name: "f", crc: 8 }],
    needs: ["m"],
    modinfo: ["alias=a"],
  });
  const facts = await factsOf([other, refused, other]);
  const { faults, ...columns } = facts;
  assertEquals(faults.map(({ module, kind }) => `${module} ${kind}`), ["1 refused"]);
  assertEquals(listExports(columns), [[{ name: "f", crc: 8n }], [], [{ name: "f", crc: 8n }]]);
  assertEquals(listNeeds(columns).map(({ length }) => length), [1, 0, 1]);
  assertEquals(listStrings(columns.alias), [["a"], [], ["a"]]);
  assertEquals(listStrings(columns.softdep), [[], [], []]);
});

for (const place of [0, 1, 2]) {
  Deno.test(`of a module that adds more than 16 MiB to the indexes, the rest is dropped (${place})`, async () => {
    const size = 20 << 20;
    const text = "alias=\x01\0" + "alias=" + "a".repeat(93) + "\0";
    const modinfo = new Uint8Array(size).fill(0x78);
    modinfo.set(latin1(text));
    for (let at = text.length; at + 100 <= size; at += 100) {
      modinfo.set(latin1("alias="), at);
      modinfo[at + 99] = 0;
    }
    const large = buildLargeModule(".modinfo", modinfo, { exports: ["e"], needs: ["n"] });
    const files = [SMALL, SMALL, SMALL].with(place, large);
    const { faults, ...columns } = await factsOf(files, 1 << 26);
    assertEquals(faults.map(({ module, kind }) => `${module} ${kind}`), [
      `${place} dropped`,
      `${place} dropped`,
    ]);
    assertEquals(
      faults[1]!.reason,
      "all further values: its index entries exceed 16777216 bytes",
    );
    const counts = listStrings(columns.alias).map(({ length }) => length);
    assertEquals(counts.toSpliced(place, 1), [1, 1]);
    // 32 bytes for an entry, and twice its value and the module's name, which has one or two.
    const [least, most] = [2, 1].map((name) => Math.floor((16 << 20) / (32 + 2 * (93 + name))));
    assert(counts[place]! >= least! - 1 && counts[place]! <= most!, `${counts[place]} aliases`);
    assertEquals(listExports(columns)[place]!.map(({ name }) => name), ["e"]);
    assertEquals(listNeeds(columns)[place]!.map(({ name }) => name), ["n"]);
  });
}

Deno.test("twenty dropped values of a module are named, the others counted", async () => {
  const bad = (count: number) => Array.from({ length: count }, (_, i) => `alias=${i}\x01`);
  const files = [20, 21, 5000].map((count) => buildModule({ modinfo: bad(count) }));
  const { faults, reasons } = await extract(files, 1 << 20);
  const counts = [0, 1, 2].map((i) => faults.filter((fault) => fault === `${i} dropped`).length);
  assertEquals(counts, [20, 21, 21]);
  assertEquals(reasons[19], "alias with characters that no index can hold: 19\\x01");
  assertEquals(reasons[40], "1 more values like these");
  assertEquals(reasons[61], "4980 more values like these");
});

Deno.test("a module whose symbols cannot be used needs nothing, which is no fault", async () => {
  const module = buildModule({ needs: ["n"], symbols: [{ st_name: 5000 }], modinfo: ["alias=a"] });
  const facts = await factsOf([module, SMALL]);
  assertEquals([facts.faults, facts.needNames.length], [[], 0]);
  assertEquals(listStrings(facts.alias), [["a"], ["x"]]);
});

for (const pages of [1, 2, 3, 16]) {
  Deno.test(`modules are read that unpack to ${pages} pages of memory, to the last byte`, async () => {
    const size = pages * 65536;
    const end = latin1("alias=y\0w");
    const sh_offset = size - end.length;
    const override = { ".modinfo": { sh_offset, sh_size: end.length } };
    const file = new Uint8Array(size);
    file.set(buildModule({ modinfo: ["alias=x"], override }));
    file.set(end, sh_offset);
    const facts = await factsOf([zipped(file), packXz(file), packZstd(file), file]);
    assertEquals(facts.faults, []);
    assertEquals(listStrings(facts.alias), Array(4).fill(["y"]));
  });
}
