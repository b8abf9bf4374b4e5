/**
 * Threads with permissions of their own: a worker may read and write the paths that it was given,
 * and nothing else. It has no network, environment, system information, subprocess or foreign code.
 *
 * A permission is about the path that is named, not about where a symbolic link leads: see
 * discover/bounds.ts.
 *
 * @module
 */
import { FatalError } from "./errors.ts";

/** What a worker may do: absolute paths, of directories with all below them or of files. */
export interface Confinement {
  readonly read: readonly string[];
  readonly write: readonly string[];
}

/** A thread, and what it says, message by message. */
export class ConfinedWorker {
  readonly #worker: Worker;
  /** Messages that nobody has waited for yet. */
  readonly #messages: unknown[] = [];
  #waiting: PromiseWithResolvers<unknown> | undefined;
  #failure: FatalError | undefined;

  /**
   * Starts it. That takes this thread some 20 ms, in which it does nothing else: Deno waits until
   * the other thread's JavaScript engine is up.
   *
   * The first message is to say that the code is loaded. Until then, what it is given comes from
   * this thread's permissions, which must not be given up before.
   *
   * @param name its code: a module's path in lib, without the suffix
   * @throws FatalError when this thread does not itself hold what the worker is to be given
   */
  constructor(name: string, { read, write }: Confinement) {
    // scripts/compile bundles this module with all others into main.js, and the worker into
    // lib/NAME.js. What is not part of an executable are files, which the worker has to read.
    const isSource = import.meta.url.endsWith("/confined_worker.ts");
    const source = new URL(isSource ? `./${name}.ts` : `./lib/${name}.js`, import.meta.url);
    const own = Deno.build.standalone ? [] : [new URL("./", import.meta.url).pathname];
    const reads = [...read, ...own];
    requireGrants({ read: reads, write });
    this.#worker = new Worker(source, {
      type: "module",
      deno: {
        permissions: {
          read: reads,
          write: [...write],
          net: false,
          env: false,
          sys: false,
          run: false,
          ffi: false,
        },
      },
    });
    this.#worker.onmessage = ({ data }) => this.#take(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#fail(new FatalError(`a worker ended: ${event.message}`));
    };
  }

  /** Sends a message. */
  post(message: unknown, transfer: Transferable[] = []): void {
    this.#worker.postMessage(message, transfer);
  }

  /**
   * The next message. One may be waited for at a time.
   *
   * @throws FatalError (as a rejection) when the worker ends instead
   */
  next<T>(): Promise<T> {
    const waiting = Promise.withResolvers<unknown>();
    if (this.#messages.length > 0) waiting.resolve(this.#messages.shift());
    else if (this.#failure !== undefined) waiting.reject(this.#failure);
    else this.#waiting = waiting;
    return waiting.promise as Promise<T>;
  }

  /** Ends it. */
  terminate(): void {
    this.#worker.terminate();
  }

  #take(message: unknown): void {
    if (this.#waiting === undefined) this.#messages.push(message);
    else this.#waiting.resolve(message);
    this.#waiting = undefined;
  }

  #fail(failure: FatalError): void {
    this.#failure = failure;
    this.#waiting?.reject(failure);
    this.#waiting = undefined;
  }
}

/**
 * Makes sure that this thread may read and write these paths, with nothing denied below them.
 *
 * @throws FatalError that names the first one it may not, and what would grant it
 */
export function requireGrants({ read, write }: Confinement): void {
  for (const [name, paths] of [["read", read], ["write", write]] as const) {
    const missing = paths.find((path) => !isGranted(name, path));
    if (missing === undefined) continue;
    throw new FatalError(
      `may not ${name} ${missing}: grant it with --allow-${name}=${missing} for deno, ` +
        `or --${name} ${missing} for scripts/compile`,
    );
  }
}

/** Whether this thread may read or write a path, and all below it. */
export function isGranted(name: "read" | "write", path: string): boolean {
  const { state, partial } = Deno.permissions.querySync({ name, path });
  return state === "granted" && !partial; // what is denied in part cannot be given to a worker
}
