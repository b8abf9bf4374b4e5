/**
 * What all parts of the benchmark share: where the project lies, how to give up, and how to run a
 * program whose time does not matter.
 */

/** The project's directory. */
export const ROOT = Deno.realPathSync(`${import.meta.dirname}/../..`);

/** Ends the benchmark, or a row of it, with a message. */
export function fail(message: string): never {
  throw new Error(message);
}

/** The message of something that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Runs a program, its messages shown, and gives what it wrote to standard output. */
export function run([file = "", ...args]: readonly string[], cwd = ROOT): string {
  const command = new Deno.Command(file, { args, cwd, stdin: "null", stderr: "inherit" });
  const { success, stdout } = command.outputSync();
  if (!success) fail(`${file} ${args.join(" ")} failed`);
  return new TextDecoder().decode(stdout).trimEnd();
}

/** Whether a program is there and succeeds; it may write nothing. */
export function succeeds([file = "", ...args]: readonly string[]): boolean {
  try {
    const silent = { stdin: "null", stdout: "null", stderr: "null" } as const;
    return new Deno.Command(file, { args, ...silent }).outputSync().success;
  } catch {
    return false;
  }
}

/** Whether there is a file or directory of this name. */
export function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

/**
 * Path of a directory in the cache, which `make` fills the first time. Until it is complete it has
 * another name, so that one that was interrupted is made again.
 */
export function cached(name: string, make: (directory: string) => void): string {
  const directory = `${ROOT}/.cache/${name}`;
  if (exists(directory)) return directory;
  console.error(`scripts/bench: making .cache/${name}`);
  const unfinished = `${directory}.new`;
  if (exists(unfinished)) Deno.removeSync(unfinished, { recursive: true });
  Deno.mkdirSync(unfinished, { recursive: true });
  make(unfinished);
  Deno.renameSync(unfinished, directory);
  return directory;
}
