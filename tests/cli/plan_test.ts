/**
 * The plan: what options mean together, above all which directories.
 *
 * @module
 */
import { parseOptions } from "../../lib/cli/parse_options.ts";
import { makePlan } from "../../lib/cli/plan.ts";
import { UsageError } from "../../lib/errors.ts";
import type { Plan } from "../../lib/model.ts";
import { assertEquals, assertThrows } from "../support/assert.ts";

const VERSION = "6.1.0-50-amd64";
const CWD = Deno.cwd();

function planOf(...args: readonly string[]): Plan {
  return makePlan(parseOptions(args));
}

/** Arguments before the version, the tree and where the output goes. */
const PLACES: readonly (readonly [args: readonly string[], tree: string, output: string])[] = [
  [[], "/lib/modules", "/lib/modules"],
  [["-b", "/srv"], "/srv/lib/modules", "/srv/lib/modules"],
  [["-b", "/srv/"], "/srv//lib/modules", "/srv//lib/modules"],
  [["-b", "/"], "//lib/modules", "//lib/modules"],
  [["-b", "srv"], `${CWD}/srv/lib/modules`, `${CWD}/srv/lib/modules`],
  [["-b", "."], `${CWD}/./lib/modules`, `${CWD}/./lib/modules`],
  [["-o", "/out"], "/lib/modules", "/out/lib/modules"],
  [["-o", "out"], "/lib/modules", `${CWD}/out/lib/modules`],
  [["-b", "/srv", "-o", "/out"], "/srv/lib/modules", "/out/lib/modules"],
  [["-m", "usr/lib/modules"], "/usr/lib/modules", "/usr/lib/modules"],
  [["-m", "/usr/lib/modules"], "/usr/lib/modules", "/usr/lib/modules"],
  [["-m", "//x"], "/x", "/x"],
  [["-b", "/srv", "-m", "/x", "-o", "/out"], "/srv/x", "/out/x"],
];

for (const [args, tree, output] of PLACES) {
  Deno.test(`makePlan() reads ${tree} and writes ${output} with ${JSON.stringify(args)}`, () => {
    const plan = planOf(...args, VERSION);
    assertEquals(plan.directory, `${tree}/${VERSION}`);
    assertEquals(plan.outputDirectory, `${output}/${VERSION}`);
  });
}

Deno.test("makePlan() takes the running kernel's release without a version", () => {
  assertEquals(planOf().version, Deno.osRelease());
  assertEquals(planOf().directory, `/lib/modules/${Deno.osRelease()}`);
});

const VERSIONS = ["6.1abc", " 6.1", "-6.1", "+6.1", "6. 1", "6.-1", "\t6.1"];

for (const version of VERSIONS) {
  Deno.test(`makePlan() takes the version ${JSON.stringify(version)}`, () => {
    assertEquals(planOf("--", version).version, version);
  });
}

const BAD_VERSIONS = [
  "",
  "1.1/../V",
  "6.1/",
  "foo",
  "6",
  "6.",
  "6.x",
  "6..1",
  ".1",
  "6 .1",
  "0x6.1",
  "+-6.1",
  "\xa06.1",
];

for (const version of BAD_VERSIONS) {
  Deno.test(`makePlan() refuses the version ${JSON.stringify(version)}`, () => {
    const error = assertThrows(() => planOf("--", version), UsageError);
    assertEquals(error.message, `Bad version passed ${version}`);
    assertEquals(error.level, "error");
  });
}

Deno.test("makePlan() takes operands after the version for module files", () => {
  assertEquals(planOf(VERSION, "/a.ko", "/b.ko").files, ["/a.ko", "/b.ko"]);
  assertEquals(planOf(VERSION).files, []);
});

Deno.test("makePlan() ignores module files with -a and -A", () => {
  assertEquals(planOf("-a", VERSION, "/a.ko").files, []);
  assertEquals(planOf("-A", VERSION, "/a.ko").files, []);
});

Deno.test("makePlan() prefers -E to -F, in whatever order they stand", () => {
  const symvers = { format: "Module.symvers", path: "x" } as const;
  assertEquals(planOf("-E", "x", "-F", "y").kernelSymbols, symvers);
  assertEquals(planOf("-F", "y", "-E", "x").kernelSymbols, symvers);
  assertEquals(planOf("-F", "y").kernelSymbols, { format: "System.map", path: "y" });
  assertEquals(planOf().kernelSymbols, undefined);
});

Deno.test("makePlan() compares versions of symbols with -E only", () => {
  assertEquals(planOf("-E", "x").checkVersions, true);
  assertEquals(planOf("-F", "x").checkVersions, false);
  assertEquals(planOf("-e").checkVersions, false);
});

/** Options, and the one field of the plan that they change. */
const FIELDS: readonly (readonly [args: readonly string[], changes: Partial<Plan>])[] = [
  [["-A"], { quick: true }],
  [["-n"], { show: true, writes: false }],
  [["--check"], { check: "quick", writes: false }],
  [["--check=full"], { check: "full", writes: false }],
  [["--explain=ext4"], { explain: "ext4", writes: false }],
  [["-e"], { reportUnknown: true }],
  [["-w"], { warnDuplicates: true }],
  [["-v"], { showDependencies: true }],
  [["-vv"], { showDependencies: true }],
  [["-P", "_"], { prefix: "_" }],
  [["-C", "x", "-C", "y"], { configPaths: ["x", "y"] }],
  [["--strict"], { strict: true }],
  [["--max-module-size=7"], { maxModuleSize: 7 }],
  [["--module-timeout=7"], { moduleTimeout: 7 }],
  [["-j", "3"], { readers: { fewest: 3, most: 3 } }],
  [["-a"], {}],
];

for (const [args, changes] of FIELDS) {
  const fields = Object.keys(changes).join() || "nothing";
  Deno.test(`makePlan() changes ${fields} for ${args.join(" ")}`, () => {
    assertEquals(planOf(...args), { ...planOf(), ...changes });
  });
}

for (const [option, name] of [["-n", "'--show' (-n)"], ["-A", "'--quick' (-A)"]] as const) {
  Deno.test(`makePlan() refuses --check with ${option}`, () => {
    const error = assertThrows(() => planOf("--check", option, VERSION), UsageError);
    assertEquals(error.message, `option '--check' cannot be used with ${name}`);
  });
}

Deno.test("makePlan() finds the cache beside the index files, or where --cache says", () => {
  assertEquals(planOf(VERSION).cachePath, undefined);
  const usual = `/out/lib/modules/${VERSION}/modules.cache.bin`;
  assertEquals(planOf("--cache", "-o", "/out", VERSION).cachePath, usual);
  for (const path of ["/var/cache/depmod", "/x/modules.cache", "/modules.d/a", "/a.ko/b"]) {
    assertEquals(planOf(`--cache=${path}`, VERSION).cachePath, path);
  }
  assertEquals(planOf("--cache=here", VERSION).cachePath, `${CWD}/here`);
});

for (
  const name of ["/x/modules.dep", "modules.order", "modules.alias.bin", "/x/a.ko", "a.ko.zst"]
) {
  Deno.test(`makePlan() takes no cache of the name ${name}`, () => {
    assertThrows(() => planOf(`--cache=${name}`, VERSION), UsageError, name);
  });
}
