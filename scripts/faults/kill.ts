/**
 * SIGKILL at random moments, over an existing, different set: afterwards there is the old set or the
 * new one, or a mixture of whole files that can be told; and the next run leaves nothing but the set.
 *
 * @module
 */
import { judge, type Sets, type Verdict } from "../../tests/support/disk_verdict.ts";
import { findWrong, type Given, Ground, inject, mustSystem, OLD, sleep } from "./support.ts";

/** How the moments are chosen. */
type Aim = "anywhere" | "while it writes" | "while it renames";

/** Of ten kills, how each is aimed. Renames take so little time that they are slowed down. */
const AIMS: readonly Aim[] = [
  ...Array<Aim>(5).fill("anywhere"),
  ...Array<Aim>(3).fill("while it writes"),
  ...Array<Aim>(2).fill("while it renames"),
];

/** Each rename is delayed by three milliseconds. */
const SLOW = inject("rename,renameat,renameat2:delay_enter=3000");
/** Milliseconds that eleven such renames, and what follows, take. */
const SLOW_WINDOW = 45;

/** Kills runs in memory and on the disk. */
export async function testKills(given: Given & { kills: number }): Promise<void> {
  const memory = `${given.work}/memory`;
  Deno.mkdirSync(memory);
  mustSystem('mount -t tmpfs tmpfs "$1"', memory);
  for (const place of ["memory", "disk"]) {
    const ground = new Ground(`${given.work}/${place}/tree`);
    await killAll(ground, { ...given, place, kills: Math.ceil(given.kills / 2) });
  }
}

async function killAll(
  ground: Ground,
  { place, kills, checks, random }: Given & { place: string; kills: number },
): Promise<void> {
  const ended = await ground.run();
  const sets = { before: OLD, after: ground.set() };
  checks.add(`a run in ${place} is as it should be`, findWrong(ground, { set: sets.after, ended }));
  const spans = await measure(ground);
  const tally = new Tally();
  const wrong: string[] = [];
  for (let i = 0; i < kills; i++) {
    const aim = AIMS[i % AIMS.length]!;
    const before = i % 7 === 0 ? new Map() : OLD; // some are killed over an empty directory
    ground.replace(before);
    const moment = random(1_000_000) / 1_000_000;
    const isKilled = await kill(ground, { aim, moment, spans });
    const verdict = judge(ground.files(), { ...sets, before });
    tally.add(isKilled ? aim : `${aim}, too late`, verdict);
    const found = await findBreaches(ground, { sets, verdict, isQuick: i % 2 === 0 });
    wrong.push(...found.map((text) => `kill ${i}, ${aim}, ${moment}: ${text}`));
  }
  for (const line of tally.lines) console.log(`  ${place}: ${line}`);
  checks.add(`${kills} kills in ${place} left the old set, the new one or a told mixture`, wrong);
}

/**
 * Milliseconds from which moments are drawn, for each aim. They follow what runs take: the machine
 * may have other work.
 */
type Spans = Record<Aim, number>;

async function measure(ground: Ground): Promise<Spans> {
  ground.replace(OLD);
  const start = performance.now();
  const run = ground.start();
  await ground.untilItWrites(run);
  const begun = performance.now();
  await run.ended;
  const end = performance.now();
  return {
    "anywhere": end - start,
    "while it writes": end - begun,
    "while it renames": SLOW_WINDOW,
  };
}

/** Starts a run and kills it. Gives false if it had ended by then. */
async function kill(
  ground: Ground,
  { aim, moment, spans }: { aim: Aim; moment: number; spans: Spans },
): Promise<boolean> {
  const run = ground.start({ around: aim === "while it renames" ? SLOW : [] });
  if (aim !== "anywhere") await ground.untilItWrites(run);
  await sleep(moment * spans[aim]);
  run.kill("SIGKILL");
  const isKilled = (await run.ended).signal === "SIGKILL";
  spans[aim] *= isKilled ? 1.03 : 0.85;
  return isKilled;
}

/** What is wrong after a kill, and after the next run. */
async function findBreaches(
  ground: Ground,
  { sets, verdict, isQuick }: { sets: Sets; verdict: Verdict; isQuick: boolean },
): Promise<string[]> {
  if (verdict === "mixed" || verdict === "broken") {
    return [`${verdict}: ${[...ground.files().keys()].join(", ")}`];
  }
  const isNoticed = verdict !== "old" || ground.hasBegun() || ground.files().size === 0;
  const options = isQuick && isNoticed ? ["-A"] : [];
  const ended = await ground.run({ options });
  // Without modules.dep, -A says so.
  const stderr = ended.stderr.replace(/^depmod: ERROR: could not fstatat\(.*\n/, "");
  return findWrong(ground, { set: sets.after, ended: { ...ended, stderr } })
    .map((text) => `the next run${options}: ${text}`);
}

/** Counts what was found, by how the kill was aimed. */
class Tally {
  readonly #counts = new Map<string, Map<Verdict, number>>();

  add(aim: string, verdict: Verdict): void {
    const counts = this.#counts.get(aim) ?? new Map<Verdict, number>();
    this.#counts.set(aim, counts.set(verdict, (counts.get(verdict) ?? 0) + 1));
  }

  get lines(): string[] {
    return [...this.#counts].map(([aim, counts]) => {
      const found = [...counts].map(([verdict, count]) => `${count} ${verdict}`).sort();
      return `${aim}: ${found.join(", ")}`;
    });
  }
}
