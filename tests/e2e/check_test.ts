/**
 * `depmod --check`: it tells by its status whether the index files are up to date, and on standard
 * output what is not; it writes nothing.
 *
 * @module
 */
import { assert, assertEquals } from "../support/assert.ts";
import {
  assertTold,
  type ChangedTree,
  check,
  CONFIGURED,
  DAMAGED,
  OUT_OF_DATE,
  SPEC,
  UP_TO_DATE,
} from "../support/checked_tree.ts";
import { buildModule } from "../support/elf_builder.ts";
import { INDEX_FILES, runTree } from "../support/run_tree.ts";
import { MODULES } from "../support/tree.ts";

Deno.test("depmod --check says nothing of a tree that was just indexed", () => {
  assertTold(check(), UP_TO_DATE, []);
  assertTold(check({ check: "--check=full" }), UP_TO_DATE, []);
});

// What is out of date.

const NEW_MODULE = buildModule({});

/** What happens to a tree, and what is told of it. */
const CHANGES: readonly (readonly [
  about: string,
  change: (tree: ChangedTree) => void,
  lines: readonly string[],
])[] = [
  ["a new module", (tree) => tree.write("kernel/new.ko", NEW_MODULE), [
    "kernel/new.ko: not in modules.dep",
  ]],
  ["a module that is gone", (tree) => tree.remove("kernel/a.ko"), [
    "kernel/a.ko: in modules.dep, but not among the modules",
  ]],
  ["a module that another one has taken the place of", (tree) => {
    tree.write("updates/a.ko", NEW_MODULE);
  }, [
    "updates/a.ko: not in modules.dep",
    "kernel/a.ko: in modules.dep, but not among the modules",
  ]],
  ["a newer module", (tree) => tree.setTime("kernel/b.ko", 1), [
    "kernel/b.ko: newer than modules.dep",
  ]],
  ["a newer modules.order", (tree) => tree.setTime("modules.order", 1), [
    "modules.order: newer than modules.dep",
  ]],
  ["a newer modules.builtin", (tree) => tree.setTime("modules.builtin", 1), [
    "modules.builtin: newer than modules.dep",
  ]],
  ["a newer modules.builtin.modinfo", (tree) => tree.setTime("modules.builtin.modinfo", 1), [
    "modules.builtin.modinfo: newer than modules.dep",
  ]],
  ["newer configuration", (tree) => tree.setTime("/depmod.conf", 1), [
    "@/depmod.conf: newer than modules.dep",
  ]],
  ["configuration that excludes a module", (tree) => tree.write("/depmod.conf", "exclude a.ko\n"), [
    "kernel/a.ko: in modules.dep, but not among the modules",
  ]],
  ["another modules.builtin", (tree) => tree.write("modules.builtin", "kernel/new.ko\n"), [
    "modules.builtin.bin: not that of modules.builtin: has binfmt_script besides",
  ]],
  ["no modules.builtin.modinfo any more", (tree) => tree.remove("modules.builtin.modinfo"), [
    "modules.builtin.alias.bin: not that of modules.builtin.modinfo: has binfmt_script besides",
  ]],
  ["what an interrupted run has left", (tree) => tree.write(".modules.dep.depmod-0123abcd", ""), [
    `@/${MODULES}: temporary files of a run that was cut short or is at work`,
  ]],
];

for (const [about, change, lines] of CHANGES) {
  Deno.test(`depmod --check finds a tree out of date with ${about}`, () => {
    assertTold(check({ change }), OUT_OF_DATE, lines);
  });
}

Deno.test("depmod --check counts whole seconds, as -A does", () => {
  assertTold(check({ change: (tree) => tree.setTime("kernel/b.ko", 0) }), UP_TO_DATE, []);
});

Deno.test("depmod --check tells of twenty findings, escaped, and counts the others", () => {
  const names = Array.from({ length: 25 }, (_, i) => `m${String(i).padStart(2, "0")}`);
  const outcome = check({
    change: (tree) => names.forEach((name) => tree.write(`${name}.ko`, NEW_MODULE)),
  });
  assertEquals(outcome.status, OUT_OF_DATE);
  const lines = outcome.stdout.split("\n").slice(0, -1);
  assertEquals(lines.length, 21);
  for (const line of lines.slice(0, 20)) {
    assert(/^m\d\d\.ko: not in modules\.dep$/.test(line), line);
  }
  assertEquals(lines.at(-1), "and 5 more");
});

// What is damaged.

for (const name of INDEX_FILES) {
  Deno.test(`depmod --check and --check=full find a tree damaged without ${name}`, () => {
    const change = (tree: ChangedTree) => tree.remove(name);
    assertTold(check({ change }), DAMAGED, [`${name}: missing`]);
    assertTold(check({ change, check: "--check=full" }), DAMAGED, [`${name}: missing`]);
  });
}

/** Damage, and what is told of it. */
const DAMAGE: readonly (readonly [
  about: string,
  change: (tree: ChangedTree) => void,
  lines: readonly string[],
])[] = [
  ["a text that is cut off", (tree) => Deno.truncateSync(tree.path("modules.alias"), 55), [
    "modules.alias: the last line is cut off (at offset 55)",
  ]],
  ["an index that is cut off", (tree) => Deno.truncateSync(tree.path("modules.dep.bin"), 60), [
    "modules.dep.bin: it ends too early (at offset 60)",
  ]],
  ["an index that is no file", (tree) => {
    tree.remove("modules.alias.bin");
    Deno.symlinkSync("modules.dep.bin", tree.path("modules.alias.bin"));
  }, ["modules.alias.bin: not a regular file"]],
  ["an index of other values than its text", (tree) => {
    tree.write("modules.symbols", "# Heading\nalias symbol:b_go a\n");
  }, ["modules.symbols.bin: not the same as modules.symbols: has other values of symbol:b_go"]],
  ["a file that names a module which is not there", (tree) => {
    tree.write("modules.softdep", "# Heading\nsoftdep \x1b[31m x\n");
  }, ["modules.softdep: \\x1b[31m is not in modules.dep"]],
  ["damage and a new module", (tree) => {
    tree.remove("modules.weakdep");
    tree.write("new.ko", NEW_MODULE);
  }, ["modules.weakdep: missing", "new.ko: not in modules.dep"]],
];

for (const [about, change, lines] of DAMAGE) {
  Deno.test(`depmod --check finds a tree damaged with ${about}`, () => {
    assertTold(check({ change }), DAMAGED, lines);
  });
}

Deno.test("depmod --check finds a tree damaged that was never indexed", () => {
  const outcome = runTree(SPEC, { options: ["--check", ...CONFIGURED] });
  assertEquals(outcome.status, DAMAGED);
  const lines = outcome.stdout.split("\n").slice(0, -1);
  assertEquals(lines.sort(), INDEX_FILES.map((name) => `${name}: missing`).sort());
  assertEquals([...outcome.files.keys()], []);
});

Deno.test("depmod --check -o checks the output directory", () => {
  const options = [...CONFIGURED, "-o", "@/out"];
  assertTold(check({ options }), UP_TO_DATE, []);
  const change = ({ root }: ChangedTree) => Deno.removeSync(`${root}/out/${MODULES}/modules.dep`);
  const { status, stdout } = check({ options, change });
  assertEquals([status, stdout], [DAMAGED, "modules.dep: missing\n"]);
});
