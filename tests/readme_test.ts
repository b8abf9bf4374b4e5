/**
 * What the README says of the program must be so: the help text, the example of the library, which
 * lib/mod.ts shows too, the commands, and the sessions.
 *
 * @module
 */
import manifest from "../deno.json" with { type: "json" };
import { CONFIG_DIRECTORIES } from "../lib/discover/config_files.ts";
import { renderHelp } from "../lib/cli/usage.ts";
import { assert, assertEquals } from "./support/assert.ts";
import { buildModule, latin1 } from "./support/elf_builder.ts";
import { describeEntry, type GoldenOutcome, observe } from "./support/golden.ts";
import { isInstalled, programCommand, type Result, runCommand } from "./support/program.ts";
import { assertComplete, assertNothingWritten } from "./support/run_tree.ts";
import { withTemporary } from "./support/tree.ts";

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

/** Command lines that are run by something else, and what that is. Those of depmod are run here. */
const RUN_ELSEWHERE: Readonly<Record<string, string>> = {
  [`apt-get install ./depmod-deno_${manifest.version}_amd64.deb`]: "scripts/dist-test",
  "apt-get purge depmod-deno": "scripts/dist-test",
  "scripts/deno task compile": "scripts/test",
  "scripts/deno task test": "scripts/test",
  "scripts/deno task check": "scripts/test",
  "scripts/test tests/read": "scripts/test",
  "scripts/compile --read /srv/image --write /srv/out": "tests/e2e/fixed_test.ts",
  "DENORT_BIN=/opt/deno-2.6.8/denort scripts/compile": "scripts/test",
  "podman run": "scripts/sandbox-test",
  "bwrap --unshare-all": "scripts/sandbox-test",
};

/** Beginnings of the other command lines that are run here. */
const RUN_HERE: readonly string[] = [
  "depmod",
  "scripts/deno task demo",
  "scripts/deno run --no-prompt ",
  "install -m 755 dist/depmod /usr/local/sbin/",
  `tar -xzf depmod-${manifest.version}-x86_64-linux.tar.gz`,
  `cd depmod-${manifest.version}-x86_64-linux`,
  "cp -R sbin share /usr/local/",
  "cd /usr/local",
  "rm -r sbin/depmod share/man/man8/depmod.8 ",
  "jq -r ",
];

/** Programs that are needed for some command lines, and may be missing. */
const TOOLS: readonly string[] = ["jq", "tar", "gzip", "xz", "md5sum", "install"];
const MISSING = TOOLS.filter((tool) => !isInstalled(tool));

/** The blocks of a language. */
function findBlocks(language: string): string[] {
  const fenced = /^```([a-z]*)\n(.*?)^```$/gms;
  return [...README.matchAll(fenced)].flatMap(([, name, text]) => name === language ? [text!] : []);
}

/** The command lines of a block of shell: without comments, continued ones joined. */
function findCommands(block: string): string[] {
  const lines = block.replaceAll(/\\\n\s*/g, "").replaceAll(/(^| +)# .*$/gm, "").split("\n");
  return lines.filter((line) => line !== "");
}

function startsWithOneOf(line: string, beginnings: readonly string[]): boolean {
  return beginnings.some((beginning) => line.startsWith(beginning));
}

function isRunElsewhere(line: string): boolean {
  return startsWithOneOf(line, Object.keys(RUN_ELSEWHERE));
}

/**
 * Runs shell commands of the README in a new directory, which takes the place of /srv, /run and
 * /usr/local. It has a tree at /srv/image, which depmod works on if no other one is named.
 */
function runShell(commands: readonly string[], prepare?: (root: string) => void): Result {
  return withTemporary((root) => {
    makeRoot(root);
    prepare?.(root);
    const script = commands.join("\n")
      .replaceAll("scripts/deno task ", `cd ${TOP}; scripts/deno task `)
      .replaceAll(/(?<![\w.])\/(srv|run|usr\/local)\//g, `${root}/$1/`)
      .replaceAll(/(?<=^cd )\/usr\/local$/gm, `${root}/usr/local`)
      .replaceAll(/\$PWD\/|(?<=^|\s)(?=(main\.ts|scripts\/|testdata\/))/gm, TOP);
    return runCommand(["sh", "-euc", `PATH=${root}/bin:$PATH\n${script}`], { cwd: root });
  });
}

function makeRoot(root: string): void {
  const image = `${root}/srv/image`;
  for (const directory of ["bin", "dist", "run", "srv/out", "usr/local/sbin"]) {
    Deno.mkdirSync(`${root}/${directory}`, { recursive: true });
  }
  const program = programCommand().join(" ");
  const script = `#!/bin/sh
case " $* " in
  *" -b "* | *" --basedir "*) ;;
  *) set -- --basedir ${image} "$@" ;;
esac
exec ${program} "$@"
`;
  Deno.writeTextFileSync(`${root}/bin/depmod`, script, { mode: 0o755 });
  Deno.writeTextFileSync(`${root}/dist/depmod`, script, { mode: 0o755 });
  const made = runCommand(["sh", "-euc", MAKE_IMAGE, "sh", image, `${image}/${TREE}`], {
    cwd: `${TOP}testdata/trees/default/root`,
  });
  assertEquals(made, { status: 0, stdout: "", stderr: "" });
}

/** Copies the golden tree to $1, with its version directory at $2. */
const MAKE_IMAGE = `
  mkdir -p "$1/lib/modules" "$1/boot"
  cp -R lib/modules/6.1.0-test "$2"
  echo "ffffffff81000000 T printk" >"$1/boot/System.map-\${2##*/}"
`;

/** Makes an archive as scripts/dist does, but of a small script, in a directory. */
function makeArchive(root: string): void {
  const settings = [`DIST=${root}`, `DEPMOD=${root}/bin/depmod`, "SOURCE_DATE_EPOCH=0", "LEVEL=1"];
  const made = runCommand(["env", ...settings, "sh", `${TOP}scripts/dist`], { cwd: root });
  assertEquals(made.status, 0, made.stderr);
}

/** The lines of a session: a command, and what it has shown. */
function findSteps(session: string): { command: string; shown: string }[] {
  return session.split(/^\$ /m).slice(1).map((step) => {
    const end = step.indexOf("\n");
    return { command: step.slice(0, end), shown: step.slice(end + 1) };
  });
}

/** A pattern for what a session shows: times may differ, and `…` stands for any lines. */
function toPattern(shown: string): RegExp {
  const lines = shown.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&").split("\n");
  const patterns = lines.map((line) => {
    if (line.trim() === "…") return "(?:.*\n)+?";
    return line.replaceAll(/\d+\\\.\d\d s$/g, "\\d+\\.\\d\\d s") + "\n";
  });
  return new RegExp(`^${patterns.join("").replace(/\n$/, "")}$`);
}

Deno.test("each command line of README.md is run here or elsewhere", () => {
  const commands = findBlocks("sh").flatMap(findCommands);
  assert(commands.length > 20, `${commands.length} commands`);
  const others = commands.filter((line) => !isRunElsewhere(line));
  assertEquals(others.filter((line) => !startsWithOneOf(line, RUN_HERE)), []);
  const listed = [...RUN_HERE, ...Object.keys(RUN_ELSEWHERE)];
  const idle = listed.filter((start) => !commands.some((line) => line.startsWith(start)));
  assertEquals(idle, [], "not in README.md");
  for (const path of Object.values(RUN_ELSEWHERE)) Deno.statSync(`${TOP}${path}`);
});

Deno.test("README.md names scripts and tasks that exist", () => {
  for (const [, name] of README.matchAll(/\bscripts\/deno task ([a-z:]+)/g)) {
    assert(name! in manifest.tasks, name);
  }
  const paths = README.matchAll(
    /(?<![\w/])(?:(?:scripts|tests|testdata)\/[\w./-]*\w|lib\/[\w/]+\.ts)/g,
  );
  for (const [path] of paths) Deno.statSync(`${TOP}${path}`);
});

const SHELL = findBlocks("sh").map((block) => {
  return findCommands(block).filter((line) => !isRunElsewhere(line));
});
/** Installing the archive, and going back. */
const ARCHIVE = SHELL.filter(([line = ""]) => line.startsWith("tar ") || line === "cd /usr/local");
const OTHERS = SHELL.filter((lines) => lines.length > 0 && !ARCHIVE.includes(lines));

for (const commands of OTHERS) {
  const ignore = commands.some((line) => startsWithOneOf(line, MISSING));
  Deno.test({
    name: `README.md: ${commands[0]!.slice(0, 60)}`,
    ignore,
    fn() {
      const { status, stdout, stderr } = runShell(commands);
      assertEquals(status, 0, stdout + stderr);
    },
  });
}

Deno.test({
  name: "README.md: what is installed from the archive can be removed again",
  ignore: MISSING.length > 0,
  fn() {
    const [install, remove] = ARCHIVE.map((commands) => commands.join("\n"));
    const list = "(cd /usr/local/ && find . ! -type d) >LIST";
    const check = 'grep -q sbin/depmod ../../LIST\ntest -z "$(find . ! -type d)"';
    const commands = [install!, "cd ..", list, remove!, check];
    const { status, stdout, stderr } = runShell(commands, makeArchive);
    assertEquals(status, 0, stdout + stderr);
  },
});

Deno.test({
  name: "README.md: the sessions show what the commands show",
  ignore: MISSING.includes("jq"),
  fn() {
    const steps = findBlocks("console").flatMap(findSteps);
    assert(steps.length > 5, `${steps.length} steps`);
    const script = steps.map(({ command }) => `{ ${command}; } 2>&1 || :\nprintf '\\0'`);
    const outputs = runShell(script).stdout.split("\0");
    for (const [index, { command, shown }] of steps.entries()) {
      const output = outputs[index]!;
      assert(toPattern(shown).test(output), `${command}:\n${output}`);
    }
  },
});
