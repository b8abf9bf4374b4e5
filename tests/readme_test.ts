/**
 * What the README says of the program must be so: the help text, and the example of the library,
 * which lib/mod.ts shows too.
 *
 * @module
 */
import { CONFIG_DIRECTORIES } from "../lib/discover/config_files.ts";
import { renderHelp } from "../lib/cli/usage.ts";
import { assert, assertEquals } from "./support/assert.ts";
import { buildModule, latin1 } from "./support/elf_builder.ts";
import { describeEntry, type GoldenOutcome, observe } from "./support/golden.ts";
import { runCommand } from "./support/program.ts";
import { assertComplete, assertNothingWritten } from "./support/run_tree.ts";

const TOP = new URL("../", import.meta.url).pathname;
const README = Deno.readTextFileSync(`${TOP}README.md`);

/** The tree of the example. */
const TREE = "lib/modules/6.1.0-50-amd64";

/** The only TypeScript in a text, without the fence around it. */
function findExample(text: string): string {
  const blocks = [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code!);
  assertEquals(blocks.length, 1, "blocks of TypeScript");
  return blocks[0]!;
}

/** The first comment of a file, without its stars. */
function readComment(path: string): string {
  const [comment] = Deno.readTextFileSync(path).split("*/");
  return comment!.replaceAll(/^ \* ?/gm, "");
}

/** A program with each of these texts replaced, all of which must be there. */
function replaceAll(code: string, replacements: Readonly<Record<string, string>>): string {
  for (const [text, replacement] of Object.entries(replacements)) {
    assert(code.includes(text), `no ${text} in ${code}`);
    code = code.replaceAll(text, replacement);
  }
  return code;
}

/** What the library must be allowed: the tree, the configuration, its own code, the output. */
const PERMISSIONS = {
  tree: { read: [`@/${TREE}`] },
  configuration: { read: CONFIG_DIRECTORIES },
  code: { read: [`${TOP}lib/`] },
  output: { write: [`@/${TREE}`] },
} as const;

interface Permission {
  readonly read?: readonly string[];
  readonly write?: readonly string[];
}

/** Runs the example on a tree with a broken module, with these permissions. */
function runExample(permissions: readonly Permission[]): GoldenOutcome {
  const root = new Map([
    [`${TREE}/a.ko`, buildModule({ needs: ["b_go"], modinfo: ["alias=of-a"] })],
    [`${TREE}/b.ko`, buildModule({ exports: ["b_go"] })],
    [`${TREE}/broken.ko`, latin1("no module\n")],
    [`${TREE}/modules.order`, latin1("a.ko\nb.ko\nbroken.ko\n")],
    [`${TREE}/modules.builtin`, latin1("kernel/c.ko\n")],
    [`${TREE}/modules.builtin.modinfo`, latin1("")],
  ]);
  const readable = permissions.flatMap(({ read = [] }) => read);
  const writable = permissions.flatMap(({ write = [] }) => write);
  const args = [
    ...["run", "--no-prompt", "--quiet", `--config=${TOP}deno.json`, `--allow-read=${readable}`],
    ...(writable.length > 0 ? [`--allow-write=${writable}`] : []),
    "@/example.ts",
  ];
  const prepare = (directory: string) => {
    const example = replaceAll(findExample(README), {
      "./lib/mod.ts": `${TOP}lib/mod.ts`,
      "/srv/image": directory,
    });
    Deno.writeTextFileSync(`${directory}/example.ts`, example);
  };
  return observe({ root, args, prepare }, (expanded, { cwd }) => {
    return runCommand([Deno.execPath(), ...expanded], { cwd });
  });
}

Deno.test("README.md shows the help text as it is", () => {
  assert(README.includes("```\n" + renderHelp() + "```\n"));
});

Deno.test("README.md and lib/mod.ts show the same example", () => {
  assertEquals(findExample(readComment(`${TOP}lib/mod.ts`)), findExample(README));
});

Deno.test("the example of the library indexes a tree, and tells of a broken module", () => {
  const outcome = runExample(Object.values(PERMISSIONS));
  assertComplete(outcome, TREE);
  const fault = `failed to load symbols from @/${TREE}/broken.ko: Exec format error`;
  assertEquals([outcome.stdout, outcome.stderr], ["", `error: ${fault}\n`]);
  const text = (name: string) => describeEntry(outcome.files.get(`${TREE}/${name}`)!);
  assertEquals(text("modules.dep"), "a.ko: b.ko\nb.ko:\nbroken.ko:\n");
  assertEquals(text("modules.alias").split("\n").slice(1), ["alias of-a a", ""]);
});

for (const name of ["tree", "configuration", "code", "output"] as const) {
  Deno.test(`the example of the library writes nothing without the permission for the ${name}`, () => {
    const { [name]: _, ...others } = PERMISSIONS;
    const outcome = runExample(Object.values(others));
    assertNothingWritten(outcome);
    assert(outcome.stderr.includes("FatalError: "), outcome.stderr);
  });
}
