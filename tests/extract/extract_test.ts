/**
 * Reading modules that are made to harm: what is refused, and that the others are read.
 *
 * @module
 */
import { gzipSync } from "node:zlib";
import { Extractor } from "../../lib/extract/extract.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { buildModule } from "../support/elf_builder.ts";

/** Faults, as module and kind, and how many modules have an alias. */
async function extract(files: readonly Uint8Array[], maxModuleSize: number) {
  const directory = Deno.makeTempDirSync();
  try {
    const paths = files.map((bytes, i) => {
      Deno.writeFileSync(`${directory}/m${i}.ko`, bytes);
      return `${directory}/m${i}.ko`;
    });
    const extractor = new Extractor({ maxModuleSize, detailed: true });
    await extractor.read(paths);
    const { faults, alias } = extractor.finish();
    const reasons = faults.map(({ reason }) => reason);
    return {
      faults: faults.map(({ module, kind }) => `${module} ${kind}`),
      reasons,
      aliases: alias.values.offsets.length - 1,
    };
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}

const SMALL = buildModule({ modinfo: ["alias=x"] });

function zipped(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(gzipSync(bytes));
}

Deno.test("modules behind a bomb are read, large ones and small ones", async () => {
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
