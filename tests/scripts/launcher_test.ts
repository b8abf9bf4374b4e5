/**
 * What the launcher of the Debian package hands to the executable; how it does without one is tried by
 * scripts/dist-test.
 *
 * @module
 */
import { assertEquals } from "../support/assert.ts";
import { runCommand } from "../support/program.ts";
import { withTree } from "../support/temp_tree.ts";

const LAUNCHER = new URL("../../scripts/debian/launcher", import.meta.url);

/** The arguments that the executable gets, one a line, and its environment. */
const EXECUTABLE = `#!/bin/sh
printf '%s\\n' "$@"
env | grep -v -e ^PWD= -e ^SHLVL= -e ^_=
`;

/** What an executable gets that is started with this environment. */
function launch(environment: readonly string[], args: readonly string[]): string[] {
  return withTree({ "depmod": EXECUTABLE }, (home) => {
    Deno.chmodSync(`${home}/depmod`, 0o755);
    const text = Deno.readTextFileSync(LAUNCHER);
    Deno.writeTextFileSync(`${home}/launcher`, text.replace("/usr/lib/depmod-deno", home));
    const words = ["env", "-i", ...environment, "/bin/sh", `${home}/launcher`, ...args];
    const { stdout } = runCommand(words, { cwd: home });
    return stdout.split("\n").slice(0, -1);
  });
}

Deno.test("the launcher hands on the arguments, and no environment", () => {
  assertEquals(launch(["TERM=xterm", "RUST_LOG=trace"], ["-a", "b c"]), ["-a", "b c"]);
  assertEquals(launch([], ["-n"]), ["-n"]);
});

Deno.test("the launcher adds --no-progress for a dumb terminal", () => {
  assertEquals(launch(["TERM=dumb"], ["-a", "b c"]), ["--no-progress", "-a", "b c"]);
});
