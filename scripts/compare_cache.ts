/**
 * Compares runs with the cache with runs without it.
 *
 *     scripts/compare-cache [EDITS [SEED [DAMAGES [FORGERIES]]]]
 *
 * A tree of 300 modules is edited at random. After each edit, a run with the cache must leave the
 * same files as one without it, with the same messages and status; and if nothing is edited, do
 * nothing. That it works all the same is no failure, and counted. Then the cache of a small tree is
 * damaged, and forged with checksums that are right.
 */
import { AttackedTree } from "../tests/support/cache_attack.ts";
import { describeIndex, findDifferences, runCached } from "../tests/support/cache_comparison.ts";
import { EditedTree } from "../tests/support/edited_tree.ts";
import { edit } from "../tests/support/edits.ts";
import { damage, forgeAny, withoutFingerprint } from "../tests/support/forged_cache.ts";
import { pick, startRandom } from "../tests/support/random.ts";
import { withTemporary } from "../tests/support/tree.ts";

const MODULES = 300;
/** Edits after one of which the run is repeated. */
const REPEAT_EVERY = 5;

/** Counts of runs. */
const counts = { passed: 0, failed: 0, worked: 0, repeated: 0, stale: 0, steadyStale: 0 };

function check(what: string, differences: readonly string[]): void {
  const done = counts.passed + counts.failed;
  if (done % 100 === 0 && done > 0) console.error(`${done} done, the next is ${what}`);
  if (differences.length === 0) {
    counts.passed++;
    return;
  }
  counts.failed++;
  console.log(`FAILED ${what}`);
  for (const difference of differences) console.log(difference.slice(0, 2000));
}

function compareEdits(edits: number, seed: number): void {
  withTemporary((root) => {
    const random = startRandom(Math.imul(seed, 1_000_003));
    const tree = new EditedTree(root, random, MODULES);
    for (let number = 0; number < edits; number++) {
      const names = number === 0 ? ["nothing"] : edit(tree);
      const what = `edit ${number} of seed ${seed}: ${names.join(", ")}; ${tree.args().join(" ")}`;
      const quick = random(2) === 0 ? ["-A"] : [];
      const cached = runCached(tree, quick);
      if (cached.worked) counts.worked++;
      check(what, findDifferences(tree, cached));
      if (random(REPEAT_EVERY) === 0 && cached.status !== 1) repeat(tree, what);
    }
  });
}

/** Runs twice more: no file is replaced. */
function repeat(tree: EditedTree, what: string): void {
  const before = describeIndex(tree);
  const first = runCached(tree, ["-A"]);
  const differences = findDifferences(tree, first);
  if (first.worked) counts.stale++;
  const second = runCached(tree, ["-A"]);
  differences.push(...findDifferences(tree, second));
  if (second.worked) {
    counts.steadyStale++;
    console.log(`works again: ${what}: ${describeAge(tree)}`);
  }
  if (describeIndex(tree) !== before) differences.push("files were replaced");
  counts.repeated++;
  check(`nothing after ${what}`, differences);
}

/** Runs with damaged and with forged caches. */
function attack(damages: number, forgeries: number, seed: number): void {
  const root = Deno.makeTempDirSync({ prefix: "depmod-test-" });
  const random = startRandom(Math.imul(seed, 1_000_003));
  const trees = [false, true].map((broken) => new AttackedTree(`${root}/${broken}`, { broken }));
  const take = () => {
    const tree = pick(trees, random);
    return { tree, cache: random(4) === 0 ? tree.cache : withoutFingerprint(tree.cache) };
  };
  for (let i = 0; i < damages; i++) {
    const { tree, cache } = take();
    check(`damage ${i} of seed ${seed}`, tree.findHarm(damage(cache, random)));
  }
  for (let i = 0; i < forgeries; i++) {
    const { tree, cache } = take();
    check(`forgery ${i} of seed ${seed}`, tree.findAbuse(forgeAny(cache, random)));
  }
  Deno.removeSync(root, { recursive: true });
}

/** When a file was changed; 1970 if it is not there. */
function findTime(path: string): Date {
  try {
    return Deno.statSync(path).mtime!;
  } catch {
    return new Date(0); // a hidden module
  }
}

/** How old the newest module is: one from the future is read each time. */
function describeAge(tree: EditedTree): string {
  const times = tree.modules.map((made) => findTime(tree.fileOf(made)));
  return `the newest module is ${Date.now() - Math.max(...times.map(Number))} ms old`;
}

const [edits = 500, seed = 1, damages = 3000, forgeries = 1000] = Deno.args.map(Number);
const start = performance.now();
if (edits > 0) compareEdits(edits, seed);
attack(damages, forgeries, seed);
const { passed, failed, worked, repeated, stale, steadyStale } = counts;
console.log(`${worked} of ${edits} runs after an edit worked`);
console.log(`of ${repeated} repeated runs with -A, ${stale} worked, and ${steadyStale} once more`);
console.log(`${Math.round((performance.now() - start) / 1000)} s`);
console.log(`${passed} passed, ${failed} failed`);
Deno.exit(failed === 0 ? 0 : 1);
