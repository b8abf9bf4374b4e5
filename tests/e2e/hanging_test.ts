/**
 * A module that a reader waits for without end, as on a file system that does not answer: it costs
 * its own entries, or else the run, but never the files that are there. Each test runs main.ts,
 * from source, after code that puts a FIFO in place of a module when the modules have been found.
 *
 * @module
 */
import { assert, assertEquals } from "../support/assert.ts";
import { type Result, runCommand } from "../support/program.ts";
import { buildTree, MODULES, VERSION, withTemporary, writeTree } from "../support/tree.ts";

const TOP = new URL("../../", import.meta.url).pathname;

/** Enough modules for two readers. */
const NAMES = Array.from({ length: 100 }, (_, i) => `m${i}`);

/** The module that hangs. */
const HANGING = "m50.ko";

/** The program, which replaces a module when the first batch goes to a reader. */
const PROGRAM = `
  const post = Worker.prototype.postMessage;
  let isDone = false;
  Worker.prototype.postMessage = function (message, ...others) {
    if (message.kind === "read" && !isDone) {
      isDone = true;
      const { code } = new Deno.Command("sh", { args: ["-c", "rm $0 && mkfifo $0", "HANGING"] }).outputSync();
      if (code !== 0) throw new Error("no FIFO");
    }
    return post.call(this, message, ...others);
  };
  await import("${TOP}main.ts");
`;

/** What came of a run, and what modules.dep and modules.alias hold then. */
interface Outcome extends Result {
  /** Seconds that the run took. */
  readonly seconds: number;
  readonly dep: string;
  readonly alias: string;
}

/**
 * Runs the program on a tree with an old modules.dep; `@` in texts is the tree. With `named`, the
 * modules are named on the command line: else a lone reader reads them without being asked.
 */
function runHanging(options: readonly string[], { named = false } = {}): Outcome {
  const modules = Object.fromEntries(
    NAMES.map((name) => [`${name}.ko`, { modinfo: [`alias=of-${name}`] }]),
  );
  const files = { [`${MODULES}/modules.dep`]: "old\n", [`${MODULES}/modules.alias`]: "old\n" };
  return withTemporary((root) => {
    const tree = `${root}/${MODULES}`;
    writeTree(root, buildTree({ modules, files }));
    Deno.writeTextFileSync(`${root}/run.js`, PROGRAM.replace("HANGING", `${tree}/${HANGING}`));
    const deno = [Deno.execPath(), "run", "--quiet", "--no-prompt", "--allow-all"];
    const words = [...deno, `--config=${TOP}deno.json`, `${root}/run.js`, ...options];
    const start = performance.now();
    const operands = named ? NAMES.map((name) => `${tree}/${name}.ko`) : [];
    const result = runCommand([...words, "-b", root, VERSION, ...operands], { cwd: root });
    return {
      ...result,
      stderr: result.stderr.replaceAll(tree, "@"),
      seconds: (performance.now() - start) / 1000,
      dep: Deno.readTextFileSync(`${tree}/modules.dep`),
      alias: Deno.readTextFileSync(`${tree}/modules.alias`),
    };
  });
}

Deno.test("depmod leaves out a module that a reader waits for without end, and nothing else", () => {
  const { status, stderr, seconds, dep, alias } = runHanging(["-j2", "--module-timeout=1"]);
  const fault = "took longer than 1 s; see --module-timeout";
  assertEquals(
    [status, stderr],
    [2, `depmod: ERROR: failed to load symbols from @/${HANGING}: ${fault}\n`],
  );
  assert(seconds < 20, `${seconds} s`);
  assertEquals(dep, NAMES.map((name) => `${name}.ko:\n`).join(""));
  const aliases = alias.split("\n").filter((line) => line.startsWith("alias ")).sort();
  const others = NAMES.filter((name) => `${name}.ko` !== HANGING);
  assertEquals(aliases, others.map((name) => `alias of-${name} ${name}`).sort());
});

Deno.test("depmod keeps the old files when its only reader waits without end", () => {
  const { status, stderr, seconds, dep, alias } = runHanging(["-j1", "--module-timeout=1"], {
    named: true,
  });
  const fault =
    "took longer than 1 s; see --module-timeout; no other reader is left, so mend its " +
    "file system or move it away";
  assertEquals(
    [status, stderr],
    [1, `depmod: FATAL: failed to load symbols from @/${HANGING}: ${fault}\n`],
  );
  assert(seconds < 20, `${seconds} s`);
  assertEquals([dep, alias], ["old\n", "old\n"]);
});
