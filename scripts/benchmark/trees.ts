/**
 * The module trees that the benchmark measures: those of two Debian kernels, one of them also
 * compressed as the kernel's own build compresses modules, and trees of any number of modules made
 * from it. What is made is kept in .cache/bench, named for the kernel's version.
 *
 * A tree smaller than the kernel's has some of its modules, from all of its directories, and
 * everything that these need. A larger one has each module several times, under other names; all of
 * them are hard links to the same files, so that 60,000 modules take little more than their names.
 * Every clone exports the symbols of its original again, and so replaces those before it as their
 * owner; like the originals, the clones form no cycle.
 */
import { cached, fail, ROOT, run } from "./command.ts";
import { debianReference } from "./reference.ts";

/** A root directory and the version below its lib/modules. */
export interface Tree {
  readonly root: string;
  readonly version: string;
}

/** A module: its path below the version's directory, and the paths of all that it needs. */
interface Module {
  readonly path: string;
  readonly needs: readonly string[];
}

/** Commands of the kernel's scripts/Makefile.modinst. */
const COMPRESSORS = {
  gz: "gzip -n -f",
  xz: "xz --check=crc32 --lzma2=dict=1MiB -f",
  zst: "zstd -T0 --rm -f -q",
} as const;

/** Trees of more modules than this consist of small ones. */
export const LARGE_TREE = 10_000;
/** Size in bytes that small modules have at most: of the 6.1 kernel's, nearly one in two. */
const SMALL_MODULE = 32 * 1024;
/** Modules are chosen at this distance in their order, again and again; a prime number. */
const STRIDE = 1597;

/** The tree of Debian 12's 6.1 kernel for amd64; its modules are not compressed. */
export function plainTree(): Tree {
  return debianTree("bookworm", "linux-image-6.1.0-[0-9]+-amd64");
}

/** The tree of Debian 12's 6.12 kernel for amd64, whose modules are shipped as .ko.xz. */
export function debianXzTree(): Tree {
  return debianTree("bookworm-security", "linux-image-6\\.12\\.[^-]*-amd64");
}

function debianTree(suite: string, kernel: string): Tree {
  const [line = ""] = run([`${ROOT}/scripts/tree`, suite, "amd64", kernel]).split("\n");
  const space = line.lastIndexOf(" ");
  return { root: line.slice(0, space), version: line.slice(space + 1) };
}

/** The plain tree with every module compressed. */
export function compressedTree(format: keyof typeof COMPRESSORS): Tree {
  const { root, version } = plainTree();
  return { root: cached(`bench/${version}-${format}`, compress), version };

  function compress(target: string): void {
    run(["cp", "-al", `${root}/lib`, target]);
    const cores = navigator.hardwareConcurrency;
    const pipe = `find lib -name '*.ko' -print0 | xargs -0 -n 50 -P ${cores}`;
    run(["sh", "-c", `${pipe} ${COMPRESSORS[format]}`], target);
  }
}

/** A tree of `count` modules. */
export function treeOfSize(count: number): Tree {
  const plain = plainTree();
  return { root: cached(`bench/${plain.version}-${count}`, fill), version: plain.version };

  function fill(target: string): void {
    const from = versionDirectory(plain);
    const modules = findModules(plain);
    const chosen = count > LARGE_TREE ? smallModules(modules, from) : someModules(modules, count);
    linkModules({ from, to: `${target}/lib/modules/${plain.version}`, chosen, count });
  }
}

/** The directory that holds the modules and what describes them. */
export function versionDirectory({ root, version }: Tree): string {
  return `${root}/lib/modules/${version}`;
}

/** All modules as the reference orders them, with what it says that they need. */
function findModules({ root, version }: Tree): Module[] {
  const output = Deno.makeTempDirSync();
  try {
    run([...debianReference(), "-b", root, "-o", output, version]);
    const text = Deno.readTextFileSync(`${output}/lib/modules/${version}/modules.dep`);
    return text.trimEnd().split("\n").map((line) => {
      const [path = "", ...needs] = line.replace(":", "").split(" ");
      return { path, needs };
    });
  } finally {
    Deno.removeSync(output, { recursive: true });
  }
}

/** The modules that are small and need small ones only: of the 6.1 kernel's, 723. */
function smallModules(modules: readonly Module[], directory: string): Module[] {
  const isSmall = (path: string) => Deno.statSync(`${directory}/${path}`).size <= SMALL_MODULE;
  return modules.filter(({ path, needs }) => [path, ...needs].every(isSmall));
}

/** Up to `count` of the modules, chosen so that they need nothing but each other. */
function someModules(modules: readonly Module[], count: number): Module[] {
  const chosen = new Set<string>();
  for (let turn = 0; turn < modules.length; turn++) {
    const { path, needs } = modules[turn * STRIDE % modules.length] ?? fail("there is no module");
    const added = [path, ...needs].filter((needed) => !chosen.has(needed));
    if (chosen.size + added.length <= count) added.forEach((needed) => chosen.add(needed));
  }
  return modules.filter(({ path }) => chosen.has(path));
}

/** Makes the version's directory: `count` links to the chosen modules, in turn. */
function linkModules(
  { from, to, chosen, count }: { from: string; to: string; chosen: Module[]; count: number },
): void {
  const order: string[] = [];
  for (let index = 0; index < count; index++) {
    const { path } = chosen[index % chosen.length] ?? fail("no module was chosen");
    const clone = cloneName(path, Math.floor(index / chosen.length));
    Deno.mkdirSync(`${to}/${clone.slice(0, clone.lastIndexOf("/"))}`, { recursive: true });
    Deno.linkSync(`${from}/${path}`, `${to}/${clone}`);
    order.push(`${clone}\n`);
  }
  Deno.writeTextFileSync(`${to}/modules.order`, order.join(""));
  for (const name of ["modules.builtin", "modules.builtin.modinfo"]) {
    Deno.copyFileSync(`${from}/${name}`, `${to}/${name}`);
  }
}

function cloneName(path: string, round: number): string {
  return round === 0 ? path : path.replace(/\.ko$/, `-clone${round}.ko`);
}
