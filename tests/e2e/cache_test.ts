/**
 * The cache: whatever is edited, and whatever is wrong with the cache, the files, the messages and
 * the status are those of a run without it. `scripts/compare-cache` tries far more of it.
 *
 * @module
 */
// @ts-types="../../lib/std_path.d.ts"
import { basename } from "@std/path";
import { assert, assertEquals } from "../support/assert.ts";
import { AttackedTree } from "../support/cache_attack.ts";
import {
  compareFiles,
  describeIndex,
  findDifferences,
  runCached,
} from "../support/cache_comparison.ts";
import { EditedTree } from "../support/edited_tree.ts";
import { CACHE, edit, makeEdit } from "../support/edits.ts";
import {
  damage,
  forgeAny,
  forgeColumns,
  forgeRecord,
  withoutFingerprint,
} from "../support/forged_cache.ts";
import { runProgram } from "../support/program.ts";
import { startRandom } from "../support/random.ts";
import { MODULES, withTemporary } from "../support/tree.ts";

const SEED = 2;

/** By this one, all modules are good. */
const SILENT_SEED = 5;

/** Calls `body` with a tree of 30 modules. */
function withEdited(body: (tree: EditedTree) => void, seed = SEED): void {
  withTemporary((root) => body(new EditedTree(root, startRandom(seed), 30)));
}

/** Calls `body` with a tree of which a run has nothing to say. */
function withSilent(body: (tree: EditedTree) => void): void {
  withEdited((tree) => {
    for (const name of ["modules.builtin", "modules.builtin.modinfo"]) tree.writeText(name, "");
    waitForTrust();
    body(tree);
  }, SILENT_SEED);
}

Deno.test("depmod --cache does after 40 random edits what depmod does without it", () =>
  withEdited((tree) => {
    let worked = 0;
    for (let number = 0; number < 40; number++) {
      const names = edit(tree);
      const cached = runCached(tree, tree.random(2) === 0 ? ["-A"] : []);
      assertEquals(findDifferences(tree, cached), [], `${number}: ${names.join(", ")}`);
      if (cached.worked) worked++;
    }
    assert(worked > 15, `${worked}`); // the others ended in cycles
  }));

/** Waits until all keys are trusted, so that a run which finds nothing changed reads nothing. */
function waitForTrust(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2100);
}

const SEEN: readonly string[] = [
  "add a module",
  "remove a module",
  "replace a module, with its time",
  "rename another module over one, with its time",
  "give a module an old time",
  "change modules.order",
  "change modules.builtin",
  "remove an index file",
  "spoil an index file, with its time",
];

for (const name of SEEN) {
  Deno.test(`depmod -A --cache sees where nothing else has changed: ${name}`, () =>
    withEdited((tree) => {
      waitForTrust();
      runCached(tree, []);
      assertEquals(runCached(tree, ["-A"]).worked, false);
      makeEdit(tree, name);
      const cached = runCached(tree, ["-A"]);
      assertEquals(cached.worked, true);
      assertEquals(findDifferences(tree, cached), []);
    }));
}

for (const options of [[], ["-A"]]) {
  Deno.test(`depmod --cache ${options} does nothing if nothing has changed`, () =>
    withEdited((tree) => {
      waitForTrust();
      const first = runCached(tree, options);
      const before = describeIndex(tree);
      const second = runCached(tree, options);
      assertEquals([first.worked, second.worked], [true, false]);
      assertEquals(describeIndex(tree), before);
      assertEquals(findDifferences(tree, second), []);
    }));
}

/** Puts a copy of a module where it hides the module itself, the path of which it gives. */
function hideModule(tree: EditedTree): string {
  const path = tree.modules.map((module) => tree.fileOf(module))
    .find((path) => path.startsWith(`${tree.directory}/kernel/`))!;
  Deno.copyFileSync(path, `${tree.directory}/updates/${basename(path)}`);
  return path;
}

for (const options of [[], ["-A"]]) {
  Deno.test(`depmod --cache ${options} does its work once where a file that is not used is newer than the cache`, () =>
    withSilent((tree) => {
      const hidden = hideModule(tree);
      waitForTrust();
      const first = runCached(tree, []);
      Deno.utimeSync(hidden, 1, 1);
      Deno.utimeSync(`${tree.directory}/${CACHE}`, 1, 1); // before that, though the clock is coarse
      const second = runCached(tree, options);
      const third = runCached(tree, options);
      assertEquals([first.worked, second.worked, third.worked], [true, true, false]);
      for (const run of [second, third]) assertEquals(findDifferences(tree, run), []);
    }));
}

/** Trees that a run has something to say of, or in which it leaves files out. */
const SPECIAL: Readonly<Record<string, (tree: EditedTree) => void>> = {
  "two files have one module name": (tree) => makeEdit(tree, "hide a module"),
  "there is no modules.order": ({ directory }) => Deno.removeSync(`${directory}/modules.order`),
  "a file is no module": (tree) => Deno.writeTextFileSync(tree.fileOf(tree.modules[3]!), "text"),
  "a link leads nowhere": (tree) => makeEdit(tree, "link to nothing"),
};

for (const [what, change] of Object.entries(SPECIAL)) {
  Deno.test(`depmod --cache does nothing, and says the same, if nothing has changed where ${what}`, () =>
    withSilent((tree) => {
      change(tree);
      waitForTrust();
      const first = runCached(tree, []);
      const second = runCached(tree, []);
      assertEquals([first.worked, second.worked], [true, false]);
      assertEquals(findDifferences(tree, second), []);
      assertEquals(second.stderr, first.stderr);
      assertEquals(second.stderr === "", what.startsWith("two files"));
      makeEdit(tree, "touch a module");
      const third = runCached(tree, []);
      assertEquals(third.worked, true);
      assertEquals(findDifferences(tree, third), []);
    }));
}

Deno.test("depmod --check --cache finds a run that was cut short, though all is as it was", () =>
  withSilent((tree) => {
    runCached(tree, []);
    assertEquals(runCached(tree, ["--check"]).status, 0);
    Deno.createSync(`${tree.directory}/.modules.dep.depmod-1f3a9c2e`).close();
    const { status, stdout } = runCached(tree, ["--check"]);
    assert(status === 3 && stdout.includes("temporary files"), `${status}: ${stdout}`);
  }));

/** What may come into a tree that changes no module, but has to be told. */
const ODDITIES: Readonly<Record<string, (path: string) => void>> = {
  "a link that leads nowhere": (path) => Deno.symlinkSync("nothing", path),
  "a link that is refused": (path) => Deno.symlinkSync("/etc/passwd", path),
  "a FIFO": (path) => assert(new Deno.Command("mkfifo", { args: [path] }).outputSync().success),
};

for (const [what, put] of Object.entries(ODDITIES)) {
  Deno.test(`depmod --cache and --check tell of ${what} that has come where all was silent`, () =>
    withSilent((tree) => {
      for (const name of ["first", "second"]) {
        const { worked, stderr } = runCached(tree, []);
        assertEquals([worked, stderr], [name === "first", ""]);
      }
      put(`${tree.directory}/odd.ko`);
      const check = () => runCached(tree, ["--check"]).stderr;
      assert(check().includes("odd.ko"), check());
      for (const options of [[], ["-A"]]) {
        const run = runCached(tree, options);
        assert(run.stderr.includes("odd.ko"), run.stderr);
        assertEquals(findDifferences(tree, run), []);
      }
    }));
}

Deno.test("depmod --cache does without a cache of which a byte is changed or missing", () =>
  withTemporary((root) => {
    const tree = new AttackedTree(root);
    const random = startRandom(SEED);
    const unknown = withoutFingerprint(tree.cache);
    for (let i = 0; i < 60; i++) {
      const cache = i % 4 === 0 ? tree.cache : unknown;
      assertEquals(tree.findHarm(damage(cache, random)), []);
    }
  }));

/** Calls `body` with a tree and its cache, whose sections each run has to read. */
function withAttacked(
  body: (tree: AttackedTree, cache: Uint8Array<ArrayBuffer>) => void,
): void {
  withTemporary((root) => {
    const tree = new AttackedTree(root);
    body(tree, withoutFingerprint(tree.cache));
  });
}

Deno.test("depmod --cache takes nothing from a forged cache that no module could say", () =>
  withAttacked((tree, cache) => {
    const random = startRandom(SEED);
    for (let i = 0; i < 40; i++) {
      assertEquals(tree.findAbuse(forgeAny(cache, random)), [], `${i}`);
    }
  }));

Deno.test("depmod --cache takes from a forged cache what a module could say", () =>
  withAttacked((tree, cache) => {
    const forged = forgeColumns(cache, "strings", ([starts, offsets, bytes, ...others]) => {
      return [starts!, offsets!, (bytes as Uint8Array).fill(0x7a), ...others];
    });
    assertEquals(tree.findHarm(forged), ["the index files have changed"]);
  }));

const RESULTS: Readonly<Record<string, (text: string) => string>> = {
  "with messages that it cannot have": (text) => {
    return text.replace('"messages":[', '"messages":[{"level":"fatal","text":"forged"},');
  },
  "with messages that are lines": (text) => {
    return text.replace('"messages":[', '"messages":[{"level":"error","text":"a\\nforged"},');
  },
  "with outputs of other names": (text) => {
    return text.replace('"outputs":{', '"outputs":{"__proto__":"forged","constructor":"forged",');
  },
};

for (const [about, change] of Object.entries(RESULTS)) {
  Deno.test(`depmod --cache does the same for a forged result ${about}`, () =>
    withTemporary((root) => {
      const tree = new AttackedTree(root, { broken: true });
      const cache = forgeRecord(tree.cache, change);
      assert(cache.length > tree.cache.length);
      assertEquals(tree.findHarm(cache), []);
    }));
}

/** What is put before the faults of a record. */
const FAULTS: Readonly<Record<string, string>> = {
  "of modules that are not there": [12, 1e15, 2 ** 53 - 1].map((module) =>
    JSON.stringify({ module, kind: "unreadable", reason: "forged" })
  ).join(),
  "with a line": JSON.stringify({ module: 0, kind: "unreadable", reason: "a\nforged" }),
  "of no kind": JSON.stringify({ module: 0, kind: "__proto__", reason: "forged" }),
  "without end": "[".repeat(1e6) + "]".repeat(1e6),
};

for (const [about, faults] of Object.entries(FAULTS)) {
  Deno.test(`depmod --cache ignores faults ${about}`, () =>
    withAttacked((tree, cache) => {
      const start = '"faults":[';
      const forged = forgeRecord(cache, (text) => {
        return text.replace(start, `${start}${faults},`).replace(",]", "]");
      });
      assertEquals(tree.findHarm(forged), []);
    }));
}

Deno.test("depmod --cache finds no file by a key of no number, or twice", () =>
  withAttacked((tree, cache) => {
    for (const number of [NaN, Infinity, -0]) {
      const forged = forgeColumns(cache, "keys", ([paths, offsets, numbers, trusted]) => {
        return [paths!, offsets!, (numbers as Float64Array).fill(number), trusted!];
      });
      assertEquals(tree.findHarm(forged), []);
    }
  }));

/** Runs with a cache at another place, and gives the status and the lines about the cache. */
function runAt(tree: EditedTree, place: string, options: readonly string[] = []): string[] {
  const args = tree.args(`--cache=${place}`, "-vv", ...options);
  const { status, stderr } = runProgram(args, { cwd: tree.root });
  const lines = stderr.split("\n").filter((line) => line.includes("cache"));
  return [`${status}`, ...lines.map((line) => line.replaceAll(tree.root, "@"))];
}

Deno.test("depmod --cache=FILE warns once where it cannot write, and does its work", () =>
  withEdited((tree) => {
    const [status, ...lines] = runAt(tree, `${tree.root}/none/cache`);
    assertEquals(lines.length, 1, lines.join("\n"));
    assert(/^depmod: WARNING: .*; the cache is as it was$/.test(lines[0]!), lines[0]);
    assertEquals(findDifferences(tree, { ...runCached(tree, []), status: Number(status) }), []);
  }));

Deno.test("depmod --cache=FILE warns if there is a directory", () =>
  withEdited((tree) => {
    const [, unused, warning, ...more] = runAt(tree, tree.directory);
    assertEquals(more, []);
    const place = tree.directory.replace(tree.root, "@");
    assertEquals(unused, `depmod: INFO: the cache ${place} is not used: it is no regular file`);
    assertEquals(
      warning,
      `depmod: WARNING: could not write ${place}: Is a directory; the cache is as it was`,
    );
  }));

Deno.test("depmod --cache=FILE takes a path with spaces, and keeps none with -n", () =>
  withEdited((tree) => {
    const place = `${tree.root}/a cache of mine`;
    runAt(tree, place, ["-n"]);
    assertEquals(
      [...Deno.readDirSync(tree.root)].map(({ name }) => name).includes("a cache of mine"),
      false,
    );
    runAt(tree, place);
    assert(Deno.lstatSync(place).isFile);
    assertEquals(runAt(tree, place, ["-o", `${tree.root}/elsewhere`]).length, 1);
  }));

Deno.test("depmod --cache does not follow a link in place of its cache", () =>
  withEdited((tree) => {
    const target = `${tree.root}/target`;
    Deno.writeTextFileSync(target, "of somebody else");
    Deno.symlinkSync(target, `${tree.directory}/${CACHE}`);
    assertEquals(findDifferences(tree, runCached(tree, [])), []);
    assertEquals(Deno.readTextFileSync(target), "of somebody else");
    assert(Deno.lstatSync(`${tree.directory}/${CACHE}`).isFile);
  }));

Deno.test({
  name: "depmod --cache does not use the cache of another user, and writes its own",
  ignore: Deno.uid() !== 0,
  fn: () =>
    withEdited((tree) => {
      const place = `${tree.directory}/${CACHE}`;
      runAt(tree, place);
      Deno.chownSync(place, 65534, 65534);
      const [, line, ...more] = runAt(tree, place);
      const shown = place.replace(tree.root, "@");
      const problem = "another user may have written it";
      assertEquals(line, `depmod: INFO: the cache ${shown} is not used: ${problem}`);
      assertEquals([more, Deno.lstatSync(place).uid], [[], 0]);
    }),
});

Deno.test("depmod --cache with operands, and after them without, does what it does without it", () =>
  withEdited((tree) => {
    const { root, directory } = tree;
    const operands = tree.modules.slice(0, 3).map((made) => tree.fileOf(made));
    const args = (...options: string[]) => [...tree.args(...options), ...operands];
    const plain = runProgram(args("-o", `${root}/plain`), { cwd: root });
    for (let i = 0; i < 2; i++) {
      const cached = runProgram(args("--cache"), { cwd: root });
      assertEquals(cached, plain);
      assertEquals(compareFiles(directory, `${root}/plain/${MODULES}`), []);
    }
    assertEquals(findDifferences(tree, runCached(tree, ["-A"])), []);
  }));
