/**
 * What a run leaves in the cache: a fingerprint only where the next run may go by it alone.
 *
 * @module
 */
import { encodeStrings } from "../lib/bytes/strings.ts";
import { encodeStringFacts } from "../lib/cache/facts.ts";
import { MOST_TEXT } from "../lib/cache/record.ts";
import { HEADER_SIZE, NO_FINGERPRINT, parseHeader } from "../lib/cache/sections.ts";
import type { Fault, Message } from "../lib/model.ts";
import { encodeCache, type Findings, type Memory } from "../lib/remember.ts";
import { assert, assertEquals } from "./support/assert.ts";
import { factsOf } from "./support/facts.ts";

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
