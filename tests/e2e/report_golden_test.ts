/**
 * `depmod --report` on every golden tree: the report is valid, its dependencies are those of the
 * `modules.dep` that the reference wrote, and nothing else is different with it.
 *
 * @module
 */
import { assert, assertEquals } from "../support/assert.ts";
import {
  describeEntry,
  type GoldenOutcome,
  listCases,
  observe,
  readInput,
  readOutcome,
} from "../support/golden.ts";
import { runProgram } from "../support/program.ts";
import { parseReport, renderDep, type Report } from "../support/report.ts";

const REPORT = "report.json";

/** Golden trees that tell nothing: their options are wrong, or are a question about the program. */
const UNREPORTED = /^(option|help|usage|version)-/;

/** Runs the program on a golden tree, and takes the report out of what came of it. */
function runReporting(name: string): { outcome: GoldenOutcome; report: Report | undefined } {
  const { root, args } = readInput(name);
  let directory = "";
  const prepare = (path: string) => void (directory = path);
  const outcome = observe({ root, args: [`--report=@/${REPORT}`, ...args], prepare }, runProgram);
  const entry = outcome.files.get(REPORT);
  const files = new Map([...outcome.files].filter(([path]) => path !== REPORT));
  const text = entry && describeEntry(entry).replaceAll(directory, "@");
  return {
    outcome: { ...outcome, files },
    report: text === undefined ? undefined : parseReport(text, outcome.status),
  };
}

/** The text of the `modules.dep` that the reference wrote or showed; undefined if there is none. */
function findDep({ files, stdout }: GoldenOutcome, args: readonly string[]): string | undefined {
  const [dep] = [...files].filter(([path]) => path.endsWith("/modules.dep"));
  if (dep !== undefined) return describeEntry(dep[1]);
  const isShown = args.some((arg) => /^(-[a-z]*n[a-z]*|--show|--dry-run)$/.test(arg));
  if (!isShown || stdout === "") return undefined;
  const texts = stdout.replaceAll(/^.* needs ".*\n/gm, ""); // -v
  return texts.slice(0, texts.indexOf("# Aliases"));
}

let reported = 0;

for (const name of listCases()) {
  Deno.test(`depmod --report tells what the reference made of the golden tree ${name}`, () => {
    const { outcome, report } = runReporting(name);
    const want = readOutcome(name);
    assertEquals([outcome.status, outcome.stdout], [want.status, want.stdout]);
    assertEquals([...outcome.files.keys()].sort(), [...want.files.keys()].sort());
    if (report === undefined) return assert(UNREPORTED.test(name), `no report: ${outcome.stderr}`);
    reported++;
    const dep = findDep(want, readInput(name).args);
    if (dep !== undefined) assertEquals(renderDep(report), dep);
    assertEquals(report.changed, report.replaced.length > 0);
    assertEquals(report.replaced.length, want.files.size);
  });
}

Deno.test("most golden trees have a report", () => {
  assert(reported > 100, `${reported} reports`);
});
