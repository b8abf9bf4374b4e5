/**
 * What is read from a cache, and why one is not used.
 *
 * @module
 */
import {
  type CachePlace,
  describeProblem,
  isBadCache,
  readCache,
  readStamp,
} from "../../lib/cache/cache.ts";
import { encodeStringFacts, encodeSymbols } from "../../lib/cache/facts.ts";
import { encodeKeys, takeKeys } from "../../lib/cache/keys.ts";
import { encodeRecord } from "../../lib/cache/record.ts";
import { encodeSections, FINGERPRINT_SIZE } from "../../lib/cache/sections.ts";
import { encodeStrings } from "../../lib/bytes/strings.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { describeFacts, factsOf } from "../support/facts.ts";

const QUOTA = 100;
const FINGERPRINT = new Uint8Array(FINGERPRINT_SIZE).fill(7);
const SETTINGS = { program: "1.2.3", detailed: false, maxModuleSize: 5 };

/** A directory with two modules and a cache. */
class Example {
  readonly root = Deno.makeTempDirSync({ prefix: "depmod-test-" });
  readonly paths = ["a.ko", "b.ko"].map((name) => `${this.root}/${name}`);
  readonly place: CachePlace = {
    path: `${this.root}/cache`,
    owners: [Deno.statSync(this.root).uid!],
    settings: SETTINGS,
  };

  constructor() {
    for (const path of this.paths) Deno.writeTextFileSync(path, "");
  }

  /** Writes a cache in which the first module has these aliases, and more in its record. */
  write(alias: readonly string[], more = {}): void {
    const facts = factsOf([{ alias }, {}]);
    const paths = encodeStrings(this.paths);
    const keys = { paths, numbers: takeKeys(this.paths), trusted: Uint8Array.of(1, 1) };
    const bytes = encodeSections({
      record: encodeRecord({ settings: SETTINGS, faults: [], result: undefined, ...more }),
      keys: encodeKeys(keys),
      symbols: encodeSymbols(facts),
      strings: encodeStringFacts(facts),
    }, FINGERPRINT);
    Deno.writeFileSync(this.place.path, bytes, { mode: 0o644 });
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.root, { recursive: true });
  }
}

/** Why a cache cannot be used; undefined if it can. */
function findProblem(read: () => unknown): string | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    assert(isBadCache(error), String(error));
    return describeProblem(error);
  }
}

Deno.test("readCache() gives the files and what they say", () => {
  using example = new Example();
  example.write(["pci:1"]);
  const { files, facts } = readCache(example.place, { quota: QUOTA });
  assertEquals(files.numbers, takeKeys(example.paths));
  assertEquals(describeFacts(facts!), describeFacts(factsOf([{ alias: ["pci:1"] }, {}])));
});

Deno.test("readCache() leaves out what modules say, if that is not asked for", () => {
  using example = new Example();
  example.write(["pci:1"]);
  const { files, facts } = readCache(example.place, { quota: undefined });
  assertEquals([files.trusted, facts], [Uint8Array.of(1, 1), undefined]);
});

Deno.test("readStamp() gives the fingerprint, and when the cache was written", () => {
  using example = new Example();
  example.write([]);
  Deno.utimeSync(example.place.path, 1_700_000_000, 1_700_000_000);
  const want = { fingerprint: FINGERPRINT, written: 1_700_000_000_000 };
  assertEquals(readStamp(example.place), want);
});

Deno.test("readCache() reads no record that is too large", () => {
  using example = new Example();
  example.write([], { more: "x".repeat(1 << 24) });
  const problem = findProblem(() => readCache(example.place, { quota: QUOTA }));
  assertEquals(problem, "it is too large");
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
    bytes[13] = "4".charCodeAt(0);
    Deno.writeFileSync(path, bytes);
  }],
};

for (const [about, [problem, change]] of Object.entries(FOREIGN)) {
  Deno.test(`readStamp() and readCache() do not use ${about}`, () => {
    using example = new Example();
    example.write([]);
    change(example.place.path);
    for (const read of [readStamp, readWithFacts]) {
      assertEquals(findProblem(() => read(example.place)), problem);
    }
  });
}

function readWithFacts(place: CachePlace): unknown {
  return readCache(place, { quota: QUOTA });
}

Deno.test("readCache() does not use the cache of another user, or of another version", () => {
  using example = new Example();
  example.write([]);
  const other = { ...example.place, owners: [example.place.owners[0]! + 1] };
  assertEquals(findProblem(() => readWithFacts(other)), "another user may have written it");
  assertEquals(findProblem(() => readStamp(other)), "another user may have written it");
  const newer = { ...example.place, settings: { ...SETTINGS, program: "1.2.4" } };
  const problem = "it was written by another version, or with other options";
  assertEquals(findProblem(() => readWithFacts(newer)), problem);
});
