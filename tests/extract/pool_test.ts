/**
 * Reading modules in several threads: the same facts as in one, and nothing read outside of what
 * the readers may read.
 *
 * @module
 */
import { FatalError } from "../../lib/errors.ts";
import { Extractor } from "../../lib/extract/extract.ts";
import { type Job, ReaderPool } from "../../lib/extract/pool.ts";
import { assert, assertEquals, assertRejects } from "../support/assert.ts";
import { buildModule } from "../support/elf_builder.ts";
import { describeFacts } from "../support/facts.ts";

const OPTIONS = { maxModuleSize: 1 << 20, detailed: true };

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

function toJobs(paths: readonly string[]): Job[] {
  return paths.map((path, i) => ({ path, cost: i % 3 }));
}

for (const [readers, count] of [[1, 5], [2, 100], [3, 1], [2, 0]] as const) {
  Deno.test(`${readers} readers give for ${count} modules the facts that one thread gives`, () =>
    withModules(count, async (directory, paths) => {
      using pool = new ReaderPool([directory]);
      pool.grow(readers);
      await pool.ready();
      const facts = await pool.extract(toJobs(paths), OPTIONS);
      const extractor = new Extractor(OPTIONS);
      await extractor.read(paths);
      assertEquals(describeFacts(facts), describeFacts(extractor.finish()));
      assertEquals(facts.alias.values.offsets.length, count + 1);
    }));
}

Deno.test("a reader reads nothing outside the directories it was given", () =>
  withModules(2, async (directory, paths) => {
    using pool = new ReaderPool([`${directory}/m0.ko`]);
    pool.grow(2);
    await pool.ready();
    const { faults } = await pool.extract(toJobs([...paths, "/etc/passwd"]), OPTIONS);
    assertEquals(faults.map(({ module, kind }) => [module, kind]), [[1, "refused"], [
      2,
      "refused",
    ]]);
    assert(faults.every(({ reason }) => reason.startsWith("Requires read access")));
  }));

Deno.test("a reader that breaks down ends the work, and is not waited for", () =>
  withModules(3, async (directory, paths) => {
    using pool = new ReaderPool([directory]);
    pool.grow(2);
    await pool.ready();
    const noPath = `${directory}/\0`; // which no system call takes
    const extracted = () => pool.extract(toJobs([...paths, noPath]), OPTIONS);
    await assertRejects(extracted, FatalError, "a worker ended: ");
  }));

Deno.test("readers leave large modules to one of them, and say what is too large for that", () =>
  withModules(6, async (directory, paths) => {
    const sizes: Record<string, number> = { m1: 65 << 20, m3: 70 << 20, m4: 200 << 20 };
    for (const [name, size] of Object.entries(sizes)) {
      Deno.truncateSync(`${directory}/${name}.ko`, size); // holes: the rest reads as zeros
    }
    using pool = new ReaderPool([directory]);
    pool.grow(2);
    await pool.ready();
    const facts = await pool.extract(toJobs(paths), { ...OPTIONS, maxModuleSize: 100 << 20 });
    assertEquals(facts.faults.map(({ module, kind }) => `${module} ${kind}`), ["4 too large"]);
    assertEquals(facts.exportStarts.length, paths.length + 1);
    assertEquals(facts.exportNames.length, paths.length - 1);
  }));
