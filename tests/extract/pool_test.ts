/**
 * Reading modules in several threads: the same facts as in one, and nothing read outside of what
 * the readers may read.
 *
 * @module
 */
import { Extractor } from "../../lib/extract/extract.ts";
import { ReaderPool } from "../../lib/extract/pool.ts";
import { mergeFacts } from "../../lib/facts/merge.ts";
import type { Facts } from "../../lib/model.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { buildModule } from "../support/elf_builder.ts";

const OPTIONS = { maxModuleSize: 1 << 20 };

/** Calls `body` with a directory of `count` modules, of which each needs the one before. */
async function withModules(
  count: number,
  body: (directory: string, paths: readonly string[]) => Promise<void>,
): Promise<void> {
  const directory = Deno.makeTempDirSync();
  try {
    const paths = Array.from({ length: count }, (_, i) => `${directory}/m${i}.ko`);
    paths.forEach((path, i) => {
      const module = buildModule({
        exports: [{ name: `symbol_${i}`, crc: i }],
        needs: [`symbol_${i - 1}`],
        modinfo: [`alias=m:${i}`],
      });
      Deno.writeFileSync(path, module);
    });
    await body(directory, paths);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}

for (const [readers, count] of [[1, 5], [2, 100], [3, 1], [2, 0]] as const) {
  Deno.test(`${readers} readers give for ${count} modules the facts that one thread gives`, () =>
    withModules(count, async (directory, paths) => {
      using pool = new ReaderPool(readers, [directory]);
      const facts = await pool.extract(paths, OPTIONS);
      assertEquals(normal(facts), normal(await new Extractor(OPTIONS).extract(paths)));
    }));
}

/** Names in the order of the modules, whoever has interned them. */
function normal(facts: Facts): Facts {
  return mergeFacts([facts, { ...facts, ...NOTHING }]);
}

const NONE = {
  starts: new Uint32Array(1),
  values: { bytes: new Uint8Array(), offsets: new Uint32Array(1) },
};

const NOTHING: Facts = {
  names: NONE.values,
  exportStarts: new Uint32Array(1),
  exportNames: new Uint32Array(),
  exportCrcLow: new Uint32Array(),
  exportCrcHigh: new Uint32Array(),
  needStarts: new Uint32Array(1),
  needNames: new Uint32Array(),
  needCrcLow: new Uint32Array(),
  needCrcHigh: new Uint32Array(),
  needWeak: new Uint32Array(),
  alias: NONE,
  softdep: NONE,
  weakdep: NONE,
  faults: [],
};

Deno.test("a reader reads nothing outside the directories it was given", () =>
  withModules(2, async (directory, paths) => {
    using pool = new ReaderPool(2, [`${directory}/m0.ko`]);
    const { faults } = await pool.extract([...paths, "/etc/passwd"], OPTIONS);
    assertEquals(faults.map(({ module, kind }) => [module, kind]), [[1, "refused"], [
      2,
      "refused",
    ]]);
    assert(faults.every(({ reason }) => reason.startsWith("Requires read access")));
  }));
