/**
 * Trees that are indexed by the program, changed, and checked with `--check`.
 *
 * @module
 */
import { assertEquals } from "./assert.ts";
import { latin1 } from "./elf_builder.ts";
import type { GoldenOutcome } from "./golden.ts";
import { runProgram } from "./program.ts";
import { runTree } from "./run_tree.ts";
import { MODULES, type TreeSpec, VERSION } from "./tree.ts";

/** Exit status of a check that found nothing. */
export const UP_TO_DATE = 0;
/** It could not be made. */
export const FAILED = 1;
/** A run would change the files. */
export const OUT_OF_DATE = 3;
/** A file is missing, or broken, or does not fit the others. */
export const DAMAGED = 4;

/** A tree with something in each index file. */
export const SPEC: TreeSpec = {
  modules: {
    "kernel/a.ko": { needs: ["b_go"], modinfo: ["alias=of:a-*", "softdep=pre: b"] },
    "kernel/b.ko": {
      exports: ["b_go"],
      modinfo: ["alias=devname:b", "alias=char-major-10-7", "weakdep=a"],
    },
  },
  files: { "depmod.conf": "search updates\n" },
};

/** A tree that is indexed, changed and checked. In all texts `@` is the root's path. */
export interface Checking {
  readonly spec?: TreeSpec;
  /** Arguments of both runs but for --check and the tree. */
  readonly options?: readonly string[];
  /** Changes the tree in between; paths are those below MODULES. */
  readonly change?: (tree: ChangedTree) => void;
  /** The option to check with. */
  readonly check?: string;
  /** A shell's commands around the check. */
  readonly shell?: string;
}

/** A tree on disk that was indexed. Names are paths below MODULES or, with a slash before them, the root. */
export class ChangedTree {
  /** @param root its path */
  constructor(readonly root: string) {}

  /** Where a file is. */
  path(name: string): string {
    return name.startsWith("/") ? this.root + name : `${this.root}/${MODULES}/${name}`;
  }

  /** Writes a file that is older than the index files. */
  write(name: string, content: string | Uint8Array): void {
    const path = this.path(name);
    Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    Deno.writeFileSync(path, typeof content === "string" ? latin1(content) : content);
    this.setTime(name, -100);
  }

  /** Removes a file. */
  remove(name: string): void {
    Deno.removeSync(this.path(name));
  }

  /** Sets the time of a file, in seconds from that of `modules.dep`. */
  setTime(name: string, seconds: number): void {
    const written = Deno.statSync(this.path("modules.dep")).mtime!.getTime() / 1000;
    const time = Math.floor(written) + seconds;
    Deno.utimeSync(this.path(name), time, time);
  }

  /** Changes one byte of a file. */
  damage(name: string, at: number): void {
    const path = this.path(name);
    const bytes = Deno.readFileSync(path);
    bytes[at]! ^= 1;
    Deno.writeFileSync(path, bytes);
  }
}

/** Options that keep the configuration of the machine out. */
export const CONFIGURED = ["-C", "@/depmod.conf"];

/** Indexes a tree. */
export function index(root: string, options: readonly string[]): void {
  const args = [...options, "-b", "@", VERSION].map((arg) => arg.replaceAll("@", root));
  const { status, stderr } = runProgram(args, { cwd: root });
  assertEquals([status, stderr], [0, ""], "the first run");
}

/** Indexes a tree, changes and checks it. */
export function check(checking: Checking = {}): GoldenOutcome {
  const { spec = SPEC, options = CONFIGURED, change, check = "--check", shell } = checking;
  return runTree(spec, {
    options: [check, ...options],
    ...(shell !== undefined && { shell }),
    prepare(root) {
      index(root, options);
      change?.(new ChangedTree(root));
    },
  });
}

/** The check ended with this status, told just this, and wrote nothing. */
export function assertTold(outcome: GoldenOutcome, status: number, lines: readonly string[]): void {
  assertEquals(outcome.stdout.split("\n").slice(0, -1), [...lines], outcome.stderr);
  assertEquals([outcome.status, outcome.stderr], [status, ""]);
  assertEquals([...outcome.files.keys()], []);
}
