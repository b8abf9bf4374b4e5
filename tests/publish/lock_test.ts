/**
 * The lock on an output directory: who waits for whom, for how long, and where there are no locks.
 *
 * @module
 */
import { FatalError } from "../../lib/errors.ts";
import { lockDirectory } from "../../lib/publish/lock.ts";
import { assert, assertEquals, assertRejects } from "../support/assert.ts";

/** A system call that waits for a lock cannot be ended: it may last until after a test. */
function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, fn, sanitizeOps: false });
}

/** Calls `body` with a directory, and what collects messages as `level: text`. */
async function withDirectory(
  body: (directory: string, lock: ReturnType<typeof makeLocker>) => Promise<void>,
): Promise<void> {
  const directory = Deno.makeTempDirSync();
  try {
    await body(directory, makeLocker());
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}

function makeLocker() {
  const messages: string[] = [];
  const lock = (directory: string, wait = Infinity) =>
    lockDirectory(directory, {
      wait,
      report: ({ level, text }) => messages.push(`${level}: ${text.replace(directory, "@")}`),
    });
  return { messages, lock };
}

const WAITING = "info: waiting for another process to unlock @";

test("lockDirectory() locks a directory that nobody has locked, and says nothing", () =>
  withDirectory(async (directory, { lock, messages }) => {
    using held = await lock(directory);
    assertEquals([held.waited, held.isExclusive], [false, true]);
    assertEquals(messages, []);
    assertEquals([...Deno.readDirSync(directory)], []);
  }));

test("lockDirectory() waits until the lock is released, and says so once", () =>
  withDirectory(async (directory, { lock, messages }) => {
    const first = await lock(directory);
    let isLocked = false;
    const locking = lock(directory).then((held) => {
      isLocked = true;
      return held;
    });
    await new Promise((resolve) => setTimeout(resolve, 500));
    assertEquals([isLocked, messages], [false, [WAITING]]);
    first[Symbol.dispose]();
    using second = await locking;
    assertEquals([second.waited, second.isExclusive], [true, true]);
    assertEquals(messages, [WAITING]);
  }));

test("lockDirectory() takes over from a process that was killed", () =>
  withDirectory(async (directory, { lock }) => {
    const script = `
      const directory = Deno.openSync(Deno.args[0]);
      directory.lockSync(true);
      console.log("locked");
      setTimeout(() => {}, 60_000);`;
    Deno.writeTextFileSync(`${directory}/holder.js`, script);
    const args = ["run", "--quiet", "--no-lock", "--allow-read", `${directory}/holder.js`];
    const command = new Deno.Command(Deno.execPath(), {
      args: [...args, directory],
      stdout: "piped",
    });
    const holder = command.spawn();
    const reader = holder.stdout.getReader();
    await reader.read(); // it is locked
    const locking = lock(directory);
    holder.kill("SIGKILL");
    using held = await locking;
    assert(held.isExclusive);
    await reader.cancel();
    await holder.status;
  }));

for (const [wait, said] of [[0, []], [1, [WAITING]]] as const) {
  const fn = () =>
    withDirectory(async (directory, { lock, messages }) => {
      using _held = await lock(directory);
      const start = performance.now();
      const error = await assertRejects(() => lock(directory, wait), FatalError);
      const seconds = (performance.now() - start) / 1000;
      assertEquals(error.message, `${directory} is locked by another process; see --lock-wait`);
      assert(seconds >= wait && seconds < wait + 5, String(seconds));
      assertEquals(messages, [...said]);
    });
  test(`lockDirectory() gives up after ${wait} seconds`, fn);
}

test("lockDirectory() goes on with a warning where there are no locks", () =>
  withDirectory(async (directory, { lock, messages }) => {
    const original = Deno.FsFile.prototype.lock;
    Deno.FsFile.prototype.lock = () =>
      Promise.reject(new Error("No locks available (os error 37)"));
    try {
      using held = await lock(directory);
      assertEquals(held.isExclusive, false);
      assertEquals(messages, [
        "warning: could not lock @: No locks available; no other depmod may write there meanwhile",
      ]);
    } finally {
      Deno.FsFile.prototype.lock = original;
    }
  }));

test("lockDirectory() locks the directory that has the name at the end of its wait", () =>
  withDirectory(async (root, { lock }) => {
    const directory = `${root}/6.1`;
    const first = await lock(directory);
    const locking = lock(directory);
    await new Promise((resolve) => setTimeout(resolve, 50));
    Deno.removeSync(directory);
    first[Symbol.dispose]();
    using second = await locking;
    assert(second.isExclusive);
    await assertRejects(() => lock(directory, 0), FatalError, "is locked by another process");
  }));

test("lockDirectory() makes the directory and its parents, which all may enter", () =>
  withDirectory(async (root, { lock }) => {
    using _held = await lock(`${root}/lib/modules/6.1`);
    for (const path of ["lib", "lib/modules", "lib/modules/6.1"]) {
      const { mode, isDirectory } = Deno.statSync(`${root}/${path}`);
      assertEquals([isDirectory, (mode ?? 0) & 0o7777], [true, 0o755], path);
    }
  }));

for (const file of ["lib/6.1", "lib"]) {
  test(`lockDirectory() fails where ${file} is a file, and leaves it`, () =>
    withDirectory(async (root, { lock }) => {
      if (file !== "lib") Deno.mkdirSync(`${root}/lib`);
      Deno.writeTextFileSync(`${root}/${file}`, "a file");
      const text = `could not create directory ${root}/lib/6.1: `;
      await assertRejects(() => lock(`${root}/lib/6.1`), FatalError, text);
      assertEquals(Deno.readTextFileSync(`${root}/${file}`), "a file");
    }));
}
