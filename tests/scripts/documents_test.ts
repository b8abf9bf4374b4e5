/**
 * The manual page and the completions in scripts/package: they are what the table of options gives,
 * and the page is complete and well-formed.
 *
 * @module
 */
import manifest from "../../deno.json" with { type: "json" };
import { OPTIONS, type OptionSpec } from "../../lib/cli/options.ts";
import { renderHelp } from "../../lib/cli/usage.ts";
import { CONFIG_DIRECTORIES } from "../../lib/discover/config_files.ts";
import { OUTPUT_NAMES } from "../../lib/render/files.ts";
import { DETAILS } from "../../scripts/documents/details.ts";
import { fillTemplate, readPackaged, renderDocuments } from "../../scripts/documents/documents.ts";
import { markUp, renderManOptions } from "../../scripts/documents/man_page.ts";
import { valueOf } from "../../scripts/documents/value.ts";
import { assert, assertEquals, assertThrows } from "../support/assert.ts";
import { isInstalled, runCommand } from "../support/program.ts";

const PACKAGE = new URL("../../scripts/package/", import.meta.url).pathname;
const PAGE = readPackaged("depmod.8") ?? "";

/** The lines of a section of the page, after its heading. */
function section(heading: string): string[] {
  const [, rest] = `\n${PAGE}`.split(`\n.SH ${heading}\n`);
  assert(rest !== undefined, `no section ${heading}`);
  return rest.split("\n.SH ")[0]!.split("\n");
}

/** Text without the changes of font and the escapes of roff. */
function plain(line: string): string {
  return line.replaceAll(/\\f[BIR]/g, "").replaceAll("\\-", "-");
}

/** An option as the table may have it. */
function spec(long: string, argument: string): OptionSpec {
  return { long, argument, help: "does what it does", set: () => {} };
}

for (const [name, text] of renderDocuments()) {
  Deno.test(`scripts/package/${name} is what scripts/docs makes`, () => {
    assertEquals(readPackaged(name), text);
  });
}

Deno.test("scripts/package holds what scripts/docs makes, and nothing else", () => {
  const names = [...Deno.readDirSync(PACKAGE)].map(({ name }) => name);
  assertEquals(names.sort(), [...renderDocuments().keys()].sort());
});

Deno.test("the page has the usual sections, in the usual order", () => {
  const headings = PAGE.split("\n").filter((line) => line.startsWith(".SH "));
  assertEquals(headings.map((line) => line.slice(4)), [
    ...["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXIT STATUS", "FILES", "CONFIGURATION"],
    ...["DIFFERENCES", "REQUIREMENTS", "EXAMPLES", "SEE ALSO"],
  ]);
});

Deno.test("the page tells the version that deno.json has", () => {
  const title = PAGE.split("\n").find((line) => line.startsWith(".TH "));
  assert(title?.includes(` "depmod ${manifest.version}" `), title);
});

Deno.test("the page has each option of the table, with its help text", () => {
  const lines = section("OPTIONS").map(plain);
  for (const { short, long, argument, optional, help } of OPTIONS) {
    const letter = short === undefined ? "" : `-${short}, `;
    const equals = argument === undefined ? "" : `=${argument}`;
    const value = optional ? `[${equals}]` : equals;
    const at = lines.findIndex((line, index) => {
      return lines[index - 1] === ".TP" && line === `${letter}--${long}${value}`;
    });
    assertEquals(at >= 0, help !== undefined, `--${long}`);
    if (help !== undefined) assertEquals(lines[at + 1]!.toLowerCase(), `${help.toLowerCase()}.`);
    else assert(lines.some((line) => line.includes(`--${long}`)), `--${long}`);
  }
});

Deno.test("each option with details is in the table", () => {
  const names = OPTIONS.map(({ long }) => long);
  assertEquals(Object.keys(DETAILS).filter((name) => !names.includes(name)), []);
});

Deno.test("the page tells each exit status that the help text tells", () => {
  const help = [...renderHelp().matchAll(/^ {2}(\d) {2}\S/gm)].map(([, status]) => status);
  const lines = section("EXIT STATUS");
  const named = lines.filter((_, index) => lines[index - 1] === ".TP");
  assertEquals(named.map((line) => line.replace(".B ", "")), help);
});

Deno.test("the page lists the eleven files in the order in which they are made", () => {
  const lines = section("FILES");
  const names = lines.filter((_, index) => lines[index - 1] === ".TP");
  assertEquals(names.map((line) => line.replace(".I ", "")), OUTPUT_NAMES);
});

Deno.test("the page names the directories of configuration in the order in which they count", () => {
  const named = section("CONFIGURATION").join("\n").match(/\/\S+depmod\.d/g);
  assertEquals(named, CONFIG_DIRECTORIES);
});

Deno.test("the page has no line of more than 80 columns, but for what the table gives", () => {
  const help = OPTIONS.map((option) => `${option.help}.`.toLowerCase());
  const isLong = (line: string) => line.length > 80 && !help.includes(plain(line).toLowerCase());
  assertEquals(PAGE.split("\n").filter(isLong), []);
});

/** What looks for mistakes in the page. `man` gives groff a line length by LL, as here. */
const LINTERS: readonly (readonly [string, ...string[]])[] = [
  ["mandoc", "-Tlint", "-W", "warning"],
  ...["60n", "80n", "200n"].map((width) => {
    return ["groff", "-man", "-Tutf8", `-rLL=${width}`, "-ww", "-z"] as const;
  }),
];

for (const [program, ...args] of LINTERS) {
  Deno.test({
    name: `${[program, ...args].join(" ")} has no warnings about the page`,
    ignore: !isInstalled(program),
    fn: () => {
      const { status, stdout, stderr } = runCommand([program, ...args, "depmod.8"], {
        cwd: PACKAGE,
      });
      assertEquals([status, stdout, stderr], [0, "", ""]);
    },
  });
}

Deno.test({
  name: "whatis and apropos find the page by its name and its purpose",
  ignore: !isInstalled("lexgrog"),
  fn: () => {
    const { stdout } = runCommand(["lexgrog", "depmod.8"], { cwd: PACKAGE });
    assertEquals(stdout, 'depmod.8: "depmod - index the kernel modules of a tree for modprobe"\n');
  },
});

Deno.test("renderManOptions() marks options, and the name of the argument", () => {
  const option = { ...spec("depth", "N"), short: "d", help: "go N deep, as -x; see --no-depth" };
  assertEquals(renderManOptions([option]).split("\n"), [
    ".TP",
    "\\fB\\-d\\fR, \\fB\\-\\-depth\\fR=\\fIN\\fR",
    "Go \\fIN\\fR deep, as \\fB\\-x\\fR; see \\fB\\-\\-no\\-depth\\fR.",
  ]);
});

Deno.test("renderManOptions() shows which value may be left out, and which is a word", () => {
  const memo = spec("memo", "FILE");
  const options = [memo, { ...memo, optional: true } as const, spec("level", "full|half")];
  const tags = renderManOptions(options).split("\n").filter((line) => line.includes("\\-\\-"));
  assertEquals(tags, [
    "\\fB\\-\\-memo\\fR=\\fIFILE\\fR",
    "\\fB\\-\\-memo\\fR[=\\fIFILE\\fR]",
    "\\fB\\-\\-level\\fR=\\fBfull|half\\fR",
  ]);
});

Deno.test("markUp() keeps text from being taken for requests and escapes of roff", () => {
  assertEquals(markUp(".conf and C:\\x"), "\\&.conf and C:\\ex");
  assertEquals(markUp("'tis a well-known one"), "\\&'tis a well-known one");
});

Deno.test("valueOf() refuses an argument of which it is not known how to complete it", () => {
  assertThrows(() => valueOf(spec("speed", "KNOTS")), Error, "--speed: no kind is known");
});

Deno.test("fillTemplate() refuses names without a text, and texts without their name", () => {
  assertEquals(fillTemplate("a @B@ c @B@", { B: "$&" }), "a $& c $&");
  assertThrows(() => fillTemplate("a @B@ @C@", { B: "b" }), Error, "@C@");
  assertThrows(() => fillTemplate("a @B@", { B: "b", C: "c" }), Error, "C");
});
