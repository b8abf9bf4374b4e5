/**
 * Trees that are large enough to be read by several threads: the result and the messages are
 * those of one thread, in the same order.
 *
 * @module
 */
import { assertEquals } from "../support/assert.ts";
import { buildModule } from "../support/elf_builder.ts";
import { describeEntry, type GoldenOutcome } from "../support/golden.ts";
import { packXz } from "../support/pack.ts";
import { messages, runTree } from "../support/run_tree.ts";
import { MODULES, type TreeSpec } from "../support/tree.ts";

/** Compressed modules that each need the one before; every fiftieth is broken. */
function chain(count: number): TreeSpec {
  const files = Array.from({ length: count }, (_, i) => {
    const module = buildModule({
      exports: [`go_${i}`],
      needs: [`go_${i - 1}`],
      modinfo: [`alias=m:${i}`],
    });
    const bytes = i % 50 === 49 ? new TextEncoder().encode("no module") : packXz(module);
    return [`${MODULES}/kernel/m${i}.ko.xz`, bytes] as const;
  });
  return { files: Object.fromEntries(files) };
}

function summarize({ status, stdout, stderr, files }: GoldenOutcome): unknown {
  const written = [...files].map(([path, entry]) => [path, describeEntry(entry)]);
  return { status, stdout, stderr, written };
}

Deno.test("depmod writes and says the same with one reader and with several", () => {
  const tree = chain(400);
  const [one, three] = ["-j1", "--jobs=3"].map((jobs) => runTree(tree, { options: [jobs, "-v"] }));
  assertEquals(summarize(three!), summarize(one!));
  assertEquals(messages(one!).filter((line) => line.includes("failed to load")).length, 8);
});

Deno.test("depmod's readers may read external directories and file operands", () => {
  const { files } = chain(400);
  const outside = Object.entries(files!).map(([path, bytes]) =>
    [path.replace(`${MODULES}/kernel`, "outside"), bytes] as const
  );
  const conf = ["external.conf", "external * @/outside\n"] as const;
  const tree = { modules: { "a.ko": {} }, files: Object.fromEntries([...outside, conf]) };
  const configured = runTree(tree, {
    options: ["-j2", "-C", "@/external.conf"],
    prepare: (root) => {
      const path = `${root}/external.conf`;
      Deno.writeTextFileSync(path, Deno.readTextFileSync(path).replace("@", root));
    },
  });
  assertEquals(messages(configured).filter((line) => !line.includes("failed to load")), []);
  const operands = outside.map(([path]) => `@/${path}`);
  const named = runTree(tree, { args: ["-j2", "-b", "@", "6.1.0-test", ...operands] });
  assertEquals(messages(named).filter((line) => !line.includes("failed to load")), []);
});

for (const jobs of ["0", "two", "-1", "1000", ""]) {
  Deno.test(`depmod refuses '${jobs}' for a number of threads`, () => {
    const outcome = runTree({ modules: { "a.ko": {} } }, { options: ["--jobs", jobs] });
    const text = `depmod: FATAL: --jobs takes a number from 1 to 999, not '${jobs}'`;
    assertEquals([outcome.status, messages(outcome)], [1, [text]]);
  });
}
