/**
 * What all parts of scripts/torture need: a place to work, a tree of modules with its index files,
 * and checks that are counted.
 *
 * @module
 */
import type { Files } from "../../tests/support/disk_model.ts";
import type { Random } from "../../tests/support/random.ts";
import { readFiles } from "../../tests/support/disk_recorder.ts";
import type { IndexSet } from "../../tests/support/disk_verdict.ts";
import { INDEX_FILES } from "../../tests/support/run_tree.ts";
import {
  buildTree,
  decodeBytes,
  MODULES,
  type TreeSpec,
  VERSION,
  writeTree,
} from "../../tests/support/tree.ts";

/** What each part is given. */
export interface Given {
  /** An empty directory on the disk. */
  readonly work: string;
  readonly checks: Checks;
  readonly random: Random;
}

/** Counts checks, and shows each. */
export class Checks {
  failed = 0;
  #passed = 0;
  #skipped = 0;

  /** Counts a check, which passed if there is nothing wrong. */
  add(title: string, wrong: readonly string[]): void {
    if (wrong.length === 0) {
      this.#passed++;
      console.log(`ok ${title}`);
      return;
    }
    this.failed++;
    const more = wrong.length > 5 ? `\n    and ${wrong.length - 5} more` : "";
    console.log(
      `FAILED ${title}${wrong.slice(0, 5).map((line) => `\n    ${line}`).join("")}${more}`,
    );
  }

  /** Tells of a check that cannot be made here. */
  skip(title: string, reason: string): void {
    this.#skipped++;
    console.log(`skipped ${title}: ${reason}`);
  }

  get summary(): string {
    return `${this.#passed} passed, ${this.failed} failed, ${this.#skipped} skipped`;
  }
}

/** Calls `body` with a directory to work in, which is removed afterwards, with what is mounted. */
export async function withWork(body: (work: string) => Promise<void>): Promise<void> {
  const work = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "depmod-torture-" }));
  Deno.chmodSync(work, 0o755);
  try {
    await body(work);
  } finally {
    system(
      "umount -Rq $(awk -v w=\"$1/\" 'index($2, w) == 1 { print $2 }' /proc/mounts | tac)",
      work,
    );
    Deno.removeSync(work, { recursive: true });
  }
}

/** Runs a shell's command with arguments, $1 and so on. Gives false if it fails. */
export function system(command: string, ...args: readonly string[]): boolean {
  const words = ["-c", command, "sh", ...args];
  const quiet = { stdin: "null", stdout: "null", stderr: "null" } as const;
  return new Deno.Command("sh", { args: words, ...quiet }).outputSync().success;
}

/** Runs a shell's command that must not fail. */
export function mustSystem(command: string, ...args: readonly string[]): void {
  if (!system(command, ...args)) throw new Error(`failed: ${command} (${args.join(" ")})`);
}

/** What a process left. */
export interface Ended {
  /** Its exit status, or 128 and the number of the signal that ended it. */
  readonly code: number;
  readonly signal: Deno.Signal | null;
  readonly stderr: string;
}

/** How to start the executable. */
export interface Start {
  /** Its options, before `-b ROOT VERSION`. */
  readonly options?: readonly string[];
  /** A command that runs it: strace, setpriv. */
  readonly around?: readonly string[];
}

/** Words before a command by which the system fails or delays some of its calls. */
export function inject(...rules: readonly string[]): string[] {
  const calls = rules.map((rule) => rule.slice(0, rule.indexOf(":"))).join(",");
  const injections = rules.flatMap((rule) => ["-e", `inject=${rule}`]);
  return ["strace", "-f", "-qq", "-o", "/dev/null", "-e", `trace=${calls}`, ...injections];
}

/** A process that runs the executable. */
export class Run {
  isOver = false;
  /** What it leaves. */
  readonly ended: Promise<Ended>;

  /** @param pidFile holds the executable's number: the process may be strace's */
  constructor(process: Deno.ChildProcess, readonly pidFile: string) {
    this.ended = process.output().then(({ code, signal, stderr }) => {
      this.isOver = true;
      return { code, signal, stderr: decodeBytes(stderr) };
    });
  }

  /** Sends a signal; gives false if the executable has ended, or not begun. */
  kill(signal: Deno.Signal): boolean {
    const number = Number(Deno.readTextFileSync(this.pidFile));
    if (number === 0 || this.isOver) return false;
    try {
      Deno.kill(number, signal);
      return true;
    } catch {
      return false;
    }
  }
}

/** Says its number, and becomes the executable. */
const SAY_NUMBER = 'echo $$ >"$1"; shift; exec "$@"';

/** A tree of modules on the disk, and its index files. */
export class Ground {
  readonly directory: string;
  /** The directory of the modules. */
  readonly modules: string;
  #started = 0;

  /** Makes the tree; the index files are in it, unless `out` is another root for them. */
  constructor(readonly root: string, readonly out = root) {
    this.directory = `${out}/${MODULES}`;
    this.modules = `${root}/${MODULES}`;
    writeTree(root, buildTree(SPEC));
    const time = 1_600_000_000;
    mustSystem('find "$1" -name "*.ko" -exec touch -d @"$2" {} +', root, String(time));
  }

  /** Starts the executable. */
  start({ options = [], around = [] }: Start = {}): Run {
    const pidFile = `${this.root}/pid-${this.#started++ % 100}`;
    const say = ["sh", "-c", SAY_NUMBER, "sh", pidFile, Deno.env.get("DEPMOD")!];
    const out = this.out === this.root ? [] : ["-o", this.out];
    const [file = "", ...args] = [...around, ...say, ...options, ...out, "-b", this.root, VERSION];
    Deno.writeTextFileSync(pidFile, "");
    Deno.chmodSync(pidFile, 0o666);
    const streams = { stdin: "null", stdout: "null", stderr: "piped" } as const;
    return new Run(new Deno.Command(file, { args, ...streams }).spawn(), pidFile);
  }

  /** Runs the executable. */
  run(start: Start = {}): Promise<Ended> {
    return this.start(start).ended;
  }

  /** The index files, and all temporary files. */
  files(): Files {
    const files = [...readFiles(this.directory, (name) => !GIVEN.has(name))];
    return new Map(files);
  }

  /** The index files' contents. */
  set(): IndexSet {
    const files = [...this.files()].filter(([name]) => INDEX_FILES.includes(name));
    return new Map(files.map(([name, { text }]) => [name, text]));
  }

  /** Removes all that runs have written, and writes this set. */
  replace(set: IndexSet): void {
    for (const { name } of Deno.readDirSync(this.directory)) {
      if (!GIVEN.has(name)) Deno.removeSync(`${this.directory}/${name}`);
    }
    for (const [name, text] of set) Deno.writeTextFileSync(`${this.directory}/${name}`, text);
  }

  /** Waits until a run writes its first temporary file; not if it ends meanwhile. */
  async untilItWrites(run: Run): Promise<void> {
    for (let looks = 1; !this.hasBegun() && !run.isOver; looks++) {
      if (looks % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 0));
    }
  }

  /** Whether a run has begun to write. */
  hasBegun(): boolean {
    return [...Deno.readDirSync(this.directory)].some(({ name }) => name.includes(".depmod-"));
  }
}

/** A set of files that are not what a run writes. */
export const OLD: IndexSet = new Map(INDEX_FILES.map((name) => [name, `old ${name}\n`]));

/** What is in the directory besides index files. */
const GIVEN = new Set(["kernel", "modules.order", "modules.builtin", "modules.builtin.modinfo"]);

/** Modules in the tree; each needs the one before it. */
const COUNT = 40;

/** The tree. */
export const SPEC: TreeSpec = {
  modules: Object.fromEntries(Array.from({ length: COUNT }, (_, i) => {
    const modinfo = [`alias=pci:v${i}d*`, `softdep=pre: m${i + 1}`, `weakdep=m${i + 2}`];
    const device = [`alias=devname:m${i}`, `alias=char-major-10-${i}`];
    const needs = i === 0 ? [] : [`m${i - 1}_go`];
    return [`kernel/m${i}.ko`, { exports: [`m${i}_go`], needs, modinfo: [...modinfo, ...device] }];
  })),
};

/** Waits for milliseconds, of which the fractions count. */
export async function sleep(milliseconds: number): Promise<void> {
  const end = performance.now() + milliseconds;
  if (milliseconds > 3) await new Promise((resolve) => setTimeout(resolve, milliseconds - 2));
  while (performance.now() < end);
}

/** What is wrong after a run that should have left just this set. */
export function findWrong(
  ground: Ground,
  { set, ended }: { set: IndexSet; ended: Ended },
): string[] {
  const files = ground.files();
  const names = [...files.keys()].filter((name) => !set.has(name));
  const texts = [...set].filter(([name, text]) => files.get(name)?.text !== text);
  return [
    ...(ended.code === 0 && ended.stderr === "" ? [] : [`status ${ended.code}: ${ended.stderr}`]),
    ...(names.length === 0 ? [] : [`left: ${names.join(", ")}`]),
    ...(texts.length === 0 ? [] : [`not the set's: ${texts.map(([name]) => name).join(", ")}`]),
  ];
}
