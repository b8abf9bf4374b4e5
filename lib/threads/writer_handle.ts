/**
 * The writer, as the main thread sees it.
 *
 * @module
 */
import type { Message, OutputFile } from "../model.ts";
import type { Published } from "../publish/publish.ts";
import { ConfinedWorker } from "./confined_worker.ts";
import type { FromWriter, ToWriter } from "./messages.ts";

/** A file that is to be written. */
export interface NewFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Whether to wait until it is on the disk. */
  readonly sync: boolean;
}

/** A thread that may read and write the output directory, and little else. */
export class Writer {
  readonly #worker: ConfinedWorker<ToWriter, FromWriter>;
  /** Not 0 as soon as the writer has to stop. */
  readonly #stop = new Int32Array(new SharedArrayBuffer(4));
  #publishing: Promise<unknown> = Promise.resolve();

  /** @param writable what it may read and write */
  constructor(writable: readonly string[]) {
    this.#worker = new ConfinedWorker("writer", { read: writable, write: writable });
  }

  /** Waits until the writer no longer needs this thread's permissions. */
  async ready(): Promise<void> {
    await this.#worker.ready;
  }

  /**
   * Replaces the index files of a directory: all of them, or none. The memory of the files is
   * transferred to the writer.
   *
   * @throws FatalError (as a rejection) when anything fails
   */
  async publish(
    directory: string,
    { files, sync }: { files: readonly OutputFile[]; sync: boolean },
  ): Promise<Published> {
    const memory = new Set(files.map(({ bytes }) => bytes.buffer as ArrayBuffer));
    const message = { kind: "publish", directory, files, sync, stop: this.#stop } as const;
    const answer = this.#worker.ask(message, [...memory]).next("published");
    this.#publishing = answer;
    return (await answer).published;
  }

  /** Replaces the cache, and gives the messages about that. Its memory is transferred. */
  keep(path: string, file: NewFile): Promise<readonly Message[]> {
    return this.#replace("keep", path, file);
  }

  /** Replaces the report, and gives the messages about that. Its memory is transferred. */
  save(path: string, file: NewFile): Promise<readonly Message[]> {
    return this.#replace("save", path, file);
  }

  async #replace(
    kind: "keep" | "save",
    path: string,
    { bytes, sync }: NewFile,
  ): Promise<readonly Message[]> {
    const answer = this.#worker.ask({ kind, path, bytes, sync }, [bytes.buffer]).next("kept");
    this.#publishing = answer;
    return (await answer).messages;
  }

  /**
   * Makes the writer stop, unless it has begun to rename files. The promise settles when no
   * temporary file is left.
   */
  async stop(): Promise<void> {
    Atomics.store(this.#stop, 0, 1);
    await Promise.allSettled([this.#publishing]);
  }

  /**
   * Sets the time of `modules.dep` to now.
   *
   * @throws FatalError (as a rejection) when that fails
   */
  async touch(directory: string): Promise<void> {
    await this.#worker.ask({ kind: "touch", directory }).next("touched");
  }

  /** Ends the writer. */
  [Symbol.dispose](): void {
    this.#worker.terminate();
  }
}
