/**
 * The entries of modules in a report.
 *
 * @module
 */
import { encodeStrings } from "../../lib/bytes/strings.ts";
import { renderModules } from "../../lib/report/module_entries.ts";
import type { ModuleDetails } from "../../lib/report/observer.ts";
import { assert, assertEquals } from "../support/assert.ts";
import type { ReportedModule } from "../support/report.ts";

const NONE = { starts: Uint32Array.of(0, 0, 0), values: encodeStrings([]) };

/** Two modules, of which the second needs the first. */
const TWO: ModuleDetails = {
  modules: {
    paths: encodeStrings(["/t/a.ko.xz", "/t/b.ko"]),
    names: encodeStrings(["a", "b"]),
    indexPaths: encodeStrings(["a.ko.xz", "b.ko"]),
  },
  dependencies: { starts: Uint32Array.of(0, 0, 1), modules: Uint32Array.of(0) },
  owners: Uint32Array.of(0, 0),
  lists: { aliasStarts: Uint32Array.of(0, 3, 4), softdep: NONE, weakdep: NONE },
  sizes: Float64Array.of(NaN, 2 ** 33),
  positions: undefined,
};

function entriesOf(details: ModuleDetails): ReportedModule[] {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const text = [...renderModules(details)].map((piece) => decoder.decode(piece)).join("");
  return JSON.parse(`[${text}]`);
}

Deno.test("renderModules() gives an entry for each module, in order", () => {
  const none = { cached: false, softDependencies: [], weakDependencies: [] };
  assertEquals(entriesOf(TWO), [
    {
      ...{ path: "a.ko.xz", name: "a", compression: "xz", size: null },
      ...{ aliases: 3, symbols: 2, dependencies: [] },
      ...none,
    },
    {
      ...{ path: "b.ko", name: "b", compression: "none", size: 2 ** 33 },
      ...{ aliases: 1, symbols: 0, dependencies: ["a.ko.xz"] },
      ...none,
    },
  ]);
});

Deno.test("renderModules() tells which modules the cache knew", () => {
  const entries = entriesOf({ ...TWO, positions: Int32Array.of(-1, 0) });
  assertEquals(entries.map(({ cached }) => cached), [false, true]);
});

Deno.test("renderModules() escapes what JSON does not hold", () => {
  const names = encodeStrings(['a"\\', "b"]);
  const softdep = {
    starts: Uint32Array.of(0, 1, 2),
    values: encodeStrings(['pre: "x\\"', "\u2028\x01é"]),
  };
  const modules = { ...TWO.modules, names, indexPaths: names };
  const [first, second] = entriesOf({ ...TWO, modules, lists: { ...TWO.lists, softdep } });
  assertEquals([first!.path, first!.softDependencies], ['a"\\', ['pre: "x\\"']]);
  assertEquals([second!.dependencies, second!.softDependencies], [['a"\\'], ["\u2028\x01é"]]);
});

Deno.test("renderModules() gives many modules in pieces", () => {
  const count = 5000;
  const paths = encodeStrings(Array.from({ length: count }, (_, i) => `${i}.ko`));
  const starts = new Uint32Array(count + 1);
  const none = { starts, values: encodeStrings([]) };
  const details: ModuleDetails = {
    modules: { paths, names: paths, indexPaths: paths },
    dependencies: { starts, modules: new Uint32Array() },
    owners: new Uint32Array(),
    lists: { aliasStarts: starts, softdep: none, weakdep: none },
    sizes: new Float64Array(count),
    positions: undefined,
  };
  assert([...renderModules(details)].length > 1);
  assertEquals(entriesOf(details).map(({ path }) => path).at(-1), `${count - 1}.ko`);
  assertEquals(entriesOf(details).length, count);
});

Deno.test("renderModules() gives nothing of no module", () => {
  const empty = { starts: Uint32Array.of(0), values: encodeStrings([]) };
  const none = encodeStrings([]);
  assertEquals(
    [...renderModules({
      modules: { paths: none, names: none, indexPaths: none },
      dependencies: { starts: Uint32Array.of(0), modules: new Uint32Array() },
      owners: new Uint32Array(),
      lists: { aliasStarts: Uint32Array.of(0), softdep: empty, weakdep: empty },
      sizes: new Float64Array(),
      positions: undefined,
    })],
    [],
  );
});
