/**
 * What each thread may do, tried out in the program itself: see tests/support/confinement_probe.ts.
 * Each attempt ends in NotCapable, Deno's error for what is not permitted, or it succeeds. Where
 * DEPMOD names an executable (see tests/support/program.ts), the probe is compiled into one too.
 *
 * @module
 */
import { assertEquals } from "../support/assert.ts";
import type { ProbeReport, ProbeTask } from "../support/confinement_probe.ts";
import type { Findings, Outcomes, Place } from "../support/confinement_probe_worker.ts";
import { describeEntry } from "../support/golden.ts";
import { runCommand } from "../support/program.ts";
import { INDEX_FILES } from "../support/run_tree.ts";
import {
  buildTree,
  MODULES,
  readTree,
  VERSION,
  withTemporary,
  writeTree,
} from "../support/tree.ts";

const TOP = new URL("../../", import.meta.url).pathname;
const PROBE = "tests/support/confinement_probe.ts";
const STAND_IN = "tests/support/confinement_probe_worker.ts";

/** The grants of the program, run from source. */
const GRANTS = ["--no-prompt", "--allow-read", "--allow-write", "--allow-sys=osRelease"];

/** Things tried, of all of which nothing came: no permission for any way to do them. */
const NOTHING = {
  "read tree": "NotCapable",
  "read output": "NotCapable",
  "read outside": "NotCapable",
  "write tree": "NotCapable",
  "write output": "NotCapable",
  "write outside": "NotCapable",
  "make links": "NotCapable",
  "all files": "NotCapable",
  "environment": "NotCapable",
  "network": "NotCapable",
  "processes": "NotCapable",
  "foreign code": "NotCapable",
  "system information": "NotCapable",
  "kernel release": "NotCapable",
  "more than files": "NotCapable",
};

const ALL_FILES = {
  "read tree": "done",
  "read output": "done",
  "read outside": "done",
  "write tree": "done",
  "write output": "done",
  "write outside": "done",
  "make links": "done",
  "all files": "done",
};

/** Runs the probe on a tree, with `-o` and a configuration file, and asserts that it did its work. */
function probe(command: readonly string[], { unconfined = false } = {}): ProbeReport {
  return withTemporary((top) => {
    const [root, out] = [`${top}/root`, `${top}/out`];
    writeTree(root, buildTree({ modules: { "a.ko": {}, "b.ko": {} } }));
    writeTree(out, new Map([[`${MODULES}/old`, new Uint8Array(1)]]));
    writeTree(top, new Map([["outside/secret", new Uint8Array(1)], ["conf", new Uint8Array()]]));
    const places = {
      tree: place(`${root}/${MODULES}`, "a.ko"),
      output: place(`${out}/${MODULES}`, "old"),
      outside: place(`${top}/outside`, "secret"),
    };
    const task: ProbeTask = { places, unconfined };
    Deno.writeTextFileSync(`${top}/probe.json`, JSON.stringify(task));
    const args = ["-C", `${top}/conf`, "-b", root, "-o", out, VERSION];
    // What succeeds where it should fail may not end: it is ended, with the status 124.
    const limited = ["timeout", "100", ...command, ...args];
    const { status, stdout, stderr } = runCommand(limited, { cwd: top });
    assertEquals([status, stderr], [0, ""]);
    const written = readTree(`${out}/${MODULES}`);
    const names = [...written.keys()].filter((name) => name.startsWith("modules."));
    assertEquals(names.sort(), INDEX_FILES);
    assertEquals(describeEntry(written.get("modules.dep")!), "a.ko:\nb.ko:\n");
    return JSON.parse(stdout.trim().split("\n").at(-1)!) as ProbeReport;
  });
}

function place(directory: string, name: string): Place {
  return { directory, file: `${directory}/${name}` };
}

/** What came of each thing, if it is the same for all ways to do it, or what came of each way. */
function summarize(findings: Findings): Record<string, string | Outcomes> {
  return Object.fromEntries(
    Object.entries(findings).map(([thing, outcomes]) => {
      const distinct = [...new Set(Object.values(outcomes))];
      return [thing, distinct.length === 1 ? distinct[0]! : outcomes];
    }),
  );
}

function assertConfined({ status, main, readers, writers }: ProbeReport): void {
  assertEquals(status, 0);
  assertEquals(summarize(main.before), { ...NOTHING, ...ALL_FILES, "kernel release": "done" });
  assertEquals(summarize(main.handedOver), { ...NOTHING, "kernel release": "done" });
  assertEquals(summarize(main.after), { ...NOTHING, "kernel release": "done" });
  assertEquals(readers.map(summarize), [{ ...NOTHING, "read tree": "done" }]);
  const output = { "read output": "done", "write output": "done" };
  assertEquals(writers.map(summarize), [{ ...NOTHING, ...output }]);
}

/** As the program is tested: from source, or in an executable. */
const AS_EXECUTABLE = Boolean(Deno.env.get("DEPMOD"));

Deno.test("depmod's threads can do what is theirs and nothing else", () => {
  if (!AS_EXECUTABLE) {
    assertConfined(probe([Deno.execPath(), "run", "--quiet", ...GRANTS, TOP + PROBE]));
    return;
  }
  withTemporary((directory) => {
    const executable = `${directory}/probe`;
    const included = ["--main", PROBE, "--include", STAND_IN, "--output", executable];
    const { status, stderr } = runCommand([`${TOP}scripts/compile`, ...included], { cwd: TOP });
    assertEquals(status, 0, stderr);
    assertConfined(probe([executable]));
  });
});

// That the attempts fail above is due to the confinement: without it, all of them are permitted.

Deno.test("depmod's threads could do everything if they were not confined", () => {
  const command = [Deno.execPath(), "run", "--quiet", "--allow-all", TOP + PROBE];
  const { main, readers, writers } = probe(command, { unconfined: true });
  const threads = [main.before, main.handedOver, main.after, ...readers, ...writers];
  assertEquals(threads.length, 5);
  for (const findings of threads) {
    const { network, "foreign code": foreign, ...others } = summarize(findings);
    assertEquals(others, {
      ...ALL_FILES,
      "environment": "done",
      "processes": "done",
      "system information": "done",
      "kernel release": "done",
      "more than files": "done",
    });
    // There is nobody to connect to, and no such library.
    assertEquals(network, {
      connect: "ConnectionRefused",
      listen: "done",
      fetch: "TypeError",
      WebSocket: "done",
      serve: "done",
    });
    assertEquals(foreign, { dlopen: "Error", pointer: "done" });
  }
});
