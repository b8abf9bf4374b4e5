/**
 * The readers: threads that read modules side by side, and may read the directories of modules and
 * nothing else.
 *
 * @module
 */
import { type ConfinedWorker, nextMessage, startWorker } from "../confined_worker.ts";
import { mergeFacts, type Part } from "../facts/merge.ts";
import type { Facts } from "../model.ts";
import type { ExtractOptions } from "./extract.ts";
import type { Batch, Reply } from "./messages.ts";

/** A module to read. */
export interface Job {
  readonly path: string;
  /** Milliseconds that it takes, roughly. */
  readonly cost: number;
}

/** The share of what is left that a batch gets, for each reader: the last batches are small. */
const SHARE = 1 / 3;

/** Milliseconds that a batch takes at least, so that asking for batches costs next to nothing. */
const LEAST = 2;

/** Bytes of a module that is large: the largest of Debian's 6.12 kernel for amd64 has 28 MiB. */
const LARGE = 1 << 25;

/** Threads that have been started, and wait for modules to read. */
export class ReaderPool {
  readonly #readers: ConfinedWorker[] = [];

  /** @param readable directories and files that the readers may read */
  constructor(readonly readable: readonly string[]) {}

  /** Starts readers until there are so many. */
  grow(count: number): void {
    while (this.#readers.length < count) {
      this.#readers.push(startWorker("extract/worker", { read: this.readable, write: [] }));
    }
  }

  /** Waits until the readers no more need this thread's permissions. */
  async ready(): Promise<void> {
    await Promise.all(this.#readers.map(({ ready }) => ready));
  }

  /**
   * Reads modules; module i of the facts is the i-th job. What takes longest is begun first, so
   * that no reader has much left when the others are done. What is large is read in the end, by
   * one reader alone: the limit for a module is also one for the memory of all readers together.
   */
  async extract(jobs: readonly Job[], options: ExtractOptions): Promise<Facts> {
    const order = jobs.map((_, index) => index).sort((a, b) => jobs[b]!.cost - jobs[a]!.cost);
    const batches = cut(order, { jobs, readers: this.#readers.length });
    const maxModuleSize = this.#readers.length > 1
      ? Math.min(LARGE, options.maxModuleSize)
      : options.maxModuleSize;
    const shared = { batches, jobs, options: { ...options, maxModuleSize } };
    const parts = await Promise.all(this.#readers.map(({ worker }) => serve(worker, shared)));
    const large = maxModuleSize < options.maxModuleSize ? parts.flatMap(listLarge) : [];
    if (large.length > 0) {
      for (const { worker } of this.#readers.splice(1)) worker.terminate();
      parts.push(await serve(this.#readers[0]!.worker, { batches: [large], jobs, options }));
    }
    return mergeFacts(parts, jobs.length);
  }

  /** Ends the readers. */
  [Symbol.dispose](): void {
    for (const { worker } of this.#readers) worker.terminate();
  }
}

/** The modules that were too large to be read side by side. */
function listLarge({ facts, modules }: Part): number[] {
  const large = facts.faults.filter(({ kind }) => kind === "too large");
  return large.map(({ module }) => modules[module]!);
}

/** Cuts a list of modules into batches, one after the other as they are asked for. */
function* cut(
  order: readonly number[],
  { jobs, readers }: { jobs: readonly Job[]; readers: number },
): Generator<readonly number[]> {
  let left = jobs.reduce((sum, { cost }) => sum + cost, 0);
  for (let start = 0, end = 0; start < order.length; start = end) {
    const goal = Math.max(LEAST, left * SHARE / readers);
    let cost = 0;
    while (end < order.length && cost < goal) cost += jobs[order[end++]!]!.cost;
    left -= cost;
    yield order.slice(start, end);
  }
}

/** Hands a reader one batch after the other until none is left, then takes its facts. */
async function serve(
  worker: Worker,
  { batches, jobs, options }: {
    batches: Iterable<readonly number[]>;
    jobs: readonly Job[];
    options: ExtractOptions;
  },
): Promise<Part> {
  const modules: number[] = [];
  for (const batch of batches) {
    for (const index of batch) modules.push(index);
    await ask(worker, { paths: batch.map((index) => jobs[index]!.path), options });
  }
  const { facts } = await ask(worker, { paths: [], options });
  return { facts: facts!, modules };
}

function ask(worker: Worker, batch: Batch): Promise<Reply> {
  const reply = nextMessage<Reply>(worker);
  worker.postMessage(batch);
  return reply;
}
