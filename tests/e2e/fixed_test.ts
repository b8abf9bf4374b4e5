/**
 * Executables with fixed grants: they do their work on the directories that were named when they
 * were compiled, and on no other. Tested where executables are (see support/program.ts).
 *
 * @module
 */
import { assert, assertEquals } from "../support/assert.ts";
import { buildModule } from "../support/elf_builder.ts";
import { runCommand } from "../support/program.ts";
import { INCOMPLETE, INDEX_FILES } from "../support/run_tree.ts";
import { withTree } from "../support/temp_tree.ts";

const TOP = new URL("../../", import.meta.url).pathname;
const TREE = "lib/modules/6.1.0-test";
const FILES = {
  [`image/${TREE}/a.ko`]: buildModule({ needs: ["go"] }),
  [`image/${TREE}/b.ko`]: buildModule({ exports: ["go"] }),
  [`image/${TREE}/modules.order`]: "a.ko\nb.ko\n",
  [`image/${TREE}/modules.builtin`]: "",
  [`image/${TREE}/modules.builtin.modinfo`]: "",
  [`other/${TREE}/a.ko`]: buildModule(),
};

/** Calls `body` with an executable that may read `image` and write `out`, and with their parent. */
function withFixed(body: (executable: string, root: string) => void): void {
  withTree(FILES, (root) => {
    Deno.mkdirSync(`${root}/out`);
    const executable = `${root}/depmod`;
    const grants = ["--read", `${root}/image`, "--write", `${root}/out`, "--output", executable];
    const { status, stderr } = runCommand([`${TOP}scripts/compile`, ...grants], { cwd: TOP });
    assertEquals(status, 0, stderr);
    body(executable, root);
  });
}

function listFiles(directory: string): string[] {
  return [...Deno.readDirSync(directory)].map(({ name }) => name).sort();
}

Deno.test({
  name: "an executable with fixed grants keeps to them",
  ignore: Deno.env.get("DEPMOD") === undefined,
  fn: () =>
    withFixed((executable, root) => {
      const depmod = (...args: string[]) =>
        runCommand([executable, ...args, "6.1.0-test"], { cwd: root });

      const good = depmod("-b", `${root}/image`, "-o", `${root}/out`);
      assertEquals(good, { status: 0, stdout: "", stderr: "" });
      assertEquals(listFiles(`${root}/out/${TREE}`), INDEX_FILES);
      assertEquals(
        Deno.readTextFileSync(`${root}/out/${TREE}/modules.dep`),
        "a.ko: b.ko\nb.ko:\n",
      );

      const other = depmod("-b", `${root}/other`, "-o", `${root}/out`);
      assertRefused(other, `read ${root}/other/${TREE}`, "--read");
      const inPlace = depmod("-b", `${root}/image`);
      assertRefused(inPlace, `write ${root}/image/${TREE}`, "--write");
      assertEquals(listFiles(`${root}/image/${TREE}`).length, 5);

      // With the system's root for the base, a link may lead to what is granted, and no further.
      const everywhere = ["-m", `${root}/image/lib/modules`, "-n"];
      Deno.symlinkSync(`${root}/out/x.ko`, `${root}/image/${TREE}/x.ko`);
      Deno.symlinkSync(`${root}/other/${TREE}/a.ko`, `${root}/image/${TREE}/y.ko`);
      Deno.copyFileSync(`${root}/image/${TREE}/b.ko`, `${root}/out/x.ko`);
      const shown = depmod(...everywhere);
      assertEquals(shown.status, INCOMPLETE);
      assert(
        /y\.ko leads to .*, which this program may not read\n/.test(shown.stderr),
        shown.stderr,
      );
      assert(!shown.stderr.includes("/x.ko"), shown.stderr);
      assert(shown.stdout.includes("x.ko:"), shown.stdout);
      for (const name of ["x.ko", "y.ko"]) Deno.removeSync(`${root}/image/${TREE}/${name}`);

      // A link that leads out of the base directory is refused, as by any executable.
      Deno.symlinkSync(`${root}/other/${TREE}/a.ko`, `${root}/image/${TREE}/c.ko`);
      const linked = depmod("-b", `${root}/image`, "-o", `${root}/out`);
      assertEquals(linked.status, INCOMPLETE);
      assert(linked.stderr.includes("c.ko leads to "), linked.stderr);
    }),
});

/** One line, that names what was not permitted and how to permit it. */
function assertRefused(
  { status, stdout, stderr }: { status: number; stdout: string; stderr: string },
  what: string,
  option: string,
): void {
  assertEquals([status, stdout, stderr.split("\n").length], [1, "", 2], stderr);
  assert(stderr.startsWith(`depmod: FATAL: may not ${what}: `), stderr);
  assert(stderr.includes(`${option} /`), stderr);
}
