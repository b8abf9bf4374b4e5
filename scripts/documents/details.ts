/**
 * What the manual page says of an option beyond its line of the help text.
 *
 * @module
 */

/** Lines of text by the long name of an option; each begins a sentence. */
export const DETAILS: Readonly<Record<string, readonly string[]>> = {
  "all": ["With this option or -A, module operands are ignored."],
  "quick": [
    "The time of modules.dep in the output directory is compared with that of",
    "each module, in whole seconds.",
  ],
  "basedir": ["Links in the tree may not lead out of it; see --allow-read."],
  "config": [
    "If it does not exist, that is a warning, or with --strict an error that",
    "ends the run.",
  ],
  "symvers": ["The versions of symbols (CRCs) are compared too.", "It takes precedence over -F."],
  "filesyms": ["For the kernel that runs: depmod -e -F - </proc/kallsyms."],
  "show": ["Nothing is written to any file."],
  "allow-read": [
    "With --basedir, a link that leads out of it, of the external directories",
    "of the configuration and of these directories is refused.",
  ],
  "explain": [
    "NAME is that of a module or a symbol, or what an alias may match, such as",
    "pci:v00008086d0000100Esv00sd00bc02sc00i00.",
    "Standard output tells which file is used for each module that modprobe",
    "would load by NAME, and why; what it needs, and through which symbols; who",
    "needs it; which of its aliases match.",
    "Nothing is written.",
    "It cannot be used with --check, -n, -A",
    "or --all-kernels.",
  ],
  "no-progress": [
    "A bar is shown if standard error is a terminal and the run lasts over half a",
    "second.",
  ],
  "strict": [
    "That is: a module that cannot be read, and with -e a symbol that nobody",
    "supplies or that has another version.",
  ],
  "max-module-size": ["The limit holds for the file, and for what it unpacks to."],
  "cache": [
    "FILE keeps what was read of each module for the next run.",
    "By default it is modules.cache.bin in the output directory.",
    "A cache that cannot be used does not matter but for the time.",
  ],
  "report": [
    "It is one JSON object, as report.schema.json describes it: the modules with",
    "what they need, all messages with their codes, times, the exit status.",
    "A run that fails writes it too, unless its options cannot be parsed.",
    "Nothing else goes to standard output with --report=-.",
    "A report that cannot be written is an error: the exit status is 2 if the",
    "index files were written, else 1.",
  ],
  "summary": [
    "That is a line or two on standard error, with --all-kernels one for all",
    "versions; errors and warnings are counted by their codes.",
  ],
  "lock-wait": [
    "A run locks its output directory, so that the next one waits for it.",
    "With 0, it does not wait at all.",
  ],
  "no-sync": [
    "That saves time where an image is synced as a whole after it has been made,",
    "or thrown away.",
  ],
};
