/**
 * Runs the program with caches that are damaged or forged, and tells what is wrong with the outcome.
 *
 * @module
 */
import { EditedTree } from "./edited_tree.ts";
import { CACHE } from "./edits.ts";
import { readIndex } from "./index_reader.ts";
import { type Result, runProgram } from "./program.ts";
import { startRandom } from "./random.ts";
import { INDEX_FILES } from "./run_tree.ts";

const MODULES = 12;

/** Ends a run that takes too long, with status 124. */
const LIMITED = 'timeout 60 "$@"';

/** Milliseconds after which a file that has not changed is trusted. */
const TRUSTED = 2100;

/** A tree, the cache that a run wrote for it, and the index files. */
export class AttackedTree {
  readonly tree: EditedTree;
  readonly cache: Uint8Array<ArrayBuffer>;
  readonly #path: string;
  readonly #index: string;
  readonly #messages: string;
  readonly #verbosity: readonly string[];

  /**
   * @param broken whether a module is broken, so that each run has something to say. If not, runs
   * tell about the cache too, and are not short
   */
  constructor(root: string, { broken = false } = {}) {
    this.tree = new EditedTree(root, startRandom(1), MODULES);
    this.#verbosity = broken ? [] : ["-vv"];
    if (broken) Deno.writeTextFileSync(`${this.tree.directory}/kernel/broken.ko`, "no module");
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, TRUSTED);
    this.#path = `${this.tree.directory}/${CACHE}`;
    this.#messages = this.#takeMessages(this.#run());
    this.cache = Deno.readFileSync(this.#path);
    this.#index = this.#readIndex();
  }

  /** What a damaged cache changes, or says more than one line about. */
  findHarm(cache: Uint8Array): string[] {
    const result = this.#runWith(cache);
    const { status, stderr } = result;
    const lines = stderr.split("\n").filter((line) => line.includes("the cache "));
    return [
      ...status === 0 ? [] : [`status ${status}: ${stderr.slice(0, 500)}`],
      ...lines.length <= 1 ? [] : lines,
      ...this.#takeMessages(result) === this.#messages ? [] : [`other messages: ${stderr}`],
      ...this.#readIndex() === this.#index ? [] : ["the index files have changed"],
    ];
  }

  /** What a forged cache does that no module can do. */
  findAbuse(cache: Uint8Array): string[] {
    const { status, stderr } = this.#runWith(cache);
    return [
      ...status <= 2 && !stderr.includes("internal error") ? [] : [`status ${status}: ${stderr}`],
      ...hasControls(stderr) ? ["a control character in a message"] : [],
      ...INDEX_FILES.filter((name) => !isPlain(`${this.tree.directory}/${name}`)),
    ];
  }

  #runWith(cache: Uint8Array): Result {
    Deno.writeFileSync(this.#path, cache);
    return this.#run();
  }

  #run(): Result {
    const { tree } = this;
    return runProgram(tree.args("--cache", ...this.#verbosity), { cwd: tree.root, shell: LIMITED });
  }

  /** What a run says of modules. */
  #takeMessages({ stderr }: Result): string {
    return stderr.split("\n").filter((line) => /ERROR|WARNING/.test(line)).join("\n");
  }

  #readIndex(): string {
    return INDEX_FILES.map((name) => Deno.readFileSync(`${this.tree.directory}/${name}`)).join();
  }
}

/** Whether an index file can be read, and has no control characters. */
function isPlain(path: string): boolean {
  const bytes = Deno.readFileSync(path);
  if (!path.endsWith(".bin")) return !hasControls(new TextDecoder().decode(bytes));
  return !readIndex(bytes).some(({ key, values }) => {
    return hasControls(key) || values.some(({ value }) => hasControls(value));
  });
}

function hasControls(text: string): boolean {
  return /[^\P{Cc}\n]/u.test(text);
}
