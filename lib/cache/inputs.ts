/**
 * Checksums of what a run is made from, and of what it has written.
 *
 * @module
 */
import { crc32 } from "node:zlib";
import { INTERRUPTED, type Message, type OutputFile, type Strings } from "../model.ts";
import { encodeColumns } from "./columns.ts";
import { MOST_TEXT, type Result } from "./record.ts";

/** All that the index files and the messages of a run depend on but the contents of the modules. */
export interface Inputs {
  /** The paths of the modules, in the order in which they were selected. */
  readonly paths: Strings;
  /** Files, or why they cannot be read. */
  readonly files: readonly (Uint8Array | Message | undefined)[];
  /** Options, configuration and symbols of the kernel: anything that JSON can hold. */
  readonly others: unknown;
}

/** The checksum of what a run depends on. */
export async function checksumInputs(
  { paths, files, others }: Inputs,
): Promise<string> {
  const contents = files.map((file) => file instanceof Uint8Array ? file : new Uint8Array());
  const messages = files.map((file) => file instanceof Uint8Array ? "file" : file);
  const texts = encodeJson([others, messages]); // apart: a file may hold what a message looks like
  const checksum = await hash(encodeColumns([texts, ...contents, paths.bytes, paths.offsets]));
  return Array.from(checksum, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** What a run has told: nothing, only what it met when it searched for modules, or more. */
export type Told = "nothing" | "of the search" | "more";

/**
 * The fingerprint of a run: of what it was made from, what it has written, and what it has told.
 *
 * @param options.keys those of its modules, in the order in which these were selected
 */
export function fingerprintOf(
  { inputs, outputs }: Omit<Result, "messages">,
  { keys, told }: { keys: Float64Array; told: Told },
): Promise<Uint8Array<ArrayBuffer>> {
  return hash(encodeColumns([encodeJson([inputs, outputs, told]), keys]));
}

async function hash(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

/**
 * The checksums of files, by their names: size and CRC-32, which find damage and take a tenth of the
 * time of SHA-256.
 */
export function checksumOutputs(files: readonly OutputFile[]): Record<string, string> {
  const entries = files.map(({ name, bytes }) => [name, `${bytes.length}:${crc32(bytes)}`]);
  return Object.fromEntries(entries);
}

/**
 * The files with these names in a directory, read while this thread goes on; undefined if one of
 * them cannot be read, or is not a regular file.
 */
export async function readOutputs(
  directory: string,
  names: readonly string[],
): Promise<OutputFile[] | undefined> {
  try {
    const paths = names.map((name) => `${directory}/${name}`);
    if (!paths.every((path) => Deno.lstatSync(path).isFile)) return undefined;
    const contents = await Promise.all(paths.map((path) => Deno.readFile(path)));
    return contents.map((bytes, i) => ({ name: names[i]!, bytes }));
  } catch {
    return undefined;
  }
}

/**
 * When the file was changed by which -A goes, in whole seconds; -Infinity if it is not there, or
 * tells of a run that was killed.
 */
export function writtenSecond(directory: string): number {
  try {
    const { mtime } = Deno.statSync(`${directory}/modules.dep`);
    const time = mtime!.getTime();
    return time === INTERRUPTED ? -Infinity : Math.floor(time / 1000);
  } catch {
    return -Infinity;
  }
}

/** Whether messages are few enough to be kept, and none of them is a part of a result. */
export function mayKeep(messages: readonly Message[]): boolean {
  const size = messages.reduce((sum, { text }) => sum + text.length, 0);
  return size <= MOST_TEXT && messages.every(({ level }) => level !== "output");
}

function encodeJson(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}
