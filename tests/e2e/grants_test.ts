/**
 * Permissions narrowed to what a run needs: it works with them, and says so when one is missing.
 *
 * @module
 */
import { assert, assertEquals } from "../support/assert.ts";
import { buildModule } from "../support/elf_builder.ts";
import { type GoldenOutcome, observe } from "../support/golden.ts";
import { packXz } from "../support/pack.ts";
import { runCommand } from "../support/program.ts";
import {
  assertComplete,
  assertIncomplete,
  assertNothingWritten,
  fileText,
  messages,
} from "../support/run_tree.ts";
import { buildTree, MODULES, type TreeSpec, VERSION } from "../support/tree.ts";

const SPEC: TreeSpec = {
  modules: { "a.ko": { needs: ["go"] }, "b.ko": { exports: ["go"] } },
  files: { "depmod.conf": "search updates\n", "elsewhere/c.ko": buildModule({ needs: ["go"] }) },
};
const DEP = "a.ko: b.ko\nb.ko:\n";

/** Enough compressed modules that several threads would read them, and their names. */
const MANY = Array.from({ length: 320 }, (_, i) => `many/m${i}.ko.xz`);
const MANY_SPEC: TreeSpec = {
  ...SPEC,
  order: ["a.ko", "b.ko", ...MANY.map((path) => path.replace(".xz", ""))],
  files: {
    ...SPEC.files,
    ...Object.fromEntries(MANY.map((path) => [`${MODULES}/${path}`, packXz(buildModule())])),
  },
};

/** Runs main.ts on a tree with these permissions; `@` stands for the root's path in all of them. */
function run(
  permissions: readonly string[],
  options: readonly string[],
  spec: TreeSpec = SPEC,
): GoldenOutcome {
  const main = new URL("../../main.ts", import.meta.url).pathname;
  const prepare = (root: string) =>
    Deno.writeTextFileSync(`${root}/external.conf`, `external * ${root}/elsewhere\n`);
  const args = [...permissions, main, "-b", "@", ...options, VERSION];
  return observe({ root: buildTree(spec), args, prepare }, (expanded, { cwd }) => {
    return runCommand([Deno.execPath(), "run", "--no-prompt", "--quiet", ...expanded], { cwd });
  });
}

/** The run ended with one line that begins so, and nothing was written. */
function assertEndsWith(outcome: GoldenOutcome, start: string): void {
  assertNothingWritten(outcome);
  const [line = "", ...others] = messages(outcome);
  assert(line.startsWith(`depmod: FATAL: ${start}`), outcome.stderr);
  assertEquals(others, []);
}

/** Run from source, the program's threads read their own code. */
const SOURCE = new URL("../../lib/", import.meta.url).pathname;

const CONFIGURED = ["-C", "@/depmod.conf"];
const WRITE = `--allow-write=@/${MODULES}`;

Deno.test("depmod needs read on tree and configuration, read and write on the output", () => {
  const outcome = run([`--allow-read=@/${MODULES},@/depmod.conf,${SOURCE}`, WRITE], CONFIGURED);
  assertComplete(outcome);
  assertEquals(outcome.stderr, "");
  assertEquals(fileText(outcome, "modules.dep"), DEP);
});

Deno.test("depmod starts several readers with no more than that", () => {
  const grants = [`--allow-read=@/${MODULES},@/depmod.conf,${SOURCE}`, WRITE];
  const outcome = run(grants, ["-j2", ...CONFIGURED], MANY_SPEC);
  assertComplete(outcome);
  assertEquals(outcome.stderr, "");
  assertEquals(fileText(outcome, "modules.dep"), DEP + MANY.map((path) => `${path}:\n`).join(""));
});

Deno.test("depmod ends where its threads may not read their own source", () => {
  const outcome = run([`--allow-read=@/${MODULES},@/depmod.conf`, WRITE], CONFIGURED);
  assertEndsWith(outcome, `may not read ${SOURCE}: grant it with --allow-read=${SOURCE}`);
});

Deno.test("depmod ends where it may not read the tree, and names the path and the permission", () => {
  const outcome = run([`--allow-read=@/depmod.conf`], CONFIGURED);
  const tree = `@/${MODULES}`;
  assertEndsWith(outcome, `may not read ${tree}: grant it with --allow-read=${tree}`);
});

Deno.test("depmod ends where it may not look for configuration", () => {
  const outcome = run(["--allow-read=@", "--allow-write=@"], []);
  assertEndsWith(outcome, "could not load configuration /etc/depmod.d: ");
  assert(outcome.stderr.includes("--allow-read"), outcome.stderr);
});

Deno.test("depmod ends where it may not write, and names the path and the permission", () => {
  const tree = `@/${MODULES}`;
  const outcome = run(["--allow-read=@"], CONFIGURED);
  assertEndsWith(outcome, `may not write ${tree}: grant it with --allow-write=${tree}`);
});

Deno.test("depmod fails where it may not read an external directory, and does the rest", () => {
  const grants = [`--allow-read=@/${MODULES},@/external.conf,${SOURCE}`, WRITE];
  const outcome = run(grants, ["-C", "@/external.conf"]);
  assertIncomplete(outcome);
  const [line = "", ...others] = messages(outcome);
  const start = "depmod: ERROR: could not open directory @/elsewhere: Requires read access";
  assert(line.startsWith(start), outcome.stderr);
  assertEquals(others, []);
  assertEquals(fileText(outcome, "modules.dep"), DEP);
});

Deno.test("depmod ends where something is denied in the output directory", () => {
  const grants = [`--allow-read=@,${SOURCE}`, "--allow-write=@"];
  const denied = `--deny-write=@/${MODULES}/modules.symbols`;
  const outcome = run([...grants, denied], CONFIGURED);
  assertEndsWith(outcome, `may not write @/${MODULES}: `);
});
