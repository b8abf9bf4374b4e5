/**
 * What a run leaves in the cache: a fingerprint only where the next run may go by it alone. And what
 * it takes from there: the last run, only where this one would do the same.
 *
 * @module
 */
import { encodeStrings } from "../lib/bytes/strings.ts";
import type { Recollection } from "../lib/cache/cache.ts";
import { encodeStringFacts } from "../lib/cache/facts.ts";
import { MOST_TEXT } from "../lib/cache/record.ts";
import { HEADER_SIZE, NO_FINGERPRINT, parseHeader } from "../lib/cache/sections.ts";
import type { Fault, Message, ModuleFiles } from "../lib/model.ts";
import type { KeyedPart } from "../lib/read/merge.ts";
import { encodeCache, type Findings, findLastRun, type Memory } from "../lib/remember.ts";
import { assert, assertEquals } from "./support/assert.ts";
import { factsOf, moduleFilesOf } from "./support/facts.ts";

/** When the only module was changed, in milliseconds. */
const CHANGED = 1_700_000_000_123;

const MEMORY: Memory = {
  place: {
    path: "/cache",
    owners: [0],
    settings: { program: "1.2.3", detailed: false, maxModuleSize: 5 },
  },
  start: CHANGED + 5000,
  inputs: "ab",
  search: { selectedAt: Uint32Array.of(0), messages: [] },
  recollection: undefined,
  positions: Int32Array.of(-1),
  outputs: undefined,
};

const SYMBOLS = factsOf([{}]);

const FINDINGS: Findings = {
  symbols: SYMBOLS,
  strings: encodeStringFacts(SYMBOLS),
  files: {
    paths: encodeStrings(["/a.ko"]),
    numbers: Float64Array.of(5, CHANGED, CHANGED, 1, 2),
  },
  faults: [],
  messages: [],
  outputs: { "modules.dep": "cd" },
};

/** The fingerprint in the cache that a run leaves. */
async function fingerprint(memory: Partial<Memory>, findings: Partial<Findings>) {
  const bytes = await encodeCache({ ...MEMORY, ...memory }, { ...FINDINGS, ...findings });
  return parseHeader(bytes.subarray(0, HEADER_SIZE), bytes.length).fingerprint.join();
}

const NONE = NO_FINGERPRINT.join();

const FAULT: Fault = { module: 0, kind: "unreadable", reason: "why" };

function warn(text: string): Message {
  return { level: "warning", code: "module-unreadable", text };
}

Deno.test("encodeCache() gives a fingerprint where all keys are trusted", async () => {
  assert(await fingerprint({}, {}) !== NONE);
  assert(await fingerprint({}, { faults: [FAULT] }) !== NONE);
});

const WITHOUT: Readonly<Record<string, readonly [Partial<Memory>, Partial<Findings>]>> = {
  "of a module that was changed a moment before": [{ start: CHANGED + 1 }, {}],
  "of a module that was refused": [{}, { faults: [{ ...FAULT, kind: "refused" }] }],
  "of a fault that may pass": [{}, { faults: [{ ...FAULT, passing: true }] }],
  "after more messages than are kept": [{}, { messages: [warn("x".repeat(MOST_TEXT + 1))] }],
};

for (const [about, [memory, findings]] of Object.entries(WITHOUT)) {
  Deno.test(`encodeCache() gives no fingerprint ${about}`, async () => {
    assertEquals(await fingerprint(memory, findings), NONE);
  });
}

Deno.test("encodeCache() gives other fingerprints to what differs in anything", async () => {
  const { paths } = FINDINGS.files;
  const all = await Promise.all([
    fingerprint({}, {}),
    fingerprint({ inputs: "ac" }, {}),
    fingerprint({}, { outputs: { "modules.dep": "ce" } }),
    fingerprint({}, { messages: [warn("a")] }),
    fingerprint({ search: { ...MEMORY.search, messages: [warn("a")] } }, {}),
    ...[0, 1, 2, 3, 4].map((i) => {
      const numbers = FINDINGS.files.numbers.map((number, at) => number - Number(at === i));
      return fingerprint({}, { files: { paths, numbers } });
    }),
  ]);
  assertEquals(new Set(all).size, all.length);
});

const FACTS = factsOf([{ alias: ["a"] }, { alias: ["b"] }]);
const MODULES = moduleFilesOf(["/m/a.ko", "/m/b.ko"]);
const WRITTEN = { files: [], checksums: { "modules.dep": "cd" } };

/** What is known of a run that read two modules. */
const RESULT = { inputs: "ab", outputs: { "modules.dep": "cd" }, messages: [warn("a")] };
const RECOLLECTION: Recollection = {
  record: { settings: MEMORY.place.settings, faults: [{ ...FAULT, module: 0 }], result: RESULT },
  files: { paths: MODULES.paths, numbers: new Float64Array(10), trusted: Uint8Array.of(1, 1) },
  facts: FACTS,
};
const REMEMBERED: Memory = {
  ...MEMORY,
  recollection: RECOLLECTION,
  positions: Int32Array.of(0, -1),
  outputs: Promise.resolve(WRITTEN),
};

/** The second module, read anew. */
const ANEW: KeyedPart = {
  facts: factsOf([{ alias: ["b"] }]),
  modules: [1],
  keys: new Float64Array(5),
};

function findLast(
  memory: Partial<Memory>,
  read: Partial<KeyedPart> = {},
  modules: ModuleFiles = MODULES,
) {
  return findLastRun({ ...REMEMBERED, ...memory }, { modules, read: [{ ...ANEW, ...read }] });
}

Deno.test("findLastRun() gives the last run if a module that was read anew says what it said", async () => {
  assertEquals(await findLast({}), {
    files: WRITTEN.files,
    symbols: FACTS,
    strings: encodeStringFacts(FACTS),
    faults: RECOLLECTION.record.faults,
    messages: RESULT.messages,
  });
});

function recollect(result: Partial<typeof RESULT>, change: Partial<Recollection> = {}) {
  const record = { ...RECOLLECTION.record, result: { ...RESULT, ...result } };
  return { recollection: { ...RECOLLECTION, record, ...change } };
}

const OTHER: Readonly<
  Record<string, readonly [Partial<Memory>, Partial<KeyedPart>?, ModuleFiles?]>
> = {
  "there is no cache": [{ recollection: undefined }],
  "its facts were not asked for": [recollect({}, { facts: undefined })],
  "it is made from something else": [recollect({ inputs: "ac" })],
  "nothing is known of what it said": [{
    recollection: { ...RECOLLECTION, record: { ...RECOLLECTION.record, result: undefined } },
  }],
  "it made another file": [recollect({ outputs: { "modules.dep": "ce" } })],
  "it did not make a file": [recollect({ outputs: { "modules.alias": "cd" } as never })],
  "an index file is missing": [{ outputs: Promise.resolve(undefined) }],
  "nobody has looked at the index files": [{ outputs: undefined }],
  "the module says something else": [{}, { facts: factsOf([{ alias: ["c"] }]) }],
  "the module is another one": [{}, { modules: [0] }],
  "the module had a fault": [{}, { facts: factsOf([{ alias: ["a"] }]), modules: [0] }],
  "the module was not trusted": [recollect({}, {
    files: { ...RECOLLECTION.files, trusted: Uint8Array.of(1, 0) },
  })],
  "the module has a fault": [{}, { facts: { ...ANEW.facts, faults: [FAULT] } }],
  "there are other modules": [{}, {}, moduleFilesOf(["/m/a.ko", "/m/c.ko"])],
  "there are more modules": [{}, {}, moduleFilesOf(["/m/a.ko", "/m/b.ko", "/m/c.ko"])],
};

for (const [why, [memory, read, modules]] of Object.entries(OTHER)) {
  Deno.test(`findLastRun() gives none if ${why}`, async () => {
    assertEquals(await findLast(memory, read, modules), undefined);
  });
}
