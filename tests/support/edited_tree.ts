/**
 * A tree of modules that is changed again and again, at random, for tests of what a run keeps for
 * the next one.
 *
 *     conf                       the configuration
 *     System.map, Module.symvers
 *     external/                  modules outside of the tree
 *     lib/modules/6.1.0-test/    the tree
 *
 * A module needs symbols of modules with smaller numbers only. What it says can change without its
 * size: so a file can be replaced by another one of its size.
 *
 * @module
 */
import { buildModule } from "./elf_builder.ts";
import { packGzip, packXz, packZstd } from "./pack.ts";
import { pick, type Random } from "./random.ts";
import { buildTree, MODULES, VERSION, writeTree } from "./tree.ts";

/** Endings of compressed modules, and what makes them. */
export const FORMS: Readonly<Record<string, (bytes: Uint8Array) => Uint8Array>> = {
  "": (bytes) => bytes,
  ".gz": packGzip,
  ".xz": packXz,
  ".zst": packZstd,
};

/** A module of the tree; its counts decide its size. */
export interface Made {
  readonly number: number;
  /** Path in the tree or, if it begins with a slash, of the file, without the ending of a form. */
  path: string;
  form: string;
  readonly exports: number;
  readonly needs: number;
  readonly aliases: number;
}

/** Symbols of one module that others may need. */
const SYMBOLS = 10;
/** Of so many modules, one has a value that is dropped, and one is no module. */
const RARE = 100;

/** A tree on disk, and how the program is to be run on it. */
export class EditedTree {
  /** The directory of the tree. */
  readonly directory: string;
  readonly modules: Made[] = [];
  /** Lines of the configuration. */
  config: string[] = ["search updates built-in external"];
  /** Options that both runs get, by what they are about. */
  readonly options = new Map<string, readonly string[]>();
  /** Take back what is not to stay of the last edits. */
  readonly undo: (() => void)[] = [];
  #next = 0;

  constructor(readonly root: string, readonly random: Random, count: number) {
    this.directory = `${root}/${MODULES}`;
    const kernel = Array.from({ length: 9 }, (_, i) => `_sym_0000${i}_0`);
    writeTree(
      root,
      buildTree({
        files: {
          "System.map": kernel.map((name) => `00000000 T ${name.slice(1)}\n`).join(""),
          "Module.symvers": kernel.map((name) => `0x5\t${name}\tvmlinux\tEXPORT_SYMBOL\n`).join(""),
          "external/none": "",
        },
      }),
    );
    this.writeConfig();
    for (let i = 0; i < count; i++) this.add();
    this.writeOrder([...this.modules]);
  }

  /** The program's arguments; `options` come first. */
  args(...options: readonly string[]): string[] {
    const all = [...options, ...[...this.options.values()].flat()];
    return ["--no-sync", ...all, "-C", `${this.root}/conf`, "-b", this.root, VERSION];
  }

  /** Adds a module. */
  add(): Made {
    const { random } = this;
    const number = this.#next++;
    const name = `m${number}.ko`;
    const directory = pick(
      ["kernel", "kernel", "kernel", "updates", `${this.root}/external`],
      random,
    );
    const made = {
      number,
      path: `${directory}/${directory === "kernel" ? `d${random(9)}/` : ""}${name}`,
      form: random(3) === 0 ? pick(Object.keys(FORMS), random) : "",
      exports: random(4),
      needs: number === 0 ? 0 : random(5),
      aliases: random(4),
    };
    this.modules.push(made);
    this.write(made);
    return made;
  }

  /** The file of a module. */
  fileOf({ path, form }: Made): string {
    return (path.startsWith("/") ? path : `${this.directory}/${path}`) + form;
  }

  /** Writes what a module may say to its file, or to another one. */
  write(made: Made, file = this.fileOf(made)): void {
    Deno.mkdirSync(file.slice(0, file.lastIndexOf("/")), { recursive: true });
    Deno.writeFileSync(file, this.#makeContent(made));
  }

  /** Writes the lists of modules in the order of `modules`. */
  writeOrder(modules: readonly Made[]): void {
    this.writeText("modules.order", modules.map(({ path }) => `${path}\n`).join(""));
  }

  /** Writes a file of the tree. */
  writeText(name: string, text: string): void {
    Deno.writeTextFileSync(`${this.directory}/${name}`, text);
  }

  /** Writes the configuration. */
  writeConfig(): void {
    const lines = [`external * ${this.root}/external`, ...this.config];
    Deno.writeTextFileSync(`${this.root}/conf`, lines.map((line) => `${line}\n`).join(""));
  }

  #makeContent({ number, exports, needs, aliases, form }: Made): Uint8Array {
    const { random } = this;
    const first = random(SYMBOLS - exports);
    const bad = random(RARE) === 0 ? "\x01" : "x";
    const module = buildModule({
      exports: count(exports, (i) => nameSymbol(number, first + i)),
      needs: count(needs, () => nameSymbol(random(number), random(SYMBOLS))),
      modinfo: count(
        aliases,
        () => `alias=a:${bad}${random(1 << 28).toString(16).padStart(8, "0")}`,
      ),
    });
    if (random(RARE) === 0) module[0] = 0; // no module
    return FORMS[form]!(module);
  }
}

function count<T>(length: number, make: (i: number) => T): T[] {
  return Array.from({ length }, (_, i) => make(i));
}

function nameSymbol(module: number, symbol: number): string {
  return `sym_${String(module).padStart(5, "0")}_${symbol}`;
}
