/**
 * The rows of the benchmark: what is measured by the name that selects it, and what must be there
 * for it. A row named for a number of modules is a point of the chart too.
 */
import { exists, fail, messageOf } from "./command.ts";
import { cacheObstacle } from "./measure.ts";
import { debianReference, zlibReference } from "./reference.ts";
import { compressedTree, debianXzTree, plainTree, type Tree, treeOfSize } from "./trees.ts";

/** What is measured. */
export interface Row {
  readonly name: string;
  readonly title: string;
  /** Gives the tree, which may have to be made; without one, a row shows start-up alone. */
  readonly tree?: () => Tree;
  /** `fresh`: `-A` on a tree that is up to date; `cold`: nothing is in the system's file cache. */
  readonly state?: "fresh" | "cold";
  /** Gives the command of the reference, if it is not Debian's. */
  readonly reference?: () => string[];
}

const AMD64 = "Debian 12, 6.1, amd64";
const AMD64_XZ = "Debian 12, 6.12, amd64, .ko.xz as shipped";

const ROWS: readonly Row[] = [
  { name: "start", title: "`--version`: start-up alone" },
  { name: "fresh", title: "`-A`, nothing to do", tree: plainTree, state: "fresh" },
  { name: "plain", title: AMD64, tree: plainTree },
  {
    name: "gz",
    title: "the same as .ko.gz",
    tree: () => compressedTree("gz"),
    reference: zlibReference,
  },
  { name: "xz", title: "the same as .ko.xz", tree: () => compressedTree("xz") },
  { name: "zst", title: "the same as .ko.zst", tree: () => compressedTree("zst") },
  { name: "debian-xz", title: AMD64_XZ, tree: debianXzTree },
  { name: "cold", title: `${AMD64}, cold cache`, tree: plainTree, state: "cold" },
  { name: "cold-xz", title: `${AMD64_XZ}, cold cache`, tree: debianXzTree, state: "cold" },
  ...[10, 100, 1000].map((count) => sizeRow(count, "a part of the 6.1 tree")),
  sizeRow(4023, "the 6.1 tree and a clone"),
  ...[16_000, 60_000].map((count) => sizeRow(count, "clones of its small modules")),
];

function sizeRow(count: number, title: string): Row {
  return { name: String(count), title, tree: () => treeOfSize(count) };
}

/** All rows, or those that the operands name; an operand may also be a root directory. */
export function selectRows(operands: readonly string[]): readonly Row[] {
  return operands.length === 0 ? ROWS : operands.flatMap((operand) => {
    const row = ROWS.find(({ name }) => name === operand);
    return row === undefined ? directoryRows(operand) : [row];
  });
}

/** A row for each version in the tree. */
function directoryRows(root: string): Row[] {
  const modules = `${root}/lib/modules`;
  if (!exists(modules)) {
    const names = ROWS.map(({ name }) => name).join(", ");
    fail(`${root} is neither a tree nor one of the rows, which are ${names}`);
  }
  return [...Deno.readDirSync(modules)].filter((entry) => entry.isDirectory)
    .map(({ name }) => ({ name: root, title: name, tree: () => ({ root, version: name }) }));
}

/** The command of the row's reference, or, as a string, why the row must be left out. */
export function findReference({ state, reference = debianReference }: Row): string[] | string {
  const obstacle = state === "cold" ? cacheObstacle() : undefined;
  if (obstacle !== undefined) return obstacle;
  try {
    return reference();
  } catch (error) {
    return `no reference: ${messageOf(error)}`;
  }
}
