/**
 * The readers: threads that read modules side by side, and may read the directories of modules and
 * nothing else.
 *
 * @module
 */
import { sequence } from "../bytes/column.ts";
import { stringText } from "../bytes/strings.ts";
import { printable } from "../bytes/text.ts";
import type { Discovery, Search } from "../discover/discover.ts";
import { FatalError } from "../errors.ts";
import type { BuiltinFiles, Plan, Progress, StringFacts, Strings } from "../model.ts";
import { listStringColumns } from "../read/columns.ts";
import type { ReadOptions } from "../read/extract.ts";
import { type KeyedPart, type Locations, refuseModules } from "../read/merge.ts";
import type { RenderOptions } from "../render/files.ts";
import {
  countReaders,
  countWorth,
  cutIntoBatches,
  limitFirst,
  orderByCost,
  READER_COST,
  sum,
  sumOf,
} from "./batches.ts";
import { type Loss, Reader, type Rendered, type Task } from "./reader_handle.ts";

/** Threads that search trees, read modules and render files; each is started when it is worth it. */
export class ReaderPool {
  #readers: Reader[] = [];
  #readable: readonly string[];
  /** Milliseconds that it takes to read all that is expected. */
  #expected = 0;
  /** By the costs of a workload: its modules that are being read, in the order in which they are begun. */
  readonly #unread = new Map<Workload["costs"], readonly number[]>();

  /**
   * @param readable directories and files that the readers may read
   * @param limits how many there may be, and how long they may take for a module
   */
  constructor(
    readable: readonly string[],
    readonly limits: Pick<Plan, "readers" | "moduleTimeout">,
  ) {
    this.#readable = readable;
  }

  /** Starts the first reader, unless it has been started: there is something for it to do. */
  start(): void {
    this.#grow(1);
  }

  /** The reader for what only one does. */
  get first(): Reader {
    this.start();
    return this.#readers[0]!;
  }

  /** How many readers there are. */
  get count(): number {
    return this.#readers.length;
  }

  /** Lets readers read these directories and files as well: a new one replaces all there are. */
  admit(readable: readonly string[]): void {
    if (readable.length === 0) return;
    this.#keep(0);
    this.#readable = [...new Set([...this.#readable, ...readable])];
    this.#grow(1);
  }

  /**
   * Lets a reader discover the modules while this thread goes on, and starts others as soon as
   * enough has been found for them. Several trees are shared by the readers there are.
   *
   * @param limits how the modules will be read, if the reader is to begin at once, without being asked
   * @throws FatalError (as a rejection) when the reader waits for a file longer than for a module
   */
  async discover(search: Search, limits?: ReadLimits): Promise<Discovery> {
    this.start();
    const { readers, moduleTimeout } = this.limits;
    const onProgress = (cost: number) => {
      this.#grow(countWorth(this.#expected + cost, readers.most));
    };
    const [reader] = this.#readers.toSorted((a, b) => a.searches - b.searches);
    const first = limits && { options: { ...limits, moduleTimeout }, readers };
    const discovering = reader!.discover(search, { step: READER_COST, first, onProgress });
    onProgress(0); // the trees before may be worth another reader
    return await discovering;
  }

  /** Takes note of modules that are to be read, by their costs in milliseconds. */
  expect(costs: Iterable<number>): void {
    this.#expected += sum(costs);
  }

  /** Starts as many readers as are worth starting for modules of these costs. */
  growFor(costs: readonly number[]): void {
    this.#grow(countReaders(costs, this.limits.readers));
  }

  /** When the promise settles, the readers no longer need this thread's permissions. */
  async ready(): Promise<void> {
    await Promise.all(this.#readers.map(({ ready }) => ready));
  }

  /**
   * Reads modules, and gives what each reader found. A module may be in two parts: then the later
   * part counts.
   *
   * If several read side by side, large modules are read at the end, by one reader alone.
   */
  async read(
    { modules, costs, wanted = [...sequence(costs.length)], handedOver }: Workload,
    limits: ReadLimits,
  ): Promise<KeyedPart[]> {
    const options = { ...limits, moduleTimeout: this.limits.moduleTimeout };
    const order = orderByCost(wanted, costs);
    const worth = countReaders(order.map((module) => costs[module]!), this.limits.readers);
    const first = limitFirst(options, Math.max(worth, this.#readers.length));
    const shared = { modules, costs, handedOver, options: first };
    const parts = await this.#readAll(order, this.#readers.length, shared);
    const large = first.maxModuleSize < options.maxModuleSize ? parts.flatMap(listLarge) : [];
    if (large.length === 0) return parts;
    this.#keep(2); // one may be lost
    return [...parts, ...await this.#readAll(large, 1, { ...shared, options })];
  }

  /** How far the reading of some workloads is. Only this look at it costs any time. */
  measure(workloads: readonly MeasuredWorkload[]): Progress {
    const states = workloads.map((workload) => this.#measureOne(workload));
    return {
      total: sum(states.map(({ total }) => total)),
      left: sum(states.map(({ left }) => left)),
      module: states.find(({ module }) => module !== undefined)?.module,
    };
  }

  /**
   * Lets a reader render the files that are made of strings alone, while this thread goes on. The
   * memory of the modules' strings is transferred to it.
   *
   * @throws FatalError (as a rejection) when an index grows too large
   */
  async render(
    { parts, locations, names, builtin }: StringParts,
    { textOnly, warnDuplicates, encode }: RenderOptions & { encode: boolean },
  ): Promise<Rendered> {
    const strings = parts.map(({ alias, softdep, weakdep }) => ({ alias, softdep, weakdep }));
    const memory = strings.flatMap(listStringColumns).map(({ buffer }) => buffer as ArrayBuffer);
    const options = { textOnly, warnDuplicates };
    const task = { parts: strings, locations, names, builtin, options, encode };
    return await this.first.render({ kind: "render", ...task }, [...new Set(memory)]);
  }

  /** Ends the readers. */
  [Symbol.dispose](): void {
    this.#keep(0);
  }

  /**
   * Reads modules with the first `most` readers. When some are lost, those that are left read what
   * these had, but for the modules that they were lost on.
   */
  async #readAll(order: readonly number[], most: number, work: Work): Promise<KeyedPart[]> {
    const parts: KeyedPart[] = [];
    for (let left = order; left.length > 0;) {
      this.#unread.set(work.costs, left);
      const { results, rest } = await this.#readSideBySide(left, most, work);
      this.#unread.set(work.costs, []);
      const losses = results.filter(isLoss);
      if (this.#readers.length === 0) {
        throw new FatalError(describeEnd(losses, work), "reader-lost");
      }
      parts.push(...results.filter(isPart));
      if (losses.length > 0) parts.push(refuseModules(losses.flatMap(listCulprit)));
      left = [...losses.flatMap(listOthers), ...rest];
    }
    return parts;
  }

  /**
   * Gives what each of the readers found that had something to read, and what is left if all of them
   * were lost. Those lost are let go.
   */
  async #readSideBySide(
    order: readonly number[],
    most: number,
    work: Work,
  ): Promise<{ results: (KeyedPart | Loss)[]; rest: number[] }> {
    const readers = this.#readers.slice(0, most);
    const begun = new Set(readers.flatMap(({ firstBatch }) => firstBatch));
    const unread = order.filter((module) => !begun.has(module));
    const queue = [...cutIntoBatches(unread, { costs: work.costs, readers: readers.length })];
    const results = await Promise.all(readers.map((reader) => reader.read(queue, work)));
    this.#readers = this.#readers.filter(({ isLost }) => !isLost);
    return { results: results.filter((result) => result !== undefined), rest: queue.flat() };
  }

  #measureOne({ modules, costs, wanted }: MeasuredWorkload): Progress {
    const total = sumOf(wanted, costs);
    const unread = this.#unread.get(costs);
    if (unread === undefined) return { total, left: total, module: undefined };
    if (unread.length === 0) return { total, left: 0, module: undefined };
    const positions = new Map(unread.map((module, position) => [module, position]));
    const begun = this.#readers.map((reader) => reader.begun.filter((one) => positions.has(one)));
    const read = begun.flatMap((list) => list.slice(0, -1));
    const latest = unread[Math.max(...begun.map((list) => positions.get(list.at(-1)!) ?? -1))];
    const module = latest === undefined ? undefined : stringText(modules.names, latest);
    return { total, left: sumOf(unread, costs) - sumOf(read, costs), module };
  }

  #grow(count: number): void {
    while (this.#readers.length < count) {
      this.#readers.push(new Reader(this.#readable, this.limits.moduleTimeout));
    }
  }

  /** Ends all readers but the first `count`. */
  #keep(count: number): void {
    for (const reader of this.#readers.splice(count)) reader.terminate();
  }
}

/** How modules are read, but for the time that one may take: the pool knows that. */
export type ReadLimits = Omit<ReadOptions, "moduleTimeout">;

/** What several readers found, not yet merged. */
interface StringParts {
  readonly parts: readonly StringFacts[];
  readonly locations: Locations;
  /** Names of the modules. */
  readonly names: Strings;
  readonly builtin: BuiltinFiles;
}

/** Modules to read: those with the numbers in `wanted`, or all. */
interface Workload extends Pick<Discovery, "modules" | "costs">, Pick<Task, "handedOver"> {
  readonly wanted?: readonly number[];
}

/** A workload whose progress is measured. */
type MeasuredWorkload = Pick<Required<Workload>, "modules" | "costs" | "wanted">;

/** Modules to read, and how. */
type Work = Workload & Task;

function isPart(result: KeyedPart | Loss): result is KeyedPart {
  return "facts" in result;
}

function isLoss(result: KeyedPart | Loss): result is Loss {
  return !isPart(result);
}

/** The module that a reader was lost on, if it is known. */
function listCulprit({ culprit, reason }: Loss): { module: number; reason: string }[] {
  return culprit === undefined ? [] : [{ module: culprit, reason }];
}

/** The other modules of a reader that was lost. */
function listOthers({ culprit, modules }: Loss): number[] {
  return modules.filter((module) => module !== culprit);
}

/** Why the run ends when no reader is left. */
function describeEnd(losses: readonly Loss[], { modules }: Work): string {
  const { culprit, reason } = losses.find(({ culprit }) => culprit !== undefined) ?? losses[0]!;
  if (culprit === undefined) return `no reader is left: to begin a module ${reason}`;
  const path = printable(stringText(modules.paths, culprit));
  return `failed to load symbols from ${path}: ${reason}; no other reader is left, so mend its ` +
    "file system or move it away";
}

/** The modules that were too large to be read side by side. */
function listLarge({ facts, modules }: KeyedPart): number[] {
  const large = facts.faults.filter(({ kind }) => kind === "too large");
  return large.map(({ module }) => modules[module]!);
}
