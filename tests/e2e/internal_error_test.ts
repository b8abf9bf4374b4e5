/**
 * A mistake in the program, in any of its threads, is one message that asks for a report. There is
 * none that could be tried, so each test makes one: it runs main.ts, from source, with something
 * broken in the runtime's functions.
 *
 * @module
 */
import { assert, assertEquals } from "../support/assert.ts";
import { type GoldenOutcome, observe } from "../support/golden.ts";
import { runCommand } from "../support/program.ts";
import { assertNothingWritten, messages } from "../support/run_tree.ts";
import { buildTree, MODULES, VERSION } from "../support/tree.ts";

const TOP = new URL("../../", import.meta.url).pathname;

/** Runs main.ts on a tree of one module, after this code. */
function runBroken(code: string): GoldenOutcome {
  const program = `${code}\nawait import("${TOP}main.ts");\n`;
  const root = buildTree({ modules: { "a.ko": {} } });
  // A module that is named is read by a message, and not without being asked.
  const args = ["@/broken.js", "-b", "@", VERSION, `@/${MODULES}/a.ko`];
  const prepare = (directory: string) => Deno.writeTextFileSync(`${directory}/broken.js`, program);
  return observe({ root, args, prepare }, (expanded, { cwd }) => {
    const options = ["--quiet", "--no-prompt", "--allow-all", `--config=${TOP}deno.json`];
    return runCommand([Deno.execPath(), "run", ...options, ...expanded], { cwd });
  });
}

/** Code by which the message `kind`, which goes to another thread, becomes another one. */
function replaceMessage(kind: string, replacement: unknown): string {
  return `
    const post = Worker.prototype.postMessage;
    Worker.prototype.postMessage = function (message, ...others) {
      const isMeant = message.kind === ${JSON.stringify(kind)};
      const { number } = message;
      return isMeant ? post.call(this, { ...${JSON.stringify(replacement)}, number })
        : post.call(this, message, ...others);
    };
  `;
}

/** The program's one message begins so, and nothing else is shown. */
function assertAsksForReport(outcome: GoldenOutcome, start: string): void {
  assertNothingWritten(outcome);
  const ours = messages(outcome);
  assertEquals(ours.length, 1, outcome.stderr);
  assert(ours[0]!.startsWith(`depmod: FATAL: internal error: ${start}`), ours[0]);
  assert(ours[0]!.endsWith(": please report this, with the command line"), ours[0]);
}

Deno.test("depmod asks for a report of what breaks in the main thread, in one line", () => {
  const outcome = runBroken(`Deno.permissions.revokeSync = () => {
    throw new TypeError("broken\\n  on purpose");
  };`);
  assertAsksForReport(outcome, "TypeError: broken");
  assert(outcome.stderr.includes("on purpose"), outcome.stderr);
  assertEquals(messages(outcome).length, 1, outcome.stderr);
});

Deno.test("depmod asks for a report of what breaks in a reader", () => {
  const outcome = runBroken(replaceMessage("read", { kind: "finish" }));
  assertAsksForReport(outcome, "Error: nothing has been read");
});

Deno.test("depmod asks for a report of what breaks in the writer", () => {
  const outcome = runBroken(replaceMessage("publish", null));
  assertAsksForReport(outcome, "TypeError: ");
});
