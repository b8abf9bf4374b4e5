/**
 * Modules with arbitrary damage: whatever is wrong with them, the parser reports it by the errors
 * that it may throw, and the facts of other modules stay.
 *
 * @module
 */
import { FormatError, LimitError } from "../../lib/errors.ts";
import type { Parser } from "../../lib/read/parser.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { buildModule, SHAPES } from "../support/elf_builder.ts";
import {
  factsOf,
  listExports,
  listNeeds,
  listStrings,
  loadFile,
  makeParser,
  PartialFile,
  readModule,
} from "../support/elf_facts.ts";

const TREES = new URL("../../testdata/trees/", import.meta.url);

/** Modules of testdata, one of so many, and one of each shape with everything in it. */
function listOriginals(oneOf: number): Uint8Array[] {
  const paths = listModules(TREES.pathname.replace(/\/$/, "")).sort();
  const originals = paths.filter((_, i) => i % oneOf === 0).map((path) => Deno.readFileSync(path));
  const built = SHAPES.map(({ bits, little }) =>
    buildModule({
      bits,
      little,
      exports: ["a", { name: "b", crc: 5, form: "section" }, { name: "c", form: "undefined" }],
      needs: ["n", { name: "w", weak: true }, "m"],
      versions: [{ name: "module_layout", crc: 5 }, { name: "n", crc: 6 }],
      ksymtabStrings: ["a", "b"],
      modinfo: ["alias=a", "softdep=pre: s", "weakdep=w", "license=GPL", "alias=b"],
    })
  );
  return [...originals.filter(({ length }) => length > 64 && length < 65536), ...built];
}

function listModules(directory: string): string[] {
  return [...Deno.readDirSync(directory)].flatMap(({ name, isDirectory }) => {
    if (isDirectory) return listModules(`${directory}/${name}`);
    return name.endsWith(".ko") ? [`${directory}/${name}`] : [];
  });
}

/** Numbers from 0 up to a bound, by the generator of Park and Miller. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48271) % 0x7fffffff;
    return state % below;
  };
}

/** A copy with some bytes changed, mostly in the headers of the file and its sections. */
function damage(original: Uint8Array, random: (below: number) => number): Uint8Array {
  const file = original.slice();
  const view = new DataView(file.buffer);
  const wide = file[4] === 2;
  const little = file[5] === 1;
  const e_shoff = wide ? Number(view.getBigUint64(40, little)) : view.getUint32(32, little);
  const headers = Math.min(e_shoff, file.length - 1);
  for (let count = 1 + random(4); count > 0; count--) {
    const at = headers + random(file.length - headers);
    switch (random(5)) {
      case 0:
        file[random(64)] = random(256);
        break;
      case 1:
        file[at] = random(256);
        break;
      case 2: // an offset or a size near to the end of the file, or to the end of all numbers
        if (at + 4 <= file.length) {
          const value = random(2) === 0 ? file.length - random(40) : 0xffffffff - random(400);
          view.setUint32(at & ~3, value, little);
        }
        break;
      default:
        file[random(file.length)]! ^= 1 << random(8);
    }
  }
  return random(10) === 0 ? file.subarray(0, random(file.length + 1)) : file;
}

/** Reads a module as it is done in a run; gives whether the module is one. */
function readDamaged(parser: Parser, open: () => void): boolean {
  let isModule = true;
  const attempt = (action: () => void, onError: () => void) => {
    try {
      action();
    } catch (error) {
      assert(error instanceof FormatError || error instanceof LimitError, String(error));
      onError();
    }
  };
  attempt(open, () => isModule = false);
  if (isModule) {
    attempt(() => parser.parseExports(), () => {});
    attempt(() => parser.parseNeeds(), () => parser.dropNeeds());
    attempt(() => parser.parseModinfo(), () => parser.dropModule());
  }
  parser.endModule();
  return isModule;
}

const GOOD = buildModule({
  exports: [{ name: "good", crc: 7 }],
  needs: ["better", { name: "best", weak: true }],
  versions: [{ name: "better", crc: 8 }],
  modinfo: ["alias=good", "softdep=pre: better", "weakdep=best"],
});

for (const how of ["whole", "in parts"] as const) {
  Deno.test(`damaged modules that are read ${how} leave other modules' facts as they are`, () => {
    const originals = listOriginals(20);
    const random = generator(20_250_101);
    const { parser } = makeParser();
    const good: number[] = [];
    let modules = 0;
    let taken = 0;
    for (let round = 0; round < 2000; round++) {
      const file = damage(originals[random(originals.length)]!, random);
      const isModule = readDamaged(parser, () => {
        if (how === "in parts") return new PartialFile(file).open(parser);
        loadFile(parser, file);
        parser.parseFile();
      });
      modules++;
      if (isModule) taken++;
      if (round % 10 > 0) continue;
      readModule(parser, GOOD);
      good.push(modules++);
    }
    assert(taken > 500 && taken < 1900, `${taken} were modules`);
    const facts = factsOf(parser);
    assertEquals(facts.exportStarts.length, modules + 1);
    const lists: unknown[][] = [listExports(facts), listNeeds(facts), listStrings(facts.alias)];
    for (const module of good) {
      assertEquals(lists.map((list) => list[module]), [
        [{ name: "good", crc: 7n }],
        [{ name: "better", crc: 8n, weak: false }, { name: "best", crc: 0n, weak: true }],
        ["good"],
      ]);
      assertEquals(listStrings(facts.softdep)[module], ["pre: better"]);
      assertEquals(listStrings(facts.weakdep)[module], ["best"]);
    }
  });
}
