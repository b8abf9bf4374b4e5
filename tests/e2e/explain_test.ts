/**
 * `depmod --explain`: what it tells of modules, aliases and symbols, compared with the index files of
 * a run and with modprobe; it writes nothing, and needs no permission to write.
 *
 * @module
 */
import { assert, assertEquals } from "../support/assert.ts";
import type { ModuleSpec } from "../support/elf_builder.ts";
import { type GoldenOutcome, observe } from "../support/golden.ts";
import { isInstalled, runCommand, runProgram } from "../support/program.ts";
import { assertComplete, assertNothingWritten, fileLines, runTree } from "../support/run_tree.ts";
import {
  buildTree,
  MODULES,
  type TreeSpec,
  VERSION,
  withTemporary,
  writeTree,
} from "../support/tree.ts";

const TOP = new URL("../../", import.meta.url).pathname;
const REFERENCE = `${TOP}scripts/reference`;
const HAS_REFERENCE = isInstalled(`${TOP}.cache/kmod-trixie`);

const SPEC: TreeSpec = {
  modules: {
    "kernel/top.ko": { needs: ["middle_go", "base_go", "printk"], modinfo: ["softdep=pre: base"] },
    "kernel/middle.ko": {
      exports: ["middle_go", "shared_go"],
      needs: ["base_go", "base_stop"],
      modinfo: ["alias=pci:v00008086d*sv*", "alias=pci:v00001234d*sv*", "weakdep=top"],
    },
    "kernel/base.ko": {
      exports: ["base_go", "base_stop", "shared_go"],
      modinfo: ["alias=pci:v0000*d0000100Esv*", "alias=usb-[0-9]*"],
    },
    "updates/middle.ko": { exports: ["middle_go"], needs: ["base_go"] },
    "kernel/alone-one.ko": {},
  },
  order: ["kernel/top.ko", "kernel/middle.ko", "kernel/base.ko", "kernel/alone-one.ko"],
  builtin: ["kernel/crypto/crc32c-generic.ko"],
  builtinModinfo: ["crc32c_generic.alias=crypto-crc32c", "crc32c_generic.license=GPL"],
  files: { "depmod.conf": "search built-in updates\n" },
};

/** Explains a name in a tree. */
function explain(
  name: string,
  { spec = SPEC, options = [] }: { spec?: TreeSpec; options?: readonly string[] } = {},
): GoldenOutcome {
  const args = [`--explain=${name}`, "-C", "@/depmod.conf", ...options];
  return runTree({ ...spec, files: { "depmod.conf": "", ...spec.files } }, {
    options: args,
  });
}

/** It told just these lines, and wrote nothing. */
function assertTold(
  { status, stdout, stderr, files }: GoldenOutcome,
  lines: readonly string[],
): void {
  assertEquals([status, stderr], [0, ""]);
  assertEquals(stdout, lines.map((line) => `${line}\n`).join(""));
  assertEquals([...files.keys()], []);
}

Deno.test("depmod --explain tells of a module its file, its needs, its users and its aliases", () => {
  assertTold(explain("middle"), [
    "module middle",
    "  file: kernel/middle.ko",
    "    wins over updates/middle.ko: search word built-in ranks above updates",
    "  has 2 aliases",
    "  needs base for 2 symbols:",
    "    base_go base_stop",
    "  weakdep: top",
    "  needed by top for middle_go",
  ]);
});

Deno.test("depmod --explain tells of what is needed through others, and by them", () => {
  const spec: TreeSpec = {
    modules: {
      "a.ko": { needs: ["b_go"] },
      "b.ko": { exports: ["b_go"], needs: ["c_go"] },
      "c.ko": { exports: ["c_go"] },
    },
  };
  assertTold(explain("a", { spec }), [
    "module a",
    "  file: a.ko",
    "    the only one of that name",
    "  needs b for 1 symbol:",
    "    b_go",
    "  needs through these:",
    "    c",
    "  needed by no other module",
  ]);
  assertTold(explain("c", { spec }), [
    "module c",
    "  file: c.ko",
    "    the only one of that name",
    "  needs no other module",
    "  needed by b for c_go",
    "  needed through these by:",
    "    a",
  ]);
});

Deno.test("depmod --explain tells of a symbol who exports, owns and needs it", () => {
  assertTold(explain("base_go"), [
    "symbol base_go",
    "  exported by base (kernel/base.ko)",
    "  needed by 2 modules:",
    "    top middle",
  ]);
  const owner = fileLines(runTree(SPEC, { options: ["-C", "@/depmod.conf"] }), "modules.symbols")
    .find((line) => line.startsWith("alias symbol:shared_go "));
  assertEquals(owner, "alias symbol:shared_go base");
  const lines = [
    "symbol shared_go",
    "  exported by middle (kernel/middle.ko)",
    "  exported by base (kernel/base.ko)",
    "    which owns it: of several, the last in the order of modules.dep does",
    "  needed by no module",
  ];
  assertTold(explain("shared_go"), lines);
  assertTold(explain("symbol:shared_go"), lines);
});

Deno.test("depmod --explain tells of a symbol of the kernel, and of one that nobody exports", () => {
  const spec = {
    ...SPEC,
    files: { ...SPEC.files, "map": "0 r __ksymtab_printk\n0 r __ksymtab_base_go\n" },
  };
  const options = ["-F", "@/map"];
  const needs = ["  needed by 1 module:", "    top"];
  const unknown = ["symbol printk", "  exported by no module"];
  assertTold(explain("printk"), [...unknown, ...needs]);
  assertTold(explain("printk", { spec, options }), [
    ...unknown,
    "  defined by the kernel itself",
    ...needs,
  ]);
  const { stdout } = explain("base_go", { spec, options });
  assert(stdout.includes("  defined by the kernel itself; a module that exports it counts before"));
});

Deno.test("depmod --explain drops the prefix of -P from symbols", () => {
  const spec = {
    modules: { "a.ko": { needs: ["_go"] }, "b.ko": { exports: ["_go"] } },
  };
  const { stdout } = explain("go", { spec, options: ["-P", "_"] });
  assertEquals(stdout.split("\n").slice(0, 2), ["symbol go", "  exported by b (b.ko)"]);
});

Deno.test("depmod --explain knows a module by either spelling, and by its file", () => {
  const { stdout } = explain("alone_one");
  assert(stdout.startsWith("module alone_one\n"), stdout);
  for (const name of ["alone-one", "alone-one.ko", "/lib/modules/x/alone-one.ko.xz"]) {
    assertEquals(explain(name).stdout, stdout, name);
  }
});

Deno.test("depmod --explain tells of what is built into the kernel", () => {
  assertTold(explain("crypto-crc32c"), [
    "built-in module crc32c_generic",
    "  alias that matches:",
    "    crypto-crc32c",
  ]);
  assertTold(explain("crc32c-generic"), [
    "built-in module crc32c_generic",
    "  modules.builtin has kernel/crypto/crc32c-generic.ko",
  ]);
});

Deno.test("depmod --explain ends with status 1 and one line where nothing is known", () => {
  const outcome = explain("nothing");
  assertNothingWritten(outcome);
  assertEquals(
    [outcome.stdout, outcome.stderr],
    ["", "depmod: ERROR: nothing is known of nothing: no module, alias or symbol goes by it\n"],
  );
  const { status, stderr } = explain("Alone.One");
  assertEquals(status, 1);
  assert(stderr.endsWith("goes by it; did you mean alone_one?\n"), stderr);
});

/** The modules that the explanation of an alias is about, sorted. */
function listExplained({ stdout }: GoldenOutcome): string[] {
  const headings = stdout.matchAll(/^(?:built-in )?module (.*)$/gm);
  return Array.from(headings, ([, name]) => name!).sort();
}

const ALIASES = [
  "pci:v00008086d0000100Esv00",
  "pci:v00001234d00000001sv00",
  "pci:v00000000d0000100Esv00",
  "usb_7",
  "usb-7x",
  "usb-x",
  "crypto_crc32c",
  "symbol:shared_go",
  "top",
  "alone-one",
];

Deno.test({
  name: "depmod --explain finds the modules that modprobe finds, by aliases and names",
  ignore: !HAS_REFERENCE,
  fn: () =>
    withTemporary((root) => {
      writeTree(root, buildTree(SPEC));
      const place = ["-C", `${root}/depmod.conf`, "-b", root];
      assertEquals(runCommand([REFERENCE, "depmod", ...place, VERSION], { cwd: root }).status, 0);
      for (const name of ALIASES) {
        const lookUp = ["modprobe", "-d", root, "-S", VERSION, "-C", "/dev/null", "-R", name];
        const { stdout } = runCommand([REFERENCE, ...lookUp], { cwd: root });
        const want = [...new Set(stdout.split("\n").filter((line) => line !== ""))].sort();
        const told = runProgram([`--explain=${name}`, ...place, VERSION], { cwd: root });
        if (name === "symbol:shared_go") {
          assert(told.stdout.includes(`  exported by ${want[0]} (`), told.stdout);
          continue;
        }
        const explained = listExplained({ ...told, files: new Map() });
        assertEquals(explained, want, name);
      }
    }),
});

Deno.test("depmod --explain finds no module where no alias matches, and those of several", () => {
  assertEquals(listExplained(explain("pci:v00008086d0000100Esv00")), ["base", "middle"]);
  const { stdout } = explain("pci:v00001234d00000001sv00");
  assert(stdout.includes("  1 of its 2 aliases matches:\n    pci:v00001234d*sv*\n"), stdout);
  assertEquals(explain("pci:v1").status, 1);
});

/** What a module needs, directly or not, by its explanation. */
function listNeeds(stdout: string): string[] {
  const direct = Array.from(stdout.matchAll(/^ {2}needs (\S+) for /gm), ([, name]) => name!);
  const [, indirect = ""] = /^ {2}needs through these:\n((?: {4}.*\n)*)/m.exec(stdout) ?? [];
  return [...direct, ...indirect.split(/\s+/).filter((name) => name !== "")].sort();
}

Deno.test("depmod --explain tells of each module the needs that modules.dep has", () => {
  const indexed = runTree(SPEC, { options: ["-C", "@/depmod.conf"] });
  assertComplete(indexed);
  const lines = fileLines(indexed, "modules.dep");
  assertEquals(lines.length, 4);
  for (const line of lines) {
    const [path = "", needs = ""] = line.split(":");
    const want = needs.split(" ").filter((need) => need !== "").map(baseName);
    assertEquals(listNeeds(explain(baseName(path)).stdout), want.sort(), line);
  }
});

function baseName(path: string): string {
  return path.replace(/.*\//, "").replace(/\..*/, "");
}

Deno.test("depmod --explain goes on where modules need each other", () => {
  const spec: TreeSpec = {
    modules: {
      "a.ko": { exports: ["a_go"], needs: ["b_go"] },
      "b.ko": { exports: ["b_go"], needs: ["a_go"] },
    },
  };
  const { status, stdout, stderr } = explain("a", { spec });
  assertEquals(status, 0);
  assert(stdout.includes("  needs b for 1 symbol:\n    b_go\n"), stdout);
  assert(stderr.includes("Cycle detected: "), stderr);
});

Deno.test("depmod --explain says that a module cannot be read", () => {
  const spec = { ...SPEC, files: { [`${MODULES}/kernel/top.ko`]: "no module" } };
  const { status, stdout, stderr } = explain("top", { spec });
  assertEquals(status, 0);
  assert(stdout.includes("    it cannot be read, so that nothing is known of its needs\n"), stdout);
  assert(stderr.includes("failed to load symbols from @/"), stderr);
});

const HOSTILE: Record<string, ModuleSpec> = {
  "a.ko": {
    exports: ["go\x1b[2Jx"],
    modinfo: ["softdep=pre: \x1b]0;title\x07 b", "alias=of:*"],
  },
  "b.ko": { needs: ["go\x1b[2Jx", "\r\nmodule forged"] },
};

Deno.test("depmod --explain escapes what modules say", () => {
  for (const name of ["a", "b", "of:x", "go\x1b[2Jx"]) {
    const { status, stdout, stderr } = explain(name, { spec: { modules: HOSTILE } });
    assertEquals(status, 0, stderr);
    assert(/^[\n\x20-\x7e]+$/.test(stdout), JSON.stringify(stdout));
  }
  const { stdout } = explain("go\x1b[2Jx", { spec: { modules: HOSTILE } });
  assert(stdout.startsWith("symbol go\\x1b[2Jx\n  exported by no module\n"), stdout);
  const { stderr } = explain("\x1b[2J\n", { spec: { modules: HOSTILE } });
  const last = stderr.split("\n").at(-2)!;
  assert(last.startsWith("depmod: ERROR: nothing is known of \\x1b[2J\\x0a: "), stderr);
});

Deno.test("depmod --explain needs no permission to write, and shows that", () => {
  const main = `${TOP}main.ts`;
  const permissions = [`--allow-read=@,${TOP}`, "--deny-write", "--no-prompt", "--quiet"];
  const args = [
    "run",
    ...permissions,
    main,
    "--explain=top",
    "-C",
    "@/depmod.conf",
    "-b",
    "@",
    VERSION,
  ];
  const outcome = observe({ root: buildTree(SPEC), args }, (expanded, { cwd }) => {
    return runCommand([Deno.execPath(), ...expanded], { cwd });
  });
  assertEquals([outcome.status, outcome.stderr], [0, ""]);
  assert(outcome.stdout.startsWith("module top\n"), outcome.stdout);
  const { stdout } = explain("top", { options: ["--show-grants"] });
  assert(stdout.endsWith("writer\n  nothing: it is not started\n"), stdout);
  assert(!stdout.includes("write  "), stdout);
});

Deno.test("depmod --explain takes what is in a cache, and leaves it as it is", () => {
  const cache = ["--cache=@/cache"];
  const outcome = runTree({ ...SPEC }, {
    shell:
      `"$@" -C depmod.conf && cp cache before && "$@" -C depmod.conf --explain=middle && cmp cache before`,
    options: cache,
  });
  assertEquals([outcome.status, outcome.stderr], [0, ""]);
  assertEquals(outcome.stdout, explain("middle").stdout);
});

Deno.test("depmod --explain tells of module files that are named", () => {
  const outcome = runTree(SPEC, {
    args: ["--explain=middle_go", "-b", "@", VERSION, `@/${MODULES}/updates/middle.ko`],
  });
  assertTold(outcome, [
    "symbol middle_go",
    "  exported by middle (updates/middle.ko)",
    "  needed by no module",
  ]);
});

for (const option of ["--check", "-n", "-A"]) {
  Deno.test(`depmod --explain cannot be used with ${option}`, () => {
    const outcome = runTree(SPEC, { options: ["--explain=top", option] });
    assertNothingWritten(outcome);
    assert(outcome.stderr.includes("'--explain' cannot be used with "), outcome.stderr);
  });
}

Deno.test("depmod --explain takes a name that is not empty", () => {
  const outcome = explain("");
  assertNothingWritten(outcome);
  assertEquals(outcome.stderr, "depmod: FATAL: --explain takes a name\n");
});

Deno.test("depmod --explain cannot be used with --all-kernels", () => {
  const outcome = runTree(SPEC, { args: ["--explain=top", "--all-kernels", "-b", "@"] });
  assertNothingWritten(outcome);
  assert(
    outcome.stderr.includes("'--explain' cannot be used with '--all-kernels'"),
    outcome.stderr,
  );
});

for (const option of ["--report=-", "--summary"]) {
  Deno.test(`depmod --explain cannot be used with ${option}`, () => {
    const outcome = runTree(SPEC, { options: ["--explain=top", option] });
    assertNothingWritten(outcome);
    assert(outcome.stderr.includes("'--explain' cannot be used with "), outcome.stderr);
  });
}
