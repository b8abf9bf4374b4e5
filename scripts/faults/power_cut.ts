/**
 * Cuts the power at each system call by which the executable replaces index files.
 *
 *     scripts/power-cut [DIR]
 */
import { startRandom } from "../../tests/support/random.ts";
import { type DiskLog, type Files, losePower } from "../../tests/support/disk_model.ts";
import { readFiles } from "../../tests/support/disk_recorder.ts";
import { Findings, type IndexSet } from "../../tests/support/disk_verdict.ts";
import { INDEX_FILES } from "../../tests/support/run_tree.ts";
import { buildTree, VERSION, writeTree } from "../../tests/support/tree.ts";
import { Checks, OLD, SPEC } from "./support.ts";
import { replayTrace } from "./trace.ts";

/** Calls that change a file or a directory, or sync it, and those that tell what is open. */
const CALLS = [
  ..."open openat creat close write pwrite64 writev pwritev ftruncate truncate".split(" "),
  ..."copy_file_range sendfile fallocate fsync fdatasync sync syncfs sync_file_range".split(" "),
  ..."link linkat symlink symlinkat rename renameat renameat2 unlink unlinkat".split(" "),
  ..."utimensat mkdir mkdirat".split(" "),
].map((call) => `?${call}`);

/** A tree, and where its index files go. */
interface Place {
  readonly root: string;
  readonly version: string;
  readonly out: string;
}

/** Runs the executable under strace; gives what it did to the directory of the index files. */
function traceRun({ root, version, out }: Place, initial: Files): DiskLog {
  const trace = `${out}.trace`;
  const strace = ["-f", "-qq", "-y", "-xx", "-s", "100000000", "-o", trace];
  const run = [Deno.env.get("DEPMOD")!, "-o", out, "-b", root, version];
  const args = [...strace, "-e", `trace=${CALLS.join(",")}`, ...run];
  const { success, stderr } = new Deno.Command("strace", { args, stdin: "null" }).outputSync();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return replayTrace(Deno.readTextFileSync(trace), {
    directory: `${out}/lib/modules/${version}`,
    initial,
  });
}

function setOf(files: Files): IndexSet {
  return new Map([...files].map(([name, { text }]) => [name, text]));
}

/** A situation: what is in the output directory before the run. */
function check(title: string, place: Place, { before, checks }: {
  before: IndexSet;
  checks: Checks;
}): IndexSet {
  const directory = `${place.out}/lib/modules/${place.version}`;
  Deno.mkdirSync(directory, { recursive: true });
  for (const { name } of Deno.readDirSync(directory)) Deno.removeSync(`${directory}/${name}`);
  for (const [name, text] of before) {
    Deno.writeFileSync(`${directory}/${name}`, Uint8Array.from(text, (c) => c.charCodeAt(0)));
  }
  const log = traceRun(place, readFiles(directory));
  const after = setOf(readFiles(directory));
  const findings = new Findings();
  for (const outcome of losePower(log, startRandom(1))) {
    findings.add(outcome, { log, sets: { before, after } });
  }
  const found = [...findings.counts].map(([verdict, count]) => `${count} ${verdict}`).join(", ");
  const renames = log.events.filter(({ kind }) => kind === "rename").length;
  const differing = INDEX_FILES.filter((name) => before.get(name) !== after.get(name)).length;
  checks.add(`${title}: ${log.events.length} events; outcomes: ${found}`, [
    ...findings.breaches,
    ...(renames === differing ? [] : [`${renames} renames for ${differing} files`]),
  ]);
  return after;
}

/** The version of the modules in a root. */
function findVersion(root: string): string {
  const [version, ...others] = [...Deno.readDirSync(`${root}/lib/modules`)];
  if (version === undefined || others.length > 0) throw new Error(`not one version in ${root}`);
  return version.name;
}

const work = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "depmod-power-cut-" }));
const checks = new Checks();
try {
  const [given] = Deno.args;
  if (given === undefined) writeTree(`${work}/tree`, buildTree(SPEC));
  const root = given === undefined ? `${work}/tree` : Deno.realPathSync(given);
  const version = given === undefined ? VERSION : findVersion(root);
  const place = { root, version, out: `${work}/out` };
  const after = check("in an empty directory", place, { before: new Map(), checks });
  check("over another set", place, { before: OLD, checks });
  const some = new Map([...OLD, ...[...after].slice(0, 5)]);
  check("over a set of which five files are the same", place, { before: some, checks });
} finally {
  Deno.removeSync(work, { recursive: true });
}
console.log(checks.summary.replace(/, 0 skipped$/, ""));
Deno.exit(checks.failed === 0 ? 0 : 1);
