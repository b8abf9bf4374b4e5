/**
 * The configuration of depmod.d: which lists it makes of which lines, and what it complains of.
 *
 * @module
 */
import { BUILT_IN, EXTERNAL, parseConfig } from "../../lib/discover/config.ts";
import type { Message } from "../../lib/model.ts";
import { assertEquals } from "../support/assert.ts";

const VERSION = "6.1.0-50-amd64";

/** What one file says. */
function parse(text: string) {
  return parseConfig([{ path: "c.conf", text }], VERSION);
}

function configOf(text: string) {
  return parse(text).config;
}

function messagesOf(text: string): Message[] {
  return parse(text).messages;
}

Deno.test("parseConfig() searches updates when there is no search line", () => {
  const expected = { searches: ["updates"], overrides: [], externals: [], excludes: [] };
  assertEquals(parseConfig([], VERSION).config, expected);
  assertEquals(configOf("# search a\n\nexclude\n"), expected);
});

Deno.test("parseConfig() keeps to the default when a search line has no words", () => {
  assertEquals(configOf("search\n").searches, ["updates"]);
});

Deno.test("parseConfig() puts later search words first", () => {
  assertEquals(configOf("search a b\nsearch c\n").searches, ["c", "b", "a"]);
});

Deno.test("parseConfig() keeps search words that are repeated", () => {
  assertEquals(configOf("search a b a\n").searches, ["a", "b", "a"]);
});

Deno.test("parseConfig() keeps the keywords of search lines as words", () => {
  assertEquals(configOf("search updates built-in external\n").searches, [
    EXTERNAL,
    BUILT_IN,
    "updates",
  ]);
});

Deno.test("parseConfig() puts later names to exclude first", () => {
  assertEquals(configOf("exclude a b\nexclude c\n").excludes, ["c", "b", "a"]);
});

Deno.test("parseConfig() puts later files' words first", () => {
  const files = [{ path: "a", text: "search a\n" }, { path: "b", text: "search b\n" }];
  assertEquals(parseConfig(files, VERSION).config.searches, ["b", "a"]);
});

Deno.test("parseConfig() does not join a file's last line with the next file", () => {
  const files = [{ path: "a", text: "search a \\" }, { path: "b", text: "search b\n" }];
  const { config, messages } = parseConfig(files, VERSION);
  assertEquals(config.searches, ["b", "a"]);
  assertEquals(messages, []);
});

Deno.test("parseConfig() counts lines in each file from 1", () => {
  const files = [{ path: "a", text: "\n\nbad\n" }, { path: "b", text: "\nworse\n" }];
  assertEquals(parseConfig(files, VERSION).messages.map(({ text }) => text), [
    "a:3: ignoring bad line starting with 'bad'",
    "b:2: ignoring bad line starting with 'worse'",
  ]);
});

const OVERRIDES: readonly (readonly [line: string, overrides: readonly string[]])[] = [
  ["override mod * extra", ["extra/mod"]],
  ["override mod 6.1 extra/a", ["extra/a/mod"]],
  ["override mod ^6\\\\.1\\\\.0-[0-9]+-amd64$ extra", ["extra/mod"]],
  ["override mod ^1 extra", []],
  ["override mod 6.2 extra", []],
  ["override mod [ extra", []], // no valid pattern matches nothing
  ["override mod ** extra", []],
  ["override a * x\noverride b * y", ["y/b", "x/a"]],
  ["override mod * extra further words", ["extra/mod"]],
  ["override my-mod * extra", ["extra/my-mod"]],
  ["override mod * extra/", ["extra//mod"]],
];

for (const [line, overrides] of OVERRIDES) {
  Deno.test(`parseConfig() makes overrides ${JSON.stringify(overrides)} of: ${line}`, () => {
    assertEquals(configOf(line + "\n").overrides, overrides);
  });
}

const EXTERNALS: readonly (readonly [line: string, externals: readonly string[]])[] = [
  ["external * /opt/a", ["/opt/a"]],
  ["external * /opt/a\nexternal * /opt/b", ["/opt/b", "/opt/a"]],
  ["external 6.1 /opt/a /opt/b", ["/opt/a"]],
  ["external amd64$ /opt/a", ["/opt/a"]],
  ["external arm64$ /opt/a", []],
  ["external ( /opt/a", []],
  ["external * relative", ["relative"]],
];

for (const [line, externals] of EXTERNALS) {
  Deno.test(`parseConfig() makes externals ${JSON.stringify(externals)} of: ${line}`, () => {
    assertEquals(configOf(line + "\n").externals, externals);
  });
}

/** Search words, in the order written, of odd spellings; checked by the reference. */
const SPELLINGS: readonly (readonly [text: string, words: readonly string[]])[] = [
  ["search a b", ["a", "b"]],
  ["search\ta  \t b \n", ["a", "b"]],
  ["  search a\n", ["a"]],
  ["\tsearch a\n", ["a"]],
  ["search a\\\nb\n", ["ab"]],
  ["search a \\\n b\n", ["a", "b"]],
  ["sea\\\nrch a\n", ["a"]],
  ["search a \\\n\\\n b\n", ["a", "b"]],
  ["search a\\b\n", ["ab"]],
  ["search a\\ b\n", ["a", "b"]],
  ["search a\\\\b\n", ["a\\b"]],
  ["search a\\\\\nsearch b\n", ["a\\", "b"]],
  ["search a\\", ["a"]],
  ["search a\\\n", ["a"]],
  ["search a # b\n", ["a", "#", "b"]],
  ["search a\r\n", ["a\r"]],
  ["search a\n#search b\n", ["a"]],
  ["search a\n#search b \\\nsearch c\n", ["a"]],
  ["search a\n\\#search b\n", ["a"]],
];

for (const [text, words] of SPELLINGS) {
  Deno.test(`parseConfig() reads ${JSON.stringify(words)} from ${JSON.stringify(text)}`, () => {
    assertEquals(configOf(text).searches, [...words].reverse());
  });
}

const BAD_LINES: readonly (readonly [text: string, place: string, word: string])[] = [
  ["bad\n", "1", "bad"],
  ["bad", "1", "bad"],
  ["\n# comment\n\nbad words\n", "4", "bad"],
  ["Search a\n", "1", "Search"],
  [" # indented\n", "1", "#"],
  ["override\n", "1", "override"],
  ["override mod\n", "1", "override"],
  ["override mod *\n", "1", "override"],
  ["override mod ^7\n", "1", "override"],
  ["external\n", "1", "external"],
  ["external *\n", "1", "external"],
  ["bad \\\n line\n", "2", "bad"],
  ["search a \\\n b\nbad\n", "3", "bad"],
  ["\\\n\\\nbad\n", "3", "bad"],
  ["b\\ad\n", "1", "bad"],
  ["\x0bsearch a\n", "1", "\\x0bsearch"],
];

for (const [text, line, word] of BAD_LINES) {
  Deno.test(`parseConfig() ignores line ${line} of ${JSON.stringify(text)}`, () => {
    const message = `c.conf:${line}: ignoring bad line starting with '${word}'`;
    assertEquals(messagesOf(text), [{ level: "error", code: "config-line", text: message }]);
  });
}

Deno.test("parseConfig() goes on after a bad line", () => {
  assertEquals(configOf("search a\nbad\nsearch b\n").searches, ["b", "a"]);
});

const NOTES: readonly (readonly [text: string, note: string])[] = [
  ["include /etc/x\n", "c.conf:1: command include not implemented yet"],
  ["\nmake_map_files yes\n", "c.conf:2: command make_map_files not implemented yet"],
  ["override mod 7 extra\n", "c.conf:1: override kernel did not match 7"],
  ["external 7 /opt/a\n", "c.conf:1: external directory did not match 7"],
  ["override mod \x1b extra\n", "c.conf:1: override kernel did not match \\x1b"],
  ["external \0 /opt/a\n", "c.conf:1: external directory did not match \\x00"],
];

for (const [text, note] of NOTES) {
  Deno.test(`parseConfig() has a message at the level info: ${note}`, () => {
    assertEquals(messagesOf(text), [{ level: "info", code: "config-skipped", text: note }]);
  });
}
