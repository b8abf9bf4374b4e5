/**
 * A reader, as the main thread sees it. It is watched: one that reads a module or looks at a file
 * for too long is given up.
 *
 * @module
 */
import type { CachePlace, Recollection } from "../cache/cache.ts";
import type { CheckedSet } from "../check/check_set.ts";
import type { Findings } from "../check/findings.ts";
import { printable } from "../bytes/text.ts";
import { copyStrings } from "../bytes/strings.ts";
import type { Discovery, Search } from "../discover/discover.ts";
import { FatalError, internalError, LimitError, TimeError } from "../errors.ts";
import type { BuiltinFiles, OutputFile } from "../model.ts";
import type { ReadOptions } from "../read/extract.ts";
import type { KeyedPart } from "../read/merge.ts";
import { type Answers, ConfinedWorker } from "./confined_worker.ts";
import type { FirstReading, FromReader, ToReader } from "./messages.ts";
import { Watch } from "./watch.ts";

/** Modules to read, and how. */
export interface Task extends Pick<Discovery, "modules" | "costs"> {
  readonly options: ReadOptions;
  /** Until this settles, nothing that modules say is taken from the reader. */
  readonly handedOver?: Promise<unknown> | undefined;
}

/** What is told of a search meanwhile, and what follows it. */
interface SearchOptions {
  /** Called with the milliseconds that it will take to read all modules found so far. */
  readonly onProgress: (cost: number) => void;
  /** By how many milliseconds they are to grow between two calls. */
  readonly step: number;
  /** How the reader then reads a first batch of the modules without being asked, if it does. */
  readonly first: Omit<FirstReading, "counter"> | undefined;
}

/** The files that a reader has rendered and, if they were wanted, the strings themselves. */
export type Rendered = Omit<Extract<FromReader, { kind: "rendered" }>, "kind">;

/** The modules that a reader reads without being asked, and the costs of all. */
interface FirstBatch {
  readonly costs: Discovery["costs"];
  readonly modules: readonly number[];
  readonly answers: Answers<FromReader>;
}

/** A reader is lost, and with it all that it has read. */
export interface Loss {
  /** What it had read, and was to read. */
  readonly modules: readonly number[];
  /** The module that it was reading, unless it was lost before it began. */
  readonly culprit: number | undefined;
  /** What is wrong with that. */
  readonly reason: string;
}

/** A thread that may read the directories of modules and nothing else. */
export class Reader {
  readonly #worker: ConfinedWorker<ToReader, FromReader>;
  /** Counts the modules that it begins. */
  readonly #watch: Watch;
  /** Counts the files that it looks at when it searches. */
  readonly #searchWatch: Watch;
  /** What it has been given to read since it last sent facts, in its order. */
  #modules: number[] = [];
  /** What it reads without being asked, until it is asked for the rest. */
  #first: FirstBatch | undefined;
  /** Whether it has been given up. */
  isLost = false;
  /** How many searches it has been given. */
  searches = 0;
  /** Settles when the last of them has ended. */
  #searched: Promise<unknown> = Promise.resolve();
  /** Settles when the reader no longer needs this thread's permissions. */
  readonly ready: Promise<unknown>;

  /**
   * @param readable directories and files that it may read
   * @param limit seconds that it may take for a module
   */
  constructor(readable: readonly string[], limit: number) {
    this.#watch = new Watch(limit);
    this.#searchWatch = new Watch(limit);
    this.#worker = new ConfinedWorker("reader", { read: readable, write: [] });
    this.ready = this.#worker.ready;
  }

  /**
   * Lets the reader discover the modules, after what it was to discover before.
   *
   * @throws FatalError (as a rejection) when the reader gets no further for longer than the limit
   */
  discover(search: Search, options: SearchOptions): Promise<Discovery> {
    this.searches++;
    const { step } = options;
    const { counter } = this.#searchWatch;
    const first = options.first && { ...options.first, counter: this.#watch.counter };
    // Now, since this thread may be busy for long before it comes to wait for the answer.
    const answers = this.#worker.ask({ kind: "discover", search, step, counter, first });
    const discovering = this.#searched.then(() => this.#takeDiscovery(answers, search, options));
    this.#searched = discovering.catch(() => {}); // whoever waits for it gets the error
    return discovering;
  }

  async #takeDiscovery(
    answers: Answers<FromReader>,
    search: Search,
    { onProgress }: SearchOptions,
  ): Promise<Discovery> {
    await this.ready;
    for (;;) {
      const message = await this.#nextOfSearch(answers, search);
      if (message.kind === "discovered") {
        const { discovery, batch } = message;
        if (batch.length > 0) this.#first = { costs: discovery.costs, modules: batch, answers };
        return discovery;
      }
      onProgress(message.cost);
    }
  }

  /**
   * Lets the reader read one batch after the other until the queue is empty, and takes the facts
   * then. Gives undefined if there was no batch for this reader.
   */
  async read(queue: (readonly number[])[], task: Task): Promise<KeyedPart | Loss | undefined> {
    const first = this.#first;
    if (first !== undefined && first.costs !== task.costs) {
      throw internalError("a reader reads modules that are not wanted");
    }
    const modules = [...first?.modules ?? []];
    this.#modules = modules;
    if (first === undefined) Atomics.store(this.#watch.counter, 0, 0);
    else {
      this.#first = undefined;
      const loss = await this.#awaitBatch(first.answers, { before: 0, modules });
      if (loss !== undefined) return loss;
    }
    for (let batch = queue.shift(); batch !== undefined; batch = queue.shift()) {
      const loss = await this.#readBatch(batch, { modules, task });
      if (loss !== undefined) return loss;
    }
    if (modules.length === 0) return undefined;
    const answers = this.#worker.ask({ kind: "finish" });
    await task.handedOver;
    const { facts, keys, sizes } = await answers.next("facts");
    return { facts, modules, keys, sizes };
  }

  /** Lets the reader render files; the memory is transferred to it. */
  async render(
    message: Extract<ToReader, { kind: "render" }>,
    memory: ArrayBuffer[],
  ): Promise<Rendered> {
    return await this.#worker.ask(message, memory).next("rendered");
  }

  /** Lets the reader read the cache, while this thread goes on; a text says why it is of no use. */
  async recall(place: CachePlace, needsFacts: boolean): Promise<Recollection | string> {
    const answers = this.#worker.ask({ kind: "recall", place, needsFacts });
    const answer = await answers.next("recalled", "forgotten");
    return answer.kind === "recalled" ? answer.recollection : answer.problem;
  }

  /** Lets the reader find out when the newest module of a tree was changed, in whole seconds. */
  async findNewest(search: Search): Promise<number> {
    return (await this.#worker.ask({ kind: "findNewest", search }).next("newest")).second;
  }

  /** Lets the reader check the index files in a directory, while this thread goes on. */
  async check(directory: string, builtin: BuiltinFiles): Promise<CheckedSet> {
    const answers = this.#worker.ask({ kind: "check", directory, builtin });
    return (await answers.next("checked")).checked;
  }

  /**
   * Lets the reader compare the index files in a directory with those that a run would write. The
   * memory of these is transferred to it.
   */
  async compare(directory: string, files: readonly OutputFile[]): Promise<readonly Findings[]> {
    const memory = new Set(files.map(({ bytes }) => bytes.buffer as ArrayBuffer));
    const answers = this.#worker.ask({ kind: "compare", directory, files }, [...memory]);
    return (await answers.next("compared")).findings;
  }

  /** The modules that it reads without being asked, until it is asked for the rest. */
  get firstBatch(): readonly number[] {
    return this.#first?.modules ?? [];
  }

  /** The modules of the current or last `read` that it has begun, in its order. */
  get begun(): readonly number[] {
    return this.#modules.slice(0, this.#begun);
  }

  /** Ends the reader, whatever it is doing. */
  terminate(): void {
    this.#watch.stop();
    this.#searchWatch.stop();
    this.#worker.terminate();
  }

  /** Reads a batch, and adds it to those read before. */
  async #readBatch(
    batch: readonly number[],
    { modules, task: { modules: { paths }, options } }: { modules: number[]; task: Task },
  ): Promise<Loss | undefined> {
    const before = modules.length;
    for (const module of batch) modules.push(module);
    const { counter } = this.#watch;
    const question = { kind: "read", paths: copyStrings(paths, batch), options, counter } as const;
    return await this.#awaitBatch(this.#worker.ask(question), { before, modules });
  }

  /** Waits until the last batch of the modules has been read: those after the first `before`. */
  async #awaitBatch(
    answers: Answers<FromReader>,
    { before, modules }: { before: number; modules: readonly number[] },
  ): Promise<Loss | undefined> {
    try {
      await this.#watch.wait(answers.next("done"));
      return undefined;
    } catch (error) {
      if (!(error instanceof LimitError)) throw error;
      const culprit = this.#begun > before ? modules[this.#begun - 1] : undefined;
      this.#giveUp();
      return { modules, culprit, reason: error.message };
    }
  }

  /** How many modules it has begun. */
  get #begun(): number {
    return Atomics.load(this.#watch.counter, 0);
  }

  #giveUp(): void {
    this.isLost = true;
    this.terminate();
  }

  /** Waits for what a search tells. */
  async #nextOfSearch(answers: Answers<FromReader>, { directory }: Search) {
    try {
      return await this.#searchWatch.wait(answers.next("progress", "discovered"));
    } catch (error) {
      if (!(error instanceof TimeError)) throw error;
      const text = `could not search ${printable(directory)}: to look at one file ${error.message}`;
      throw new FatalError(text, "reader-lost");
    }
  }
}
