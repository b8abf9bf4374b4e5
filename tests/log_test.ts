/**
 * Messages and results: what is shown at which verbosity, where, and what happens when stdout
 * takes no more. Each test runs a small program, which uses the log, in a process of its own.
 *
 * @module
 */
import type { Message } from "../lib/model.ts";
import { assertEquals } from "./support/assert.ts";
import { withTree } from "./support/temp_tree.ts";
import { decodeBytes } from "./support/tree.ts";

const LOG = new URL("../lib/log.ts", import.meta.url).href;

/** What a program leaves that runs `code` with a `log` of this verbosity. */
function runWithLog(code: string, { verbosity = 0, shell = '"$@"' } = {}) {
  const program = `
    import { Log, showStatus, writeError } from ${JSON.stringify(LOG)};
    const log = new Log(${verbosity});
    const bytes = (text) => new TextEncoder().encode(text);
    ${code}
  `;
  return withTree({ "main.js": program }, (root) => {
    const deno = [Deno.execPath(), "run", "--no-lock", "--quiet", `${root}/main.js`];
    const { stdout, stderr } = new Deno.Command("sh", {
      args: ["-c", shell, "sh", ...deno],
      env: { DENO_NO_UPDATE_CHECK: "1" },
    }).outputSync();
    return { stdout: decodeBytes(stdout), stderr: decodeBytes(stderr) };
  });
}

function reporting(messages: readonly Message[]): string {
  return messages.map((message) => `log.report(${JSON.stringify(message)});`).join("\n");
}

const LEVELS = ["fatal", "error", "warning", "notice", "info", "debug"] as const;

for (const verbosity of [0, 1, 2, 3, 9]) {
  const shown = LEVELS.slice(0, 3 + verbosity);
  Deno.test(`Log of verbosity ${verbosity} shows messages down to ${shown.at(-1)}`, () => {
    const code = reporting(
      LEVELS.map((level) => ({ level, code: "search", text: `about ${level}` })),
    );
    assertEquals(runWithLog(code, { verbosity }), {
      stdout: "",
      stderr: shown.map((level) => `depmod: ${level.toUpperCase()}: about ${level}\n`).join(""),
    });
  });
}

Deno.test("Log.report() writes output to stdout, whatever the verbosity", () => {
  const code = reporting(["a", "b"].map((text) => ({ level: "output", code: "dependency", text })));
  assertEquals(runWithLog(code), { stdout: "a\nb\n", stderr: "" });
});

Deno.test("Log.write() writes all bytes as they are", () => {
  const code = "log.write(Uint8Array.of(0, 0xff, 10)); log.write(new Uint8Array(300000).fill(65));";
  assertEquals(runWithLog(code).stdout, "\0\xff\n" + "A".repeat(300000));
});

Deno.test("Log.stdoutFailed is false while stdout takes what is written", () => {
  const code = 'log.write(bytes("a")); writeError(String(log.stdoutFailed));';
  assertEquals(runWithLog(code), { stdout: "a", stderr: "false" });
});

Deno.test("Log reports once that stdout is full, and remembers it", () => {
  const code = 'log.write(bytes("a")); log.write(bytes("b")); ' +
    'log.report({ level: "output", text: "c" }); writeError(String(log.stdoutFailed));';
  assertEquals(
    runWithLog(code, { shell: '"$@" >/dev/full' }).stderr,
    "depmod: ERROR: could not write to standard output: No space left on device\ntrue",
  );
});

Deno.test("Log still shows messages when stdout is full", () => {
  const code = 'log.write(bytes("a")); log.report({ level: "error", text: "b" });';
  const { stderr } = runWithLog(code, { shell: '"$@" >/dev/full' });
  assertEquals(stderr.split("\n").at(-2), "depmod: ERROR: b");
});

Deno.test("writeError() does not throw when stderr is full", () => {
  const code = 'writeError("a"); log.report({ level: "error", text: "b" }); log.write(bytes("c"));';
  assertEquals(runWithLog(code, { shell: '"$@" 2>/dev/full' }).stdout, "c");
});

Deno.test("showStatus() replaces the last line, and leaves the cursor at the start", () => {
  const code = 'showStatus("abcd"); showStatus("xy"); showStatus("xy"); showStatus("");';
  assertEquals(runWithLog(code).stderr, "\rabcd\r\rxy  \r\r  \r");
});

Deno.test("whatever is written removes the line of showStatus() first, and only once", () => {
  const code = 'showStatus("abcd"); log.report({ level: "error", text: "e" }); writeError("f");';
  assertEquals(runWithLog(code).stderr, "\rabcd\r\r    \rdepmod: ERROR: e\nf");
  const output = 'showStatus("abcd"); log.writeText("out"); log.writeText("put");';
  assertEquals(runWithLog(output), { stdout: "output", stderr: "\rabcd\r\r    \r" });
});
