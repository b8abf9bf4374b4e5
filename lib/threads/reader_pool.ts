/**
 * The readers: threads that read modules side by side, and may read the directories of modules and
 * nothing else.
 *
 * @module
 */
import { sequence } from "../bytes/column.ts";
import { copyStrings } from "../bytes/strings.ts";
import type { Discovery, Search } from "../discover/discover.ts";
import type { CachePlace, Lookup } from "../cache/cache.ts";
import type { Facts, Plan, StringFacts, Strings } from "../model.ts";
import { listStringColumns } from "../read/columns.ts";
import type { ReadOptions } from "../read/extract.ts";
import type { Locations, Part } from "../read/merge.ts";
import type { RenderOptions } from "../render/files.ts";
import { ConfinedWorker } from "./confined_worker.ts";
import type { FromReader, ToReader } from "./messages.ts";

/**
 * A batch gets this share of the remaining work, divided by the number of readers: the last batches
 * are small.
 */
const SHARE = 1 / 3;

/**
 * Milliseconds of reading in the smallest batch, so that asking for batches costs almost nothing.
 */
const SMALLEST_BATCH = 2;

/**
 * Modules of more bytes are read at the end, by one reader: the largest of Debian's 6.12 kernel for
 * amd64 has 28 MiB.
 */
const LARGE = 1 << 25;

/**
 * Milliseconds of reading for which another reader is worth its start and the code that V8 compiles
 * for it.
 */
const READER_COST = 60;

/** Threads that have been started, and wait for modules to read. */
export class ReaderPool {
  readonly #readers: Reader[] = [];
  #readable: readonly string[];

  /**
   * Starts the first reader.
   *
   * @param readable directories and files that the readers may read
   * @param limits how many there may be
   */
  constructor(readable: readonly string[], readonly limits: Plan["readers"]) {
    this.#readable = readable;
    this.#grow(1);
  }

  /** Replaces the readers by a new one, which may read these directories and files as well. */
  restart(readable: readonly string[]): void {
    for (const { worker } of this.#readers.splice(0)) worker.terminate();
    this.#readable = [...new Set([...this.#readable, ...readable])];
    this.#grow(1);
  }

  /**
   * Lets a reader discover the modules while this thread goes on, and starts others as soon as
   * enough has been found for them.
   */
  async discover(search: Search): Promise<Discovery> {
    const { worker, ready } = this.#readers[0]!;
    worker.post({ kind: "discover", search, step: READER_COST }); // arrives once the code is loaded
    await ready;
    for (;;) {
      const message = await worker.next("progress", "discovered");
      if (message.kind === "discovered") return message.discovery;
      this.#grow(this.#worth(message.cost));
    }
  }

  /**
   * Starts as many readers as are worth starting for these modules. When the promise settles, the
   * readers no longer need this thread's permissions.
   */
  async prepare(costs: Iterable<number>): Promise<void> {
    const all = [...costs];
    const cost = sum(all);
    const batches = Math.min(all.length, Math.ceil(cost / SMALLEST_BATCH));
    this.#grow(Math.min(batches, Math.max(this.limits.fewest, this.#worth(cost))));
    await Promise.all(this.#readers.map(({ ready }) => ready));
  }

  /**
   * Reads modules, and gives what each reader found. A module may be in two parts: then the later
   * part counts.
   *
   * The modules that take longest are read first, so that no reader has much left when the others
   * have finished. Large modules are read at the end, by one reader alone: so the limit for a
   * module also limits the memory of all readers together.
   */
  async read(workload: Workload, options: ReadOptions): Promise<Part[]> {
    const { costs, wanted = sequence(costs.length) } = workload;
    const order = [...wanted].sort((a, b) => costs[b]! - costs[a]!);
    const batches = cutIntoBatches(order, { costs, readers: this.#readers.length });
    const maxModuleSize = this.#readers.length > 1
      ? Math.min(LARGE, options.maxModuleSize)
      : options.maxModuleSize;
    const shared = { batches, workload, options: { ...options, maxModuleSize } };
    const read = await Promise.all(this.#readers.map(({ worker }) => serve(worker, shared)));
    const parts = read.filter((part) => part !== undefined);
    const large = maxModuleSize < options.maxModuleSize ? parts.flatMap(listLarge) : [];
    if (large.length === 0) return parts;
    for (const { worker } of this.#readers.splice(1)) worker.terminate();
    const last = await serve(this.#readers[0]!.worker, { batches: [large], workload, options });
    return [...parts, last!];
  }

  /** Lets a reader look the modules of these paths up in a cache. */
  async lookUp(place: CachePlace, paths: Strings): Promise<Lookup> {
    const { worker, ready } = this.#readers[0]!;
    await ready;
    worker.post({ kind: "lookUp", place, paths });
    return (await worker.next("found")).lookup;
  }

  /** Lets a reader take the facts about `modules` modules from a cache; gives the reason if it fails. */
  async recall(place: CachePlace, modules: number): Promise<Facts | string> {
    const { worker } = this.#readers[0]!;
    worker.post({ kind: "recall", place, modules });
    const answer = await worker.next("facts", "forgotten");
    return answer.kind === "facts" ? answer.facts : answer.problem;
  }

  /**
   * Lets a reader render the files that are made of the modules' own strings alone, while this
   * thread goes on. The memory of the strings is transferred to it.
   *
   * @throws FatalError (as a rejection) when an index grows too large
   */
  async render(
    { parts, locations, names }: StringParts,
    { textOnly, warnDuplicates, encode }: RenderOptions & { encode: boolean },
  ): Promise<Rendered> {
    const { worker } = this.#readers[0]!;
    const strings = parts.map(({ alias, softdep, weakdep }) => ({ alias, softdep, weakdep }));
    const memory = strings.flatMap(listStringColumns).map(({ buffer }) => buffer as ArrayBuffer);
    const options = { textOnly, warnDuplicates };
    const message = { kind: "render", parts: strings, locations, names, options, encode } as const;
    worker.post(message, [...new Set(memory)]);
    return await worker.next("rendered");
  }

  /**
   * Lets a reader find out when the newest module of a tree was changed, in whole seconds. Gives
   * Infinity if it may not look at all of them.
   */
  async findNewest(search: Search): Promise<number> {
    const { worker } = this.#readers[0]!;
    worker.post({ kind: "findNewest", search });
    return (await worker.next("newest")).second;
  }

  /** Ends the readers. */
  [Symbol.dispose](): void {
    for (const { worker } of this.#readers) worker.terminate();
  }

  /** How many readers are worth their start for `cost` milliseconds of reading. */
  #worth(cost: number): number {
    return Math.min(this.limits.most, Math.floor(cost / READER_COST));
  }

  #grow(count: number): void {
    while (this.#readers.length < count) {
      const worker: ReaderThread = new ConfinedWorker("reader", {
        read: this.#readable,
        write: [],
      });
      const ready = worker.next("ready");
      ready.catch(() => {}); // whoever waits for it gets the error
      this.#readers.push({ worker, ready });
    }
  }
}

/** The files that a reader has rendered and, if they were wanted, the strings themselves. */
type Rendered = Omit<Extract<FromReader, { kind: "rendered" }>, "kind">;

/** What several readers found, not yet merged. */
interface StringParts {
  readonly parts: readonly StringFacts[];
  readonly locations: Locations;
  /** Names of the modules. */
  readonly names: Strings;
}

/** Modules to read: those with the numbers in `wanted`, or all. */
interface Workload extends Pick<Discovery, "modules" | "costs"> {
  readonly wanted?: readonly number[];
}

type ReaderThread = ConfinedWorker<ToReader, FromReader>;

/** A reader, and its first message, which says that its code is loaded. */
interface Reader {
  readonly worker: ReaderThread;
  readonly ready: Promise<unknown>;
}

/** The modules that were too large to be read side by side. */
function listLarge({ facts, modules }: Part): number[] {
  const large = facts.faults.filter(({ kind }) => kind === "too large");
  return large.map(({ module }) => modules[module]!);
}

/** Cuts a list of modules into batches, one after the other as they are asked for. */
function* cutIntoBatches(
  order: readonly number[],
  { costs, readers }: { costs: Float64Array; readers: number },
): Generator<readonly number[]> {
  let left = order.reduce((sum, module) => sum + costs[module]!, 0);
  for (let start = 0, end = 0; start < order.length; start = end) {
    const goal = Math.max(SMALLEST_BATCH, left * SHARE / readers);
    let cost = 0;
    while (end < order.length && cost < goal) cost += costs[order[end++]!]!;
    left -= cost;
    yield order.slice(start, end);
  }
}

/**
 * Sends a reader one batch after the other until none is left, and takes the facts then. Gives
 * undefined if there was no batch for this reader.
 */
async function serve(
  worker: ReaderThread,
  { batches, workload, options }: {
    batches: Iterable<readonly number[]>;
    workload: Workload;
    options: ReadOptions;
  },
): Promise<Part | undefined> {
  const modules: number[] = [];
  for (const batch of batches) {
    for (const module of batch) modules.push(module);
    worker.post({ kind: "read", paths: copyStrings(workload.modules.paths, batch), options });
    await worker.next("done");
  }
  if (modules.length === 0) return undefined;
  worker.post({ kind: "finish" });
  const { facts } = await worker.next("facts");
  return { facts, modules };
}

function sum(costs: readonly number[]): number {
  return costs.reduce((sum, cost) => sum + cost, 0);
}
