/**
 * The lock on an output directory, by which only one run at a time reads a tree and replaces its
 * index files. It is flock(2) on the directory itself: there is no lock file, and the system
 * releases the lock when the process ends, however it ends. The reference does not lock.
 *
 * @module
 */
import { FatalError, systemReason } from "../errors.ts";
import type { Report } from "../model.ts";

/** A lock, released at the end of its scope. */
export interface DirectoryLock extends Disposable {
  /** Whether another process held it: what was read before may be out of date. */
  readonly waited: boolean;
  /** False where the file system has no locks: other runs may be at work in the directory. */
  readonly isExclusive: boolean;
}

/** How to wait for a lock. */
export interface LockOptions {
  /** Most seconds to wait, or Infinity. */
  readonly wait: number;
  readonly report: Report;
}

/**
 * Milliseconds in which a lock that nobody holds is surely obtained. The runtime cannot just try,
 * so that a run which may not wait gives up after this time.
 */
const GRACE = 200;

/** Milliseconds after which a run that still waits shows a warning. */
const PATIENCE = 10_000;

/**
 * Locks a directory, which is created (0755, with its parents) when absent. Where the file system
 * has no locks, a warning says so.
 *
 * @throws FatalError (as a rejection) when the directory cannot be created or opened, or another
 * process holds the lock for too long
 */
export async function lockDirectory(
  directory: string,
  options: LockOptions,
): Promise<DirectoryLock> {
  for (let waited = false;;) {
    createDirectory(directory);
    using resources = new DisposableStack();
    const handle = resources.use(open(directory));
    const locking = lock(handle);
    if (!await isSettled(locking, GRACE)) {
      waited = true;
      await waitFor(locking, directory, options);
    }
    const obstacle = await locking;
    if (!isAt(directory, handle)) continue; // it was removed meanwhile
    if (obstacle !== undefined) options.report(describeObstacle(directory, obstacle));
    const kept = resources.move();
    return { waited, isExclusive: obstacle === undefined, [Symbol.dispose]: () => kept.dispose() };
  }
}

function createDirectory(directory: string): void {
  if (isDirectory(directory)) return;
  try {
    Deno.mkdirSync(directory, { recursive: true, mode: 0o755 });
  } catch (error) {
    const text = `could not create directory ${directory}: ${systemReason(error)}`;
    throw new FatalError(text, "output-directory");
  }
}

function isDirectory(directory: string): boolean {
  try {
    return Deno.statSync(directory).isDirectory;
  } catch {
    return false;
  }
}

function open(directory: string): Deno.FsFile {
  try {
    return Deno.openSync(directory);
  } catch (error) {
    const text = `could not open directory ${directory}: ${systemReason(error)}`;
    throw new FatalError(text, "output-directory");
  }
}

/** Locks an open directory. Gives the reason if that is impossible. */
async function lock(handle: Deno.FsFile): Promise<string | undefined> {
  try {
    await handle.lock(true);
    return undefined;
  } catch (error) {
    return systemReason(error);
  }
}

/** Waits until the lock is obtained, and tells about it. */
async function waitFor(
  locking: Promise<unknown>,
  directory: string,
  { wait, report }: LockOptions,
): Promise<void> {
  const most = wait * 1000 - GRACE;
  const text = `waiting for another process to unlock ${directory}`;
  if (most > 0) report({ level: "info", code: "lock", text });
  if (await isSettled(locking, Math.min(most, PATIENCE))) return;
  const still = `still ${text}; see --lock-wait`;
  if (most > PATIENCE) report({ level: "warning", code: "lock", text: still });
  if (await isSettled(locking, most - PATIENCE)) return;
  throw new FatalError(`${directory} is locked by another process; see --lock-wait`, "lock");
}

/** Whether a promise is settled before a number of milliseconds is over. */
async function isSettled(promise: Promise<unknown>, milliseconds: number): Promise<boolean> {
  const settled = promise.then(() => true);
  if (milliseconds === Infinity) return await settled;
  const { promise: late, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(resolve, milliseconds, false);
  const result = await Promise.race([settled, late]);
  clearTimeout(timer);
  return result;
}

function describeObstacle(directory: string, obstacle: string) {
  const text =
    `could not lock ${directory}: ${obstacle}; no other depmod may write there meanwhile`;
  return { level: "warning", code: "no-lock", text } as const;
}

/** Whether an open directory still has that path. */
function isAt(directory: string, handle: Deno.FsFile): boolean {
  try {
    const [open, named] = [handle.statSync(), Deno.statSync(directory)];
    return open.ino === named.ino && open.dev === named.dev;
  } catch {
    return false;
  }
}
