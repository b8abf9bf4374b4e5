/**
 * Runs a program and measures it, from outside: wall time, CPU time (user and system, of all
 * threads) and peak memory. Bash takes the times, to 1 µs and 1 ms, right around the program; GNU
 * time, which rounds CPU time down to 10 ms, gives only the memory. Without one of the two there is
 * nothing but wall time, with the start of a process counted in.
 */
import { fail, succeeds } from "./command.ts";

/** What one run took: seconds and MiB. */
export interface Sample {
  readonly wall: number;
  readonly cpu?: number;
  readonly memory?: number;
}

const GNU_TIME = ["/usr/bin/time", "-f", "%M"];
/** Bash's part: runs its arguments; CPU times, end and start go to the file that is named first. */
const TIMES = `
  TIMEFORMAT='%3U %3S'
  exec 3>&2 2>"$0"
  start=$EPOCHREALTIME
  time "$@" 2>&3
  status=$?
  echo "$EPOCHREALTIME $start" >&2
  exit $status
`;

const DROP_CACHES = "/proc/sys/vm/drop_caches";

/** Whether CPU time and memory can be measured on this machine. */
export const MEASURES_ALL = succeeds([...GNU_TIME, "bash", "-c", 'test -n "$EPOCHREALTIME"']);

/**
 * Runs the command once. Its standard output goes nowhere; `scratch` is a directory for the
 * measuring programs' own files.
 *
 * @throws Error if the exit status is not 0, with the command's messages.
 */
export function measure(command: readonly string[], scratch: string): Sample {
  const [times, memory] = [`${scratch}/times`, `${scratch}/memory`];
  const bash = [...GNU_TIME, "-o", memory, "bash", "-c", TIMES, times];
  const [file = "", ...args] = MEASURES_ALL ? [...bash, ...command] : command;
  const start = performance.now();
  const { code, stderr } = new Deno.Command(file, {
    args,
    env: { LC_ALL: "C" },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).outputSync();
  const wall = (performance.now() - start) / 1000;
  if (code !== 0) {
    const messages = new TextDecoder().decode(stderr);
    fail(`${command.join(" ")} ended with exit status ${code}\n${messages}`.trimEnd());
  }
  if (!MEASURES_ALL) return { wall };
  const [user = NaN, system = NaN, after = NaN, before = NaN] = readNumbers(times);
  const [kibibytes = NaN] = readNumbers(memory);
  return { wall: after - before, cpu: user + system, memory: kibibytes / 1024 };
}

function readNumbers(file: string): number[] {
  return Deno.readTextFileSync(file).trim().split(/\s+/).map(Number);
}

/** The medians of the samples; a value that one of them lacks is left out. */
export function medianSample(samples: readonly Sample[]): Sample {
  const cpu = samples.flatMap((sample) => sample.cpu ?? []);
  const memory = samples.flatMap((sample) => sample.memory ?? []);
  return {
    wall: median(samples.map((sample) => sample.wall)),
    ...(cpu.length === samples.length && { cpu: median(cpu) }),
    ...(memory.length === samples.length && { memory: median(memory) }),
  };
}

/** The middle value; of an even number, the mean of the two. */
function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const [lower, upper] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return ((lower ?? NaN) + (upper ?? NaN)) / 2;
}

/** Why the cache cannot be emptied, or undefined where it can. */
export function cacheObstacle(): string | undefined {
  try {
    emptyCache();
    return undefined;
  } catch {
    return `${DROP_CACHES} cannot be written`;
  }
}

/**
 * Makes the system forget every file that it has read, and then remember the measuring programs,
 * whose own start must not count.
 */
export function emptyCache(): void {
  succeeds(["sync"]);
  Deno.writeTextFileSync(DROP_CACHES, "3\n", { create: false });
  succeeds([...GNU_TIME, "bash", "-c", "true"]);
}
