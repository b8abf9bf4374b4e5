/**
 * `depmod --check=full`, which compares all that a run would write; and what both kinds of checks do
 * without.
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
  FAILED,
  index,
  OUT_OF_DATE,
  SPEC,
  UP_TO_DATE,
} from "../support/checked_tree.ts";
import { buildModule } from "../support/elf_builder.ts";
import { observe } from "../support/golden.ts";
import { runCommand } from "../support/program.ts";
import { runTree } from "../support/run_tree.ts";
import { buildTree, MODULES, VERSION } from "../support/tree.ts";

Deno.test("depmod --check=full finds what a run would write otherwise, whatever the times", () => {
  const outcome = check({
    check: "--check=full",
    change: (tree) => tree.write("kernel/a.ko", buildModule({ modinfo: ["alias=of:b-*"] })),
  });
  assertTold(outcome, OUT_OF_DATE, [
    "modules.dep: differs from offset 12 on",
    "modules.dep.bin: differs from offset 21 on",
    "modules.alias: differs from offset 54 on",
    "modules.alias.bin: differs from offset 112 on",
    "modules.softdep: differs from offset 55 on",
  ]);
});

Deno.test("depmod --check=full goes by contents, not by times", () => {
  const change = (tree: ChangedTree) => tree.setTime("kernel/b.ko", 100);
  assertTold(check({ change, check: "--check=full" }), UP_TO_DATE, []);
});

Deno.test("depmod --check=full shows the messages of a run", () => {
  const outcome = check({
    check: "--check=full",
    change: (tree) => tree.write("kernel/a.ko", "no module\n"),
  });
  const text = `failed to load symbols from @/${MODULES}/kernel/a.ko: Exec format error`;
  assertEquals(outcome.stderr, `depmod: ERROR: ${text}\n`);
  assertEquals(outcome.status, OUT_OF_DATE);
});

Deno.test("depmod --check=full tells of damage, and where the bytes differ", () => {
  const outcome = check({
    check: "--check=full",
    change: (tree) => tree.damage("modules.symbols.bin", 11),
  });
  assertEquals(outcome.status, DAMAGED);
  const [damage, difference] = outcome.stdout.split("\n");
  assert(damage!.startsWith("modules.symbols.bin: "), damage);
  assertEquals(difference, "modules.symbols.bin: differs from offset 11 on");
});

// Errors, and what --check leaves alone.

for (const option of ["--check", "--check=full"]) {
  Deno.test(`depmod ${option} fails where there is no tree`, () => {
    const absent = runTree(SPEC, { args: [option, "-b", "@", "6.9.9"] });
    assertEquals([absent.status, absent.stdout], [FAILED, ""]);
    assert(absent.stderr.includes("FATAL: could not search modules: "), absent.stderr);
  });

  for (const other of ["-n", "-A"]) {
    Deno.test(`depmod ${option} cannot be used with ${other}`, () => {
      const refused = runTree(SPEC, { options: [option, other] });
      assertEquals([refused.status, refused.stdout], [FAILED, ""]);
      assert(refused.stderr.includes("'--check' cannot be used with "), refused.stderr);
    });
  }

  Deno.test(`depmod ${option} does not wait for a run that holds the lock`, () => {
    const shell = `flock lib/modules/${VERSION} "$@"`;
    const busy = check({ shell, check: "--lock-wait=0" });
    assertEquals([busy.status, busy.stdout], [FAILED, ""]);
    assertTold(check({ shell, check: option }), UP_TO_DATE, []);
  });

  Deno.test(`depmod ${option} needs no permission to write`, () => {
    const main = new URL("../../main.ts", import.meta.url).pathname;
    const allowed = ["--no-prompt", "--allow-read", "--allow-sys=osRelease"];
    const program = [Deno.execPath(), "run", "--quiet", ...allowed, main];
    const input = {
      root: buildTree(SPEC),
      args: [...CONFIGURED, "-b", "@", VERSION],
      prepare: (root: string) => index(root, CONFIGURED),
    };
    const run = (...options: string[]) => {
      return observe(input, (args, at) => runCommand([...program, ...options, ...args], at));
    };
    assertEquals(run().status, FAILED);
    assertTold(run(option), UP_TO_DATE, []);
  });
}

Deno.test("depmod --check keeps its status when standard output is full", () => {
  const outcome = runTree(SPEC, { options: ["--check"], shell: '"$@" >/dev/full' });
  assertEquals(outcome.status, DAMAGED);
  assert(outcome.stderr.includes("could not write to standard output"), outcome.stderr);
});
