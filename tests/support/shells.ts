/**
 * Completes command lines as interactive shells do: each shell loads its completion of depmod, and
 * tells all words that it would put in the place of the one at the cursor.
 *
 * @module
 */
import { runCommand } from "./program.ts";

/** What is completed. */
export interface Line {
  /** The words before the one at the cursor, with the space after them. */
  readonly before: string;
  /** That word. */
  readonly word: string;
}

/** Where a shell runs. */
export interface Place {
  /** Directory of its start files and of the completions, as scripts/package has them. */
  readonly home: string;
  /** Its working directory. */
  readonly cwd: string;
}

/** An interactive shell. */
export interface Shell {
  readonly name: string;
  /** What must be installed for it to be tried. */
  readonly programs: readonly string[];
  /** Text of the start files that it needs in `home`, by name. */
  readonly files: Readonly<Record<string, string>>;
  /** Words or, for bash and zsh, the whole line with all of them. */
  readonly complete: (line: Line, place: Place) => string;
}

/** Inserts all completions at once, and prints the line that this gives. */
const BASH_START = `
bind '"\\C-g": insert-completions'
report() { printf '%s\\n' "$READLINE_LINE" >&3; exit; }
bind -x '"\\C-t": report'
. ~/load
`;

/** Without a session of its own, an interactive bash takes hold of the terminal of the tests. */
const BASH_COMMANDS = `
export HOME="$1" INPUTRC=/dev/null
printf '%s\\7\\24' "$2" | setsid -w bash --noprofile --rcfile "$1/start" -i 3>&1 >/dev/null 2>&1
`;

/** The first line that is edited is completed, printed, and the last one. */
const ZSH_START = `
PS1=''
fpath=($HOME $fpath)
autoload -U compinit && compinit -C -d $HOME/dump
_all() { _main_complete; compstate[insert]=all }
zle -C all complete-word _all
zle-line-init() {
  BUFFER=$LINE CURSOR=$#LINE
  zle all
  print -r -- $BUFFER >$HOME/answer
  exit
}
zle -N zle-line-init
`;

const ZSH_COMMANDS = `
export HOME=$1 ZDOTDIR=$1 LINE=$2
zmodload zsh/zpty
zpty shell 'zsh -d -i'
while zpty -r shell >/dev/null; do :; done
cat $HOME/answer
`;

const FISH_COMMANDS = `
source $argv[1]/depmod.fish
complete -C $argv[2] | string replace -r '\\t.*' ''
`;

/** All shells that have a completion. */
export const SHELLS: readonly Shell[] = [
  {
    name: "bash",
    programs: ["bash", "setsid"],
    files: { start: BASH_START, load: ". ~/depmod.bash\n" },
    complete: ({ before, word }, { home, cwd }) => {
      return run(["sh", "-c", BASH_COMMANDS, "sh", home, before + word], cwd);
    },
  },
  {
    name: "zsh",
    programs: ["zsh"],
    files: { ".zshrc": ZSH_START },
    complete: completeInZsh,
  },
  {
    name: "fish",
    programs: ["fish"],
    files: {},
    complete: ({ before, word }, { home, cwd }) => {
      const words = ["env", `HOME=${home}`, "fish", "--no-config", "-c", FISH_COMMANDS];
      const lines = run([...words, home, before + word], cwd).split("\n");
      return before + lines.map((line) => line.replaceAll(" ", "\\ ")).join(" ");
    },
  },
];

/** The names of all completions that zsh has, once a zsh has gathered them: that takes long. */
let zshDump: string | undefined;

function completeInZsh({ before, word }: Line, { home, cwd }: Place): string {
  if (zshDump !== undefined) Deno.writeTextFileSync(`${home}/dump`, zshDump);
  const text = run(["zsh", "-f", "-c", ZSH_COMMANDS, "zsh", home, before + word], cwd);
  zshDump ??= Deno.readTextFileSync(`${home}/dump`);
  return text;
}

function run(command: readonly string[], cwd: string): string {
  const { stdout, stderr } = runCommand(command, { cwd });
  if (stderr !== "") throw new Error(stderr);
  return stdout.trimEnd();
}

/**
 * The words that a shell gives for the one at the cursor, sorted, without quotes, and without the
 * `/` or `=` that some shells put behind them. That word alone if there are none.
 */
export function completions(shell: Shell, line: Line, place: Place): string[] {
  const text = shell.complete(line, place);
  if (!text.startsWith(line.before.trimEnd())) throw new Error(`${line.before} became ${text}`);
  const words = text.slice(line.before.length).match(/(?:\\.|[^\\ ])+/g) ?? [line.word];
  return words.map((word) => word.replaceAll("\\", "").replace(/(?<=.)[/=]$/, "")).sort();
}
