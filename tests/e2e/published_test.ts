/**
 * What a run leaves in the output directory: nothing but the set of index files, old or new, however
 * the run ends and whatever other runs have left.
 *
 * @module
 */
import { assert, assertEquals } from "../support/assert.ts";
import { programCommand } from "../support/program.ts";
import { INDEX_FILES } from "../support/run_tree.ts";
import { buildTree, MODULES, type TreeSpec, VERSION, writeTree } from "../support/tree.ts";

const SPEC: TreeSpec = {
  modules: { "kernel/a.ko": { needs: ["b_go"] }, "kernel/b.ko": { exports: ["b_go"] } },
};

/** What a process left. */
interface Ended {
  readonly code: number;
  readonly stderr: string;
}

/** A tree on disk. */
class Tree {
  readonly directory: string;

  constructor(readonly root: string) {
    this.directory = `${root}/${MODULES}`;
    writeTree(root, buildTree(SPEC));
  }

  /** Starts the program. */
  start(...options: readonly string[]): Deno.ChildProcess {
    const [file = "", ...args] = [...programCommand(), ...options, "-b", this.root, VERSION];
    const env = { LC_ALL: "C" };
    return new Deno.Command(file, { args, env, stdout: "null", stderr: "piped" }).spawn();
  }

  /** Runs the program. */
  run(...options: readonly string[]): Promise<Ended> {
    return endOf(this.start(...options));
  }

  /** Names of what the program has written, sorted. */
  written(): string[] {
    const names = Array.from(Deno.readDirSync(this.directory), ({ name }) => name).sort();
    const given = ["kernel", "modules.builtin", "modules.builtin.modinfo", "modules.order"];
    return names.filter((name) => !given.includes(name));
  }

  /** Inode, time and content of each index file. */
  describe(): Record<string, string> {
    return Object.fromEntries(
      this.written().map((name) => {
        const path = `${this.directory}/${name}`;
        const { ino, mtime } = Deno.lstatSync(path);
        return [name, `${ino} ${mtime!.getTime()} ${Deno.readFileSync(path).join()}`];
      }),
    );
  }

  /** Content of each index file. */
  contents(): string[] {
    return INDEX_FILES.map((name) => Deno.readFileSync(`${this.directory}/${name}`).join());
  }

  /** Sets a file's time, in seconds from now. */
  setTime(name: string, seconds: number): void {
    const time = Math.floor(Date.now() / 1000) + seconds;
    Deno.utimeSync(`${this.directory}/${name}`, time, time);
  }
}

async function endOf(process: Deno.ChildProcess): Promise<Ended> {
  const { code, stderr } = await process.output();
  return { code, stderr: new TextDecoder().decode(stderr) };
}

/** Calls `body` with a tree, which is removed afterwards. */
async function withTree(body: (tree: Tree) => Promise<void>): Promise<void> {
  const root = Deno.makeTempDirSync({ prefix: "depmod-test-" });
  try {
    await body(new Tree(root));
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
}

const SUCCESS: Ended = { code: 0, stderr: "" };

Deno.test("depmod leaves the files of a tree alone that has not changed", () =>
  withTree(async (tree) => {
    assertEquals(await tree.run(), SUCCESS);
    const before = tree.describe();
    assertEquals(await tree.run(), SUCCESS);
    assertEquals(tree.describe(), before);
  }));

Deno.test("depmod gives modules.dep the time of now if a module is newer, and replaces nothing", () =>
  withTree(async (tree) => {
    assertEquals(await tree.run(), SUCCESS);
    for (const name of INDEX_FILES) tree.setTime(name, -100);
    tree.setTime("kernel/a.ko", -50);
    tree.setTime("kernel/b.ko", -200);
    const before = tree.describe();
    assertEquals(await tree.run(), SUCCESS);
    const after = tree.describe();
    assert(after["modules.dep"] !== before["modules.dep"]);
    assertEquals({ ...after, "modules.dep": "" }, { ...before, "modules.dep": "" });
    assertEquals(await tree.run("-A"), SUCCESS);
    assertEquals(tree.describe(), after);
  }));

Deno.test("depmod leaves modules.dep alone if a module is from the future: no time would help", () =>
  withTree(async (tree) => {
    assertEquals(await tree.run(), SUCCESS);
    for (const name of INDEX_FILES) tree.setTime(name, -100);
    tree.setTime("kernel/a.ko", 1000);
    const before = tree.describe();
    assertEquals(await tree.run(), SUCCESS);
    assertEquals(tree.describe(), before);
  }));

Deno.test("depmod -A --cache notices what has changed besides modules: configuration and build files", () =>
  withTree(async (tree) => {
    const conf = `${tree.root}/conf`;
    const options = ["-A", "--cache", "-C", conf];
    Deno.writeTextFileSync(conf, "");
    for (const name of ["a", "b"]) tree.setTime(`kernel/${name}.ko`, -100);
    await new Promise((resolve) => setTimeout(resolve, 2100)); // so that the keys are trusted
    assertEquals(await tree.run(...options), SUCCESS);
    const read = (name: string) => Deno.readTextFileSync(`${tree.directory}/${name}`);
    assertEquals(read("modules.dep"), "kernel/a.ko: kernel/b.ko\nkernel/b.ko:\n");

    Deno.writeTextFileSync(conf, "exclude a.ko\n");
    assertEquals(await tree.run(...options), SUCCESS);
    assertEquals(read("modules.dep"), "kernel/b.ko:\n");

    Deno.writeTextFileSync(conf, "");
    assertEquals(await tree.run(...options), SUCCESS);
    Deno.writeTextFileSync(`${tree.directory}/modules.order`, "kernel/b.ko\nkernel/a.ko\n");
    assertEquals(await tree.run(...options), SUCCESS);
    assertEquals(read("modules.dep"), "kernel/b.ko:\nkernel/a.ko: kernel/b.ko\n");

    const before = Deno.readFileSync(`${tree.directory}/modules.builtin.bin`).join();
    Deno.writeTextFileSync(`${tree.directory}/modules.builtin`, "kernel/fs/other.ko\n");
    assertEquals(await tree.run(...options), SUCCESS);
    assert(Deno.readFileSync(`${tree.directory}/modules.builtin.bin`).join() !== before);
  }));

/** A temporary file of a run that is gone. */
const LEFT = ".modules.alias.depmod-0badcafe";

for (const options of [[], ["-A"]]) {
  Deno.test(`depmod ${options} removes what a killed run has left`, () =>
    withTree(async (tree) => {
      assertEquals(await tree.run(), SUCCESS);
      const before = tree.contents();
      Deno.writeTextFileSync(`${tree.directory}/modules.symbols`, "of an interrupted run\n");
      Deno.writeTextFileSync(`${tree.directory}/${LEFT}`, "half");
      assertEquals(await tree.run(...options), SUCCESS);
      assertEquals(tree.written(), INDEX_FILES);
      assertEquals(tree.contents(), before);
    }));
}

Deno.test("depmod removes what a killed run has left, even if it then writes nothing", () =>
  withTree(async (tree) => {
    Deno.writeTextFileSync(`${tree.directory}/${LEFT}`, "half");
    const { code } = await tree.run("-F", "/nonexistent");
    assertEquals(code, 1);
    assertEquals(tree.written(), []);
  }));

Deno.test("depmod -A works anew even if a run has removed what a killed run has left, and failed", () =>
  withTree(async (tree) => {
    assertEquals(await tree.run(), SUCCESS);
    const before = tree.contents();
    for (const time of [1_600_000_000, 0]) { // some images give all files the time 0
      for (const name of ["a", "b"]) {
        Deno.utimeSync(`${tree.directory}/kernel/${name}.ko`, time, time);
      }
      Deno.writeTextFileSync(`${tree.directory}/modules.symbols`, "of an interrupted run\n");
      Deno.writeTextFileSync(`${tree.directory}/${LEFT}`, "half");
      assertEquals((await tree.run("-F", "/nonexistent")).code, 1);
      assertEquals(tree.written(), INDEX_FILES);
      assertEquals(await tree.run("-A"), SUCCESS);
      assertEquals(tree.contents(), before);
      const written = tree.describe();
      assertEquals(await tree.run("-A"), SUCCESS);
      assertEquals(tree.describe(), written);
      assert(Deno.statSync(`${tree.directory}/modules.dep`).mtime!.getTime() > 0);
    }
  }));

Deno.test("depmod -A that had to wait works anew if the other run was killed", () =>
  withTree(async (tree) => {
    assertEquals(await tree.run(), SUCCESS);
    const before = tree.contents();
    const directory = Deno.openSync(tree.directory);
    directory.lockSync(true);
    tree.setTime("kernel/a.ko", 100);
    const waiting = tree.start("-A");
    await new Promise((resolve) => setTimeout(resolve, 1000));
    tree.setTime("kernel/a.ko", -100);
    Deno.writeTextFileSync(`${tree.directory}/modules.symbols`, "of an interrupted run\n");
    Deno.writeTextFileSync(`${tree.directory}/${LEFT}`, "half");
    directory.close();
    assertEquals((await endOf(waiting)).code, 0);
    assertEquals(tree.contents(), before);
    assertEquals(tree.written(), INDEX_FILES);
  }));

Deno.test("depmod waits for another run, and reads the tree after that", () =>
  withTree(async (tree) => {
    const directory = Deno.openSync(tree.directory);
    directory.lockSync(true);
    const waiting = tree.start("-vv");
    await new Promise((resolve) => setTimeout(resolve, 1500));
    assertEquals(tree.written(), []);
    Deno.removeSync(`${tree.directory}/kernel/a.ko`);
    directory.close();
    const { code, stderr } = await endOf(waiting);
    assertEquals(code, 0);
    const waits = `depmod: INFO: waiting for another process to unlock ${tree.directory}\n`;
    assert(stderr.includes(waits), stderr);
    assertEquals(Deno.readTextFileSync(`${tree.directory}/modules.dep`), "kernel/b.ko:\n");
  }));

Deno.test("depmod -A that had to wait does nothing if the other run has done all", () =>
  withTree(async (tree) => {
    const directory = Deno.openSync(tree.directory);
    directory.lockSync(true);
    const waiting = tree.start("-A");
    await new Promise((resolve) => setTimeout(resolve, 1000));
    for (const name of INDEX_FILES) {
      Deno.writeTextFileSync(`${tree.directory}/${name}`, "kernel/a.ko:\nkernel/b.ko:\n");
    }
    const before = tree.describe();
    directory.close();
    assertEquals((await endOf(waiting)).code, 0);
    assertEquals(tree.describe(), before);
  }));

Deno.test("depmod --lock-wait=0 fails where another run is at work", () =>
  withTree(async (tree) => {
    using directory = Deno.openSync(tree.directory);
    directory.lockSync(true);
    const stderr =
      `depmod: FATAL: ${tree.directory} is locked by another process; see --lock-wait\n`;
    assertEquals(await tree.run("--lock-wait=0"), { code: 1, stderr });
    assertEquals(tree.written(), []);
  }));

Deno.test("depmod --lock-wait takes a number of seconds", () =>
  withTree(async (tree) => {
    const { code, stderr } = await tree.run("--lock-wait=soon");
    assertEquals(code, 1);
    assert(stderr.startsWith("depmod: FATAL: --lock-wait takes a number of seconds"), stderr);
  }));

for (const [signal, status] of [["SIGHUP", 129], ["SIGINT", 130], ["SIGTERM", 143]] as const) {
  Deno.test(`depmod ends by ${signal} with the old set or the new one, and nothing else`, () =>
    withTree(async (tree) => {
      assertEquals(await tree.run(), SUCCESS);
      const sets = new Set<string>();
      const start = performance.now();
      assertEquals(await tree.run("--no-sync"), SUCCESS);
      const duration = performance.now() - start;
      for (let i = 0; i < 12; i++) {
        for (const name of INDEX_FILES) {
          Deno.writeTextFileSync(`${tree.directory}/${name}`, "old");
        }
        const process = tree.start();
        await new Promise((resolve) => setTimeout(resolve, duration * (0.6 + i * 0.05)));
        const isOver = !tryKill(process, signal);
        const { code } = await endOf(process);
        assert(code === status || code === 0, `${code}, ${isOver}`);
        assertEquals(tree.written(), INDEX_FILES);
        sets.add(tree.contents().join("\n"));
      }
      assert(sets.size <= 2, `${sets.size} different sets`);
    }));
}

/** Sends a signal; gives false if the process has ended. */
function tryKill(process: Deno.ChildProcess, signal: Deno.Signal): boolean {
  try {
    process.kill(signal);
    return true;
  } catch {
    return false;
  }
}
