/**
 * A power cut at any moment: the set is the old one or the new one, or it is known to be neither.
 * And the model of the disk finds what goes wrong without the writer's precautions.
 *
 * @module
 */
import type { OutputFile } from "../../lib/model.ts";
import { publishFiles } from "../../lib/publish/publish.ts";
import { removeTemporaryFiles } from "../../lib/publish/temporary.ts";
import { OUTPUT_NAMES } from "../../lib/render/files.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { DiskLog, type Event, losePower } from "../support/disk_model.ts";
import { startRandom } from "../support/random.ts";
import { record } from "../support/disk_recorder.ts";
import { Findings, type IndexSet, judge, type Sets } from "../support/disk_verdict.ts";
import { withTemporary } from "../support/tree.ts";

/** A set in which each file says its own name and a text. */
function setOf(text: string, names: readonly string[] = OUTPUT_NAMES): IndexSet {
  return new Map(names.map((name) => [name, `${name}: ${text}`]));
}

function filesOf(set: IndexSet): OutputFile[] {
  return [...set].map(([name, text]) => ({ name, bytes: new TextEncoder().encode(text) }));
}

/** What replacing the old set by the new one does to the disk. */
function recordPublishing({ before, after }: Sets, { sync = true } = {}): DiskLog {
  return withTemporary((directory) => {
    for (const [name, text] of before) Deno.writeTextFileSync(`${directory}/${name}`, text);
    return record(directory, () => publishFiles(directory, filesOf(after), { sync }));
  });
}

/** The same with the events rearranged. */
function rearrange(log: DiskLog, change: (events: readonly Event[]) => Event[]): DiskLog {
  const changed = new DiskLog(log.initial);
  changed.events.push(...change(log.events));
  return changed;
}

/** What is found after power cuts; of the changes to the directory, only the last are lost or any. */
function cutPower(log: DiskLog, sets: Sets, { inOrder = false } = {}): Findings {
  const findings = new Findings();
  for (const outcome of losePower(log, startRandom(1))) {
    if (outcome.inOrder || !inOrder) findings.add(outcome, { log, sets });
  }
  return findings;
}

const SITUATIONS: Readonly<Record<string, Sets>> = {
  "over another set": { before: setOf("old, and longer"), after: setOf("new") },
  "in an empty directory": { before: setOf("", []), after: setOf("new") },
  "over a set of which five files are the same": {
    before: new Map([...setOf("old"), ...setOf("new", OUTPUT_NAMES.slice(0, 5))]),
    after: setOf("new"),
  },
  "over a set of which only modules.dep is the same": {
    before: new Map([...setOf("old"), ...setOf("new", ["modules.dep"])]),
    after: setOf("new"),
  },
  "beside modules.dep alone": { before: setOf("new", ["modules.dep"]), after: setOf("new") },
};

for (const [situation, sets] of Object.entries(SITUATIONS)) {
  Deno.test(`publishFiles() leaves the old files or the new ones at a power cut ${situation}`, () => {
    const findings = cutPower(recordPublishing(sets), sets);
    assertEquals(findings.breaches, []);
    for (const verdict of ["old", "mixed and told", "new"] as const) {
      assert(findings.count(verdict) > 10, `${verdict}: ${findings.count(verdict)}`);
    }
  });
}

/** A mixture, with what tells of it, of a run that was killed. */
function leaveMixture(directory: string, { before, after }: Sets): void {
  const files = new Map([...before, ...setOf("new", ["modules.dep.bin"])]);
  for (const [name, text] of files) Deno.writeTextFileSync(`${directory}/${name}`, text);
  for (const name of after.keys()) {
    Deno.writeTextFileSync(`${directory}/.${name}.depmod-0badcafe.old`, `${name}: old`);
  }
}

Deno.test("removeTemporaryFiles() leaves a killed run's mixture told of at a power cut", () => {
  const sets = { before: setOf("old"), after: setOf("new") };
  const log = withTemporary((directory) => {
    leaveMixture(directory, sets);
    return record(directory, () => removeTemporaryFiles(directory));
  });
  const found = new Set<string>();
  for (const { files } of losePower(log, startRandom(1))) {
    found.add(`${judge(files, sets)}, ${files.size} files`);
  }
  assertEquals([...found].filter((text) => !text.startsWith("mixed and told")), []);
  assert(found.has("mixed and told, 22 files") && found.has("mixed and told, 11 files"));
});

// The model can find what is wrong.

const OVER_ANOTHER = SITUATIONS["over another set"]!;

Deno.test("a power cut breaks files that were not synced, in whatever order names are kept", () => {
  const log = recordPublishing(OVER_ANOTHER, { sync: false });
  const { breaches } = cutPower(log, OVER_ANOTHER, { inOrder: true });
  assert(breaches.some((breach) => breach.startsWith("broken")), breaches[0]);
  assert(breaches.some((breach) => breach.includes("modules.dep (0 bytes)")), breaches[0]);
});

Deno.test("a power cut breaks files that were renamed before they were synced", () => {
  const log = rearrange(recordPublishing(OVER_ANOTHER), (events) => {
    const syncs = events.filter(({ kind }) => kind === "sync");
    return [...events.filter(({ kind }) => kind !== "sync"), ...syncs];
  });
  const { breaches } = cutPower(log, OVER_ANOTHER, { inOrder: true });
  assert(breaches.some((breach) => breach.startsWith("broken")), breaches[0]);
});

Deno.test("a power cut undoes renames after which the directory was not synced", () => {
  const log = rearrange(recordPublishing(OVER_ANOTHER), (events) => {
    return events.slice(0, events.findLastIndex(({ kind }) => kind === "sync directory"));
  });
  const { breaches } = cutPower(log, OVER_ANOTHER, { inOrder: true });
  assert(breaches.some((breach) => breach.startsWith("old after")), breaches[0]);
});

Deno.test("a power cut hides a mixture if temporary names were not synced, and kept in any order", () => {
  const log = rearrange(recordPublishing(OVER_ANOTHER), (events) => {
    return events.toSpliced(events.findIndex(({ kind }) => kind === "sync directory"), 1);
  });
  assertEquals(cutPower(log, OVER_ANOTHER, { inOrder: true }).breaches, []);
  const { breaches } = cutPower(log, OVER_ANOTHER);
  assert(breaches.some((breach) => breach.startsWith("mixed after")), breaches[0]);
});
