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

/** A worker on its way. */
export interface ConfinedWorker {
  readonly worker: Worker;
  /**
   * Settled when its code is loaded, with this thread's permissions, as Deno does it: they must not
   * be given up before. The code says so by its first message, whatever that is.
   */
  readonly ready: Promise<unknown>;
}

/**
 * Starts a worker. That takes this thread some 22 ms, in which it does nothing else: Deno waits
 * until the other thread's JavaScript engine is up.
 *
 * @param name its code: a module's path in lib, without the suffix
 * @throws FatalError when this thread does not itself hold what the worker is to be given
 */
export function startWorker(name: string, { read, write }: Confinement): ConfinedWorker {
  // scripts/compile bundles this module with all others into main.js, and the worker into
  // lib/NAME.js. What is not part of an executable are files, which the worker has to read.
  const isSource = import.meta.url.endsWith("/confined_worker.ts");
  const source = new URL(isSource ? `./${name}.ts` : `./lib/${name}.js`, import.meta.url);
  const own = Deno.build.standalone ? [] : [new URL("./", import.meta.url).pathname];
  const reads = [...read, ...own];
  requireGrants({ read: reads, write });
  const worker = new Worker(source, {
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
  return { worker, ready: nextMessage(worker) };
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

/**
 * Waits for the next message of a worker.
 *
 * @throws FatalError (as a rejection) when the worker ends instead
 */
export function nextMessage<T>(worker: Worker): Promise<T> {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<T>) => resolve(data);
    worker.onerror = (event) => {
      event.preventDefault();
      reject(new FatalError(`a worker ended: ${event.message}`));
    };
  });
}
