/**
 * A process that tries its share of the cases; main.ts starts it, with a Share in JSON as its only
 * argument, and reads what it writes: a News in JSON on each line.
 *
 * @module
 */
import { type Case, inputOf, type Kind, kindOf, KINDS, makeCase } from "./cases.ts";
import { writeCrasher } from "./crashers.ts";
import { examine, type Trial } from "./examine.ts";
import { type Finding, MOST_MEMORY, takePeakMemory, tookTooLong } from "./findings.ts";
import type { Input } from "./inputs.ts";
import { reduceCase, reduceList, within } from "./reduce.ts";
import { STAGES } from "./stages.ts";
import { examineRun } from "./whole_run.ts";

/** Cases of which the modules are read by one reader. */
export const GROUP = 100;
/** Cases of which one is given to the whole program too. */
const RUN_EVERY = 2000;
/** Inputs that are written for one sign. */
const MOST_OF_A_SIGN = 3;

/** What a process is to try. */
export interface Share {
  readonly seed: number;
  readonly kinds: readonly Kind[];
  /** The first number, and the one after the last. */
  readonly first: number;
  readonly end: number;
  /** Of `step` groups, one is tried: the first one, and so on. */
  readonly step: number;
  /** A directory of the process's own, for module files. */
  readonly directory: string;
  /** Where crashers go. */
  readonly crashers: string;
}

/** What a process tells. */
export type News =
  /** A part of this case begins. */
  | { readonly kind: "begin"; readonly number: number }
  /** The group that begins with this number is done: cases of each kind, whole runs, memory. */
  | { readonly kind: "tried"; readonly first: number; readonly tally: Tally }
  /** Something was found, and written to `path` unless there is enough of it. */
  | { readonly kind: "found"; readonly crasher: Crasher };

/** What was found. */
export interface Crasher {
  readonly label: string;
  readonly finding: Finding;
  readonly path: string | undefined;
}

/** What was tried. */
export interface Tally {
  readonly cases: Readonly<Record<Kind, number>>;
  readonly runs: number;
  /** Bytes of memory of the process, at most. */
  readonly peak: number;
}

/** The label of a case. */
export function labelOf(seed: number, number: number): string {
  return `seed-${seed}-case-${number}`;
}

const encoder = new TextEncoder();

function tell(news: News): void {
  Deno.stdout.writeSync(encoder.encode(JSON.stringify(news) + "\n"));
}

const counts = new Map<string, number>();

/** Writes a crasher, unless there are enough with the same sign, and tells of it. */
async function keep(
  share: Share,
  { label, finding, reduce }: {
    label: string;
    finding: Finding;
    reduce: () => Promise<readonly Input[]>;
  },
): Promise<void> {
  const count = (counts.get(finding.sign) ?? 0) + 1;
  counts.set(finding.sign, count);
  const isNew = count <= MOST_OF_A_SIGN;
  const path = isNew ? writeCrasher(share.crashers, { label, inputs: await reduce() }) : undefined;
  tell({ kind: "found", crasher: { label, finding, path } });
}

/** Tries inputs, and measures how much memory that takes. */
export async function examineMeasured(
  inputs: readonly Input[],
  { stages = STAGES, directory, begin, seen = new Set() }:
    & Pick<Trial, "directory" | "begin">
    & Partial<Trial>,
): Promise<{ finding: Finding | undefined; peak: number }> {
  takePeakMemory();
  const base = Deno.memoryUsage().rss;
  const finding = await examine(inputs, { stages, directory, begin, seen });
  const peak = takePeakMemory();
  const isLarge = peak - base > MOST_MEMORY;
  const large = { sign: "takes more than 512 MiB", detail: `${peak - base} bytes` };
  return { finding: finding ?? (isLarge ? large : undefined), peak };
}

/** What is remembered from group to group. */
const seen = new Set<string>();

async function tryGroup(share: Share, numbers: readonly number[]): Promise<Tally> {
  const { seed, directory } = share;
  const cases = numbers.map((number) => makeCase(seed, number));
  const inputs = cases.map(inputOf);
  const begin = (place: number) => tell({ kind: "begin", number: numbers[place]! });
  const { finding, peak } = await examineMeasured(inputs, { directory, begin, seen });
  if (finding !== undefined) await tryEach(share, { numbers, cases, finding });
  const chosen = numbers.filter((number) => number % RUN_EVERY === 0);
  for (const number of chosen) {
    begin(numbers.indexOf(number));
    await tryRun(share, number);
  }
  return { cases: countKinds(cases), runs: chosen.length, peak };
}

function countKinds(cases: readonly Case[]): Record<Kind, number> {
  const counts = KINDS.map((kind) => [kind, cases.filter((each) => each.kind === kind).length]);
  return Object.fromEntries(counts);
}

/** Finds out which cases of a group break the program alone; if none does, all do it together. */
async function tryEach(
  share: Share,
  { numbers, cases, finding }: {
    numbers: readonly number[];
    cases: readonly Case[];
    finding: Finding;
  },
): Promise<void> {
  const { seed, directory } = share;
  let found = false;
  for (const [place, each] of cases.entries()) {
    const number = numbers[place]!;
    const options = { directory, begin: () => tell({ kind: "begin", number }) };
    const find = async (inputs: readonly Input[]) =>
      (await examineMeasured(inputs, options)).finding;
    const alone = await find([inputOf(each)]);
    if (alone === undefined) continue;
    found = true;
    const fails = within(async (input: Input) => (await find([input]))?.sign === alone.sign);
    const reduce = async () => [await reduceCase(each, fails)];
    await keep(share, { label: labelOf(seed, number), finding: alone, reduce });
  }
  if (found || finding.sign === tookTooLong("").sign) return;
  const options = { directory, begin: () => tell({ kind: "begin", number: numbers[0]! }) };
  const fails = within(async (inputs: readonly Input[]) => {
    return (await examineMeasured(inputs, options)).finding?.sign === finding.sign;
  });
  const label = `${labelOf(seed, numbers[0]!)}-and-more`;
  await keep(share, { label, finding, reduce: () => reduceList(cases.map(inputOf), fails) });
}

async function tryRun(share: Share, number: number): Promise<void> {
  const { seed } = share;
  const each = makeCase(seed, number);
  const finding = await examineRun(inputOf(each));
  if (finding === undefined) return;
  const fails = within(async (input: Input) => {
    tell({ kind: "begin", number });
    return (await examineRun(input))?.sign === finding.sign;
  });
  const reduce = async () => [await reduceCase(each, fails)];
  await keep(share, { label: `${labelOf(seed, number)}-run`, finding, reduce });
}

async function search(share: Share): Promise<void> {
  const { seed, kinds, end, step } = share;
  for (let first = share.first; first < end; first += step * GROUP) {
    const length = Math.min(GROUP, end - first);
    const numbers = Array.from({ length }, (_, i) => first + i)
      .filter((number) => kinds.includes(kindOf(seed, number)));
    tell({ kind: "tried", first, tally: await tryGroup(share, numbers) });
  }
}

if (import.meta.main) await search(JSON.parse(Deno.args[0]!));
