/**
 * Starts the processes that try cases, and starts them again after a case that broke them.
 *
 * @module
 */
import { inputOf, makeCase } from "./cases.ts";
import { writeCrasher } from "./crashers.ts";
import { tookTooLong } from "./findings.ts";
import type { Input } from "./inputs.ts";
import { reduceCase, within } from "./reduce.ts";
import { type Crasher, GROUP, labelOf, type News, type Share, type Tally } from "./search.ts";

/** Milliseconds that a process may say nothing: a whole run may take a minute on a busy machine. */
const SILENCE = 90_000;
/** Milliseconds that one case may take with the start of a process. */
const ALONE = 20_000;
/** Milliseconds that it is made smaller for. */
const REDUCTION = 300_000;

/** Takes what a process tells. */
export interface Listener {
  readonly onTried: (tally: Tally) => void;
  readonly onFound: (crasher: Crasher) => void;
  /** Takes a case at which a process said nothing for too long. It is tried again. */
  readonly onStall: (number: number) => void;
}

/** How processes are watched. */
export interface WatchOptions {
  /** What they run: a file beside this one, or elsewhere by its address. */
  readonly script: string;
  /** Milliseconds that they may say nothing. */
  readonly silence: number;
}

/**
 * Tries a share of the cases. A process that says nothing may have been kept from running: only a
 * group at which that happens twice is taken for broken.
 */
export async function watch(
  share: Share,
  listener: Listener,
  options: WatchOptions = { script: "search.ts", silence: SILENCE },
): Promise<void> {
  let stalled = -1;
  for (let first = share.first; first < share.end;) {
    const stop = await runProcess({ ...share, first }, listener, options);
    if (stop === undefined) return;
    const { group, number, isHanging } = stop;
    if (isHanging && group !== stalled) {
      listener.onStall(number);
      first = stalled = group;
    } else {
      listener.onFound(await describeStop(share, stop));
      first = group + share.step * GROUP;
    }
  }
}

/** Where a process stopped before its end. */
interface Stop {
  /** The case that it was at. */
  readonly number: number;
  /** The first case of its group. */
  readonly group: number;
  readonly isHanging: boolean;
}

async function runProcess(
  share: Share,
  listener: Listener,
  { script, silence }: WatchOptions,
): Promise<Stop | undefined> {
  const process = start(script, JSON.stringify(share));
  let number = share.first;
  let group = share.first;
  let isHanging = false;
  const end = () => {
    isHanging = true;
    process.kill("SIGKILL");
  };
  let timer = setTimeout(end, silence);
  for await (const line of readLines(process.stdout)) {
    clearTimeout(timer);
    timer = setTimeout(end, silence);
    const news: News = JSON.parse(line);
    if (news.kind === "begin") number = news.number;
    else if (news.kind === "found") listener.onFound(news.crasher);
    else {
      listener.onTried(news.tally);
      number = group = news.first + share.step * GROUP;
    }
  }
  clearTimeout(timer);
  const { success } = await process.status;
  return success ? undefined : { number, group, isHanging };
}

function start(script: string, ...args: string[]): Deno.ChildProcess {
  const path = new URL(script, import.meta.url).pathname;
  const words = ["run", "--no-prompt", "--quiet", "--no-check", "--allow-all", path, ...args];
  return new Deno.Command(Deno.execPath(), { args: words, stdin: "null", stdout: "piped" }).spawn();
}

async function* readLines(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let text = "";
  const decoder = new TextDecoderStream();
  for await (const piece of stream.pipeThrough(decoder as TransformStream<Uint8Array, string>)) {
    const lines = (text + piece).split("\n");
    text = lines.pop()!;
    yield* lines;
  }
}

/** Writes the case that a process stopped at, as small as it can be made in some minutes. */
async function describeStop(share: Share, { number, isHanging }: Stop): Promise<Crasher> {
  const { seed, crashers } = share;
  const each = makeCase(seed, number);
  const fails = within((input: Input) => stopsAgain(input, share.directory), REDUCTION);
  const isAgain = await fails(inputOf(each));
  const input = isAgain ? await reduceCase(each, fails) : inputOf(each);
  const detail = isAgain ? "again when it is tried alone" : "not again when it is tried alone";
  const label = `${labelOf(seed, number)}-stop`;
  const finding = isHanging ? tookTooLong(detail) : { sign: "ends the process", detail };
  return { label, finding, path: writeCrasher(crashers, { label, inputs: [input] }) };
}

/** Whether a process that tries this input has to be ended, or ends by itself without a result. */
async function stopsAgain(input: Input, directory: string): Promise<boolean> {
  const path = writeCrasher(directory, { label: "again", inputs: [input] });
  const process = start("main.ts", "--replay", path);
  const timer = setTimeout(() => process.kill("SIGKILL"), ALONE);
  let isDone = false;
  for await (const line of readLines(process.stdout)) isDone ||= line.endsWith(" failed");
  clearTimeout(timer);
  await process.status;
  return !isDone;
}
