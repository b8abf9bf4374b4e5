/**
 * The codes of the messages: one for each kind, which stays the same whatever the words. Reports have
 * them (--report), and summaries count by them (--summary).
 *
 * @module
 */

/** What each code stands for. */
export const CODES = {
  // The command line, and what it names.
  "usage": "the command line is wrong",
  "option-value": "an option has a value that it does not take",
  "deprecated-option": "an option is deprecated",
  "version-chosen": "no version was named, and the only one of the module directory was taken",
  "no-versions": "the module directory cannot be read, or holds modules of no kernel version",
  "operand": "a module file that was named cannot be used",
  "kernel-symbols": "the kernel's symbols (-E, -F) cannot be read, or are missing",
  "kernel-symbols-line": "a line of the kernel's symbols is not valid, or too far down",
  // Configuration.
  "config-file": "a configuration file or directory cannot be read, or does not exist",
  "config-skipped": "a file of a configuration directory, or a line, does not count",
  "config-line": "a line of the configuration is not valid",
  // Permissions.
  "not-granted": "the program has no permission for a path",
  "link-refused": "a symbolic link leads to where nothing may be read or written",
  "would-lose-modules": "a run would drop modules from modules.dep, since they may not be read",
  // The search for modules.
  "tree": "the tree, or an external directory, cannot be searched",
  "no-modules": "the tree holds no module",
  "search": "a file or directory of the tree cannot be looked at",
  "file-type": "something in the tree is neither a file nor a directory",
  "file-name": "the name of a module file has characters that no index can hold",
  "unknown-compression": "module files have a compression that is not known",
  "too-many-links": "too many files lie below symbolic links to directories",
  "same-priority": "two files have the same module name and the same priority",
  "build-file": "modules.order, modules.builtin or modules.builtin.modinfo cannot be read",
  "order-line": "modules.order is not valid, or too long",
  "builtin-entry": "an entry of modules.builtin or modules.builtin.modinfo is not valid",
  // The modules.
  "module-unreadable": "a module file cannot be read, or is no module",
  "module-refused": "a module passes a limit, or memory is missing for it",
  "value-dropped": "a value of a module cannot be written to an index file",
  "reader-lost": "reading, or searching, came to a stop",
  // What the modules need.
  "dependency": "a module needs another one (-v)",
  "unknown-symbol": "a module needs a symbol that nobody supplies (-e)",
  "symbol-version": "a module needs another version of a symbol (-e with -E)",
  "cycle": "modules depend on each other in a circle",
  // The entries of the index files.
  "alias-bracket": "a bracket in an alias lacks its partner",
  "duplicate-entry": "an index holds an entry already (-w)",
  "device-number": "a module names a device, but not its number",
  "index-size": "an index file would outgrow its format",
  // Writing.
  "lock": "another process holds the lock on the output directory",
  "no-lock": "the file system has no locks",
  "output-directory": "the output directory cannot be made or opened",
  "write": "a file cannot be written or renamed",
  "sync": "a directory cannot be synced to the disk",
  "stopped": "a signal ended the run",
  "standard-output": "standard output cannot be written",
  "report": "the report cannot be written",
  // The cache.
  "cache-unused": "the cache is not used",
  "cache-unwritten": "the cache cannot be written",
  // What --check finds.
  "index-unread": "modules.dep cannot be looked at (-A)",
  "unknown-name": "nothing is known by a name (--explain)",
  "out-of-date": "the index files are not those that a run would write (--check)",
  "damaged": "the index files are damaged, or do not fit each other (--check)",
  // Anything else.
  "out-of-memory": "there is no memory for the run",
  "internal": "a mistake in this program",
} as const;

/** The code of a kind of message. */
export type Code = keyof typeof CODES;

/** Whether a text is a code. */
export function isCode(text: unknown): text is Code {
  return typeof text === "string" && Object.hasOwn(CODES, text);
}
