/**
 * The readers: threads that read modules side by side. Each may read the directories it was given
 * and nothing else: no writing, network, environment, system information, subprocess or foreign
 * code.
 *
 * @module
 */
import { FatalError } from "../errors.ts";
import { mergeFacts } from "../facts/merge.ts";
import type { Facts } from "../model.ts";
import type { Batch, BatchFacts } from "./messages.ts";

/**
 * Batches for each reader: enough that none idles at the end, and few enough that names, which
 * each batch has once, are not merged over and over.
 */
const BATCHES = 16;

/** Threads that have been started, and wait for modules to read. */
export class ReaderPool {
  readonly #workers: readonly Worker[];

  /**
   * Starts `count` readers.
   *
   * @param readable directories and files that they may read
   */
  constructor(count: number, readable: readonly string[]) {
    const source = new URL("./worker.ts", import.meta.url);
    // Run from source, the readers' own modules are files too.
    const own = source.protocol === "file:" ? [new URL("../", source)] : [];
    this.#workers = Array.from({ length: count }, () =>
      new Worker(source, {
        type: "module",
        deno: {
          permissions: {
            read: [...readable, ...own],
            write: false,
            net: false,
            env: false,
            sys: false,
            run: false,
            ffi: false,
          },
        },
      }));
  }

  /** Reads the modules at `paths`; module i of the facts is the i-th path. */
  async extract(
    paths: readonly string[],
    { maxModuleSize }: { maxModuleSize: number },
  ): Promise<Facts> {
    const size = Math.ceil(paths.length / (this.#workers.length * BATCHES));
    const batches: Batch[] = [];
    for (let start = 0; start < paths.length; start += size) {
      batches.push({
        index: batches.length,
        paths: paths.slice(start, start + size),
        maxModuleSize,
      });
    }
    const parts: Facts[] = new Array(batches.length);
    await Promise.all(this.#workers.map((worker) => serve(worker, { batches, parts })));
    return mergeFacts(parts);
  }

  /** Ends the readers. */
  [Symbol.dispose](): void {
    for (const worker of this.#workers) worker.terminate();
  }
}

/** Hands a reader one batch after the other until none is left. */
function serve(
  worker: Worker,
  { batches, parts }: { batches: Batch[]; parts: Facts[] },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const next = () => {
      const batch = batches.shift();
      if (batch === undefined) resolve();
      else worker.postMessage(batch);
    };
    worker.onmessage = ({ data: { index, facts } }: MessageEvent<BatchFacts>) => {
      parts[index] = facts;
      next();
    };
    worker.onerror = (event) => {
      event.preventDefault();
      reject(new FatalError(`a reader ended: ${event.message}`));
    };
    next();
  });
}
