/**
 * `depmod --report`: what it tells of each kind of run, where it goes, and what keeps it from that.
 * Each report is judged by the schema.
 *
 * @module
 */
import { assert, assertEquals } from "../support/assert.ts";
import {
  ChangedTree,
  DAMAGED,
  FAILED,
  index,
  OUT_OF_DATE,
  UP_TO_DATE,
} from "../support/checked_tree.ts";
import { buildModule } from "../support/elf_builder.ts";
import { describeEntry, type GoldenOutcome } from "../support/golden.ts";
import { runProgram } from "../support/program.ts";
import { parseReport, renderDep, type Report, type ReportOfAll } from "../support/report.ts";
import {
  assertNothingWritten,
  fileLines,
  fileText,
  INCOMPLETE,
  INDEX_FILES,
  messages,
  runTree,
  type RunTreeOptions,
} from "../support/run_tree.ts";
import { MODULES, type TreeSpec, VERSION } from "../support/tree.ts";

const REPORT = "report.json";
const USUAL = [`--report=@/${REPORT}`, "-C", "@/depmod.conf"];
const CONF = { "depmod.conf": "" };

/** A tree with something in each field of a report. */
const SPEC: TreeSpec = {
  modules: {
    "kernel/a.ko": {
      needs: ["b_go"],
      modinfo: ["alias=of:a-*", "alias=pci:a", "softdep=pre: b", 'weakdep="b"'],
    },
    "kernel/b.ko": { exports: ["b_go", "b_stop"], modinfo: ["softdep=post: x\\y"] },
  },
  files: CONF,
};

const CYCLE: TreeSpec = {
  modules: {
    "a.ko": { exports: ["a_go"], needs: ["b_go"] },
    "b.ko": { exports: ["b_go"], needs: ["a_go"] },
  },
  files: CONF,
};

/** The files that a run has made or changed, but for the report. */
function otherFiles({ files }: GoldenOutcome): string[] {
  return [...files.keys()].filter((path) => path !== REPORT).sort();
}

function reportOf<Kind = Report>({ files, status, stderr }: GoldenOutcome): Kind {
  const entry = files.get(REPORT);
  assert(entry !== undefined, `no report: ${stderr}`);
  return parseReport<Kind>(describeEntry(entry), status);
}

/** Runs the program with a report on a tree. */
function runReporting(spec: TreeSpec, options: RunTreeOptions = {}): GoldenOutcome {
  return runTree(spec, { ...options, options: [...USUAL, ...options.options ?? []] });
}

function reportOn(spec: TreeSpec, options: RunTreeOptions = {}): Report {
  return reportOf(runReporting(spec, options));
}

/** What messages of a report say, by level, code and module. */
function codesOf({ messages }: Pick<Report, "messages">): (string | undefined)[][] {
  return messages.map(({ level, code, module }) => [level, code, module]);
}

Deno.test("depmod --report tells of each module what the index files have of it", () => {
  const outcome = runReporting(SPEC);
  const report = reportOf(outcome);
  assertEquals(renderDep(report), fileText(outcome, "modules.dep"));
  for (const { name, aliases, symbols, softDependencies, weakDependencies } of report.modules!) {
    const ending = (file: string) => {
      return fileLines(outcome, file).filter((line) => line.endsWith(` ${name}`)).length;
    };
    const values = (file: string, keyword: string) => {
      const start = `${keyword} ${name} `;
      return fileLines(outcome, file).filter((line) => line.startsWith(start))
        .map((line) => line.slice(start.length));
    };
    assertEquals([aliases, symbols], [ending("modules.alias"), ending("modules.symbols")], name);
    assertEquals(softDependencies, values("modules.softdep", "softdep"));
    assertEquals(weakDependencies, values("modules.weakdep", "weakdep"));
  }
  assertEquals(report.modules!.map(({ name }) => name), ["a", "b"]);
});

Deno.test("depmod --report tells of the run", () => {
  const outcome = runReporting(SPEC);
  const report = reportOf(outcome);
  const { kernel, tree, output, outcome: came, changed, replaced, found, readers } = report;
  assertEquals(kernel, VERSION);
  assert(tree?.endsWith(`/${MODULES}`), String(tree));
  assertEquals([output, came], [tree, "complete"]);
  assertEquals([changed, replaced], [true, INDEX_FILES]);
  assertEquals([found, readers], [{ modules: 2, read: 2, cached: 0 }, 1]);
  const written = [...outcome.files].filter(([path]) => path !== REPORT)
    .map(([, entry]) => describeEntry(entry).length);
  const size = (module: keyof NonNullable<TreeSpec["modules"]>) =>
    buildModule(SPEC.modules![module]!).length;
  assertEquals(report.bytes, {
    modules: size("kernel/a.ko") + size("kernel/b.ko"),
    files: written.reduce((sum, bytes) => sum + bytes, 0),
  });
  assertEquals(report.modules!.map(({ size }) => size), [size("kernel/a.ko"), size("kernel/b.ko")]);
  const names = ["prepare", "discover", "read", "resolve", "render", "publish"];
  assertEquals(Object.keys(report.stages), names);
  const total = Object.values(report.stages).reduce((sum, time) => sum + time, 0);
  assert(total > 0 && total <= report.milliseconds, `${total} of ${report.milliseconds}`);
});

Deno.test("depmod --report tells sizes and compressions of compressed modules", () => {
  const names = ["xz/kernel.xz", "gzip/plain.gz", "zstd/frames.zst"];
  const read = (name: string) => {
    return Deno.readFileSync(new URL(`../../testdata/compressed/${name}`, import.meta.url));
  };
  const files = Object.fromEntries(names.map((name) => {
    const [format, base] = name.split("/") as [string, string];
    return [`${MODULES}/${format}.ko.${base.split(".")[1]}`, read(name)] as const;
  }));
  const { modules } = reportOn({ files: { ...files, ...CONF } });
  const told = modules!.map(({ compression, size }) => [compression, size]);
  assertEquals(
    told.sort(),
    names.map((name) => [name.split("/")[0]!, read(name).length]).sort(),
  );
});

Deno.test("depmod --report writes nothing else, and the same files as without it", () => {
  const [plain, reporting] = [
    runTree(SPEC, { options: ["-C", "@/depmod.conf"] }),
    runReporting(SPEC),
  ];
  assertEquals(otherFiles(reporting), otherFiles(plain));
  for (const [path, entry] of plain.files) {
    assertEquals(describeEntry(reporting.files.get(path)!), describeEntry(entry), path);
  }
  assertEquals([reporting.status, reporting.stderr], [plain.status, plain.stderr]);
});

Deno.test("depmod --report replaces the report of an earlier run", () => {
  const outcome = runReporting({ ...SPEC, files: { ...CONF, [REPORT]: "{}\n".repeat(5000) } });
  assertEquals(reportOf(outcome).outcome, "complete");
});

Deno.test("depmod --report removes what a run that was killed has left of it", () => {
  const left = [".report.json.depmod-1f3a9c2e", ".report.json.depmod-1f3a9c2e.old"];
  const others = [".other.json.depmod-1f3a9c2e", ".report.json.depmod-0badcafe"];
  const [foreign, recent] = others as [string, string];
  const { files } = runReporting(SPEC, {
    shell: `touch -d "2 hours ago" ${left.join(" ")} ${foreign}; touch ${recent}; "$@"`,
  });
  const hidden = [...files.keys()].filter((path) => path.startsWith("."));
  assertEquals(hidden.sort(), others);
  assert(files.has(REPORT));
});

Deno.test("depmod --report tells which file has a name, and by which rule", () => {
  const spec: TreeSpec = {
    modules: Object.fromEntries(
      ["extra/a.ko", "kernel/a.ko", "updates/a.ko", "kernel/b.ko", "updates/b.ko"]
        .concat(["one/c.ko", "two/c.ko", "kernel/d.ko", "low/d.ko", "kernel/e.ko"])
        .map((path) => [path, {}]),
    ),
    files: {
      "depmod.conf":
        "search external updates built-in low\noverride b * kernel\nexternal * outside\n",
      "outside/e.ko": buildModule({}),
    },
  };
  const { contested, messages } = reportOn(spec);
  const rules = contested.map(({ name, winner, losers }) => {
    return [name, winner.replace(/^.*\/outside/, "outside"), ...losers.map(({ rule }) => rule)];
  });
  assertEquals(rules.sort(), [
    ["a", "updates/a.ko", "order", "search"],
    ["b", "kernel/b.ko", "override"],
    ["c", "one/c.ko", "order"],
    ["d", "kernel/d.ko", "built-in"],
    ["e", "outside/e.ko", "external"],
  ]);
  const [first] = contested.filter(({ name }) => name === "a");
  assertEquals(first!.losers, [
    { path: "kernel/a.ko", lostTo: "extra/a.ko", rule: "order" },
    { path: "extra/a.ko", lostTo: "updates/a.ko", rule: "search" },
  ]);
  assertEquals(codesOf({ messages }), [["warning", "same-priority", "one/c.ko"]]);
});

Deno.test("depmod --report tells the code and the module of each message", () => {
  const outcome = runReporting({
    modules: {
      "kernel/a.ko": { modinfo: ["alias=open[", "alias=devname:a"] },
      "kernel/b.ko": { modinfo: ["alias=\x01"] },
    },
    files: { ...CONF, [`${MODULES}/kernel/c.ko`]: "no module" },
  }, { options: ["-q", "-e"] });
  assertEquals(outcome.status, INCOMPLETE);
  const report = reportOf(outcome);
  assertEquals([report.outcome, report.modules?.length], ["incomplete", 3]);
  assertEquals(codesOf(report), [
    ["warning", "deprecated-option", undefined],
    ["warning", "kernel-symbols", undefined],
    ["error", "value-dropped", "kernel/b.ko"],
    ["error", "module-unreadable", "kernel/c.ko"],
    ["warning", "alias-bracket", "kernel/a.ko"],
    ["error", "device-number", "kernel/a.ko"],
  ]);
  const shown = report.messages.map(({ level, text }) => `depmod: ${level.toUpperCase()}: ${text}`);
  const directory = report.tree!.slice(0, -`/${MODULES}`.length);
  assertEquals(shown.map((line) => line.replaceAll(directory, "@")), messages(outcome));
});

Deno.test("depmod --report tells of unknown symbols of a module", () => {
  const report = reportOn({
    modules: { "a.ko": { needs: ["nobody"] } },
    files: { ...CONF, "System.map": "c0000000 r __ksymtab_printk\n" },
  }, { options: ["-e", "-F", "@/System.map"] });
  assertEquals(codesOf(report), [["warning", "unknown-symbol", "a.ko"]]);
});

/** A run that ends early. */
interface Failing {
  readonly spec?: TreeSpec;
  readonly args?: readonly string[];
  readonly codes: readonly string[];
  /** Whether a plan was made. */
  readonly isPlanned?: boolean;
}

const FAILING: Readonly<Record<string, Failing>> = {
  "that finds a cycle": { spec: CYCLE, codes: ["cycle", "cycle"], isPlanned: true },
  "that finds no tree": {
    args: [...USUAL, "-b", "@", "7.0.0"],
    codes: ["tree", "tree"],
    isPlanned: true,
  },
  "of which the version is none": { args: [...USUAL, "-b", "@", "x"], codes: ["usage"] },
  "whose options contradict each other": {
    args: [...USUAL, "--check", "-n", "-b", "@", VERSION],
    codes: ["usage"],
  },
  "that has no versions to choose from": {
    args: [...USUAL, "--all-kernels", "-b", "@/none"],
    codes: ["no-versions"],
  },
  "whose kernel's symbols are missing": {
    args: [...USUAL, "-F", "@/none", "-b", "@", VERSION],
    codes: ["kernel-symbols"],
    isPlanned: true,
  },
  "that may not write in one place": {
    spec: { ...SPEC, links: { [`${MODULES}/modules.dep/x`]: "." } },
    codes: ["write"],
    isPlanned: true,
  },
};

for (const [what, { spec = SPEC, args, codes, isPlanned = false }] of Object.entries(FAILING)) {
  Deno.test(`depmod --report tells of a run ${what}`, () => {
    const outcome = runTree(spec, args === undefined ? { options: USUAL } : { args });
    assertEquals([outcome.status, otherFiles(outcome)], [1, []], outcome.stderr);
    const report = reportOf(outcome);
    assertEquals(report.messages.map(({ code }) => code), codes);
    if (args?.includes("--all-kernels")) return;
    assertEquals([report.outcome, report.changed], ["nothing written", false]);
    assertEquals([report.kernel !== null, report.tree !== null], [isPlanned, isPlanned]);
  });
}

Deno.test("depmod --report tells nothing of a command line that cannot be parsed", () => {
  for (const args of [[...USUAL, "--none"], [...USUAL, "-P", "xx"], [...USUAL, "--help"]]) {
    const outcome = runTree(SPEC, { args: [...args, "-b", "@", VERSION] });
    assertEquals([...outcome.files.keys()], []);
  }
});

Deno.test("depmod -n --report shows the files on stdout, and writes the report", () => {
  const plain = runTree(SPEC, { options: ["-n", "-C", "@/depmod.conf"] });
  const outcome = runReporting(SPEC, { options: ["-n"] });
  assertEquals([outcome.status, outcome.stdout, outcome.stderr], [0, plain.stdout, ""]);
  assertEquals([...outcome.files.keys()], [REPORT]);
  const report = reportOf(outcome);
  assert(outcome.stdout.startsWith(renderDep(report)), outcome.stdout);
  assertEquals([report.changed, report.output, report.outcome], [false, null, "complete"]);
});

/** Milliseconds after which a cache trusts what it is told of files. */
const TRUSTED = 2100;

/** Indexes the tree, and then changes it. */
function indexed(options: readonly string[], change?: (tree: ChangedTree) => void) {
  return (root: string) => {
    if (options.includes("--cache")) {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, TRUSTED);
    }
    index(root, [...options, "-C", "@/depmod.conf"]);
    change?.(new ChangedTree(root));
  };
}

Deno.test("depmod -A --report tells that nothing was to be done", () => {
  const outcome = runReporting(SPEC, { options: ["-A"], prepare: indexed([]) });
  assertEquals([outcome.status, [...outcome.files.keys()]], [0, [REPORT]]);
  const { changed, modules, found } = reportOf(outcome);
  assertEquals([changed, modules, found], [false, null, null]);
});

Deno.test("depmod --cache --report tells what the cache knew", () => {
  const outcome = runReporting(SPEC, {
    options: ["--cache"],
    prepare: indexed(["--cache"], (tree) => {
      tree.write("kernel/b.ko", String.fromCharCode(...buildModule({ exports: ["b_go"] })));
    }),
  });
  const report = reportOf(outcome);
  const cached = report.modules!.map(({ path, cached }) => [path, cached]);
  assertEquals(cached, [["kernel/a.ko", true], ["kernel/b.ko", false]]);
  assertEquals(report.found, { modules: 2, read: 1, cached: 1 });
  assertEquals(report.replaced, ["modules.softdep", "modules.symbols", "modules.symbols.bin"]);
  assertEquals(renderDep(report), "kernel/a.ko: kernel/b.ko\nkernel/b.ko:\n");
});

Deno.test("depmod --cache --report tells of all modules though those that changed say the same", () => {
  const fresh = reportOn(SPEC);
  const outcome = runReporting(SPEC, {
    options: ["--cache"],
    prepare: indexed(["--cache"], (tree) => tree.setTime("kernel/b.ko", -100)),
  });
  const report = reportOf(outcome);
  const want = fresh.modules!.map((module) => {
    return { ...module, cached: module.path !== "kernel/b.ko" };
  });
  assertEquals([report.modules, report.replaced], [want, []]);
});

Deno.test("depmod --cache --report tells of all modules though nothing has to be done", () => {
  const fresh = reportOn(SPEC);
  const outcome = runReporting(SPEC, {
    options: ["--cache"],
    prepare: indexed(["--cache"]),
  });
  assertEquals([outcome.status, [...outcome.files.keys()]], [0, [REPORT]], outcome.stderr);
  const report = reportOf(outcome);
  const want = fresh.modules!.map((module) => ({ ...module, cached: true }));
  assertEquals(report.modules, want);
  assertEquals([report.changed, report.found], [false, { modules: 2, read: 0, cached: 2 }]);
});

Deno.test("depmod --cache --report has the messages of the run that wrote the cache", () => {
  const spec: TreeSpec = {
    modules: { "kernel/a.ko": { modinfo: ["alias=open["] }, "kernel/b.ko": {} },
    files: CONF,
  };
  const outcome = runReporting(spec, {
    options: ["--cache"],
    prepare: (root) => {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, TRUSTED);
      runProgram(["--cache", "-C", `${root}/depmod.conf`, "-b", root, VERSION], { cwd: root });
    },
  });
  const report = reportOf(outcome);
  assertEquals(report.found?.cached, 2);
  assertEquals(codesOf(report), [["warning", "alias-bracket", "kernel/a.ko"]]);
});

const CHECKS: Readonly<Record<string, readonly [number, (tree: ChangedTree) => void, string[]]>> = {
  "up to date": [UP_TO_DATE, () => {}, []],
  "out of date": [OUT_OF_DATE, (tree) => tree.remove("kernel/b.ko"), ["out-of-date"]],
  "damaged": [DAMAGED, (tree) => tree.remove("modules.alias"), ["damaged"]],
};

for (const check of ["--check", "--check=full"]) {
  for (const [verdict, [status, change, codes]] of Object.entries(CHECKS)) {
    Deno.test(`depmod ${check} --report tells that the files are ${verdict}`, () => {
      const prepare = indexed([], change);
      const outcome = runReporting(SPEC, { options: [check], prepare });
      assertEquals([outcome.status, [...outcome.files.keys()]], [status, [REPORT]]);
      const report = reportOf(outcome);
      assertEquals(report.outcome, verdict);
      const findings = report.messages.filter(({ level }) => level === "output");
      assertEquals([...new Set(findings.map(({ code }) => code))], codes);
      assertEquals(findings.map(({ text }) => `${text}\n`).join(""), outcome.stdout);
      assertEquals(report.modules === null, check === "--check");
    });
  }
}

Deno.test("depmod --all-kernels --report tells of each version", () => {
  const spec: TreeSpec = {
    order: null,
    builtin: null,
    builtinModinfo: null,
    files: {
      ...CONF,
      "lib/modules/6.1.0-a/a.ko": buildModule({ needs: ["b_go"] }),
      "lib/modules/6.1.0-a/b.ko": buildModule({ exports: ["b_go"] }),
      "lib/modules/6.2.0-b/x.ko": buildModule({ exports: ["x_go"], needs: ["y_go"] }),
      "lib/modules/6.2.0-b/y.ko": buildModule({ exports: ["y_go"], needs: ["x_go"] }),
    },
  };
  const outcome = runTree(spec, { args: [...USUAL, "-q", "--all-kernels", "-b", "@"] });
  const { kernels, messages } = reportOf<ReportOfAll>(outcome);
  assertEquals(codesOf({ messages }), [["warning", "deprecated-option", undefined]]);
  const told = kernels.map(({ kernel, outcome, changed }) => [kernel, outcome, changed]);
  assertEquals(told, [["6.1.0-a", "complete", true], ["6.2.0-b", "nothing written", false]]);
  const dep = describeEntry(outcome.files.get("lib/modules/6.1.0-a/modules.dep")!);
  assertEquals(renderDep(kernels[0]!), dep);
  assertEquals(kernels[1]!.messages.filter(({ code }) => code === "cycle").length, 2);
});

Deno.test("depmod --report=- writes the report to stdout, and nothing else there", () => {
  const outcome = runTree(SPEC, { options: ["--report=-", "-C", "@/depmod.conf"] });
  assertEquals(otherFiles(outcome).length, INDEX_FILES.length);
  const report = parseReport(outcome.stdout, 0);
  assertEquals(renderDep(report), fileText(outcome, "modules.dep"));
});

Deno.test("depmod --check --report=- tells its findings in the report alone", () => {
  const outcome = runTree(SPEC, {
    options: ["--check", "--report=-", "-C", "@/depmod.conf"],
    prepare: indexed([], (tree) => tree.remove("modules.dep")),
  });
  const report = parseReport(outcome.stdout, DAMAGED);
  assert(report.messages.some(({ code }) => code === "damaged"));
});

for (const option of ["-n", "-v"]) {
  Deno.test(`depmod ${option} --report=- is a usage error`, () => {
    const outcome = runTree(SPEC, { options: [option, "--report=-"] });
    assertNothingWritten(outcome);
    assert(outcome.stderr.includes("option '--report=-' cannot be used with '--"), outcome.stderr);
    assertEquals(outcome.stdout, "");
  });
}

/** Names by which a report would replace a file of the tree, or one that is read. */
const TAKEN = [`@/${MODULES}/modules.dep`, `@/${MODULES}/kernel/a.ko`, "@/depmod.conf", "@/c.bin"]
  .concat([`@/${MODULES}/modules.cache.bin`, ""]);

for (const name of TAKEN) {
  Deno.test(`depmod --report=${name} is a usage error, and replaces nothing`, () => {
    const options = [`--report=${name}`, "-C", "@/depmod.conf", "--cache=@/c.bin"];
    const outcome = runTree(SPEC, { options });
    assertNothingWritten(outcome);
    assert(outcome.stderr.endsWith("Try 'depmod --help' for more information.\n"));
  });
}

/** Places where no report can be written, and why. */
const IMPOSSIBLE: Readonly<Record<string, readonly [path: string, reason: string]>> = {
  "that does not exist": ["none/report.json", "No such file or directory"],
  "that is a file": ["depmod.conf/report.json", "Not a directory"],
  "that is a directory": ["lib", "Not a regular file"],
  "that is a link": ["link", "Not a regular file"],
};

for (const [what, [path, reason]] of Object.entries(IMPOSSIBLE)) {
  Deno.test(`depmod --report for a place ${what} writes the index files, and fails`, () => {
    const spec = { ...SPEC, links: { link: "elsewhere" } };
    const options = [`--report=@/${path}`, "-C", "@/depmod.conf"];
    const outcome = runTree(spec, { options });
    assertEquals([outcome.status, otherFiles(outcome).length], [INCOMPLETE, INDEX_FILES.length]);
    const [line, ...others] = messages(outcome);
    assert(line!.startsWith("depmod: ERROR: could not write @/"), line);
    assert(line!.endsWith(reason), line);
    assertEquals(others, []);
  });
}

Deno.test("depmod with a report that cannot be written keeps the exit status of a failure", () => {
  const check = runTree(SPEC, {
    options: ["--check", "--report=@/none/r", "-C", "@/depmod.conf"],
    prepare: indexed([]),
  });
  assertEquals([check.status, [...check.files.keys()]], [FAILED, []], check.stderr);
  const damaged = runTree(SPEC, {
    options: ["--check", "--report=@/none/r", "-C", "@/depmod.conf"],
  });
  assertEquals(damaged.status, DAMAGED, damaged.stderr);
  const cycle = runTree(CYCLE, { options: ["--report=@/none/r", "-C", "@/depmod.conf"] });
  assertEquals(cycle.status, FAILED);
});

Deno.test("depmod --report=- fails if stdout is full, but writes the index files", () => {
  const outcome = runTree(SPEC, {
    options: ["--report=-", "-C", "@/depmod.conf"],
    shell: '"$@" >/dev/full',
  });
  assertEquals([outcome.status, otherFiles(outcome).length], [INCOMPLETE, INDEX_FILES.length]);
  assertEquals(messages(outcome), [
    "depmod: ERROR: could not write to standard output: No space left on device",
  ]);
});

Deno.test("depmod --show-grants shows where the report is written, by the writer alone", () => {
  for (const [options, paths] of [[[], 2], [["-n"], 1], [["--check"], 1]] as const) {
    const { stdout, stderr } = runTree(SPEC, {
      options: [...options, "--report=@/out/r.json", "-C", "@/depmod.conf", "--show-grants"],
    });
    assertEquals(stderr, "");
    const writer = stdout.split("writer\n")[1]!.split("\n").filter((line) => line !== "");
    assertEquals(writer.length, paths, stdout);
    assert(writer.some((line) => line.endsWith("  @/out")), stdout);
    const readers = stdout.split("\nreaders")[1]!.split("\nwriter\n")[0]!;
    assert(!readers.includes("/out"), stdout);
  }
});
