/**
 * Signals while files are written, and output that nobody takes.
 *
 * @module
 */
import { judge, type Sets } from "../../tests/support/disk_verdict.ts";
import { findWrong, type Given, Ground, inject, OLD, type Run, sleep } from "./support.ts";
import type { Ended } from "./support.ts";

/** Signals, and the exit status of a run that they end. */
const SIGNALS = [["SIGHUP", 129], ["SIGINT", 130], ["SIGTERM", 143]] as const;

/** Signals of each kind. */
const SENT = 12;
/** Each sync takes 20 ms more, each rename 10: there are twelve before the renames, and eleven. */
const SLOW = inject("fsync:delay_enter=20000", "rename:delay_enter=10000");
/** Milliseconds until the last rename. */
const WINDOW = 12 * 20 + 11 * 10;

/** Sends signals while files are written. */
export async function testSignals({ work, checks, random }: Given): Promise<void> {
  const ground = new Ground(`${work}/signals`);
  await ground.run();
  const sets = { before: OLD, after: ground.set() };
  for (const [signal, status] of SIGNALS) {
    const wrong: string[] = [];
    const found = new Map<string, number>();
    for (let i = 0; i < SENT; i++) {
      const after = Math.floor(WINDOW * (i + random(100) / 100) / SENT);
      const ended = await interrupt(ground, (run) => sendAfter(run, signal, after));
      const verdict = judge(ground.files(), sets);
      found.set(verdict, (found.get(verdict) ?? 0) + 1);
      const breaches = findSignalBreaches(ground, { ended, status, sets });
      wrong.push(...breaches.map((text) => `${after} ms: ${text}`));
    }
    const counts = [...found].map(([verdict, count]) => `${count} ${verdict}`).join(", ");
    checks.add(`${SENT} times ${signal} while it writes: status ${status}; ${counts}`, wrong);
  }
  await testSecond(ground, { work, checks, random }, sets);
}

/** Starts a slow run over the old set, and does something as soon as it writes. */
async function interrupt(ground: Ground, act: (run: Run) => Promise<void>): Promise<Ended> {
  ground.replace(OLD);
  const run = ground.start({ around: SLOW });
  await ground.untilItWrites(run);
  await act(run);
  return await run.ended;
}

async function sendAfter(run: Run, signal: Deno.Signal, after: number): Promise<void> {
  await sleep(after);
  run.kill(signal);
}

/** It has ended by the signal, with one of the sets and nothing else. */
function findSignalBreaches(
  ground: Ground,
  { ended, status, sets }: { ended: Ended; status: number; sets: Sets },
): string[] {
  const { code, stderr } = ended;
  const set = judge(ground.files(), sets) === "new" ? sets.after : sets.before;
  return [
    ...(code === status && stderr === "" ? [] : [`status ${code}: ${stderr}`]),
    ...findWrong(ground, { set, ended: { ...ended, code: 0, stderr: "" } }),
  ];
}

/** A second signal ends a run at once: what it leaves is removed by the next. */
async function testSecond(ground: Ground, { checks, random }: Given, sets: Sets): Promise<void> {
  const wrong: string[] = [];
  let left = 0;
  for (let i = 0; i < SENT; i++) {
    const ended = await interrupt(ground, async (run) => {
      await sendAfter(run, "SIGINT", random(WINDOW));
      await sendAfter(run, "SIGTERM", 5 + random(20));
    });
    if (![130, 143].includes(ended.code)) wrong.push(`status ${ended.code}: ${ended.stderr}`);
    const verdict = judge(ground.files(), sets);
    if (verdict === "mixed" || verdict === "broken") wrong.push(verdict);
    if (ground.hasBegun()) left++;
    wrong.push(...findWrong(ground, { set: sets.after, ended: await ground.run() }));
  }
  checks.add(`${SENT} times a second signal; ${left} times the next run had to clean up`, wrong);
}

/** Output that nobody takes: what is to be done with "$@", and the status of a run with -v. */
const OUTPUTS = [
  ['"$@" >&-', 0],
  ['"$@" >&- 2>&- <&-', 0],
  ['"$@" >/dev/full', 2],
  ['{ "$@"; echo $? >"$0"; } | true', 2],
  ['{ sleep 0.1; "$@"; echo $? >"$0"; } 2>&1 | true', 2],
  ['"$@" 2>/dev/full', 0],
] as const;

/** Runs with -v whose output is closed, full, or a broken pipe. */
export async function testOutput({ work, checks }: Given): Promise<void> {
  const ground = new Ground(`${work}/signals`);
  await ground.run();
  const set = ground.set();
  const file = `${work}/status`;
  for (const [command, status] of OUTPUTS) {
    ground.replace(OLD);
    Deno.writeTextFileSync(file, "");
    const around = ["sh", "-c", command, file];
    const ended = await ground.run({ around, options: ["-v"] });
    const code = Number(Deno.readTextFileSync(file).trim() || ended.code);
    checks.add(`depmod -v as ${command}: status ${status}, the files are complete`, [
      ...(code === status ? [] : [`status ${code}: ${ended.stderr}`]),
      ...findWrong(ground, { set, ended: { ...ended, code: 0, stderr: "" } }),
    ]);
  }
}
