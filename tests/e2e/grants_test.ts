/**
 * Permissions narrowed to what a run needs: it works with them, and says so when one is missing.
 *
 * @module
 */
import { assert, assertEquals } from "../support/assert.ts";
import { buildModule } from "../support/elf_builder.ts";
import { packXz } from "../support/pack.ts";
import { type TreeFiles, withTree } from "../support/temp_tree.ts";

const TREE = "lib/modules/6.1.0-test";
/** Enough compressed modules that several threads would read them. */
const MANY = Object.fromEntries(
  Array.from({ length: 320 }, (_, i) => [`${TREE}/many/m${i}.ko.xz`, packXz(buildModule())]),
);
const FILES = {
  [`${TREE}/a.ko`]: buildModule({ needs: ["go"] }),
  [`${TREE}/b.ko`]: buildModule({ exports: ["go"] }),
  [`${TREE}/modules.order`]: "a.ko\nb.ko\n",
  "depmod.conf": "search updates\n",
  "elsewhere/c.ko": buildModule(),
};

/**
 * Runs main.ts on a tree with these permissions; `@` stands for the root's path, in the
 * configuration too.
 */
function run(permissions: readonly string[], args: readonly string[], files: TreeFiles = FILES) {
  return withTree(files, (root) => {
    Deno.writeTextFileSync(`${root}/external.conf`, `external * ${root}/elsewhere\n`);
    const main = new URL("../../main.ts", import.meta.url).pathname;
    const words = [...permissions, main, "-b", "@", ...args, "6.1.0-test"];
    const { code, stderr } = new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-prompt", "--quiet", ...words.map((word) => word.replaceAll("@", root))],
    }).outputSync();
    const names = [...Deno.readDirSync(`${root}/${TREE}`)].map(({ name }) => name);
    const written = names.filter((name) => /^modules\.(?!order)/.test(name)).length;
    return { code, written, text: new TextDecoder().decode(stderr).replaceAll(root, "@") };
  });
}

/** Run from source, the program's threads read their own code. */
const SOURCE = new URL("../../lib/", import.meta.url).pathname;

const CONFIGURED = ["-C", "@/depmod.conf"];

Deno.test("depmod needs read on tree and configuration, read and write on the output", () => {
  const grants = [`--allow-read=@/${TREE},@/depmod.conf,${SOURCE}`, `--allow-write=@/${TREE}`];
  const { code, written, text } = run(grants, CONFIGURED);
  assertEquals([code, written], [0, 11], text);
});

Deno.test("depmod starts several readers with no more than that", () => {
  const grants = [`--allow-read=@/${TREE},@/depmod.conf,${SOURCE}`, `--allow-write=@/${TREE}`];
  const { code, written, text } = run(grants, ["-j2", ...CONFIGURED], { ...FILES, ...MANY });
  assertEquals([code, written], [0, 11], text);
});

Deno.test("depmod ends where its threads may not read their own source", () => {
  const grants = [`--allow-read=@/${TREE},@/depmod.conf`, `--allow-write=@/${TREE}`];
  const { code, written, text } = run(grants, CONFIGURED);
  assertEquals([code, written], [1, 0], text);
  assertEquals(text.trim().split("\n").length, 1, text);
  assert(text.includes(`may not read ${SOURCE}: grant it with --allow-read=${SOURCE}`), text);
});

Deno.test("depmod ends where it may not read the tree, and names the path and the permission", () => {
  const { code, written, text } = run([`--allow-read=@/depmod.conf`], CONFIGURED);
  assertEquals([code, written], [1, 0], text);
  assertEquals(text.trim().split("\n").length, 1, text);
  assert(text.includes(`may not read @/${TREE}: grant it with --allow-read=@/${TREE}`), text);
});

Deno.test("depmod ends where it may not look for configuration", () => {
  const { code, written, text } = run([`--allow-read=@`, "--allow-write=@"], []);
  assertEquals([code, written], [1, 0]);
  assert(text.startsWith("depmod: FATAL: could not load configuration /etc/depmod.d: "), text);
  assert(text.includes("--allow-read"), text);
});

Deno.test("depmod ends where it may not write, and names the path and the permission", () => {
  const { code, written, text } = run(["--allow-read=@"], CONFIGURED);
  assertEquals([code, written], [1, 0]);
  assert(text.includes(`may not write @/${TREE}: grant it with --allow-write=@/${TREE}`), text);
});

Deno.test("depmod fails where it may not read an external directory, and does the rest", () => {
  const grants = [`--allow-read=@/${TREE},@/external.conf,${SOURCE}`, `--allow-write=@/${TREE}`];
  const { code, written, text } = run(grants, ["-C", "@/external.conf"]);
  assertEquals([code, written], [1, 11], text);
  assert(text.includes("could not open directory @/elsewhere: Requires read access"), text);
});

Deno.test("depmod ends where something is denied in the output directory", () => {
  const grants = [`--allow-read=@,${SOURCE}`, "--allow-write=@"];
  const denied = `--deny-write=@/${TREE}/modules.symbols`;
  const { code, written, text } = run([...grants, denied], CONFIGURED);
  assertEquals([code, written], [1, 0], text);
  assert(text.includes(`FATAL: may not write @/${TREE}: `), text);
});
