/**
 * The help text: it is complete, and its columns are aligned.
 *
 * @module
 */
import { OPTIONS } from "../../lib/cli/options.ts";
import { renderHelp, renderVersion } from "../../lib/cli/usage.ts";
import { assert, assertEquals } from "../support/assert.ts";

/** The long option, with its argument, that a line of the help text is about. */
function leftPart(line: string): string | undefined {
  return /^ +(?:-\w, )?(--\S+) /.exec(line)?.[1];
}

Deno.test("renderHelp() has a line for each option that has a help text", () => {
  const lines = renderHelp().split("\n");
  for (const { short, long, argument, optional, help } of OPTIONS) {
    const value = argument === undefined ? "" : `=${argument}`;
    const name = `--${long}${optional ? `[${value}]` : value}`;
    const found = lines.filter((line) => leftPart(line) === name);
    assertEquals(found.length, help === undefined ? 0 : 1, name);
    if (help === undefined) continue;
    assert(found[0]!.endsWith(` ${help}`), name);
    assertEquals(found[0]!.startsWith(`  -${short}, --`), short !== undefined, name);
  }
});

Deno.test("renderHelp() is text of at most 100 columns, aligned", () => {
  const lines = renderHelp().split("\n");
  assertEquals(lines.filter((line) => line.length > 100), []);
  const columns = lines.filter((line) => /^ +-/.test(line))
    .map((line) => /^ +(?:-\w, )?--[^ ]+ +/.exec(line)![0].length);
  assertEquals(new Set(columns).size, 1);
});

Deno.test("renderHelp() begins with the usage, and ends with one newline", () => {
  assert(renderHelp().startsWith("Usage: depmod [OPTION]... [VERSION [MODULE]...]\n"));
  assert(/[^\n]\n$/.test(renderHelp()));
});

Deno.test("renderVersion() begins with the release of kmod, and tells our own from deno.json", () => {
  const manifest = JSON.parse(Deno.readTextFileSync(new URL("../../deno.json", import.meta.url)));
  assert(/^\d+\.\d+\.\d+$/.test(manifest.version), manifest.version);
  const [first = "", second = "", ...rest] = renderVersion(Deno.version).split("\n");
  assertEquals(first, `depmod, compatible with kmod 34, version ${manifest.version}`);
  assertEquals(/\d+([.]?\d+)*/.exec(first)?.[0], "34"); // what scripts take for the version
  assert(second.startsWith(`Deno ${Deno.version.deno}, `), second);
  assert(/, liblzma \d+\.\d+\.\d+, zstd \d+\.\d+\.\d+$/.test(second), second);
  assertEquals(rest, [""]);
});
