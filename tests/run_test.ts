/**
 * The pipeline as the library has it, in this process: what is written, what is said and in which
 * order, and when the caller may give up its permissions. The expectations are derived by hand.
 *
 * @module
 */
import { makePlan, type Message, type Outcome, parseOptions, run } from "../lib/mod.ts";
import { FatalError } from "../lib/errors.ts";
import { assertEquals, assertRejects } from "./support/assert.ts";
import { buildModule } from "./support/elf_builder.ts";
import { describeEntry } from "./support/golden.ts";
import { readIndex } from "./support/index_reader.ts";
import { INDEX_FILES } from "./support/run_tree.ts";
import {
  buildTree,
  decodeBytes,
  MODULES,
  readTree,
  type TreeSpec,
  VERSION,
  writeTree,
} from "./support/tree.ts";

/** A tree on disk, and what runs on it say, show and write. In all texts `@` is the root's path. */
class TreeOnDisk {
  /** `level: text`, as they came. */
  readonly messages: string[] = [];
  /** What belongs on stdout. */
  stdout = "";
  /** How often the permissions could be given up. */
  handovers = 0;
  #whenHandedOver = () => {};

  constructor(readonly root: string) {}

  /** A path in the tree. */
  path(name: string): string {
    return `${this.root}/${MODULES}/${name}`;
  }

  /** Does something when the permissions can be given up. */
  whenHandedOver(action: () => void): void {
    this.#whenHandedOver = action;
  }

  /** Runs the library. */
  run(...options: readonly string[]): Promise<Outcome> {
    const args = ["-b", "@", ...options, VERSION].map((arg) => arg.replaceAll("@", this.root));
    return run(makePlan(parseOptions(args)), {
      report: (message) => this.#report(message),
      write: (bytes) => this.stdout += this.#shorten(decodeBytes(bytes)),
      handOver: () => {
        this.handovers++;
        this.#whenHandedOver();
      },
    });
  }

  /** All files in the tree but for modules and those that a kernel's build leaves, sorted. */
  written(): string[] {
    const build = ["modules.order", "modules.builtin", "modules.builtin.modinfo"];
    const names = [...readTree(this.path("")).keys()].sort();
    return names.filter((name) => !name.endsWith(".ko") && !build.includes(name));
  }

  /** Text of a file in the tree. */
  text(name: string): string {
    return decodeBytes(Deno.readFileSync(this.path(name)));
  }

  /** A binary index as `key: value`. */
  index(name: string): string[] {
    const entries = readIndex(Deno.readFileSync(this.path(name)));
    return entries.flatMap(({ key, values }) => values.map(({ value }) => `${key}: ${value}`));
  }

  #report({ level, text }: Message): void {
    this.messages.push(this.#shorten(`${level}: ${text}`));
  }

  #shorten(text: string): string {
    return text.replaceAll(this.root, "@");
  }
}

/** Calls `body` with a tree, which is removed afterwards. */
async function withTreeOnDisk(
  spec: TreeSpec,
  body: (tree: TreeOnDisk) => Promise<void>,
): Promise<void> {
  const root = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "depmod-test-" }));
  try {
    // Without this file, the configuration of the machine would count.
    writeTree(root, buildTree({ ...spec, files: { "empty.conf": "", ...spec.files } }));
    await body(new TreeOnDisk(root));
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
}

const UNCONFIGURED = ["-C", "@/empty.conf"];

const SIMPLE: TreeSpec = {
  modules: {
    "kernel/a.ko": { needs: ["b_go"], modinfo: ["alias=of-a", "softdep=pre: c"] },
    "kernel/b.ko": {
      exports: ["b_go"],
      modinfo: ["alias=devname:b", "alias=char-major-10-7", "weakdep=d"],
    },
  },
};
const SIMPLE_DEP = "kernel/a.ko: kernel/b.ko\nkernel/b.ko:\n";

/** The text files of the simple tree, in the order in which `-n` shows them. */
const TEXTS: Readonly<Record<string, string>> = {
  "modules.dep": SIMPLE_DEP,
  "modules.alias": "# Aliases extracted from modules themselves.\n" +
    "alias of-a a\nalias devname:b b\nalias char-major-10-7 b\n",
  "modules.softdep": "# Soft dependencies extracted from modules themselves.\n" +
    "softdep a pre: c\n",
  "modules.weakdep": "# Weak dependencies extracted from modules themselves.\n" +
    "weakdep b d\n",
  "modules.symbols": "# Aliases for symbols, used by symbol_request().\n" +
    "alias symbol:b_go b\n",
  "modules.devname": "# Device nodes to trigger on-demand module loading.\n" +
    "b b c10:7\n",
};

/** The binary files of the simple tree. */
const INDEXES: Readonly<Record<string, readonly string[]>> = {
  "modules.dep.bin": ["a: kernel/a.ko: kernel/b.ko", "b: kernel/b.ko:"],
  "modules.alias.bin": ["char_major_10_7: b", "devname:b: b", "of_a: a"],
  "modules.symbols.bin": ["symbol:b_go: b"],
  "modules.builtin.bin": ["binfmt_script: "],
  "modules.builtin.alias.bin": ["binfmt_script: binfmt_script"],
};

Deno.test("run() makes the eleven files of a tree, and has nothing to say", () =>
  withTreeOnDisk(SIMPLE, async (tree) => {
    assertEquals(await tree.run(...UNCONFIGURED), "complete");
    assertEquals(tree.written(), INDEX_FILES);
    for (const [name, text] of Object.entries(TEXTS)) assertEquals(tree.text(name), text, name);
    for (const [name, index] of Object.entries(INDEXES)) {
      assertEquals(tree.index(name), [...index], name);
    }
    assertEquals([tree.messages, tree.stdout, tree.handovers], [[], "", 1]);
  }));

Deno.test("run() needs no handOver", () =>
  withTreeOnDisk(SIMPLE, async (tree) => {
    const { root } = tree;
    const plan = makePlan(parseOptions(["-C", `${root}/empty.conf`, "-b", root, VERSION]));
    assertEquals(await run(plan, { report: () => {}, write: () => {} }), "complete");
    assertEquals(tree.text("modules.dep"), SIMPLE_DEP);
  }));

Deno.test("run() with -n gives the text files to `write`, and makes no file", () =>
  withTreeOnDisk(SIMPLE, async (tree) => {
    assertEquals(await tree.run("-n", ...UNCONFIGURED), "complete");
    assertEquals(tree.stdout, Object.values(TEXTS).join(""));
    assertEquals([tree.messages, tree.written(), tree.handovers], [[], [], 1]);
  }));

Deno.test("run() with -v tells of dependencies as output", () =>
  withTreeOnDisk(SIMPLE, async (tree) => {
    assertEquals(await tree.run("-v", ...UNCONFIGURED), "complete");
    const [a, b] = ["a", "b"].map((name) => `@/${MODULES}/kernel/${name}.ko`);
    assertEquals(tree.messages, [`output: ${a} needs "b_go": ${b}`]);
    assertEquals(tree.text("modules.dep"), SIMPLE_DEP);
  }));

// When the permissions can be given up.

/** Six modules, listed in another order than that of their names. */
const SIX = [3, 0, 5, 1, 4, 2].map((i) => `m${i}.ko`);

/** The same six files, of which none is a module. */
const SIX_TEXTS: TreeSpec = {
  order: SIX,
  files: Object.fromEntries(SIX.map((name) => [`${MODULES}/${name}`, "no module\n"])),
};

for (const jobs of ["-j1", "-j3"]) {
  Deno.test(`run() with ${jobs} tells what is wrong with modules after handOver, in their order`, () =>
    withTreeOnDisk(SIX_TEXTS, async (tree) => {
      let before: readonly string[] | undefined;
      tree.whenHandedOver(() => before = [...tree.messages]);
      assertEquals(await tree.run(jobs, ...UNCONFIGURED), "complete");
      const faults = SIX.map((name) => {
        const path = `@/${MODULES}/${name}`;
        return `error: failed to load symbols from ${path}: Exec format error`;
      });
      assertEquals([before, tree.messages], [[], faults]);
      assertEquals(tree.text("modules.dep"), SIX.map((name) => `${name}:\n`).join(""));
      assertEquals(tree.handovers, 1);
    }));
}

// What is said.

/** What each stage has something to say about. */
const TALKATIVE: TreeSpec = {
  modules: {
    "z.ko": { modinfo: ["alias=caf\xc3\xa9", "alias=open[z"] },
    "y.ko": { needs: ["missing"], versions: [{ name: "missing", crc: 1 }] },
  },
  order: ["second.ko", "z.ko", "first.ko", "y.ko"],
  files: {
    "Module.symvers": "crc\tbad\tvmlinux\tE\n0x00000001\tgood\tvmlinux\tE\n",
    "depmod.conf": "bogus line\n",
    [`${MODULES}/first.ko`]: "no module\n",
    [`${MODULES}/second.ko`]: "no module\n",
  },
  links: { [`${MODULES}/out.ko`]: "/etc/passwd" },
};
const REFUSAL = `error: @/${MODULES}/out.ko leads to /etc/passwd, where nothing may be read: ` +
  "--allow-read=/etc would permit it";

Deno.test("run() reports by stage, and what is wrong with modules in the order of these", () =>
  withTreeOnDisk(TALKATIVE, async (tree) => {
    const options = ["-j3", "-e", "-E", "@/Module.symvers", "-C", "@/depmod.conf"];
    assertEquals(await tree.run(...options), "incomplete");
    const dropped = "alias with characters that no index can hold: caf\\xc3\\xa9";
    assertEquals(tree.messages, [
      "error: @/Module.symvers:1 Invalid symbol version crc: Invalid argument",
      "error: @/depmod.conf:1: ignoring bad line starting with 'bogus'",
      REFUSAL,
      `error: failed to load symbols from @/${MODULES}/second.ko: Exec format error`,
      `error: @/${MODULES}/z.ko: dropped ${dropped}`,
      `error: failed to load symbols from @/${MODULES}/first.ko: Exec format error`,
      `warning: @/${MODULES}/y.ko needs unknown symbol missing`,
      "warning: Unmatched bracket in open[z",
    ]);
    assertEquals(tree.written(), INDEX_FILES);
    assertEquals(tree.text("modules.dep"), "second.ko:\nz.ko:\nfirst.ko:\ny.ko:\n");
  }));

Deno.test("run() tells by its result of what was left out, and not of what cannot be read", () =>
  withTreeOnDisk({ ...SIMPLE, files: { [`${MODULES}/c.ko`]: "no module\n" } }, async (tree) => {
    const fault = `error: failed to load symbols from @/${MODULES}/c.ko: Exec format error`;
    assertEquals(await tree.run(...UNCONFIGURED), "complete");
    assertEquals(await tree.run("--strict", ...UNCONFIGURED), "incomplete");
    assertEquals(tree.messages, [fault, fault]);
    assertEquals(tree.text("modules.dep"), SIMPLE_DEP + "c.ko:\n");
  }));

Deno.test("run() reports once that it does not follow a link, however often it meets that", () => {
  const links = { [`${MODULES}/more/out.ko`]: "/etc/passwd" };
  return withTreeOnDisk({ ...SIMPLE, links }, async (tree) => {
    // The directory is walked once as a part of the tree, and once more as an external one.
    Deno.writeTextFileSync(`${tree.root}/twice.conf`, `external * ${tree.path("more")}\n`);
    assertEquals(await tree.run("-C", "@/twice.conf"), "incomplete");
    assertEquals(tree.messages, [REFUSAL.replace("out.ko", "more/out.ko")]);
    assertEquals(tree.text("modules.dep"), SIMPLE_DEP);
  });
});

Deno.test("run() with -A does nothing where nothing is newer, and calls no handOver", () =>
  withTreeOnDisk(SIMPLE, async (tree) => {
    assertEquals(await tree.run(...UNCONFIGURED), "complete");
    const old = SIMPLE_DEP.replaceAll(": ", ": old.ko ");
    Deno.writeTextFileSync(tree.path("modules.dep"), old);
    Deno.utimeSync(tree.path("modules.dep"), 4e9, 4e9);
    assertEquals(await tree.run("-A", ...UNCONFIGURED), "complete");
    assertEquals([tree.messages, tree.stdout, tree.handovers], [[], "", 1]);
    assertEquals(tree.text("modules.dep"), old);

    Deno.utimeSync(tree.path("modules.dep"), 1e9, 1e9);
    assertEquals(await tree.run("-A", ...UNCONFIGURED), "complete");
    assertEquals(tree.handovers, 2);
    assertEquals(tree.written(), INDEX_FILES);
    assertEquals(tree.text("modules.dep"), SIMPLE_DEP);
  }));

// Runs that cannot go on.

interface Failure {
  readonly options: readonly string[];
  readonly prepare?: (tree: TreeOnDisk) => void;
  /** Of the FatalError. */
  readonly message: string;
  readonly reported?: readonly string[];
  readonly handovers?: number;
}

const FAILURES: Readonly<Record<string, Failure>> = {
  "the configuration is absent": {
    options: ["--strict", "-C", "@/none.conf"],
    message: "could not load configuration @/none.conf: No such file or directory",
  },
  "the symbols of the kernel are absent": {
    options: ["-F", "@/System.map", ...UNCONFIGURED],
    message: "could not load @/System.map: No such file or directory",
  },
  "the tree is absent": {
    options: ["-m", "absent", ...UNCONFIGURED],
    message: "could not search modules: No such file or directory",
    reported: [`error: could not open directory @/absent/${VERSION}: No such file or directory`],
  },
  "a directory is in the place of a file": {
    options: UNCONFIGURED,
    prepare: (tree) => Deno.mkdirSync(tree.path("modules.dep")),
    message: `could not write @/${MODULES}/modules.dep: Is a directory`,
    handovers: 1,
  },
};

for (const [what, failure] of Object.entries(FAILURES)) {
  const { options, prepare, message, reported = [], handovers = 0 } = failure;
  Deno.test(`run() rejects with a FatalError, and writes nothing, where ${what}`, () =>
    withTreeOnDisk(SIMPLE, async (tree) => {
      prepare?.(tree);
      const before = describeTree(tree.root);
      const error = await assertRejects(() => tree.run(...options), FatalError);
      assertEquals(error.message.replaceAll(tree.root, "@"), message);
      assertEquals(describeTree(tree.root), before);
      assertEquals(tree.messages, [...reported]);
      assertEquals([tree.stdout, tree.handovers], ["", handovers]);
    }));
}

/** All files in a root, and what is in them. */
function describeTree(root: string): Record<string, string> {
  return Object.fromEntries(
    [...readTree(root)].map(([path, entry]) => [path, describeEntry(entry)]),
  );
}

Deno.test("run() writes nothing where modules need each other, and says which", () => {
  const modules = {
    "a.ko": { exports: ["a_go"], needs: ["b_go"] },
    "b.ko": { exports: ["b_go"], needs: ["a_go"] },
  };
  return withTreeOnDisk({ modules }, async (tree) => {
    assertEquals(await tree.run(...UNCONFIGURED), "nothing written");
    assertEquals(tree.messages, [
      "error: Cycle detected: a -> b -> a",
      "error: Found 2 modules in dependency cycles!",
    ]);
    assertEquals(tree.written(), []);
  });
});

/** The paths that each reader may read, in the order in which the readers are started. */
async function recordReaders(body: () => Promise<void>): Promise<string[][]> {
  const granted: string[][] = [];
  const original = globalThis.Worker;
  globalThis.Worker = class extends original {
    constructor(source: string | URL, options: WorkerOptions = {}) {
      super(source, options);
      if (!String(source).endsWith("/reader.ts")) return;
      const { read } = options.deno?.permissions as { read: string[] };
      granted.push(read.filter((path) => !path.endsWith("/lib/")));
    }
  };
  try {
    await body();
  } finally {
    globalThis.Worker = original;
  }
  return granted;
}

Deno.test("run() grants a reader just the places outside of the modules that links lead to", () => {
  const spec: TreeSpec = {
    ...SIMPLE,
    files: { "opt/x.ko": buildModule(), "opt/y.ko": buildModule(), "more/z.ko": buildModule() },
    links: { [`${MODULES}/x.ko`]: "../../../opt/x.ko", [`${MODULES}/more`]: "../../../more" },
  };
  return withTreeOnDisk(spec, async (tree) => {
    const granted = await recordReaders(async () => {
      assertEquals(await tree.run("-j1", ...UNCONFIGURED), "complete");
    });
    const usual = [`${tree.root}/lib/modules`, `${tree.root}/${MODULES}`];
    const targets = [`${tree.root}/more`, `${tree.root}/opt/x.ko`];
    assertEquals(granted, [usual, [...usual, ...targets]]);
  });
});

Deno.test("run() starts a reader once where no link leads out of the modules", () =>
  withTreeOnDisk(SIMPLE, async (tree) => {
    const granted = await recordReaders(async () => void await tree.run("-j1", ...UNCONFIGURED));
    assertEquals(granted.length, 1);
  }));
