/**
 * Random edits of a tree, and of what runs have written there.
 *
 * @module
 */
import { buildModule } from "./elf_builder.ts";
import { type EditedTree, FORMS, type Made } from "./edited_tree.ts";
import { pick, shuffle } from "./random.ts";
import { INDEX_FILES } from "./run_tree.ts";

/** The cache, in the tree. */
export const CACHE = "modules.cache.bin";

type Edit = (tree: EditedTree) => void;

const EDITS: Readonly<Record<string, Edit>> = {
  "add a module": (tree) => void tree.add(),
  "remove a module": (tree) => Deno.removeSync(tree.fileOf(take(tree))),
  "replace a module": (tree) => tree.write(choose(tree)),
  "replace a module, with its time": (tree) => {
    const made = choose(tree);
    keepTime(tree.fileOf(made), () => tree.write(made));
  },
  "rename another module over one, with its time": (tree) => {
    const made = choose(tree);
    const other = `${tree.root}/other`;
    tree.write(made, other);
    keepTime(tree.fileOf(made), (file) => Deno.renameSync(other, file));
  },
  "give a module an old time": (tree) => Deno.utimeSync(tree.fileOf(choose(tree)), 1e9, 1e9),
  "give a module a time to come": (tree) => {
    const time = Date.now() / 1000 + tree.random(5);
    Deno.utimeSync(tree.fileOf(choose(tree)), time, time);
  },
  "touch a module": (tree) => touch(tree.fileOf(choose(tree))),
  "move a module": (tree) => {
    const made = choose(tree);
    changePath(tree, made, { ...made, path: `updates/moved/${baseName(made)}` });
  },
  "compress a module": (tree) => {
    const made = choose(tree);
    Deno.removeSync(tree.fileOf(made));
    made.form = pick(Object.keys(FORMS), tree.random);
    tree.write(made);
  },
  "swap two modules": swapModules,
  "hide a module": (tree) => {
    const name = baseName(choose(tree));
    tree.write(choose(tree), `${tree.directory}/updates/${name}`);
    tree.undo.push(() => removeIfThere(`${tree.directory}/updates/${name}`));
  },
  "truncate a module": (tree) => {
    const file = tree.fileOf(choose(tree));
    Deno.truncateSync(file, tree.random(Deno.statSync(file).size));
  },
  "make a module unreadable": (tree) => {
    const file = tree.fileOf(choose(tree));
    Deno.chmodSync(file, 0);
    tree.undo.push(() => exists(file) && Deno.chmodSync(file, 0o644));
  },
  "make a cycle": makeCycle,
  "rename a directory": renameDirectory,
  "link to a module": linkToModule,
  "link to nothing": (tree) => link(tree, `${tree.directory}/nothing`),
  "change the configuration": changeConfig,
  "change modules.order": (tree) => {
    const order = shuffle(tree.modules, tree.random);
    tree.writeOrder(order.slice(tree.random(order.length)));
  },
  "change modules.builtin": (tree) =>
    tree.writeText("modules.builtin", `k/b${tree.random(99)}.ko\n`),
  "change modules.builtin.modinfo": (tree) => {
    const bad = tree.random(9) === 0 ? "\x01" : "";
    tree.writeText("modules.builtin.modinfo", `b.alias=b${tree.random(99)}${bad}\0`);
  },
  "remove modules.builtin": (tree) => removeIfThere(`${tree.directory}/modules.builtin`),
  "remove an index file": (tree) => removeIfThere(chooseIndex(tree)),
  "spoil an index file": (tree) => spoil(tree, chooseIndex(tree)),
  "spoil an index file, with its time": (tree) => {
    const file = chooseIndex(tree);
    if (exists(file)) keepTime(file, () => spoil(tree, file));
  },
  "give the index files an old time": (tree) => {
    const files = INDEX_FILES.map((name) => `${tree.directory}/${name}`).filter(exists);
    for (const file of files) Deno.utimeSync(file, 1e9, 1e9);
  },
  "remove the cache": (tree) => removeIfThere(`${tree.directory}/${CACHE}`),
  "spoil the cache": (tree) => spoil(tree, `${tree.directory}/${CACHE}`),
  "change an option": changeOption,
  "show all messages": (tree) => {
    tree.options.set("verbose", ["-vv"]);
    tree.undo.push(() => tree.options.delete("verbose"));
  },
};

/** The names of all edits. */
export const EDIT_NAMES: readonly string[] = Object.keys(EDITS);

/** Takes back what is not to stay, and makes one edit, sometimes a few. Gives their names. */
export function edit(tree: EditedTree): string[] {
  for (const undo of tree.undo.splice(0)) undo();
  const names = [pick(EDIT_NAMES, tree.random)];
  while (tree.random(4) === 0) names.push(pick(EDIT_NAMES, tree.random));
  for (const name of names) makeEdit(tree, name);
  return names;
}

/** Makes the edit of this name. */
export function makeEdit(tree: EditedTree, name: string): void {
  EDITS[name]!(tree);
}

/** One of the modules that are there: undoing another edit may have taken one away. */
function choose(tree: EditedTree): Made {
  const made = tree.modules.filter((made) => isThere(tree.fileOf(made)));
  return pick(made, tree.random);
}

function isThere(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** Removes a module from the list, unless it is one of the last. */
function take(tree: EditedTree): Made {
  if (tree.modules.length < 5) tree.add();
  return tree.modules.splice(tree.random(tree.modules.length), 1)[0]!;
}

function baseName({ path }: Made): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function touch(file: string): void {
  const now = new Date();
  Deno.utimeSync(file, now, now);
}

/** Calls `change`, and gives the file the time that it had. */
function keepTime(file: string, change: (file: string) => void): void {
  const { atime, mtime } = Deno.statSync(file);
  change(file);
  Deno.utimeSync(file, atime!, mtime!);
}

function changePath(tree: EditedTree, made: Made, { path, form }: Made): void {
  const from = tree.fileOf(made);
  [made.path, made.form] = [path, form];
  const to = tree.fileOf(made);
  Deno.mkdirSync(to.slice(0, to.lastIndexOf("/")), { recursive: true });
  Deno.renameSync(from, to);
}

/** Each gets the other's file. */
function swapModules(tree: EditedTree): void {
  const [one, two] = [choose(tree), choose(tree)].map((made) => tree.fileOf(made));
  const aside = `${tree.root}/aside`;
  Deno.renameSync(one!, aside);
  if (one !== two) Deno.renameSync(two!, one!);
  Deno.renameSync(aside, two!);
}

function makeCycle(tree: EditedTree): void {
  const files = ["one", "two"].map((name) => `${tree.directory}/kernel/cycle_${name}.ko`);
  Deno.writeFileSync(files[0]!, buildModule({ exports: ["one_go"], needs: ["two_go"] }));
  Deno.writeFileSync(files[1]!, buildModule({ exports: ["two_go"], needs: ["one_go"] }));
  tree.undo.push(() => files.forEach(removeIfThere));
}

function renameDirectory(tree: EditedTree): void {
  const [from, to] = ["kernel/", `kernel/r${tree.random(9)}/`];
  const moved = `${tree.directory}/moved`;
  Deno.renameSync(`${tree.directory}/kernel`, moved);
  Deno.mkdirSync(`${tree.directory}/kernel`);
  Deno.renameSync(moved, `${tree.directory}/${to.slice(0, -1)}`);
  for (const made of tree.modules) {
    if (made.path.startsWith(from)) made.path = to + made.path.slice(from.length);
  }
}

function linkToModule(tree: EditedTree): void {
  link(tree, tree.fileOf(choose(tree)));
}

/** Makes or retargets one of a few links. */
function link(tree: EditedTree, target: string): void {
  const path = `${tree.directory}/link_${tree.random(3)}.ko`;
  removeIfThere(path);
  Deno.symlinkSync(target, path);
}

function changeConfig(tree: EditedTree): void {
  const { random, config } = tree;
  if (random(3) === 0) config.splice(random(config.length), 1);
  config.push(pick([
    `search ${shuffle(["updates", "built-in", "external", "kernel"], random).join(" ")}`,
    `override m${random(30)} * kernel/d${random(9)}`,
    `exclude ${baseName(choose(tree))}`,
    `exclude d${random(9)}`,
    "nonsense",
  ], random));
  if (config.length > 6) config.shift();
  tree.writeConfig();
}

function changeOption(tree: EditedTree): void {
  const { root, random, options } = tree;
  const [about, words] = pick<[string, readonly string[]]>([
    ["symbols", ["-e", "-F", `${root}/System.map`]],
    ["symbols", ["-e", "-E", `${root}/Module.symvers`]],
    ["symbols", ["-E", `${root}/Module.symvers`]],
    ["strict", ["--strict"]],
    ["warn", ["-w"]],
    ["size", [`--max-module-size=${2000 + random(9) * 100}`]],
    ["prefix", ["-P_"]],
  ], random);
  if (!options.delete(about)) options.set(about, words);
}

function chooseIndex({ directory, random }: EditedTree): string {
  return `${directory}/${pick(INDEX_FILES, random)}`;
}

function spoil({ random }: EditedTree, file: string): void {
  if (!exists(file)) return;
  const bytes = Deno.readFileSync(file);
  if (bytes.length > 0) bytes[random(bytes.length)]! ^= 1 + random(255);
  Deno.writeFileSync(file, bytes);
}

function exists(file: string): boolean {
  try {
    Deno.lstatSync(file);
    return true;
  } catch {
    return false;
  }
}

function removeIfThere(file: string): void {
  if (exists(file)) Deno.removeSync(file);
}
