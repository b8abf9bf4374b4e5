/**
 * Root directories for depmod to work on: described by what matters, built as bytes, written to
 * disk and read back.
 *
 *     lib/modules/6.1.0-test/   modules at the paths given
 *                               modules.order, modules.builtin, modules.builtin.modinfo
 *     …                         any other file or symbolic link
 *
 * @module
 */
import { buildModule, latin1, type ModuleSpec } from "./elf_builder.ts";

/** The kernel version of the trees. */
export const VERSION = "6.1.0-test";
/** The tree of that version, in a root. */
export const MODULES = `lib/modules/${VERSION}`;

/** A root as described. */
export interface TreeSpec {
  /** Module files by their path below MODULES. */
  readonly modules?: Readonly<Record<string, ModuleSpec>>;
  /** Lines of `modules.order`; by default all of `modules`, null for no file. */
  readonly order?: readonly string[] | null;
  /** Lines of `modules.builtin`, null for no file. */
  readonly builtin?: readonly string[] | null;
  /** Strings of `modules.builtin.modinfo`, null for no file. */
  readonly builtinModinfo?: readonly string[] | null;
  /** Other files by their path in the root; texts are latin1. They replace those above. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  /** Where symbolic links point to, by their path in the root. */
  readonly links?: Readonly<Record<string, string>>;
}

/** A symbolic link. */
export interface Link {
  readonly target: string;
}

/** A root's files and links by their path in it. */
export type Tree = ReadonlyMap<string, Uint8Array | Link>;

const BUILTIN = ["kernel/fs/binfmt_script.ko"];
const BUILTIN_MODINFO = ["binfmt_script.license=GPL", "binfmt_script.alias=binfmt-script"];

/** The files of a description. */
export function buildTree(spec: TreeSpec): Tree {
  const { modules = {}, order = Object.keys(modules) } = spec;
  const { builtin = BUILTIN, builtinModinfo = BUILTIN_MODINFO } = spec;
  const tree = new Map<string, Uint8Array | Link>();
  if (order !== null) tree.set(`${MODULES}/modules.order`, joinEnded(order, "\n"));
  if (builtin !== null) tree.set(`${MODULES}/modules.builtin`, joinEnded(builtin, "\n"));
  if (builtinModinfo !== null) {
    tree.set(`${MODULES}/modules.builtin.modinfo`, joinEnded(builtinModinfo, "\0"));
  }
  for (const [path, module] of Object.entries(modules)) {
    tree.set(`${MODULES}/${path}`, buildModule(module));
  }
  for (const [path, content] of Object.entries(spec.files ?? {})) {
    tree.set(path, typeof content === "string" ? latin1(content) : content);
  }
  for (const [path, target] of Object.entries(spec.links ?? {})) tree.set(path, { target });
  return tree;
}

function joinEnded(lines: readonly string[], end: string): Uint8Array {
  return latin1(lines.map((line) => line + end).join(""));
}

/** Whether an entry of a tree is a symbolic link. */
export function isLink(entry: Uint8Array | Link): entry is Link {
  return !(entry instanceof Uint8Array);
}

/** Writes a tree below `directory`, which is created with its parents. */
export function writeTree(directory: string, tree: Tree): void {
  Deno.mkdirSync(directory, { recursive: true });
  for (const [path, entry] of tree) {
    const place = `${directory}/${path}`;
    Deno.mkdirSync(place.slice(0, place.lastIndexOf("/")), { recursive: true });
    if (isLink(entry)) Deno.symlinkSync(entry.target, place);
    else Deno.writeFileSync(place, entry);
  }
}

/** All that is below `directory`, links not followed; nothing when there is no such directory. */
export function readTree(directory: string): Tree {
  const tree = new Map<string, Uint8Array | Link>();
  function read(below: string): void {
    for (const { name, isDirectory, isSymlink } of Deno.readDirSync(`${directory}/${below}`)) {
      const path = below + name;
      const place = `${directory}/${path}`;
      if (isDirectory) read(`${path}/`);
      else if (isSymlink) tree.set(path, { target: Deno.readLinkSync(place) });
      else tree.set(path, Deno.readFileSync(place));
    }
  }
  try {
    Deno.lstatSync(directory);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return tree;
    throw error;
  }
  read("");
  return tree;
}

/** Runs `body` with a temporary directory, by its real path, and removes it afterwards. */
export function withTemporary<T>(body: (directory: string) => T): T {
  const directory = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "depmod-test-" }));
  try {
    return body(directory);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}

/** Bytes as characters, one for each. */
export function decodeBytes(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}
