/**
 * Runs: a plan, or several of them with the same threads.
 *
 * @module
 */
import { checkQuickly } from "./check_run.ts";
import { discover, type Discovery } from "./discover/discover.ts";
import { describeFailure } from "./errors.ts";
import { addTargets, findGranted } from "./grants.ts";
import type { Message, Plan, Report } from "./model.ts";
import { prepare, type Sources } from "./prepare.ts";
import { type Survey, survey } from "./remember.ts";
import { ReaderPool } from "./threads/reader_pool.ts";
import { Writer } from "./threads/writer_handle.ts";
import {
  deliver,
  type Ending,
  find,
  type Found,
  type Outlet,
  produce,
  type Product,
  read,
} from "./update.ts";
import type { Verdict } from "./verdict.ts";

export type { Outlet } from "./update.ts";

/** What came of a run. If it is not `complete`, messages have said why. */
export type Outcome =
  /** All that the tree holds is in the index files. */
  | "complete"
  /** The files are whole, but something was left out of them. */
  | "incomplete"
  /** The files are as they were. */
  | "nothing written"
  /** With --check. */
  | Verdict;

/**
 * Does what a plan says: discover, read, resolve, render, publish.
 *
 * @throws FatalError (as a rejection) when the run cannot go on; nothing has been written then
 */
export async function run(plan: Plan, outlet: Outlet): Promise<Outcome> {
  const task = makeTask(plan, outlet.report);
  await perform([task], { outlet, attempt: (_, step) => step() });
  return outcomeOf(task);
}

/**
 * Does what each of several plans says. One that cannot be carried out does not keep the others from
 * that: its error is reported. Messages begin with the kernel version.
 *
 * @returns the worst outcome
 */
export async function runAll(plans: readonly Plan[], outlet: Outlet): Promise<Outcome> {
  const tasks = plans.map((plan) =>
    makeTask(plan, (message) => outlet.report(withVersion(message, plan)))
  );
  await perform(tasks, {
    outlet,
    async attempt(task, step) {
      try {
        await step();
      } catch (error) {
        task.report({ level: "fatal", ...describeFailure(error) });
        task.ending = "nothing written";
      }
    },
  });
  const outcomes = tasks.map(outcomeOf);
  return WORST_FIRST.find((outcome) => outcomes.includes(outcome)) ?? "complete";
}

const WORST_FIRST: readonly Outcome[] = [
  "nothing written",
  "damaged",
  "out of date",
  "incomplete",
  "complete",
  "up to date",
];

function withVersion({ text, ...message }: Message, { version }: Plan): Message {
  return { ...message, text: message.level === "output" ? text : `${version}: ${text}` };
}

/** A plan that is being carried out. */
interface Task {
  readonly plan: Plan;
  readonly report: Report;
  /** Texts of the messages about what is left out of the index files. */
  readonly failures: ReadonlySet<string>;
  /** How it has ended; until then, as if there were nothing to do. */
  ending: Ending;
}

/** What all tasks have in common. */
interface Setting {
  readonly outlet: Outlet;
  /** Carries out a step of a task. */
  readonly attempt: (task: Task, step: () => Promise<void>) => Promise<void>;
}

function makeTask(plan: Plan, reportAny: Report): Task {
  const failures = new Set<string>();
  const report = (message: Message) => {
    if (failures.has(message.text)) return; // several stages may meet the same link
    if (message.fails) failures.add(message.text);
    reportAny(message);
  };
  return { plan, report, failures, ending: "written" };
}

function outcomeOf({ ending, failures }: Task): Outcome {
  if (ending !== "written") return ending;
  return failures.size === 0 ? "complete" : "incomplete";
}

/** Carries out tasks: all trees are searched before it is known what any module says. */
async function perform(tasks: readonly Task[], setting: Setting): Promise<void> {
  using locks = new DisposableStack();
  const prepared = await mapTasks(tasks, setting, (task) => prepare(task, locks));
  const surveyed = await mapTasks([...prepared.keys()], setting, async (task) => {
    return { sources: prepared.get(task)!, survey: await survey(prepared.get(task)!, task) };
  });
  const isCheck = tasks[0]!.plan.check === "quick";
  if (isCheck) await check(surveyed, setting);
  else await carryOut(new Map([...surveyed].filter(isUndone)), setting);
}

/** What is known of a task before any other thread is started. */
interface Outset {
  readonly sources: Sources;
  readonly survey: Survey | undefined;
}

/** Checks the trees of tasks. Only after the last one does this thread need no permission. */
async function check(surveyed: ReadonlyMap<Task, Outset>, setting: Setting): Promise<void> {
  const tasks = [...surveyed.keys()];
  await mapTasks(tasks, setting, async (task) => {
    const { handOver } = task === tasks.at(-1) ? setting.outlet : {};
    const { sources, survey } = surveyed.get(task)!;
    task.ending = await checkQuickly(sources, { ...task, survey, handOver });
  });
}

/** Whether a survey has left anything to do. */
function isUndone([, { survey }]: readonly [Task, Outset]): boolean {
  return survey?.unchanged !== "silent";
}

/** Searches all trees; then reads, and writes the files, of one after the other. */
async function carryOut(surveyed: ReadonlyMap<Task, Outset>, setting: Setting): Promise<void> {
  if (surveyed.size === 0) return;
  const outsets = [...surveyed.values()];
  const plans = [...surveyed.keys()].map(({ plan }) => plan);
  using readers = new ReaderPool(findGranted("read", outsets.flatMap(listReadable)), plans[0]!);
  const writable = findGranted("write", outsets.flatMap(({ sources }) => sources.grants.writer));
  const finding = findAll(surveyed, { ...setting, readers });
  const mayBeIdle = !plans[0]!.writes || outsets.some(({ survey }) => survey?.unchanged);
  using early = mayBeIdle ? undefined : new Writer(writable); // meanwhile
  const found = await finding;
  const isIdle = !plans[0]!.writes ||
    [...found.values()].every(({ repeated }) => repeated !== undefined);
  using late = early !== undefined || isIdle ? undefined : new Writer(writable);
  await produceAll(found, { ...setting, readers, writer: early ?? late });
}

/** Finds the modules of all trees: a reader those of one, and this thread those of the next. */
async function findAll(
  surveyed: ReadonlyMap<Task, Outset>,
  { readers, ...setting }: Setting & { readers: ReaderPool },
): Promise<Map<Task, Found>> {
  const tasks = [...surveyed.keys()];
  const ahead = new Map<Task, Discovery>();
  return await mapTasks(tasks, setting, async (task) => {
    const outset = surveyed.get(task)!;
    const found = ahead.get(task);
    const finding = find(outset.sources, { ...task, ...outset, readers, found });
    const next = found === undefined ? tasks[tasks.indexOf(task) + 1] : undefined;
    const { sources, survey } = surveyed.get(next ?? task)!;
    if (next !== undefined && survey === undefined) ahead.set(next, discover(sources.search));
    return await finding;
  });
}

/** Who reads and who writes. */
interface Threads {
  readonly readers: ReaderPool;
  readonly writer: Writer | undefined;
}

/**
 * Reads one tree after the other, and makes its files. The first is read while other threads start,
 * and each other one while the files of the tree before are written.
 */
async function produceAll(
  found: ReadonlyMap<Task, Found>,
  { readers, writer, outlet, attempt }: Setting & Threads,
): Promise<void> {
  const tasks = [...found.keys()];
  const costs = tasks.map((task) => listCosts(found.get(task)!));
  const { promise: handedOver, resolve } = Promise.withResolvers<void>();
  const startReading = (task: Task) => {
    const reading = read(found.get(task)!, { ...task, readers, handedOver });
    reading.catch(() => {}); // whoever waits for it gets the error
    return reading;
  };
  readers.growFor(costs[0] ?? []);
  const first = tasks[0] && startReading(tasks[0]);
  readers.growFor(costs.flat());
  await readers.ready();
  await writer?.ready();
  outlet.handOver?.();
  resolve();

  let delivering = Promise.resolve(); // the files of the tree before
  await mapTasks(tasks, { outlet, attempt }, async (task) => {
    const { plan, report } = task;
    const tree = found.get(task)!;
    const said: Message[] = [...tree.repeated ?? []]; // waits for its turn
    const means = { plan, readers, report: (message: Message) => void said.push(message) };
    let product: Product | undefined;
    try {
      const reading = task === tasks[0] ? first! : startReading(task);
      if (tree.repeated === undefined) product = await produce(tree, { ...means, reading });
    } finally {
      await delivering;
      said.forEach(report);
    }
    if (tree.repeated !== undefined) return;
    delivering = attempt(task, async () => {
      const delivery = { plan, readers, report, writer, outlet, said };
      task.ending = product === undefined ? "nothing written" : await deliver(product, delivery);
    });
  });
  await delivering;
}

/** What the readers of a tree may read, as far as it is known where its links lead. */
function listReadable({ sources: { grants }, survey }: Outset): readonly string[] {
  return addTargets(grants, survey?.discovery.targets ?? []).readers;
}

function listCosts({ wanted, costs, repeated }: Found): number[] {
  return repeated === undefined ? wanted.map((module) => costs[module]!) : [];
}

/** Carries out a step of each task, one after the other, and gives what came of those that succeeded. */
async function mapTasks<Value>(
  tasks: readonly Task[],
  { attempt }: Setting,
  step: (task: Task) => Promise<Value | undefined>,
): Promise<Map<Task, Value>> {
  const values = new Map<Task, Value>();
  for (const task of tasks) {
    await attempt(task, async () => {
      const value = await step(task);
      if (value !== undefined) values.set(task, value);
    });
  }
  return values;
}
