/**
 * Where the program differs from the reference on purpose: hostile or broken input, failures to
 * write, and options that older versions had. The expectations are derived by hand.
 *
 * @module
 */
import { assert, assertEquals } from "../support/assert.ts";
import { buildModule, latin1, type ModuleSpec } from "../support/elf_builder.ts";
import type { GoldenOutcome } from "../support/golden.ts";
import { readIndex } from "../support/index_reader.ts";
import { runProgram } from "../support/program.ts";
import {
  assertComplete,
  assertIncomplete,
  assertNothingWritten,
  fileLines,
  fileText,
  INDEX_FILES,
  indexEntries,
  indexKeys,
  messages,
  runTree,
  type RunTreeOptions,
} from "../support/run_tree.ts";
import {
  buildTree,
  MODULES,
  readTree,
  type TreeSpec,
  VERSION,
  withTemporary,
  writeTree,
} from "../support/tree.ts";

const SIMPLE: TreeSpec = {
  modules: { "a.ko": { needs: ["b_go"] }, "b.ko": { exports: ["b_go"] } },
};
const SIMPLE_DEP = "a.ko: b.ko\nb.ko:\n";

/** Just one message, at this level, with all of these texts. */
function assertOneMessage(outcome: GoldenOutcome, level: string, ...texts: string[]): void {
  const lines = messages(outcome);
  assertEquals(lines.length, 1, outcome.stderr);
  assert(lines[0]!.startsWith(`depmod: ${level}: `), outcome.stderr);
  for (const text of texts) assert(lines[0]!.includes(text), `no ${text} in ${lines[0]}`);
}

/** Paths of the modules in `modules.dep`. */
function indexed(outcome: GoldenOutcome): string[] {
  return fileLines(outcome, "modules.dep").map((line) => line.slice(0, line.indexOf(":")));
}

// Values of a module that would break the index files.

for (
  const [what, value] of [
    ["a newline", "x\nalias evil evil"],
    ["an escape character", "x\x1b[2J"],
    ["a tab", "x\ty"],
    ["a delete character", "x\x7f"],
  ]
) {
  for (const key of ["alias", "softdep", "weakdep"]) {
    Deno.test(`depmod drops the ${key} with ${what}, keeps all else, and fails`, () => {
      const bad = { modinfo: [`${key}=before`, `${key}=${value}`, `${key}=after`] };
      const outcome = runTree({ modules: { "bad.ko": bad, "good.ko": { modinfo: [`${key}=g`] } } });
      assertIncomplete(outcome);
      assertOneMessage(outcome, "ERROR", `@/${MODULES}/bad.ko`, key);
      const words = key === "alias" ? ["before bad", "after bad", "g good"] : [
        "bad before",
        "bad after",
        "good g",
      ];
      assertEquals(fileLines(outcome, `modules.${key}`), words.map((line) => `${key} ${line}`));
      assertEquals(indexed(outcome), ["bad.ko", "good.ko"]);
    });
  }
}

Deno.test("depmod drops an alias that is not ASCII, keeps all else, and fails", () => {
  const modinfo = ["alias=before", "alias=caf\xc3\xa9", "alias=after"];
  const outcome = runTree({ modules: { "a.ko": { modinfo }, "b.ko": {} } });
  assertIncomplete(outcome);
  assertOneMessage(outcome, "ERROR", `@/${MODULES}/a.ko`, "caf\\xc3\\xa9");
  assertEquals(fileLines(outcome, "modules.alias"), ["alias before a", "alias after a"]);
  assertEquals(indexKeys(outcome, "modules.alias.bin"), ["after", "before"]);
  assertEquals(indexed(outcome), ["a.ko", "b.ko"]);
});

for (
  const [what, symbol] of [["a newline", "x\ny"], ["a letter beyond ASCII", "caf\xc3\xa9"]] as const
) {
  for (const form of ["exports", "ksymtabStrings"] as const) {
    Deno.test(`depmod drops a symbol with ${what} (${form}), keeps all else, and fails`, () => {
      const outcome = runTree({
        modules: { "a.ko": { [form]: [symbol, "good"] }, "b.ko": { needs: [symbol, "good"] } },
      });
      assertIncomplete(outcome);
      assertOneMessage(outcome, "ERROR", `@/${MODULES}/a.ko`, "symbol");
      assertEquals(fileLines(outcome, "modules.symbols"), ["alias symbol:good a"]);
      assertEquals(indexKeys(outcome, "modules.symbols.bin"), ["symbol:good"]);
      assertEquals(fileLines(outcome, "modules.dep"), ["a.ko:", "b.ko: a.ko"]);
    });
  }
}

for (
  const [what, path, shown] of [
    ["a space", "kernel/two words.ko", "two words.ko"],
    ["a tab", "kernel/a\tb.ko", "a\\x09b.ko"],
    ["a newline", "kernel/x.ko:\nevil.ko", "x.ko:\\x0aevil.ko"],
    ["an escape character", "kernel/\x1b[2J.ko", "\\x1b[2J.ko"],
    ["a letter beyond ASCII", "kernel/café.ko", "caf"],
    ["a directory with a space", "two words/a.ko", "two words/a.ko"],
  ] as const
) {
  Deno.test(`depmod leaves out a module file of which the name has ${what}, and fails`, () => {
    const outcome = runTree({
      order: ["good.ko"],
      modules: { [path]: { modinfo: ["alias=evil"] }, "good.ko": {} },
    });
    assertIncomplete(outcome);
    assertOneMessage(outcome, "ERROR", shown);
    assertEquals(fileText(outcome, "modules.dep"), "good.ko:\n");
    assertEquals(fileLines(outcome, "modules.alias"), []);
    assertEquals(indexKeys(outcome, "modules.dep.bin"), ["good"]);
  });
}

// The runtime does not list such files, so that nothing can be said about them.
Deno.test("depmod indexes all else when a file name is no UTF-8", () => {
  withTemporary((root) => {
    writeTree(root, buildTree(SIMPLE));
    const shell = `: >"${root}/${MODULES}/$(printf 'x\\377.ko')" && "$@"`;
    const { status, stderr } = runProgram(["-b", root, VERSION], { cwd: root, shell });
    assertEquals([status, stderr], [0, ""]);
    const dep = Deno.readTextFileSync(`${root}/${MODULES}/modules.dep`);
    assertEquals(dep, SIMPLE_DEP);
  });
});

Deno.test("depmod shows no control character of an unknown symbol's name", () => {
  const outcome = runTree({
    modules: { "a.ko": { needs: ["x\ndepmod: forged \x1b[2J"] } },
    files: { "System.map": "0 r __ksymtab_printk\n" },
  }, { options: ["-e", "-F", "@/System.map"] });
  assertComplete(outcome);
  assertOneMessage(outcome, "WARNING", "needs unknown symbol x\\x0adepmod: forged \\x1b[2J");
});

// Modules that cannot be read.

const BROKEN: TreeSpec = {
  modules: { "good.ko": {} },
  order: ["broken.ko", "good.ko"],
  files: { [`${MODULES}/broken.ko`]: "This is no module.\n" },
};

for (
  const [options, assertOutcome, what] of [
    [[], assertComplete, "succeeds"],
    [["--strict"], assertIncomplete, "fails"],
  ] as const
) {
  const words = ["depmod", ...options].join(" ");
  Deno.test(`${words} with a broken module keeps its line, indexes all else, and ${what}`, () => {
    const outcome = runTree(BROKEN, { options });
    assertOutcome(outcome);
    assertOneMessage(
      outcome,
      "ERROR",
      `failed to load symbols from @/${MODULES}/broken.ko: Exec format error`,
    );
    assertEquals(fileText(outcome, "modules.dep"), "broken.ko:\ngood.ko:\n");
  });
}

for (
  const [what, module] of [
    ["no section headers", { header: { e_shnum: 0, e_shstrndx: 0 } }],
    ["section names in no section", { header: { e_shstrndx: 99 } }],
    ["section headers that leave the file", { header: { e_shoff: 2n ** 63n } }],
    ["a number of sections that leaves the file", { header: { e_shnum: 0xff00 } }],
  ] as readonly (readonly [string, ModuleSpec])[]
) {
  Deno.test(`depmod reports a module with ${what} and goes on`, () => {
    const outcome = runTree({ modules: { "bad.ko": module, ...SIMPLE.modules } });
    assertComplete(outcome);
    assertOneMessage(outcome, "ERROR", `failed to load symbols from @/${MODULES}/bad.ko: `);
    assertEquals(fileText(outcome, "modules.dep"), "bad.ko:\na.ko: b.ko\nb.ko:\n");
  });
}

Deno.test("depmod --max-module-size refuses a larger module, keeps its line, and fails", () => {
  const size = buildModule({ needs: ["b_go"] }).length;
  const spec = {
    modules: {
      "a.ko": { needs: ["b_go"] },
      "b.ko": { exports: ["b_go"], modinfo: [`alias=${"x".repeat(size)}`] },
    },
  };
  const outcome = runTree(spec, { options: [`--max-module-size=${size}`] });
  assertIncomplete(outcome);
  assertOneMessage(outcome, "ERROR", `@/${MODULES}/b.ko`, "--max-module-size");
  assertEquals(fileText(outcome, "modules.dep"), "a.ko:\nb.ko:\n");
  assertEquals(fileLines(outcome, "modules.alias"), []);
});

Deno.test("depmod --max-module-size lets a module of just that size pass", () => {
  const [a, b] = [{ needs: ["b_go"] }, { exports: ["b_go"] }];
  const size = Math.max(buildModule(a).length, buildModule(b).length);
  const outcome = runTree({ modules: { "a.ko": a, "b.ko": b } }, {
    options: ["--max-module-size", String(size)],
  });
  assertComplete(outcome);
  assertEquals(outcome.stderr, "");
  assertEquals(fileText(outcome, "modules.dep"), SIMPLE_DEP);
});

// The walk.

for (
  const [what, links] of [
    ["to the directory itself", { "a/self": "." }],
    ["to the parent", { "a/up": ".." }],
    ["to the tree by its absolute path", { "a/b/up": "../../../6.1.0-test" }],
    ["to each other, around their directories", { "a/to-c": "../c", "c/to-a": "../a" }],
  ] as const
) {
  Deno.test(`depmod comes to an end with links ${what}`, () => {
    const outcome = runTree({
      modules: { "a/one.ko": {}, "a/b/two.ko": {}, "c/three.ko": {} },
      order: null,
      links: below(links),
    }, { shell: 'timeout 10 "$@"' });
    assertComplete(outcome);
    assertEquals(indexKeys(outcome, "modules.dep.bin"), ["one", "three", "two"]);
    assertOneMessage(outcome, "WARNING", "modules.order");
  });
}

Deno.test("depmod enters a directory once, however many links lead to it", () => {
  const names = Array.from({ length: 12 }, (_, i) => `d${i + 10}`);
  const links = names.flatMap((from) =>
    names.filter((to) => to !== from).map((to) => [`${from}/${to}`, `../${to}`] as const)
  );
  const outcome = runTree({
    modules: Object.fromEntries(names.map((name) => [`${name}/in-${name}.ko`, {}])),
    order: null,
    links: below(Object.fromEntries(links)),
  }, { shell: 'timeout 10 "$@"' });
  assertComplete(outcome);
  assertEquals(indexKeys(outcome, "modules.dep.bin"), names.map((name) => `in_${name}`));
  assertOneMessage(outcome, "WARNING", "modules.order");
});

Deno.test("depmod reports a link that leads nowhere or to itself, and goes on", () => {
  const links = below({ "x.ko": "nowhere.ko", "y": "y" });
  const outcome = runTree({ ...SIMPLE, links });
  assertComplete(outcome);
  assertEquals(messages(outcome), [
    `depmod: ERROR: could not read @/${MODULES}/x.ko: No such file or directory`,
    `depmod: ERROR: could not read @/${MODULES}/y: Too many levels of symbolic links`,
  ]);
  assertEquals(fileText(outcome, "modules.dep"), SIMPLE_DEP);
});

/** Links of the tree, by their path in it. */
function below(links: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(links).map(([path, target]) => [`${MODULES}/${path}`, target]),
  );
}

Deno.test("depmod takes of two equals the first in byte order of the path, with a warning", () => {
  const twin = (name: string) => ({ modinfo: [`alias=${name}`] });
  const outcome = runTree({
    modules: { "kernel/twin.ko": twin("lower"), "Kernel/twin.ko": twin("upper"), "x.ko": {} },
    order: null,
    files: { "empty.conf": "" },
  }, { options: ["-C", "@/empty.conf"] });
  assertComplete(outcome);
  const [warning = "", ...others] = messages(outcome);
  assert(warning.startsWith("depmod: WARNING: "), outcome.stderr);
  assert(warning.includes(`@/${MODULES}/kernel/twin.ko`), warning);
  assert(warning.includes(`@/${MODULES}/Kernel/twin.ko`), warning);
  assertEquals(others.length, 1, "and that modules.order is absent");
  assertEquals(fileLines(outcome, "modules.alias"), ["alias upper twin"]);
});

Deno.test("depmod warns of a tree without any module, and writes empty indexes", () => {
  const outcome = runTree({});
  assertComplete(outcome);
  assertOneMessage(outcome, "WARNING", `@/${MODULES}`);
  assertEquals(fileText(outcome, "modules.dep"), "");
  assertEquals(indexEntries(outcome, "modules.dep.bin"), []);
});

Deno.test("depmod warns of module files with an unknown suffix, and leaves them out", () => {
  const outcome = runTree({
    ...SIMPLE,
    files: { [`${MODULES}/c.ko.lzma`]: "?", [`${MODULES}/d.ko.zstd`]: "?" },
  });
  assertComplete(outcome);
  assertOneMessage(outcome, "WARNING", "2 files", `@/${MODULES}/c.ko.lzma`);
  assertEquals(fileText(outcome, "modules.dep"), SIMPLE_DEP);
});

// Cycles.

/** Modules of which each needs those listed. */
function graph(edges: Readonly<Record<string, readonly string[]>>): TreeSpec["modules"] {
  return Object.fromEntries(
    Object.entries(edges).map(([name, targets]) => [
      `${name}.ko`,
      { exports: [`${name}_go`], needs: targets.map((target) => `${target}_go`) },
    ]),
  );
}

/** Runs the program on modules with cycles of which the reference comes to no end. */
function runCycles(modules: TreeSpec["modules"]): GoldenOutcome {
  const outcome = runTree({ modules: modules ?? {} }, { shell: 'timeout 10 "$@"' });
  assertNothingWritten(outcome);
  return outcome;
}

Deno.test("depmod reports modules that all need each other, up to a hundred cycles of them", () => {
  const names = Array.from({ length: 40 }, (_, i) => `m${i + 10}`);
  const all = names.map((name) => [name, names.filter((other) => other !== name)]);
  const outcome = runCycles(graph(Object.fromEntries(all)));
  const lines = messages(outcome);
  assertEquals(lines[0], "depmod: ERROR: Cycle detected: m49 -> m48 -> m49");
  assertEquals(new Set(lines).size, 102, "a hundred cycles, each once");
  assertEquals(lines.slice(-2), [
    "depmod: ERROR: Not all cycles of these 40 modules are shown",
    "depmod: ERROR: Found 40 modules in dependency cycles!",
  ]);
});

Deno.test("depmod reports each cycle of a module and of those that it needs", () => {
  const outcome = runCycles(graph({ a: ["b"], b: ["c", "a"], c: ["d"], d: ["c", "c", "d"] }));
  assertEquals(messages(outcome), [
    "depmod: ERROR: Cycle detected: a -> b -> a",
    "depmod: ERROR: Cycle detected: d -> d",
    "depmod: ERROR: Cycle detected: c -> d -> c",
    "depmod: ERROR: Found 4 modules in dependency cycles!",
  ]);
});

// Files of the kernel's build.

Deno.test("depmod writes valid empty indexes when there is no modules.builtin", () => {
  const outcome = runTree({ ...SIMPLE, builtin: null, builtinModinfo: null });
  assertComplete(outcome);
  const lines = ["modules.builtin", "modules.builtin.modinfo"].map((name) => {
    return `depmod: WARNING: could not open ${name} at @/${MODULES}: No such file or directory`;
  });
  assertEquals(messages(outcome), lines);
  const empty = "\xb0\x07\xf4\x57\x00\x02\x00\x01\x00\x00\x00\x0c";
  assertEquals(fileText(outcome, "modules.builtin.bin"), empty);
  assertEquals(fileText(outcome, "modules.builtin.alias.bin"), empty);
});

Deno.test("depmod leaves out a built-in module or alias that is not ASCII, and fails", () => {
  const outcome = runTree({ ...SIMPLE, builtin: ["kernel/caf\xe9.ko", "kernel/good.ko"] });
  assertIncomplete(outcome);
  assertOneMessage(outcome, "ERROR", "modules.builtin", "caf\\xe9");
  assertEquals(indexKeys(outcome, "modules.builtin.bin"), ["good"]);

  const builtinModinfo = ["a.alias=caf\xe9", "a.alias=good"];
  const other = runTree({ ...SIMPLE, builtinModinfo });
  assertIncomplete(other);
  assertOneMessage(other, "ERROR", "modules.builtin.modinfo", "caf\\xe9");
  assertEquals(indexKeys(other, "modules.builtin.alias.bin"), ["good"]);
});

Deno.test("depmod -C with a path that does not exist warns, or with --strict ends", () => {
  const outcome = runTree(SIMPLE, { options: ["-C", "@/none.conf"] });
  assertComplete(outcome);
  assertOneMessage(outcome, "WARNING", "@/none.conf", "No such file or directory");
  const strict = runTree(SIMPLE, { options: ["--strict", "-C", "@/none.conf"] });
  assertNothingWritten(strict);
  assertOneMessage(strict, "FATAL", "@/none.conf", "No such file or directory");
});

Deno.test("depmod -e -E reports a line with a bad CRC and goes on", () => {
  const outcome = runTree({
    modules: { "a.ko": { needs: ["good", "bad"], versions: [{ name: "good", crc: 1 }] } },
    files: { "Module.symvers": "crc\tbad\tvmlinux\tE\n0x00000001\tgood\tvmlinux\tE\n" },
  }, { options: ["-e", "-E", "@/Module.symvers"] });
  assertComplete(outcome);
  assertEquals(messages(outcome), [
    "depmod: ERROR: @/Module.symvers:1 Invalid symbol version crc: Invalid argument",
    `depmod: WARNING: @/${MODULES}/a.ko needs unknown symbol bad`,
  ]);
});

const PLACEHOLDER = "ffffffffffffffff B The real System.map is in another package\n";

Deno.test("depmod -e -F with a map without exports says so once, and does its work", () => {
  const spec: TreeSpec = {
    modules: { "a.ko": { needs: ["printk", "kmalloc"] }, "b.ko": { needs: ["printk"] } },
    files: { "System.map": PLACEHOLDER },
  };
  const outcome = runTree(spec, { options: ["-e", "-F", "@/System.map"] });
  assertComplete(outcome);
  assertOneMessage(outcome, "WARNING", "@/System.map");
  const strict = runTree(spec, { options: ["--strict", "-e", "-F", "@/System.map"] });
  assertIncomplete(strict);
  assertOneMessage(strict, "WARNING", "@/System.map");
});

Deno.test("depmod --strict -e is not content with unknown symbols, and tells each", () => {
  const spec: TreeSpec = {
    modules: { "a.ko": { needs: ["known", "unknown"] } },
    files: { "System.map": "0 T __ksymtab_known\n" },
  };
  const options = ["-e", "-F", "@/System.map"];
  const text = `depmod: WARNING: @/${MODULES}/a.ko needs unknown symbol unknown`;
  const outcome = runTree(spec, { options });
  assertComplete(outcome);
  assertEquals(messages(outcome), [text]);
  const strict = runTree(spec, { options: ["--strict", ...options] });
  assertIncomplete(strict);
  assertEquals(messages(strict), [text]);
});

Deno.test("depmod -F - and -E - read standard input", () => {
  const modules = { "a.ko": { needs: ["known", "unknown"] } };
  for (const [option, line] of [["-F", "0 T __ksymtab_known"], ["-E", "0x0\tknown\tvmlinux\tE"]]) {
    const shell = `printf '%s\\n' '${line}' | "$@"`;
    const outcome = runTree({ modules }, { options: ["-e", option!, "-"], shell });
    assertComplete(outcome);
    assertEquals(messages(outcome), [
      `depmod: WARNING: @/${MODULES}/a.ko needs unknown symbol unknown`,
    ]);
  }
});

Deno.test("depmod says in one line that nothing is read below /proc", () => {
  const outcome = runTree(SIMPLE, { options: ["-F", "/proc/kallsyms"] });
  assertNothingWritten(outcome);
  assertOneMessage(outcome, "FATAL", "could not load /proc/kallsyms: the runtime lets no program");
  assertOneMessage(outcome, "FATAL", "-F - </proc/kallsyms");
});

Deno.test("depmod refuses a version with a slash, and points to --help", () => {
  const outcome = runTree(SIMPLE, { args: ["-b", "@", "6.1.0-test/../6.1.0-test"] });
  assertNothingWritten(outcome);
  assertEquals(messages(outcome), [
    "depmod: ERROR: Bad version passed 6.1.0-test/../6.1.0-test",
    "Try 'depmod --help' for more information.",
  ]);
});

Deno.test("depmod -n waits for whoever reads a pipe that does not block, and writes all", () => {
  const modules = Object.fromEntries(
    Array.from({ length: 400 }, (_, i) => [`kernel/${"d".repeat(200)}/m${i}.ko`, {}]),
  );
  const all = runTree({ modules }, { options: ["-n"] });
  assert(all.stdout.length > 80_000, `${all.stdout.length}`);
  // dd opens nothing: it makes its standard output, the pipe, one that does not block.
  const shell = `{ dd oflag=nonblock if=/dev/null status=none; "$@"; echo $? >&2; } | ` +
    "{ sleep 1; cat; }";
  const slow = runTree({ modules }, { options: ["-n"], shell });
  assertEquals([slow.stderr, slow.stdout === all.stdout], ["0\n", true]);
});

Deno.test("depmod -F with a map without exports is content", () => {
  const spec = { ...SIMPLE, files: { "System.map": PLACEHOLDER } };
  const outcome = runTree(spec, { options: ["-F", "@/System.map"] });
  assertComplete(outcome);
  assertEquals(outcome.stderr, "");
  assertEquals(fileText(outcome, "modules.dep"), SIMPLE_DEP);
});

// Options that older versions had.

for (const option of ["-q", "--quiet", "-r", "--root", "--map", "-m"]) {
  Deno.test(`depmod takes ${option} with one notice and does its work`, () => {
    const outcome = runTree(SIMPLE, { options: [option] });
    assertComplete(outcome);
    assertOneMessage(outcome, "WARNING", option);
    assertEquals(fileText(outcome, "modules.dep"), SIMPLE_DEP);
  });
}

Deno.test("depmod takes a lone -m before the version and as the last word", () => {
  for (const args of [["-b", "@", "-m", VERSION], ["-b", "@", VERSION, "-m"]]) {
    const outcome = runTree(SIMPLE, { args });
    assertComplete(outcome);
    assertOneMessage(outcome, "WARNING", "-m");
    assertEquals(fileText(outcome, "modules.dep"), SIMPLE_DEP);
  }
});

for (const option of ["-u", "--unresolved-error"]) {
  Deno.test(`depmod takes ${option} for -e with one notice`, () => {
    const outcome = runTree({
      modules: { "a.ko": { needs: ["missing"] } },
      files: { "System.map": "0 r __ksymtab_printk\n" },
    }, { options: [option, "-F", "@/System.map"] });
    assertComplete(outcome);
    const [notice = "", ...others] = messages(outcome);
    assert(notice.startsWith("depmod: WARNING: "), outcome.stderr);
    for (const word of [option, "-e"]) assert(notice.includes(word), notice);
    assertEquals(others, [`depmod: WARNING: @/${MODULES}/a.ko needs unknown symbol missing`]);
  });
}

// Output that cannot be written.

/** By the time the program writes, the other end of the pipe is gone. */
const INTO_CLOSED_PIPE =
  `exit "$({ { sleep 0.2; status=0; "$@" || status=$?; echo $status >&3; } | :; } 3>&1)"`;

const ONTO_FULL_DEVICE = '"$@" >/dev/full';

for (
  const [what, shell, args] of [
    ["-n on a full device", ONTO_FULL_DEVICE, ["-n", "-b", "@", VERSION]],
    ["-n into a closed pipe", INTO_CLOSED_PIPE, ["-n", "-b", "@", VERSION]],
    ["--help on a full device", ONTO_FULL_DEVICE, ["--help"]],
    ["--version on a full device", ONTO_FULL_DEVICE, ["--version"]],
  ] as const
) {
  Deno.test(`depmod ${what} fails with one message`, () => {
    const outcome = runTree(SIMPLE, { args, shell });
    assertNothingWritten(outcome);
    assertOneMessage(outcome, "ERROR", "could not write to standard output: ");
  });
}

Deno.test("depmod -v on a full device writes the index files, and fails with one message", () => {
  const outcome = runTree(SIMPLE, { options: ["-v"], shell: ONTO_FULL_DEVICE });
  assertIncomplete(outcome);
  const reason = "could not write to standard output: No space left on device";
  assertOneMessage(outcome, "ERROR", reason);
  assertEquals(fileText(outcome, "modules.dep"), SIMPLE_DEP);
});

/** Asserts that a run fails with one message, and neither changes the old files nor leaves others. */
function assertUntouched(spec: TreeSpec, options: RunTreeOptions, ...texts: string[]): void {
  const old = Object.fromEntries(
    INDEX_FILES.map((name) => [`${MODULES}/${name}`, `old ${name}\n`]),
  );
  const outcome = runTree({ ...spec, files: { ...old, ...spec.files } }, options);
  assertNothingWritten(outcome);
  assertOneMessage(outcome, "FATAL", ...texts);
}

for (const name of ["modules.dep", "modules.symbols", "modules.devname"]) {
  Deno.test(`depmod with a directory in the place of ${name} fails and changes nothing`, () => {
    assertUntouched(SIMPLE, {
      prepare: (root) => {
        Deno.removeSync(`${root}/${MODULES}/${name}`);
        Deno.mkdirSync(`${root}/${MODULES}/${name}`);
      },
    }, `@/${MODULES}/${name}`);
  });
}

Deno.test("depmod that may write no file as large as it must fails and changes nothing", () => {
  // Blocks of 512 bytes; the signal would end the program before the error does.
  const shell = `trap '' XFSZ; ulimit -f 8; "$@"`;
  const modinfo = Array.from({ length: 400 }, (_, i) => `alias=some-quite-long-alias-${i}`);
  assertUntouched({ modules: { "a.ko": { modinfo } } }, { shell }, `@/${MODULES}/`);
});

Deno.test("depmod -o with a file in the place of the directory fails and changes nothing", () => {
  const spec = { ...SIMPLE, files: { out: "a file\n" } };
  assertUntouched(spec, { options: ["-o", "@/out"] }, "@/out");
});

Deno.test("depmod -o with a place where nobody can write fails and changes nothing", () => {
  assertUntouched(SIMPLE, { options: ["-o", "/proc"] }, "/proc");
});

Deno.test("depmod writes through no link: it replaces one by a file", () => {
  const outcome = runTree({
    ...SIMPLE,
    files: { "elsewhere": "kept\n" },
    links: { [`${MODULES}/modules.dep`]: "../../../elsewhere" },
  });
  assertComplete(outcome);
  assertEquals(fileText(outcome, "modules.dep"), SIMPLE_DEP);
});

// Not a difference, but nothing a golden tree can hold: absolute paths and modes.

Deno.test("depmod gives modules outside of the tree by their absolute paths", () => {
  withTemporary((root) => {
    writeTree(root, buildTree(SIMPLE));
    Deno.mkdirSync(`${root}/other`);
    Deno.writeFileSync(`${root}/other/x-y.ko`, buildModule({ needs: ["b_go"] }));
    Deno.writeFileSync(`${root}/config`, latin1(`external * ${root}/other\n`));
    const { status } = runProgram(["-C", `${root}/config`, "-b", root, VERSION], { cwd: root });
    assertEquals(status, 0);
    const files = readTree(`${root}/${MODULES}`);
    const line = `${root}/other/x-y.ko: b.ko`;
    const dep = new TextDecoder().decode(files.get("modules.dep") as Uint8Array);
    assertEquals(dep, `a.ko: b.ko\nb.ko:\n${line}\n`);
    const entries = readIndex(files.get("modules.dep.bin") as Uint8Array);
    const values = entries.find(({ key }) => key === "x_y")?.values;
    assertEquals(values, [{ priority: 2, value: line }]);
  });
});

Deno.test("depmod makes files that all may read, and directories that all may enter", () => {
  withTemporary((root) => {
    writeTree(root, buildTree(SIMPLE));
    const options = { cwd: root, shell: 'umask 022; "$@"' };
    const { status } = runProgram(["-b", root, "-o", `${root}/out`, VERSION], options);
    assertEquals(status, 0);
    for (const name of INDEX_FILES) {
      assertEquals(Deno.statSync(`${root}/out/${MODULES}/${name}`).mode! & 0o7777, 0o644, name);
    }
    assertEquals(Deno.statSync(`${root}/out/lib`).mode! & 0o7777, 0o755);
  });
});
