/**
 * Runs: a plan, or several of them with the same threads.
 *
 * @module
 */
import { checkQuickly } from "./check_run.ts";
import type { Answer } from "./explain_run.ts";
import { describeFailure } from "./errors.ts";
import { addTargets, findGranted, hasReportFile } from "./grants.ts";
import type { Message, Plan, Report } from "./model.ts";
import { prepare, type Sources } from "./prepare.ts";
import { type Survey, survey } from "./remember.ts";
import type { Observer, Stage } from "./report/observer.ts";
import { ReaderPool, type ReadLimits } from "./threads/reader_pool.ts";
import { Writer } from "./threads/writer_handle.ts";
import {
  deliver,
  describeRepeated,
  type Ending,
  find,
  type Found,
  limitReading,
  listCosts,
  type Outlet,
  produce,
  type Product,
  read,
  startSearch,
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
  | Verdict
  /** With --explain. */
  | Answer;

/**
 * Does what a plan says: discover, read, resolve, render, publish.
 *
 * @throws FatalError (as a rejection) when the run cannot go on; nothing has been written then
 */
export async function run(plan: Plan, outlet: Outlet): Promise<Outcome> {
  const task = makeTask(plan, outlet);
  await perform([task], { outlet, attempt: (_, step) => step() });
  return conclude(task);
}

/**
 * Does what each of several plans says. One that cannot be carried out does not keep the others from
 * that: its error is reported. Messages begin with the kernel version.
 *
 * @returns the worst outcome
 */
export async function runAll(plans: readonly Plan[], outlet: Outlet): Promise<Outcome> {
  const tasks = plans.map((plan) =>
    makeTask(plan, { ...outlet, report: (message) => outlet.report(withVersion(message, plan)) })
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
  const outcomes = tasks.map(conclude);
  return WORST_FIRST.find((outcome) => outcomes.includes(outcome)) ?? "complete";
}

const WORST_FIRST: readonly Outcome[] = [
  "nothing written",
  "unknown",
  "damaged",
  "out of date",
  "incomplete",
  "complete",
  "up to date",
  "known",
];

function withVersion({ text, ...message }: Message, { version }: Plan): Message {
  return { ...message, text: message.level === "output" ? text : `${version}: ${text}` };
}

/** A plan that is being carried out. */
interface Task {
  readonly plan: Plan;
  readonly report: Report;
  readonly observer: Observer | undefined;
  /** Texts of the messages about what is left out of the index files. */
  readonly failures: ReadonlySet<string>;
  /** How it has ended; until then, as if there were nothing to do. */
  ending: Ending | Answer;
}

/** What all tasks have in common. */
interface Setting {
  readonly outlet: Outlet;
  /** Carries out a step of a task. */
  readonly attempt: (task: Task, step: () => Promise<void>) => Promise<void>;
}

function makeTask(plan: Plan, outlet: Pick<Outlet, "report" | "reporter">): Task {
  const observer = outlet.reporter?.observe(plan);
  const failures = new Set<string>();
  const report = (message: Message) => {
    if (failures.has(message.text)) return; // several stages may meet the same link
    if (message.fails) failures.add(message.text);
    observer?.report(message);
    outlet.report(message);
  };
  return { plan, report, observer, failures, ending: "written" };
}

/** What came of a task that has ended. */
function conclude(task: Task): Outcome {
  const outcome = outcomeOf(task);
  task.observer?.ended(outcome);
  return outcome;
}

function outcomeOf({ ending, failures }: Task): Outcome {
  if (ending !== "written") return ending;
  return failures.size === 0 ? "complete" : "incomplete";
}

/** Carries out tasks: all trees are searched before it is known what any module says. */
async function perform(tasks: readonly Task[], setting: Setting): Promise<void> {
  using locks = new DisposableStack();
  const prepared = await mapTasks(tasks, setting, (task) => {
    return inStage(task, "prepare", () => prepare(task, locks));
  });
  const surveyed = await mapTasks([...prepared.keys()], setting, (task) => {
    return inStage(task, "discover", () => look(task, prepared.get(task)!));
  });
  const { explain, check: checks } = tasks[0]!.plan;
  if (explain !== undefined) await explainEach(surveyed, setting);
  else if (checks === "quick") await check(surveyed, setting);
  else await carryOut(new Map([...surveyed].filter(isUndone)), setting);
}

/** Does a part of a task, the time of which is taken if somebody watches. */
async function inStage<Value>(
  { observer }: Task,
  stage: Stage,
  work: () => Promise<Value>,
): Promise<Value> {
  observer?.begin(stage);
  try {
    return await work();
  } finally {
    observer?.begin();
  }
}

/** Surveys a tree. Gives undefined if there is nothing to do and to say. */
async function look(task: Task, sources: Sources): Promise<Outset | undefined> {
  const found = await survey(sources, task);
  if (found === "nothing to do") {
    if (task.plan.check !== undefined) task.ending = "up to date";
    return undefined;
  }
  if (found?.unchanged !== undefined) {
    const { discovery: { costs, contests } } = await found.select();
    task.observer?.found({ count: costs.length, wanted: 0, contests });
  }
  return { sources, survey: found };
}

/** What is known of a task before any other thread is started. */
interface Outset {
  readonly sources: Sources;
  readonly survey: Survey | undefined;
}

/** Checks the trees of tasks. Only after the last one does this thread need no permission. */
async function check(surveyed: ReadonlyMap<Task, Outset>, setting: Setting): Promise<void> {
  const tasks = [...surveyed.keys()];
  using threads = new DisposableStack();
  const writer = keepsWriter(tasks, setting)
    ? threads.use(new Writer(listWritable(surveyed)))
    : undefined;
  await writer?.ready();
  setting.outlet.reporter?.started({ readers: 1, writer });
  threads.move(); // whoever reports ends it
  await mapTasks(tasks, setting, async (task) => {
    const { handOver } = task === tasks.at(-1) ? setting.outlet : {};
    const { sources, survey } = surveyed.get(task)!;
    task.ending = await inStage(task, "check", () => {
      return checkQuickly(sources, { ...task, survey, handOver });
    });
  });
}

/** Explains a name for one tree: with several, the first would leave no permission for the others. */
async function explainEach(surveyed: ReadonlyMap<Task, Outset>, setting: Setting): Promise<void> {
  const { explain } = await import("./explain_run.ts");
  await mapTasks([...surveyed.keys()], setting, async (task) => {
    const { sources, survey } = surveyed.get(task)!;
    task.ending = await explain(sources, { ...task, survey, outlet: setting.outlet });
  });
}

/** Whether a survey has left anything to do, or to tell. */
function isUndone([{ observer }, { survey }]: readonly [Task, Outset]): boolean {
  return !survey?.unchanged?.isSilent || observer?.wantsModules === true;
}

/** Whether the writer is needed after the tasks, for a report: then whoever writes that ends it. */
function keepsWriter([task]: readonly Task[], { outlet }: Setting): boolean {
  return outlet.reporter !== undefined && task !== undefined && hasReportFile(task.plan);
}

/** What the writer may write. */
function listWritable(surveyed: ReadonlyMap<Task, Outset>): string[] {
  const grants = [...surveyed.values()].map(({ sources }) => sources.grants);
  return findGranted("write", [...new Set(grants.flatMap(({ writer }) => writer))]);
}

/** Searches all trees; then reads, and writes the files, of one after the other. */
async function carryOut(surveyed: ReadonlyMap<Task, Outset>, setting: Setting): Promise<void> {
  if (surveyed.size === 0) return;
  const { outlet } = setting;
  const outsets = [...surveyed.values()];
  const plans = [...surveyed.keys()].map(({ plan }) => plan);
  using readers = new ReaderPool(findGranted("read", outsets.flatMap(listReadable)), plans[0]!);
  using threads = new DisposableStack();
  const startWriter = () => threads.use(new Writer(listWritable(surveyed)));
  const isKept = keepsWriter([...surveyed.keys()], setting);
  const { writes } = plans[0]!;
  const finding = findAll(surveyed, { ...setting, readers });
  const isSurveyed = outsets.some(({ survey }) => survey !== undefined);
  const early = writes && (isKept || !isSurveyed) ? startWriter() : undefined; // meanwhile
  const found = await finding;
  readers.admit([...found.values()].flatMap(({ beyond }) => beyond));
  const isNeeded = isKept || (writes && [...found.values()].some(isToBeRead));
  const complete = async () => {
    const writer = early ?? (isNeeded ? startWriter() : undefined);
    await readers.ready();
    await writer?.ready();
    outlet.reporter?.started({ readers: readers.count, writer: isKept ? writer : undefined });
    if (isKept) threads.move(); // whoever reports ends it
    return writer;
  };
  await produceAll(found, { ...setting, readers, complete });
}

/** Finds the modules of all trees, as many at once as there are readers to search. */
function findAll(
  surveyed: ReadonlyMap<Task, Outset>,
  { readers, ...setting }: Setting & Pick<Threads, "readers">,
): Promise<Map<Task, Found>> {
  const unknown = [...surveyed.values()].filter(({ survey }) => survey === undefined);
  readers.growFor(unknown.map(() => SEARCH_COST));
  const limits = limitFirstReading([...surveyed.keys()]);
  const searches = new Map(
    unknown.map(({ sources }) => [sources, startSearch(sources, readers, limits)]),
  );
  return mapTasks([...surveyed.keys()], setting, (task) => {
    const { sources, survey } = surveyed.get(task)!;
    const begun = { survey, searching: searches.get(sources) };
    return inStage(task, "discover", () => find(sources, { ...task, readers, ...begun }));
  });
}

/**
 * How a reader reads a first batch of the modules that it finds, without being asked. With several
 * trees, it goes on to search the next one instead.
 */
function limitFirstReading([task, ...others]: readonly Task[]): ReadLimits | undefined {
  if (task === undefined || others.length > 0) return undefined;
  return limitReading(task, task.plan.cachePath !== undefined);
}

/** Milliseconds to search a tree of some hundred modules. */
const SEARCH_COST = 10;

/** Who reads and who writes. */
interface Threads {
  readonly readers: ReaderPool;
  /**
   * Starts the writer, if it is needed and has not been started: this thread has time for that while
   * modules are read. Settles when none of the threads needs this one's permissions any more.
   */
  readonly complete: () => Promise<Writer | undefined>;
}

/**
 * Reads one tree after the other, and makes its files. The first is read while other threads start,
 * and each other one while the files of the tree before are made and written.
 */
async function produceAll(
  found: ReadonlyMap<Task, Found>,
  { readers, complete, outlet, attempt }: Setting & Threads,
): Promise<void> {
  const tasks = [...found.keys()];
  const costs = tasks.map((task) => listCosts(found.get(task)!));
  const { promise: handedOver, resolve } = Promise.withResolvers<void>();
  const readings = new Map<Task, ReturnType<typeof read>>();
  const startReading = (task: Task | undefined) => {
    if (task === undefined || readings.has(task)) return;
    const reading = read(found.get(task)!, { ...task, readers, handedOver });
    reading.catch(() => {}); // whoever waits for it gets the error
    readings.set(task, reading);
  };
  readers.growFor(costs[0] ?? []);
  startReading(tasks[0]);
  readers.growFor(costs.flat());
  const started = await complete();
  outlet.handOver?.();
  outlet.reading?.(() => readers.measure([...found.values()].filter(isToBeRead)));
  resolve();

  let delivering = Promise.resolve(); // the files of the tree before
  await mapTasks(tasks, { outlet, attempt }, async (task) => {
    const { plan, report, observer } = task;
    const writer = plan.writes ? started : undefined;
    const tree = found.get(task)!;
    const said: Message[] = [...tree.repeated?.messages ?? []]; // waits for its turn
    const take = (message: Message) => void said.push(message);
    const means = { plan, observer, readers, report: take };
    let product: Product | undefined;
    startReading(task);
    const reading = readings.get(task)!;
    const onRead = () => startReading(tasks[tasks.indexOf(task) + 1]);
    try {
      if (tree.repeated === undefined) product = await produce(tree, { ...means, reading, onRead });
      else describeRepeated(tree, tree.repeated, task);
    } finally {
      observer?.begin();
      await delivering;
      said.forEach(report);
    }
    if (tree.repeated !== undefined) return;
    delivering = attempt(task, async () => {
      const delivery = { plan, observer, readers, report, writer, outlet, said };
      task.ending = product === undefined ? "nothing written" : await deliver(product, delivery);
      observer?.begin();
    });
  });
  await delivering;
}

/** Whether a run does more than to repeat what the last one said. */
function isToBeRead({ repeated }: Found): boolean {
  return repeated === undefined;
}

/** What the readers of a tree may read, as far as it is known where its links lead. */
function listReadable({ sources: { grants }, survey }: Outset): readonly string[] {
  return addTargets(grants, survey?.targets ?? []).readers;
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
