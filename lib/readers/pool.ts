/**
 * The readers: threads that read modules side by side, and may read the directories of modules and
 * nothing else.
 *
 * @module
 */
import { ConfinedWorker } from "../confined_worker.ts";
import { sequence } from "../bytes/column.ts";
import { takeStrings } from "../bytes/strings.ts";
import type { Discovery, Search } from "../discover/discover.ts";
import { FatalError } from "../errors.ts";
import type { ExtractOptions } from "../extract/extract.ts";
import { listStringColumns } from "../facts/columns.ts";
import type { Part, Places } from "../facts/merge.ts";
import type { Plan, StringFacts, Strings } from "../model.ts";
import type { RenderedFile, RenderOptions } from "../output/files.ts";
import type { Batch, RenderReply, Reply, SearchReply } from "./messages.ts";

/** The share of what is left that a batch gets, for each reader: the last batches are small. */
const SHARE = 1 / 3;

/** Milliseconds that a batch takes at least, so that asking for batches costs next to nothing. */
const LEAST = 2;

/** Bytes of a module that is large: the largest of Debian's 6.12 kernel for amd64 has 28 MiB. */
const LARGE = 1 << 25;

/**
 * Milliseconds of reading for which another reader is worth its start and the code that V8 compiles
 * for it.
 */
const READER_COST = 60;

/** Threads that have been started, and wait for modules to read. */
export class ReaderPool {
  readonly #readers: Reader[] = [];

  /**
   * Starts the first one.
   *
   * @param readable directories and files that the readers may read
   * @param limits how many there may be
   */
  constructor(readonly readable: readonly string[], readonly limits: Plan["readers"]) {
    this.#grow(1);
  }

  /**
   * Lets a reader discover the modules while this thread goes on, and starts others as soon as
   * enough has been found for them.
   */
  async discover(search: Search): Promise<Discovery> {
    const { worker, ready } = this.#readers[0]!;
    worker.post({ search, step: READER_COST }); // which waits there until the code is loaded
    await ready;
    for (;;) {
      const reply = await worker.next<SearchReply>();
      if ("discovery" in reply) return reply.discovery;
      this.#grow(this.#worth(reply.cost));
    }
  }

  /**
   * Starts as many readers as these modules are worth. When it settles, the readers no more need
   * this thread's permissions.
   */
  async prepare(costs: Float64Array): Promise<void> {
    const worth = this.#worth(sum(costs));
    this.#grow(Math.min(costs.length, Math.max(this.limits.fewest, worth)));
    await Promise.all(this.#readers.map(({ ready }) => ready));
  }

  /**
   * Reads modules: gives what each reader found, by the numbers of the modules. A module may be in
   * two parts; then the later one counts. What takes longest is begun first, so that no reader has
   * much left when the others are done. What is large is read in the end, by one reader alone: the
   * limit for a module is also one for the memory of all readers together.
   */
  async extract(workload: Workload, options: ExtractOptions): Promise<Part[]> {
    const { costs } = workload;
    const order = [...sequence(costs.length)].sort((a, b) => costs[b]! - costs[a]!);
    const batches = cut(order, { costs, readers: this.#readers.length });
    const maxModuleSize = this.#readers.length > 1
      ? Math.min(LARGE, options.maxModuleSize)
      : options.maxModuleSize;
    const shared = { batches, workload, options: { ...options, maxModuleSize } };
    const parts = await Promise.all(this.#readers.map(({ worker }) => serve(worker, shared)));
    const large = maxModuleSize < options.maxModuleSize ? parts.flatMap(listLarge) : [];
    if (large.length > 0) {
      for (const { worker } of this.#readers.splice(1)) worker.terminate();
      parts.push(await serve(this.#readers[0]!.worker, { batches: [large], workload, options }));
    }
    return parts;
  }

  /**
   * Lets a reader render the files that are made of strings alone, while this thread goes on. The
   * memory of the strings goes to it.
   *
   * @param strings what the readers found, where in there the modules are, and their names
   * @throws FatalError (as a rejection) when an index grows too large
   */
  async render(
    { parts, places, names }: PartedStrings,
    { textOnly, warnDuplicates }: RenderOptions,
  ): Promise<readonly RenderedFile[]> {
    const { worker } = this.#readers[0]!;
    const strings = parts.map(({ alias, softdep, weakdep }) => ({ alias, softdep, weakdep }));
    const memory = strings.flatMap(listStringColumns).map(({ buffer }) => buffer as ArrayBuffer);
    const options = { textOnly, warnDuplicates };
    worker.post({ parts: strings, places, names, options }, memory);
    const reply = await worker.next<RenderReply>();
    if ("failure" in reply) throw new FatalError(reply.failure);
    return reply.files;
  }

  /** Ends the readers. */
  [Symbol.dispose](): void {
    for (const { worker } of this.#readers) worker.terminate();
  }

  /** How many readers are worth their start for so many milliseconds of reading. */
  #worth(cost: number): number {
    return Math.min(this.limits.most, Math.floor(cost / READER_COST));
  }

  #grow(count: number): void {
    while (this.#readers.length < count) {
      const worker = new ConfinedWorker("readers/worker", { read: this.readable, write: [] });
      const ready = worker.next();
      ready.catch(() => {}); // whoever waits for it will hear
      this.#readers.push({ worker, ready });
    }
  }
}

/** Strings of modules, not put together yet. */
interface PartedStrings {
  readonly parts: readonly StringFacts[];
  readonly places: Places;
  /** Names of the modules. */
  readonly names: Strings;
}

/** Modules to read. */
type Workload = Pick<Discovery, "modules" | "costs">;

/** A reader, and the message that says that its code is loaded. */
interface Reader {
  readonly worker: ConfinedWorker;
  readonly ready: Promise<unknown>;
}

/** The modules that were too large to be read side by side. */
function listLarge({ facts, modules }: Part): number[] {
  const large = facts.faults.filter(({ kind }) => kind === "too large");
  return large.map(({ module }) => modules[module]!);
}

/** Cuts a list of modules into batches, one after the other as they are asked for. */
function* cut(
  order: readonly number[],
  { costs, readers }: { costs: Float64Array; readers: number },
): Generator<readonly number[]> {
  let left = sum(costs);
  for (let start = 0, end = 0; start < order.length; start = end) {
    const goal = Math.max(LEAST, left * SHARE / readers);
    let cost = 0;
    while (end < order.length && cost < goal) cost += costs[order[end++]!]!;
    left -= cost;
    yield order.slice(start, end);
  }
}

/** Hands a reader one batch after the other until none is left, then takes its facts. */
async function serve(
  worker: ConfinedWorker,
  { batches, workload, options }: {
    batches: Iterable<readonly number[]>;
    workload: Workload;
    options: ExtractOptions;
  },
): Promise<Part> {
  const { paths } = workload.modules;
  const modules: number[] = [];
  for (const batch of batches) {
    for (const module of batch) modules.push(module);
    await ask(worker, { paths: takeStrings(paths, batch), options });
  }
  const { facts } = await ask(worker, { paths: takeStrings(paths, []), options });
  return { facts: facts!, modules };
}

function sum(costs: Float64Array): number {
  return costs.reduce((sum, cost) => sum + cost, 0);
}

function ask(worker: ConfinedWorker, batch: Batch): Promise<Reply> {
  worker.post(batch);
  return worker.next<Reply>();
}
