/**
 * The writer, as the main thread sees it.
 *
 * @module
 */
import type { OutputFile } from "../model.ts";
import { ConfinedWorker } from "./confined_worker.ts";
import type { FromWriter, ToWriter } from "./messages.ts";

/** A thread that may read and write the output directory and nothing else. */
export class Writer {
  readonly #worker: ConfinedWorker<ToWriter, FromWriter>;

  /** @param writable what it may read and write */
  constructor(writable: readonly string[]) {
    this.#worker = new ConfinedWorker("writer", { read: writable, write: writable });
  }

  /** Waits until the writer no longer needs this thread's permissions. */
  async ready(): Promise<void> {
    await this.#worker.next("ready");
  }

  /**
   * Replaces the index files of a directory: all of them, or none. The memory of the files is
   * transferred to the writer.
   *
   * @throws FatalError (as a rejection) when anything fails
   */
  async publish(directory: string, files: readonly OutputFile[]): Promise<void> {
    const memory = new Set(files.map(({ bytes }) => bytes.buffer as ArrayBuffer));
    this.#worker.post({ kind: "publish", directory, files }, [...memory]);
    await this.#worker.next("published");
  }

  /** Ends the writer. */
  [Symbol.dispose](): void {
    this.#worker.terminate();
  }
}
