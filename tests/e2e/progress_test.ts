/**
 * The progress bar in a terminal: it is there in a run that lasts, nothing of it stays, and it appears
 * nowhere else.
 *
 * @module
 */
import { assert, assertEquals } from "../support/assert.ts";
import { readCompressed } from "../support/compressed.ts";
import { isInstalled, programCommand } from "../support/program.ts";
import { messages, runTree } from "../support/run_tree.ts";
import { renderScreen, runOnTerminal, SCRIPT, type Shown } from "../support/screen.ts";
import {
  buildTree,
  MODULES,
  type TreeSpec,
  VERSION,
  withTemporary,
  writeTree,
} from "../support/tree.ts";

const IGNORE = !isInstalled(SCRIPT);

/** Files that take a second or more to read, and turn out to hold no module. */
const NAMES = Array.from({ length: 8 }, (_, i) => `slow_${i}`);
const SLOW: TreeSpec = {
  order: NAMES.map((name) => `${name}.ko`),
  files: {
    "depmod.conf": "",
    ...Object.fromEntries(
      NAMES.map((name) => [`${MODULES}/${name}.ko.xz`, readCompressed("xz/zeros.xz")]),
    ),
  },
};

/** A line of the bar. */
const BAR = /\[#* *\] +\d+ %|\d+ [smh] left/;

/** Indexes the slow tree in a terminal. */
function show(
  commands: string,
  { options = [], columns = 80 }: { options?: readonly string[]; columns?: number } = {},
): Shown {
  return withTemporary((root) => {
    writeTree(root, buildTree(SLOW));
    const tree = ["-C", "depmod.conf", "-b", root, VERSION];
    const words = [...programCommand(), "-j1", ...options, ...tree];
    const shown = runOnTerminal(commands, words, { columns, cwd: root });
    const withoutRoot = shown.text.replaceAll(root, "@");
    return { ...shown, text: withoutRoot, screen: renderScreen(withoutRoot, 10_000) };
  });
}

/** What the run has to say, in any case. */
const MESSAGES = messages(runTree(SLOW, { options: ["-C", "@/depmod.conf", "-j1"] }));

/** What was shown in the line of the bar, one state after the other. */
function listStates(text: string): string[] {
  return text.split(/[\r\n]+/).filter((line) => BAR.test(line));
}

for (const columns of [40, 200]) {
  Deno.test({
    name: `depmod shows its progress in ${columns} columns, and nothing of it stays`,
    ignore: IGNORE,
    fn: () => {
      const { text, screen, elapsed } = show('"$@"; echo "status $?"', { columns });
      assertEquals(screen, [...MESSAGES, "status 0"]);
      const states = listStates(text);
      assert(states.length >= 3, text);
      assert(states.length <= elapsed / 100, `${states.length} states in ${elapsed} ms`);
      assert(states.every((state) => state.length < columns), text);
      assert(states.some((state) => /slow_\d/.test(state)), text);
      const shares = states.map((state) => Number(/(\d+) %/.exec(state)![1]));
      assertEquals(shares, shares.toSorted((a, b) => a - b));
      assert(shares.at(-1)! > 50, text);
    },
  });
}

Deno.test({
  name: "depmod shows no progress where standard error is a file, though standard output is none",
  ignore: IGNORE,
  fn: () => {
    const { text, screen } = show('"$@" 2>errors; cat errors');
    assertEquals(screen, MESSAGES);
    assert(!BAR.test(text) && !text.replaceAll("\r\n", "").includes("\r"), text);
  },
});

Deno.test({
  name: "depmod shows its progress where only standard error is a terminal",
  ignore: IGNORE,
  fn: () => {
    const { text, screen } = show('"$@" >output');
    assertEquals(screen, MESSAGES);
    assert(listStates(text).length >= 3, text);
  },
});

for (const option of ["--no-progress", "-q"]) {
  Deno.test({
    name: `depmod shows no progress with ${option}`,
    ignore: IGNORE,
    fn: () => {
      const { text, screen } = show('"$@"', { options: [option] });
      assertEquals(screen.filter((line) => !line.includes("deprecated")), MESSAGES);
      assert(!BAR.test(text), text);
    },
  });
}

Deno.test({
  name: "depmod removes its progress bar when a signal ends it",
  ignore: IGNORE,
  fn: () => {
    const { text, screen } = show('"$@" & sleep 1.5; kill -TERM $!; wait $!; echo "status $?"', {
      options: ["--max-module-size=65M", "--strict"],
    });
    const last = screen.filter((line) => !/Terminated/.test(line));
    assertEquals(last, ["status 143"], text);
  },
});

Deno.test({
  name: "depmod --explain shows its progress too",
  ignore: IGNORE,
  fn: () => {
    const { text, screen } = show('"$@"; echo "status $?"', { options: ["--explain=slow-1"] });
    assert(listStates(text).length >= 3, text);
    assert(!screen.some((line) => BAR.test(line)), text);
    assert(screen.includes("module slow_1") && screen.at(-1) === "status 0", text);
  },
});
