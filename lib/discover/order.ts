/**
 * The order of the modules: those that `modules.order` lists, as it lists them, then the others
 * in the order of the reference's hash table.
 *
 *     modules.order   kernel/fs/ext4/ext4.ko, one a line
 *
 * @module
 */
import { hashOrder } from "./hash_order.ts";
import { encodeStrings } from "../bytes/strings.ts";
import { eachLine } from "../bytes/text.ts";
import type { Message, Strings } from "../model.ts";
import type { ModuleFile } from "./select.ts";

/** Buckets of the reference's table of modules. */
const BUCKETS = 512;

/** Most characters of a line (PATH_MAX less newline and NUL). */
const LONGEST = 4094;

/** Lines that are read: those of the largest kernels are some thousands. */
const MOST_LINES = 1 << 20;

/** `modules.order`: its path, for messages, and its text. */
export interface OrderFile {
  readonly path: string;
  readonly text: string;
}

/**
 * The numbers of the modules, in the order in which the index files list them.
 *
 * @param file undefined when there is none
 */
export function orderModules(
  modules: readonly ModuleFile[],
  file: OrderFile | undefined,
): { order: Uint32Array; messages: Message[] } {
  const { listed, messages } = file === undefined ? NOTHING_LISTED : takeListed(modules, file);
  const others = [...modules.keys()].filter((module) => !listed.has(module));
  const hashed = others.length === 0 ? others : hashOrder(namesOf(modules, others), BUCKETS);
  return { order: Uint32Array.from([...listed, ...hashed.map((i) => others[i]!)]), messages };
}

/** The modules that are listed, and what is wrong with the list. */
interface Listed {
  readonly listed: ReadonlySet<number>;
  readonly messages: Message[];
}

const NOTHING_LISTED: Listed = { listed: new Set(), messages: [] };

/** The numbers of the modules that the file lists, in its order; none if it is unsound. */
function takeListed(modules: readonly ModuleFile[], file: OrderFile): Listed {
  const byPath = new Map(modules.map((module, i) => [uncompressedPath(module), i]));
  const listed = new Set<number>();
  let lineNumber = 0;
  for (const line of eachLine(file.text)) {
    if (++lineNumber > MOST_LINES) return { ...NOTHING_LISTED, messages: [tooLong(file)] };
    if (isCorrupted(line)) {
      const text = `${file.path}:${lineNumber} corrupted line misses '\\n'`;
      return { ...NOTHING_LISTED, messages: [{ level: "error", code: "order-line", text }] };
    }
    const module = byPath.get(line.slice(0, -1));
    if (module !== undefined) listed.add(module);
  }
  return { listed, messages: [] };
}

/** The names of the modules with these numbers. */
function namesOf(modules: readonly ModuleFile[], numbers: readonly number[]): Strings {
  return encodeStrings(numbers.map((module) => modules[module]!.name));
}

function tooLong({ path }: OrderFile): Message {
  const text = `${path} has more than ${MOST_LINES} lines: the file is ignored`;
  return { level: "error", code: "order-line", text, fails: true };
}

/**
 * Whether the reference cannot read this as a line: it lacks its newline, is too long, or has a NUL
 * after the first character.
 */
function isCorrupted(line: string): boolean {
  return !line.endsWith("\n") || line.length > LONGEST + 1 || line.includes("\0", 1);
}

/** The path in the tree, cut after as many characters as the module name and `.ko` have. */
function uncompressedPath({ indexPath, name }: ModuleFile): string {
  return indexPath.slice(0, indexPath.lastIndexOf("/") + 1 + name.length + ".ko".length);
}
