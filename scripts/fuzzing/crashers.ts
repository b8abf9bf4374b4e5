/**
 * Crashers on disk: a file that holds an input, or a directory of inputs that break the program only
 * together, in the order of their names.
 *
 * @module
 */
import { type Input, inputName } from "./inputs.ts";

/** The inputs that a path stands for. */
export function readCrasher(path: string): Input[] {
  if (!Deno.statSync(path).isDirectory) return [readInput(path)];
  const names = Array.from(Deno.readDirSync(path), ({ name }) => name).sort();
  return names.map((name) => readInput(`${path}/${name}`));
}

function readInput(path: string): Input {
  const name = inputName(path.slice(path.lastIndexOf("/") + 1));
  return { name, bytes: Deno.readFileSync(path) };
}

/** Writes inputs below a directory, which is made if need be; returns the path of the crasher. */
export function writeCrasher(
  directory: string,
  { label, inputs }: { label: string; inputs: readonly Input[] },
): string {
  Deno.mkdirSync(directory, { recursive: true });
  const [first] = inputs;
  if (inputs.length === 1) {
    const path = `${directory}/${label}.${first!.name}`;
    Deno.writeFileSync(path, first!.bytes);
    return path;
  }
  const path = `${directory}/${label}`;
  Deno.mkdirSync(path, { recursive: true });
  for (const [i, { name, bytes }] of inputs.entries()) {
    Deno.writeFileSync(`${path}/${String(i).padStart(2, "0")}.${name}`, bytes);
  }
  return path;
}
