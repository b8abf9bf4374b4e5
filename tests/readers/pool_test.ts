/**
 * Reading modules in several threads, and searching for them in one: the same as without threads,
 * and nothing read outside of what the readers may read.
 *
 * @module
 */
import { FatalError } from "../../lib/errors.ts";
import { Extractor } from "../../lib/extract/extract.ts";
import { mergeFacts } from "../../lib/facts/merge.ts";
import { searchTree } from "../../lib/discover/tree.ts";
import type { Facts } from "../../lib/model.ts";
import { ReaderPool } from "../../lib/readers/pool.ts";
import { sequence } from "../../lib/bytes/column.ts";
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

/** What `readers` readers, which may read `readable`, find in modules. */
async function extract(
  readable: readonly string[],
  paths: readonly string[],
  { readers, options = OPTIONS }: { readers: number; options?: typeof OPTIONS },
): Promise<Facts> {
  using pool = new ReaderPool(readable, { fewest: readers, most: readers });
  const jobs = await pool.prepare(paths);
  assertEquals(jobs.map(({ path }) => path), paths);
  const parts = await pool.extract(jobs.map(({ path }, i) => ({ path, cost: i % 3 })), options);
  return mergeFacts(parts, { order: sequence(paths.length), detailed: options.detailed });
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
      const parts = await pool.extract(await pool.prepare(list), OPTIONS);
      const facts = mergeFacts(parts, { order: sequence(list.length), detailed: true });
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
    await assertRejects(extracted, FatalError, "a worker ended: ");
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

Deno.test("a reader that searches finds what this thread finds", () =>
  withModules(200, async (directory, paths) => {
    Deno.mkdirSync(`${directory}/deep/er`, { recursive: true });
    Deno.writeTextFileSync(`${directory}/deep/er/x.ko.gz`, "x");
    Deno.writeTextFileSync(`${directory}/deep/y.ko.bz2`, "y");
    Deno.symlinkSync("deep", `${directory}/link`);
    Deno.symlinkSync("/etc", `${directory}/out`);
    Deno.symlinkSync("nowhere", `${directory}/broken.ko`);
    const bounds = [Deno.realPathSync(directory)];
    const search = { directory, externals: [], excludes: ["m7.ko"], bounds };
    using pool = new ReaderPool([directory, "/etc"], { fewest: 1, most: 2 });
    const finding = await pool.search(search);
    assertEquals(finding, searchTree(search));
    assertEquals(finding.files.length, paths.length + 1);
    assertEquals(finding.files.at(-1), { path: `${directory}/link/er/x.ko.gz`, again: true });
    assertEquals(finding.messages.length, 3);
    const jobs = await pool.prepare(finding.files.map(({ path }) => path));
    const parts = await pool.extract(jobs, OPTIONS);
    const facts = mergeFacts(parts, { order: sequence(jobs.length), detailed: true });
    assertEquals(facts.exportNames.length, paths.length - 1);
  }));

Deno.test("a reader that cannot search the tree says why", () =>
  withModules(0, async (directory) => {
    const search = { externals: [], excludes: [], bounds: [Deno.realPathSync(directory)] };
    using pool = new ReaderPool([directory], { fewest: 1, most: 1 });
    const { files, failure } = await pool.search({ ...search, directory: `${directory}/none` });
    assertEquals([files, failure], [[], "No such file or directory"]);
    assertEquals(await pool.search({ ...search, directory }), {
      files: [],
      messages: [],
      failure: undefined,
    });
  }));

Deno.test("a reader searches nothing outside the directories it was given", () =>
  withModules(1, async (directory) => {
    using pool = new ReaderPool([directory], { fewest: 1, most: 1 });
    const search = { directory: "/etc", externals: [], excludes: [], bounds: ["/"] };
    const { messages, failure } = await pool.search(search);
    assert(failure?.startsWith("Requires read access"), failure);
    assertEquals(messages.map(({ fails }) => fails), [true]);
  }));
