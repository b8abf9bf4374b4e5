/**
 * The shells' completions, each tried in its shell.
 *
 * @module
 */
import { OPTIONS, type OptionSpec } from "../../lib/cli/options.ts";
import { renderDocuments } from "../../scripts/documents/documents.ts";
import { assertEquals } from "../support/assert.ts";
import { isInstalled } from "../support/program.ts";
import { completions, type Shell, SHELLS } from "../support/shells.ts";
import { withTree } from "../support/temp_tree.ts";

const NOTHING = { help: "does nothing", set: () => {} };

/** Options with an optional value, or words for a value, as the table may have them. */
const MADE_UP: readonly OptionSpec[] = [
  { long: "xray", argument: "FILE", optional: true, ...NOTHING },
  { long: "xtreme", argument: "full|half", optional: true, ...NOTHING },
  { long: "xwords", argument: "one|two", ...NOTHING },
];

const DOCUMENTS = renderDocuments([...OPTIONS, ...MADE_UP]);

/** Files to complete: those of the working directory, and of the home directory. */
const FILES = {
  "work/root/lib/modules/6.1.0-test/kernel/one.ko": "",
  "work/root/lib/modules/6.1.0-test/kernel/two.ko.xz": "",
  "work/root/lib/modules/6.1.0-test/kernel/three.txt": "",
  "work/root/lib/modules/6.1.0-test/kernel/net/four.ko": "",
  "work/root/lib/modules/6.12.1/modules.order": "",
  "work/root/lib/modules/7/modules.order": "",
  "work/root/lib/modules/9.9": "",
  "work/root/lib/modules/extra/five.ko": "",
  "work/root/other modules/5.10.1/modules.order": "",
  "work/my root/lib/modules/4.19.1/modules.order": "",
  "work/symbols/System.map": "",
  "home/base/lib/modules/3.16.1/modules.order": "",
  "work/symvers": "",
};

interface Case {
  readonly what: string;
  readonly before?: string;
  readonly word: string;
  /** `@` stands for the directory of FILES. */
  readonly want: readonly string[];
}

const VERSIONS = ["6.1.0-test", "6.12.1"];
const KERNEL = "@/work/root/lib/modules/6.1.0-test/kernel";

const CASES: readonly Case[] = [
  { what: "the name of an option", word: "--ba", want: ["--basedir"] },
  {
    what: "names of options with one beginning",
    word: "--s",
    want: ["--show", "--show-grants", "--strict", "--summary", "--symbol-prefix", "--symvers"],
  },
  { what: "no name that only old scripts use", word: "--un", want: ["--un"] },
  {
    what: "the name of an option after operands",
    before: "6.1 ",
    word: "--st",
    want: ["--strict"],
  },
  ...["-b", "--basedir", "-o", "--allow-read"].map((option) => ({
    what: `directories as the value of ${option}, not files`,
    before: `${option} `,
    word: "",
    want: ["my root", "root", "symbols"],
  })),
  {
    what: "a directory after =",
    word: "--outdir=ro",
    want: ["--outdir=root"],
  },
  {
    what: "a directory with a quoted space",
    before: "-b ",
    word: "my\\ root/",
    want: ["my root/lib"],
  },
  {
    what: "the value of -m as a directory below that of -b",
    before: "-b root -m ",
    word: "",
    want: ["lib", "other modules"],
  },
  ...["-F", "--filesyms", "-E", "-C"].map((option) => ({
    what: `files and directories as the value of ${option}`,
    before: `${option} `,
    word: "sym",
    want: ["symbols", "symvers"],
  })),
  { what: "a file after =", word: "--config=symbols/S", want: ["--config=symbols/System.map"] },
  { what: "no file as the value of --jobs", before: "--jobs ", word: "sym", want: ["sym"] },
  ...["-b root ", "-broot ", "--basedir root ", "--basedir=root/ ", "-ae -b root -j 2 "].map(
    (before) => ({ what: `versions of ${before}`, before, word: "", want: VERSIONS }),
  ),
  {
    what: "a version by its beginning",
    before: "-b root ",
    word: "6.12",
    want: ["6.12.1"],
  },
  {
    what: "versions of a base directory with a quoted space",
    before: "-b my\\ root ",
    word: "",
    want: ["4.19.1"],
  },
  {
    what: "versions in the directory of -m",
    before: "--moduledir='other modules' --basedir root ",
    word: "",
    want: ["5.10.1"],
  },
  { what: "no option after --", before: "-b root -- ", word: "--ba", want: ["--ba"] },
  { what: "a version after --", before: "-b root -- ", word: "6.12", want: ["6.12.1"] },
  {
    what: "the directory of the version as the beginning of a module",
    before: "-b root 6.1.0-test ",
    word: "",
    want: ["@/work/root/lib/modules/6.1.0-test"],
  },
  {
    what: "the directory of the version in one with a space",
    before: "-b my\\ root 4.19.1 ",
    word: "",
    want: ["@/work/my root/lib/modules/4.19.1"],
  },
  {
    what: "the directory of the version in the home directory",
    before: "-b ~/base 3.16.1 ",
    word: "",
    want: ["@/home/base/lib/modules/3.16.1"],
  },
  {
    what: "modules and directories by an absolute path",
    before: "-b root 6.1.0-test ",
    word: `${KERNEL}/`,
    want: [`${KERNEL}/net`, `${KERNEL}/one.ko`, `${KERNEL}/two.ko.xz`],
  },
  {
    what: "a second module",
    before: `-b root 6.1.0-test ${KERNEL}/one.ko `,
    word: `${KERNEL}/t`,
    want: [`${KERNEL}/two.ko.xz`],
  },
  { what: "an option with an optional value", word: "--xr", want: ["--xray"] },
  { what: "an optional value after =", word: "--xray=symv", want: ["--xray=symvers"] },
  { what: "one of the words for a value", word: "--xtreme=h", want: ["--xtreme=half"] },
  { what: "words for a value", before: "--xwords ", word: "", want: ["one", "two"] },
  ...["--xray", "--xtreme"].map((option) => ({
    what: "an operand after an option without its optional value",
    before: `-b root ${option} `,
    word: "6.12",
    want: ["6.12.1"],
  })),
];

/**
 * Compares what a shell makes of a case with what is wanted.
 *
 * @param load more files of its home, by name
 */
function tryCase(shell: Shell, { before = "", word, want }: Case, load: typeof shell.files): void {
  const home = Object.entries({ ...Object.fromEntries(DOCUMENTS), ...shell.files, ...load });
  const files = Object.fromEntries(home.map(([name, text]) => [`home/${name}`, text]));
  withTree({ ...FILES, ...files }, (root) => {
    const expand = (text: string) => text.replaceAll("@", root);
    const line = { before: expand(`depmod ${before}`), word: expand(word) };
    const place = { home: `${root}/home`, cwd: `${root}/work` };
    assertEquals(completions(shell, line, place), want.map(expand));
  });
}

for (const shell of SHELLS) {
  const isMissing = !shell.programs.every(isInstalled);
  for (const one of CASES) {
    Deno.test({
      name: `${shell.name} completes ${one.what}: depmod ${one.before ?? ""}${one.word}`,
      ignore: isMissing,
      fn: () => tryCase(shell, one, {}),
    });
  }
}

const BASH_COMPLETION = "/usr/share/bash-completion/bash_completion";

for (
  const what of [
    "names of options with one beginning",
    "one of the words for a value",
    "a version by its beginning",
  ]
) {
  Deno.test({
    name: `the package bash-completion loads the completion when it is needed, for ${what}`,
    ignore: !SHELLS[0]!.programs.every(isInstalled) || !isInstalled(BASH_COMPLETION),
    fn: () => {
      const found = CASES.find((one) => one.what === what)!;
      tryCase(SHELLS[0]!, found, {
        load: `BASH_COMPLETION_USER_DIR=$HOME/share\n. ${BASH_COMPLETION}\n`,
        "share/completions/depmod": DOCUMENTS.get("depmod.bash")!,
      });
    },
  });
}
