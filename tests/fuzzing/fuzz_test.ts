/**
 * The fuzzer itself: it finds nothing in 20,000 cases, it ends what hangs, and it tries again what it
 * found before.
 *
 * @module
 */
import type { Crasher, Share, Tally } from "../../scripts/fuzzing/search.ts";
import { GROUP } from "../../scripts/fuzzing/search.ts";
import { watch } from "../../scripts/fuzzing/watch.ts";
import { inputOf, KINDS, makeCase } from "../../scripts/fuzzing/cases.ts";
import { readCrasher } from "../../scripts/fuzzing/crashers.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { type Result, runCommand } from "../support/program.ts";
import { withTemporary } from "../support/tree.ts";

const FUZZ = new URL("../../scripts/fuzz", import.meta.url).pathname;
const CRASHERS = new URL("../../testdata/crashers/", import.meta.url).pathname;

function runFuzzer(...args: string[]): Result {
  return withTemporary((cwd) => runCommand([FUZZ, ...args, `--crashers=${cwd}`], { cwd }));
}

Deno.test("the fuzzer finds nothing in 20,000 cases", () => {
  const { status, stdout, stderr } = runFuzzer("--seed=20250101", "--cases=20000");
  assertEquals([status, stderr], [0, ""], stdout);
  const summary = stdout.trimEnd().split("\n").at(-1)!;
  assert(
    /^20000 cases \(modules 1\d{4}, .*; whole runs 10\) in .*, 0 crashers$/.test(summary),
    stdout,
  );
});

Deno.test("the program takes all that once broke it", () => {
  const paths = Array.from(Deno.readDirSync(CRASHERS), ({ name }) => CRASHERS + name).sort();
  assert(paths.length >= 8, `${paths.length} crashers`);
  const { status, stdout } = runCommand([FUZZ, "--replay", ...paths], { cwd: CRASHERS });
  assertEquals(
    stdout,
    [
      ...paths.map((path) => `ok ${path}\n`),
      `${paths.length} passed, 0 failed\n`,
    ].join(""),
  );
  assertEquals(status, 0);
});

Deno.test("the fuzzer ends a process that hangs, tells of the case, and goes on", async () => {
  const directory = Deno.makeTempDirSync({ prefix: "depmod-test-" });
  const tallies: Tally[] = [];
  const found: Crasher[] = [];
  const stalls: number[] = [];
  const share: Share = {
    ...{ seed: 1, kinds: KINDS, first: 0, end: 3 * GROUP, step: 1 },
    ...{ directory, crashers: `${directory}/crashers` },
  };
  const listener = {
    onTried: (tally: Tally) => void tallies.push(tally),
    onFound: (crasher: Crasher) => void found.push(crasher),
    onStall: (number: number) => void stalls.push(number),
  };
  const script = new URL("../support/hanging_search.ts", import.meta.url).href;
  try {
    await watch(share, listener, { script, silence: 2000 });
    assertEquals(stalls, [7]);
    assertEquals(tallies.length, 2);
    assertEquals(found.map(({ label, finding }) => [label, finding]), [
      ["seed-1-case-7-stop", {
        sign: "takes more than 5 s",
        detail: "not again when it is tried alone",
      }],
    ]);
    assertEquals(readCrasher(found[0]!.path!), [inputOf(makeCase(1, 7))]);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});

for (const args of [["--seed=x"], ["--only=module"], ["--zzz"], ["modules"]]) {
  Deno.test(`the fuzzer refuses ${args.join(" ")}`, () => {
    const { status, stdout, stderr } = runFuzzer(...args);
    assertEquals([status, stdout], [1, ""]);
    assert(stderr.startsWith("scripts/fuzz: "), stderr);
  });
}
