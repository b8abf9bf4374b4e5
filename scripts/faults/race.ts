/**
 * Eight runs at once while modules come and go; signals while files are written; output that nobody
 * takes. At the end there is what a single run makes, and nothing else.
 *
 * @module
 */
import { buildModule } from "../../tests/support/elf_builder.ts";
import { testOutput, testSignals } from "./signals.ts";
import { findWrong, type Given, Ground, inject, OLD, type Run, sleep, system } from "./support.ts";
import type { Ended } from "./support.ts";

/** Runs at once. */
const RUNS = 8;
/** Milliseconds in which they are started. */
const SPREAD = 250;

/** Starts runs at once, and sends signals. */
export async function testRaces(given: Given & { rounds: number }): Promise<void> {
  await testSet(given, { options: [], isElsewhere: false });
  await testSet(given, { options: ["-A"], isElsewhere: false });
  await testSet(given, { options: [], isElsewhere: true });
  await testUnlocked(given);
  await testSignals(given);
  await testOutput(given);
}

/** What is the same in all rounds. */
interface Kind {
  readonly options: readonly string[];
  /** Whether the files go to another directory, which is absent at first. */
  readonly isElsewhere: boolean;
}

async function testSet(given: Given & { rounds: number }, kind: Kind): Promise<void> {
  const { rounds, checks } = given;
  const wrong: string[] = [];
  for (let round = 0; round < rounds; round++) {
    const found = await race(given, { ...kind, around: [] });
    wrong.push(...found.map((text) => `round ${round}: ${text}`));
  }
  const words = ["depmod", ...kind.options, ...(kind.isElsewhere ? ["-o of an absent root"] : [])];
  checks.add(`${rounds} rounds of ${RUNS} runs of ${words.join(" ")}`, wrong);
}

/** The same without the lock, to see that the rounds would show what it prevents. */
async function testUnlocked(given: Given & { rounds: number }): Promise<void> {
  const around = inject("flock:retval=0");
  const rounds = Math.ceil(given.rounds / 5);
  let broken = 0;
  for (let round = 0; round < rounds; round++) {
    const found = await race(given, { options: [], isElsewhere: false, around });
    if (found.length > 0) broken++;
  }
  console.log(`  without the lock, ${broken} of ${rounds} rounds went wrong`);
}

/** Starts runs while modules come and go, and stops the first for a while; gives what is wrong. */
async function race(
  { work, random }: Given,
  { options, isElsewhere, around }: Kind & { around: readonly string[] },
): Promise<string[]> {
  const root = `${work}/race`;
  const ground = new Ground(root, isElsewhere ? `${work}/race-out` : root);
  if (isElsewhere) system('rm -rf "$1"', ground.out);
  else ground.replace(OLD);
  const changes = Array.from({ length: 6 }, () => random(SPREAD));
  const starts = Array.from({ length: RUNS - 1 }, () => random(SPREAD));
  const start = (): Run => ground.start({ options, around });
  const first = start();
  const runs = [first];
  const pausing = pause(first, random(SPREAD));
  for (const { time, act } of schedule({ changes, starts })) {
    await sleep(time);
    if (act === "start") runs.push(start());
    else change(ground, random(1000));
  }
  const [all] = await Promise.all([Promise.all(runs.map(({ ended }) => ended)), pausing]);
  return findRaceBreaches(ground, { work, all });
}

/** Changes and starts in their order, the last of which is a start, each with the time since the one before. */
function schedule({ changes, starts }: { changes: number[]; starts: number[] }) {
  const events = [
    ...changes.map((at) => ({ at, act: "change" as const })),
    ...starts.map((at, i) => ({ at: i === 0 ? SPREAD : at, act: "start" as const })),
  ].sort((a, b) => a.at - b.at);
  return events.map(({ at, act }, i) => ({ time: at - (events[i - 1]?.at ?? 0), act }));
}

/** Stops a run after a while, and lets it go on after the others were started. */
async function pause(run: Run, after: number): Promise<void> {
  await sleep(after);
  if (!run.kill("SIGSTOP")) return;
  await sleep(SPREAD * 2);
  run.kill("SIGCONT");
}

/** Adds a module, or removes one that was added. It is newer than all index files, for -A. */
function change(ground: Ground, number: number): void {
  const place = `${ground.modules}/kernel/added-${number % 5}.ko`;
  if (removeIfThere(place)) return;
  const file = `${ground.root}/added.ko`;
  Deno.writeFileSync(file, buildModule({ exports: [`added_${number}`] }));
  const time = Date.now() / 1000 + 60;
  Deno.utimeSync(file, time, time);
  Deno.renameSync(file, place);
}

function removeIfThere(path: string): boolean {
  try {
    Deno.removeSync(path);
    return true;
  } catch {
    return false;
  }
}

/** What is not as it would be if only one run had been there, after all changes. */
async function findRaceBreaches(
  ground: Ground,
  { work, all }: { work: string; all: readonly Ended[] },
): Promise<string[]> {
  const alone = new Ground(ground.root, `${work}/race-alone`);
  const ended = await alone.run();
  const set = alone.set();
  Deno.removeSync(alone.out, { recursive: true });
  const wrong = all.flatMap((one) => findErrors(one));
  return [...wrong, ...findWrong(ground, { set, ended })];
}

/** Errors of a run, but that a module which was removed is not there, or that it waits. */
function findErrors({ code, stderr }: Ended): string[] {
  const lines = stderr.split("\n").filter((line) => line !== "" && !/\/added-\d\.ko/.test(line));
  return [
    ...lines.filter((line) => !line.includes("could not fstatat")), // -A without modules.dep
    ...(code === 0 ? [] : [`status ${code}: ${stderr}`]),
  ];
}
