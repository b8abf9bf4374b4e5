/**
 * `depmod -A`: nothing is done while no module file is newer than `modules.dep`, in whole seconds.
 *
 * @module
 */
import { assert, assertEquals } from "../support/assert.ts";
import { describeEntry, type GoldenOutcome } from "../support/golden.ts";
import {
  assertComplete,
  assertNothingWritten,
  assertShown,
  fileText,
  INDEX_FILES,
  messages,
  runTree,
} from "../support/run_tree.ts";
import { MODULES, type TreeSpec, VERSION } from "../support/tree.ts";

/** Seconds since 1970. */
const WRITTEN = 1_700_000_000;
const OLD_DEP = "b.ko:\nkernel/a.ko: old.ko\n";
const NEW_DEP = "kernel/a.ko: b.ko\nb.ko:\n";

const TREE: TreeSpec = {
  modules: { "kernel/a.ko": { needs: ["b_go"] }, "b.ko": { exports: ["b_go"] } },
  files: oldSet(MODULES),
};

/** A set of index files in a directory: modules.dep names the modules of the tree, and `others`. */
function oldSet(directory: string, ...others: readonly string[]): Record<string, string> {
  const files = Object.fromEntries(INDEX_FILES.map((name) => [`${directory}/${name}`, "old\n"]));
  const lines = others.map((path) => `${path}:\n`);
  return { ...files, [`${directory}/modules.dep`]: OLD_DEP + lines.join("") };
}

/** When files were changed, by their path in the tree. */
type Times = Readonly<Record<string, number>>;

/** How the program is run, and on what. */
interface QuickRun {
  readonly times?: Times;
  readonly options?: readonly string[];
  readonly args?: readonly string[];
  readonly remove?: string;
}

/** Runs the program on a tree in which `modules.dep` and all modules are from the time WRITTEN. */
function runQuick({ times = {}, options = ["-A"], args, remove }: QuickRun): GoldenOutcome {
  function prepare(root: string): void {
    const all: Times = { "kernel/a.ko": WRITTEN, "b.ko": WRITTEN, "modules.dep": WRITTEN };
    for (const [path, time] of Object.entries({ ...all, ...times })) {
      Deno.utimeSync(`${root}/${MODULES}/${path}`, time, time);
    }
    if (remove !== undefined) Deno.removeSync(`${root}/${MODULES}/${remove}`);
  }
  return runTree(TREE, { options, ...(args && { args }), prepare });
}

function assertWorked(outcome: GoldenOutcome): void {
  assertComplete(outcome);
  assertEquals(fileText(outcome, "modules.dep"), NEW_DEP);
}

/** A run with these times does nothing; if a module were newer, it would do its work. */
function assertIdle(run: QuickRun): void {
  assertShown(runQuick(run), "");
  assertWorked(runQuick({ ...run, times: { ...run.times, "b.ko": WRITTEN + 1000 } }));
}

Deno.test("depmod -A does nothing when every module is older than modules.dep", () => {
  assertIdle({ times: { "kernel/a.ko": WRITTEN - 1000, "b.ko": WRITTEN - 1 } });
});

Deno.test("depmod --quick does nothing when a module is from the same second", () => {
  assertIdle({ options: ["--quick"], times: { "b.ko": WRITTEN + 0.9 } });
});

Deno.test("depmod -A works when one module is from the next second", () => {
  const outcome = runQuick({ times: { "kernel/a.ko": WRITTEN + 1 } });
  assertWorked(outcome);
  assertEquals(outcome.stderr, "");
});

Deno.test("depmod -A counts whole seconds, however near two times are", () => {
  assertWorked(runQuick({ times: { "modules.dep": WRITTEN + 0.999, "b.ko": WRITTEN + 1 } }));
});

Deno.test("depmod -A looks at module files only", () => {
  assertIdle({ times: { "modules.order": WRITTEN + 1000 } });
});

Deno.test("depmod -A without modules.dep says so and works", () => {
  const outcome = runQuick({ remove: "modules.dep" });
  assertWorked(outcome);
  const text = `could not fstatat(@/${MODULES}, modules.dep): No such file or directory`;
  assertEquals(messages(outcome), [`depmod: ERROR: ${text}`]);
});

Deno.test("depmod -A -n does nothing even when a module is newer", () => {
  const times = { "b.ko": WRITTEN + 1000 };
  assertShown(runQuick({ options: ["-A", "-n"], times }), "");
  const { stdout } = runQuick({ options: ["-n"], times });
  assert(stdout.startsWith(NEW_DEP), stdout);
});

Deno.test("depmod -A with operands does nothing when all is fresh", () => {
  assertIdle({ args: ["-A", "-b", "@", VERSION, `@/${MODULES}/b.ko`] });
});

Deno.test("depmod -A with operands reads the whole tree when a module is newer", () => {
  const args = ["-A", "-b", "@", VERSION, `@/${MODULES}/b.ko`];
  assertWorked(runQuick({ args, times: { "b.ko": WRITTEN + 1 } }));
});

Deno.test("depmod -A on an absent tree fails", () => {
  const outcome = runQuick({ args: ["-A", "-b", "@", "6.9.9"] });
  assertNothingWritten(outcome);
  assert(outcome.stderr.includes("FATAL: could not search modules"), outcome.stderr);
});

/** What modules.dep may list besides the modules of the tree, and which of it is a file. */
const LISTED: Readonly<Record<string, { readonly path: string; readonly isNew: boolean }>> = {
  "a second file of a module name": { path: "kernel/z/b.ko", isNew: true },
  "a file that is refused for its name": { path: "kernel/x y.ko", isNew: true },
  "a module twice": { path: "b.ko", isNew: false },
};

for (const [what, { path, isNew }] of Object.entries(LISTED)) {
  Deno.test(`depmod -A works when modules.dep lists ${what}`, () => {
    const modules = { ...TREE.modules, ...(isNew && { [path]: {} }) };
    const outcome = runTree({ modules, files: oldSet(MODULES, path) }, {
      options: ["-A"],
      prepare: (root) => Deno.utimeSync(`${root}/${MODULES}/modules.dep`, 4e9, 4e9),
    });
    assertEquals(fileText(outcome, "modules.dep"), NEW_DEP);
  });
}

// Where the program differs from the reference, which looks at the tree's own modules.dep.

/** Runs `-A -o` on a tree of old modules; the output's modules.dep is from this time, if there. */
function runToOutput(written?: number): GoldenOutcome {
  const dep = `${OUT}/modules.dep`;
  const spec = { ...TREE, files: { ...TREE.files, ...(written && oldSet(OUT)) } };
  return runTree(spec, {
    options: ["-A", "-o", "@/out"],
    prepare: (root) => {
      if (written !== undefined) Deno.utimeSync(`${root}/${dep}`, written, written);
      Deno.utimeSync(`${root}/${MODULES}/modules.dep`, 4e9, 4e9); // which does not matter
    },
  });
}

const OUT = `out/${MODULES}`;

Deno.test("depmod -A -o looks at modules.dep in the output directory, and works without", () => {
  const outcome = runToOutput();
  assertComplete(outcome, OUT);
  assertEquals(describeEntry(outcome.files.get(`${OUT}/modules.dep`)!), NEW_DEP);
});

Deno.test("depmod -A -o works when modules.dep in the output directory is old", () => {
  const outcome = runToOutput(WRITTEN);
  assertComplete(outcome, OUT);
  assertEquals(outcome.stderr, "");
  assertEquals(describeEntry(outcome.files.get(`${OUT}/modules.dep`)!), NEW_DEP);
});

Deno.test("depmod -A -o does nothing when modules.dep in the output directory is fresh", () => {
  assertShown(runToOutput(4e9), "");
  assertComplete(runToOutput(WRITTEN), OUT);
});

Deno.test("depmod -A follows links into the external directories of the configuration", () => {
  const spec = (listed: readonly string[]): TreeSpec => ({
    ...TREE,
    files: { ...oldSet(MODULES, ...listed), "opt/x.ko": "x", "conf": "" },
    links: { [`${MODULES}/extra`]: "../../../opt" },
  });
  for (
    const [time, external, works] of [[0, true, false], [1, true, true], [0, false, true]] as const
  ) {
    const outcome = runTree(spec(external ? ["extra/x.ko"] : []), {
      args: ["-A", "-b", "@/lib", "-m", "modules", "-C", "@/conf", VERSION],
      prepare(root) {
        if (external) Deno.writeTextFileSync(`${root}/conf`, `external * ${root}/opt\n`);
        for (const path of ["kernel/a.ko", "b.ko", "modules.dep"]) {
          Deno.utimeSync(`${root}/${MODULES}/${path}`, WRITTEN, WRITTEN);
        }
        Deno.utimeSync(`${root}/opt/x.ko`, WRITTEN + time, WRITTEN + time);
      },
    });
    assertEquals(outcome.files.has(`${MODULES}/modules.dep`), works, `${time} ${external}`);
    if (!works) assertShown(outcome, "");
  }
});
