/**
 * Reading modules in several threads, and discovering them in one: the same as without threads,
 * and nothing read outside of what the readers may read.
 *
 * @module
 */
import { PLAIN_COST } from "../../lib/discover/cost.ts";
import { discover, type Search } from "../../lib/discover/discover.ts";
import { FatalError } from "../../lib/errors.ts";
import { Extractor } from "../../lib/read/extract.ts";
import type { Facts } from "../../lib/model.ts";
import { renderStrings } from "../../lib/render/files.ts";
import { ReaderPool } from "../../lib/threads/reader_pool.ts";
import { assert, assertEquals, assertRejects } from "../support/assert.ts";
import { buildModule } from "../support/elf_builder.ts";
import { describeFacts, factsOf, mergeFacts, moduleFilesOf, stringsOf } from "../support/facts.ts";

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

/** What `readers` readers, which may read `readable`, find in modules. */
async function extract(
  readable: readonly string[],
  paths: readonly string[],
  { readers, options = OPTIONS }: { readers: number; options?: typeof OPTIONS },
): Promise<Facts> {
  using pool = new ReaderPool(readable, { fewest: readers, most: readers });
  return await extractWith(pool, paths, options);
}

async function extractWith(
  pool: ReaderPool,
  paths: readonly string[],
  options = OPTIONS,
): Promise<Facts> {
  const costs = Float64Array.from(paths, (_, i) => i % 3);
  await pool.prepare(costs);
  const parts = await pool.read({ modules: moduleFilesOf(paths), costs }, options);
  return mergeFacts(parts, { count: paths.length, detailed: options.detailed });
}

for (const [readers, count] of [[1, 5], [2, 100], [3, 1], [2, 0]] as const) {
  for (const detailed of [true, false]) {
    const what = detailed ? "facts" : "facts without details";
    Deno.test(`${readers} readers give for ${count} modules the ${what} that one thread gives`, () =>
      withModules(count, async (directory, paths) => {
        const options = { ...OPTIONS, detailed };
        const facts = await extract([directory], paths, { readers, options });
        const extractor = new Extractor(options);
        await extractor.read(paths);
        assertEquals(describeFacts(facts), describeFacts(extractor.finish()));
        assertEquals(facts.alias.values.offsets.length, count + 1);
      }));
  }
}

Deno.test("readers can be asked again", () =>
  withModules(4, async (directory, paths) => {
    using pool = new ReaderPool([directory], { fewest: 2, most: 2 });
    for (const list of [paths, paths.slice(1), [], paths]) {
      const facts = await extractWith(pool, list);
      assertEquals(facts.exportNames.length, list.length);
    }
  }));

Deno.test("a reader reads nothing outside the directories it was given", () =>
  withModules(2, async (directory, paths) => {
    const all = [...paths, "/etc/passwd"];
    const { faults } = await extract([`${directory}/m0.ko`], all, { readers: 2 });
    assertEquals(faults.map(({ module, kind }) => [module, kind]), [[1, "refused"], [
      2,
      "refused",
    ]]);
    assert(faults.every(({ reason }) => reason.startsWith("Requires read access")));
  }));

Deno.test("a reader that breaks down ends the work, and is not waited for", () =>
  withModules(3, async (directory, paths) => {
    const noPath = `${directory}/\0`; // which no system call takes
    const extracted = () => extract([directory], [...paths, noPath], { readers: 2 });
    await assertRejects(extracted, FatalError, "internal error: the reader ended: ");
  }));

Deno.test("readers leave large modules to one of them, and say what is too large for that", () =>
  withModules(6, async (directory, paths) => {
    const sizes: Record<string, number> = { m1: 65 << 20, m3: 70 << 20, m4: 200 << 20 };
    for (const [name, size] of Object.entries(sizes)) {
      Deno.truncateSync(`${directory}/${name}.ko`, size); // holes: the rest reads as zeros
    }
    const options = { ...OPTIONS, maxModuleSize: 100 << 20 };
    const facts = await extract([directory], paths, { readers: 2, options });
    assertEquals(facts.faults.map(({ module, kind }) => `${module} ${kind}`), ["4 too large"]);
    assertEquals(facts.exportStarts.length, paths.length + 1);
    assertEquals(facts.exportNames.length, paths.length - 1);
  }));

/** A search of `directory`, where nothing is special. */
function searchOf(directory: string): Search {
  const config = { searches: ["updates"], overrides: [], externals: [], excludes: [] };
  return {
    directory,
    files: [],
    config,
    base: "",
    bounds: { granted: [Deno.realPathSync(directory)], reach: [] },
  };
}

Deno.test("a reader discovers what this thread discovers", () =>
  withModules(200, async (directory, paths) => {
    Deno.mkdirSync(`${directory}/deep/er`, { recursive: true });
    Deno.createSync(`${directory}/deep/er/x.ko.gz`).close();
    Deno.truncateSync(`${directory}/deep/er/x.ko.gz`, 16 << 20); // worth another reader
    Deno.writeTextFileSync(`${directory}/deep/y.ko.bz2`, "y");
    Deno.symlinkSync("deep", `${directory}/link`);
    Deno.symlinkSync("/etc", `${directory}/out`);
    Deno.symlinkSync("nowhere", `${directory}/broken.ko`);
    const search = searchOf(directory);
    const config = { ...search.config, excludes: ["m7.ko"] };
    using pool = new ReaderPool([directory, "/etc"], { fewest: 1, most: 2 });
    const discovery = await pool.discover({ ...search, config });
    assertEquals(discovery, discover({ ...search, config }));
    const { modules, costs, messages } = discovery;
    assertEquals(costs.length, paths.length);
    assertEquals(costs.filter((cost) => cost > PLAIN_COST).length, 1);
    assertEquals(messages.length, 4);
    await pool.prepare(costs);
    const parts = await pool.read({ modules, costs }, OPTIONS);
    const facts = mergeFacts(parts, { count: costs.length, detailed: true });
    assertEquals(facts.exportNames.length, paths.length - 1);
    assertEquals(facts.faults.map(({ module }) => module), [costs.findIndex((cost) => cost > 1)]);
  }));

Deno.test("a reader that cannot search the tree says why", () =>
  withModules(0, async (directory) => {
    const search = searchOf(directory);
    using pool = new ReaderPool([directory], { fewest: 1, most: 1 });
    const none = await pool.discover({ ...search, directory: `${directory}/none` });
    assertEquals(none.failure, "could not search modules: No such file or directory");
    assertEquals([none.costs.length, none.modules.paths.offsets.length], [0, 1]);
    const { failure, messages } = await pool.discover(search);
    assertEquals([failure, messages.length], [undefined, 2]);
  }));

Deno.test("a reader searches nothing outside the directories it was given", () =>
  withModules(1, async (directory) => {
    using pool = new ReaderPool([directory], { fewest: 1, most: 1 });
    const { messages, failure } = await pool.discover(searchOf("/etc"));
    assert(failure?.startsWith("could not search modules: Requires read access"), failure);
    assertEquals(messages.map(({ fails }) => fails), [true]);
  }));

Deno.test("a reader renders the files that this thread renders", () =>
  withModules(0, async (directory) => {
    const modules = [{ alias: ["a-b", "x[y"], softdep: ["pre: c"] }, { alias: ["devname:d"] }];
    const names = stringsOf(["first", "second"]);
    const strings = () => ({
      parts: modules.toReversed().map((module) => factsOf([module])),
      locations: { partOf: Uint32Array.of(1, 0), positionInPart: Uint32Array.of(0, 0) },
      names,
    });
    using pool = new ReaderPool([directory], { fewest: 1, most: 1 });
    await pool.prepare(new Float64Array(0));
    for (const textOnly of [false, true]) {
      const options = { textOnly, warnDuplicates: true };
      const files = await pool.render(strings(), options);
      assertEquals(files, renderStrings({ ...factsOf(modules), names }, options));
      assertEquals(
        files.map(({ messages }) => messages.length).join(""),
        textOnly ? "0001" : "01001",
      );
    }
  }));
