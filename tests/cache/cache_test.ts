/**
 * Look-ups in a cache, and what is read from it after that.
 *
 * @module
 */
import { type CachePlace, lookUp, readFacts } from "../../lib/cache/cache.ts";
import { encodeStringFacts, encodeSymbols } from "../../lib/cache/facts.ts";
import { encodeKeys, matchKeys, takeKeys } from "../../lib/cache/keys.ts";
import { encodeRecord } from "../../lib/cache/record.ts";
import { encodeSections } from "../../lib/cache/sections.ts";
import { FormatError } from "../../lib/errors.ts";
import { assertEquals, assertRejects } from "../support/assert.ts";
import { describeFacts, factsOf } from "../support/facts.ts";

const QUOTA = 100;
const SETTINGS = { program: "1.2.3", detailed: false, maxModuleSize: 5 };

/** A directory with two modules and a cache. */
class Example {
  readonly root = Deno.makeTempDirSync({ prefix: "depmod-test-" });
  readonly paths = ["a.ko", "b.ko"].map((name) => `${this.root}/${name}`);
  readonly place: CachePlace = {
    path: `${this.root}/cache`,
    owners: [Deno.statSync(this.root).uid!],
    settings: SETTINGS,
    directory: this.root,
    names: [],
  };

  constructor() {
    for (const path of this.paths) Deno.writeTextFileSync(path, "");
  }

  /** Writes a cache in which the first module has these aliases, and more in its record. */
  async write(alias: readonly string[], more = {}): Promise<void> {
    const facts = factsOf([{ alias }, {}]);
    const keys = { ...takeKeys(this.paths), trusted: Uint8Array.of(1, 1) };
    const bytes = await encodeSections({
      record: encodeRecord({ settings: SETTINGS, faults: [], result: undefined, ...more }),
      keys: encodeKeys(keys),
      symbols: encodeSymbols(facts),
      strings: encodeStringFacts(facts),
    });
    Deno.writeFileSync(this.place.path, bytes, { mode: 0o644 });
  }

  /** Where the modules are in the cache, and what else it says. */
  async lookUp() {
    const found = await lookUp(this.place);
    return { ...found, modules: 2, positions: matchKeys(takeKeys(this.paths), found.keys) };
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.root, { recursive: true });
  }
}

Deno.test("readFacts() gives the facts of the files that lookUp() has found", async () => {
  using example = new Example();
  await example.write(["pci:1"]);
  const found = await example.lookUp();
  assertEquals([[...found.positions], found.problem], [[0, 1], undefined]);
  const facts = await readFacts(example.place, { ...found, quota: QUOTA });
  assertEquals(describeFacts(facts), describeFacts(factsOf([{ alias: ["pci:1"] }, {}])));
});

Deno.test("readFacts() reads no cache but the one that lookUp() has found", async () => {
  using example = new Example();
  await example.write(["pci:1"]);
  const found = await example.lookUp();
  await example.write(["pci:2"]);
  const reading = () => readFacts(example.place, { ...found, quota: QUOTA });
  await assertRejects(reading, FormatError, "it has been replaced");
});

Deno.test("lookUp() reads no record that is too large", async () => {
  using example = new Example();
  await example.write([], { more: "x".repeat(1 << 24) });
  const { positions, problem } = await example.lookUp();
  assertEquals([[...positions], problem], [[-1, -1], "it is too large"]);
});

const FOREIGN: Readonly<Record<string, readonly [string, (path: string) => void]>> = {
  "a link": ["it is no regular file", (path) => {
    Deno.renameSync(path, `${path}.real`);
    Deno.symlinkSync(`${path}.real`, path);
  }],
  "a directory": ["it is no regular file", (path) => {
    Deno.removeSync(path);
    Deno.mkdirSync(path);
  }],
  "a FIFO": ["it is no regular file", (path) => {
    Deno.removeSync(path);
    new Deno.Command("mkfifo", { args: [path] }).outputSync();
  }],
  "a socket": ["it is no regular file", (path) => {
    Deno.removeSync(path);
    Deno.listen({ transport: "unix", path }).close();
  }],
  "a file that its group may write": ["another user may have written it", (path) => {
    Deno.chmodSync(path, 0o664);
  }],
  "a file that everybody may write": ["another user may have written it", (path) => {
    Deno.chmodSync(path, 0o646);
  }],
  "an empty file": ["it is no cache of this version", (path) => Deno.truncateSync(path)],
  "another file": ["it is no cache of this version", (path) => {
    Deno.writeTextFileSync(path, "kernel/a.ko:\n");
  }],
  "a newer cache": ["it is no cache of this version", (path) => {
    const bytes = Deno.readFileSync(path);
    bytes[13] = "2".charCodeAt(0);
    Deno.writeFileSync(path, bytes);
  }],
};

for (const [about, [problem, change]] of Object.entries(FOREIGN)) {
  Deno.test(`lookUp() does not use ${about}`, async () => {
    using example = new Example();
    await example.write([]);
    change(example.place.path);
    const found = await example.lookUp();
    assertEquals([[...found.positions], found.problem], [[-1, -1], problem]);
  });
}

Deno.test("lookUp() does not use the cache of another user, or of another version", async () => {
  using example = new Example();
  await example.write([]);
  const other = { ...example.place, owners: [example.place.owners[0]! + 1] };
  assertEquals((await lookUp(other)).problem, "another user may have written it");
  const newer = { ...example.place, settings: { ...SETTINGS, program: "1.2.4" } };
  const problem = "it was written by another version, or with other options";
  assertEquals((await lookUp(newer)).problem, problem);
});

Deno.test("lookUp() has no problem with a cache that is not there", async () => {
  using example = new Example();
  const { positions, problem } = await example.lookUp();
  assertEquals([[...positions], problem], [[-1, -1], undefined]);
});
