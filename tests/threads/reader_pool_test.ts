/**
 * Reading modules in several threads, and discovering them in one: the same as without threads,
 * and nothing read outside of what the readers may read.
 *
 * @module
 */
import { countStrings, decodeStrings } from "../../lib/bytes/strings.ts";
import { PLAIN_COST } from "../../lib/discover/cost.ts";
import { discover, type Search } from "../../lib/discover/discover.ts";
import { findNewest } from "../../lib/discover/fresh.ts";
import { FatalError } from "../../lib/errors.ts";
import type { Facts, Message, Strings } from "../../lib/model.ts";
import { renderStrings } from "../../lib/render/files.ts";
import { ReaderPool } from "../../lib/threads/reader_pool.ts";
import { assert, assertEquals, assertRejects } from "../support/assert.ts";
import { buildModule, latin1 } from "../support/elf_builder.ts";
import { describeFacts, factsOf, mergeFacts, moduleFilesOf, stringsOf } from "../support/facts.ts";
import { readIndex } from "../support/index_reader.ts";
import { decodeBytes } from "../support/tree.ts";

const OPTIONS = { maxModuleSize: 1 << 20, detailed: true };

/** So many readers, or `fewest` if there is less to do, and a minute for each module. */
function limitTo(most: number, fewest = most) {
  return { readers: { fewest, most }, moduleTimeout: 60 };
}

/** Calls `body` with a directory of `count` modules, of which each needs the one before. */
async function withModules(
  count: number,
  body: (directory: string, paths: readonly string[]) => Promise<void>,
): Promise<void> {
  const directory = Deno.makeTempDirSync();
  try {
    const paths = Array.from({ length: count }, (_, i) => `${directory}/m${i}.ko`);
    paths.forEach((path, i) => {
      const module = buildModule({
        exports: [{ name: `symbol_${i}`, crc: i }],
        needs: [`symbol_${i - 1}`],
        modinfo: [`alias=m:${i}`],
      });
      Deno.writeFileSync(path, module);
    });
    await body(directory, paths);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}

/** What module `i` of those says: names, and CRCs if they are wanted, as describeFacts() has them. */
function describeModule(i: number, { detailed } = OPTIONS): unknown {
  const [exportCrc, need] = detailed ? [[0, i], [0, 0, 0]] : [[undefined, undefined], NO_DETAILS];
  return {
    exports: [[`symbol_${i}`, ...exportCrc]],
    needs: [[`symbol_${i - 1}`, ...need]],
    strings: [[`m:${i}`], [], []],
  };
}

const NO_DETAILS = [undefined, undefined, undefined];

/** What a module says that was not read. */
const NOTHING = { exports: [], needs: [], strings: [[], [], []] };

/** What `readers` readers, which may read `readable`, find in modules. */
async function extract(
  readable: readonly string[],
  paths: readonly string[],
  { readers, options = OPTIONS }: { readers: number; options?: typeof OPTIONS },
): Promise<Facts> {
  using pool = new ReaderPool(readable, limitTo(readers));
  pool.start();
  return await extractWith(pool, paths, options);
}

async function extractWith(
  pool: ReaderPool,
  paths: readonly string[],
  options = OPTIONS,
): Promise<Facts> {
  const costs = Float64Array.from(paths, (_, i) => i % 3);
  pool.growFor([...costs]);
  await pool.ready();
  const parts = await pool.read({ modules: moduleFilesOf(paths), costs }, options);
  return mergeFacts(parts, { count: paths.length, detailed: options.detailed });
}

for (const [readers, count] of [[1, 5], [2, 100], [3, 1], [2, 0]] as const) {
  for (const detailed of [true, false]) {
    const what = detailed ? "all they say" : "all they say but for details";
    Deno.test(`${readers} readers find in ${count} modules ${what}`, () =>
      withModules(count, async (directory, paths) => {
        const options = { ...OPTIONS, detailed };
        const facts = await extract([directory], paths, { readers, options });
        const modules = paths.map((_, i) => describeModule(i, options));
        assertEquals(describeFacts(facts), { modules, faults: [] });
      }));
  }
}

Deno.test("readers can be asked again", () =>
  withModules(4, async (directory, paths) => {
    using pool = new ReaderPool([directory], limitTo(2));
    pool.start();
    for (const numbers of [[0, 1, 2, 3], [3, 1, 2], [], [0, 1, 2, 3]]) {
      const facts = await extractWith(pool, numbers.map((i) => paths[i]!));
      const modules = numbers.map((i) => describeModule(i));
      assertEquals(describeFacts(facts), { modules, faults: [] });
    }
  }));

Deno.test("a reader reads nothing outside the directories it was given", () =>
  withModules(2, async (directory, paths) => {
    const all = [...paths, "/etc/passwd"];
    const facts = await extract([`${directory}/m0.ko`], all, { readers: 2 });
    const refusals = [1, 2].map((module) => ({
      module,
      kind: "refused",
      reason: `Requires read access to "${all[module]}", run again with the --allow-read flag`,
    }));
    const modules = [describeModule(0), NOTHING, NOTHING];
    assertEquals(describeFacts(facts), { modules, faults: refusals });
  }));

Deno.test("a reader that breaks down ends the work, and is not waited for", () =>
  withModules(3, async (directory, paths) => {
    const noPath = `${directory}/\0`; // which no system call takes
    const extracted = () => extract([directory], [...paths, noPath], { readers: 2 });
    const { message } = await assertRejects(extracted, FatalError);
    assert(message.startsWith("internal error: TypeError: "), message);
    assert(message.endsWith(": please report this, with the command line"), message);
    assertEquals(message.split("\n").length, 1);
  }));

Deno.test("readers leave large modules to one of them, and say what is too large for that", () =>
  withModules(6, async (directory, paths) => {
    const sizes: Record<string, number> = { m1: 65 << 20, m3: 70 << 20, m4: 200 << 20 };
    for (const [name, size] of Object.entries(sizes)) {
      Deno.truncateSync(`${directory}/${name}.ko`, size); // holes: the rest reads as zeros
    }
    const options = { ...OPTIONS, maxModuleSize: 100 << 20 };
    using pool = new ReaderPool([directory], limitTo(2));
    pool.start();
    const workload = { modules: moduleFilesOf(paths), costs: new Float64Array(6).fill(1) };
    pool.growFor([...workload.costs]);
    await pool.ready();
    const parts = await pool.read(workload, options);
    assertEquals(parts.at(-1)!.modules.toSorted(), [1, 3, 4]);
    const reason = `larger than ${options.maxModuleSize} bytes; see --max-module-size`;
    assertEquals(describeFacts(mergeFacts(parts, { count: 6, detailed: true })), {
      modules: paths.map((_, i) => i === 4 ? NOTHING : describeModule(i)),
      faults: [{ module: 4, kind: "too large", reason }],
    });
  }));

/** What these tests look at in a message to a reader. */
interface ReadMessage {
  readonly kind: string;
  readonly paths: Strings;
  readonly options: { readonly maxModuleSize: number };
  readonly counter: Int32Array;
  readonly first: { readonly counter: Int32Array };
}

/**
 * Runs `body`; the first message to a reader that is `meant` is given to `break`, which returns
 * whether it is sent all the same.
 */
async function withBreach(
  isMeant: (message: ReadMessage) => boolean,
  breach: (worker: Worker, message: ReadMessage) => boolean,
  body: () => Promise<void>,
): Promise<void> {
  const { postMessage } = Worker.prototype;
  const post: (message: ReadMessage, transfer: Transferable[]) => void = postMessage;
  let done = false;
  function intercept(this: Worker, message: ReadMessage, transfer: Transferable[]): void {
    const isFirst = !done && isMeant(message);
    done ||= isFirst;
    if (!isFirst || breach(this, message)) post.call(this, message, transfer);
  }
  Worker.prototype.postMessage = intercept as typeof postMessage;
  try {
    await body();
  } finally {
    Worker.prototype.postMessage = postMessage;
  }
}

Deno.test("what a reader has found waits until this thread has given up its permissions", () =>
  withModules(5, async (directory, paths) => {
    using pool = new ReaderPool([directory], limitTo(1));
    pool.start();
    await pool.ready();
    const handOver = Promise.withResolvers<void>();
    const finished = Promise.withResolvers<void>();
    const isLast = ({ kind }: ReadMessage) => kind === "finish";
    const onLast = (worker: Worker) => {
      worker.addEventListener("message", () => finished.resolve()); // the facts
      return true;
    };
    await withBreach(isLast, onLast, async () => {
      const costs = new Float64Array(5).fill(1);
      const workload = { modules: moduleFilesOf(paths), costs, handedOver: handOver.promise };
      let isTaken = false;
      const reading = pool.read(workload, OPTIONS).finally(() => isTaken = true);
      await finished.promise;
      await new Promise((resolve) => setTimeout(resolve, 20));
      assertEquals(isTaken, false);
      handOver.resolve();
      assertEquals((await reading).length, 1);
    });
  }));

/** Puts a FIFO that nobody writes to in place of a file: who opens it waits for ever. */
function makeHanging(path: string): void {
  Deno.removeSync(path);
  const { success } = new Deno.Command("mkfifo", { args: [path] }).outputSync();
  assert(success);
}

/** What `readers` readers find in modules, of which each may take a second. */
async function extractHastily(
  directory: string,
  { paths, readers }: { paths: readonly string[]; readers: number },
): Promise<unknown> {
  using pool = new ReaderPool([directory], { ...limitTo(readers), moduleTimeout: 1 });
  pool.start();
  return describeFacts(await extractWith(pool, paths));
}

/** What is found in `count` modules, of which these are refused for this reason. */
function describeWithout(refused: readonly number[], count: number, reason: string): unknown {
  const modules = Array.from({ length: count }, (_, i) => {
    return refused.includes(i) ? NOTHING : describeModule(i);
  });
  const faults = refused.map((module) => ({ module, kind: "refused", reason }));
  return { modules, faults };
}

const LATE = "took longer than 1 s; see --module-timeout";

for (const [readers, hanging] of [[2, [50]], [2, [0]], [2, [99]], [3, [98, 50]]] as const) {
  const which = hanging.join(" and ");
  Deno.test(`${readers} readers of which one hangs on each of ${which} find all the others`, () =>
    withModules(100, async (directory, paths) => {
      for (const module of hanging) makeHanging(paths[module]!);
      const start = performance.now();
      const found = await extractHastily(directory, { paths, readers });
      const seconds = (performance.now() - start) / 1000;
      assertEquals(found, describeWithout([...hanging].sort((a, b) => a - b), 100, LATE));
      assert(seconds < 4 * hanging.length + 6, `${seconds} s`);
    }));
}

Deno.test("when the last reader hangs, the work ends, and the module is named", () =>
  withModules(3, async (directory, paths) => {
    makeHanging(paths[1]!);
    const { message } = await assertRejects(
      () => extractHastily(directory, { paths, readers: 1 }),
      FatalError,
    );
    const want = `failed to load symbols from ${paths[1]}: ${LATE}; no other reader is left, ` +
      "so mend its file system or move it away";
    assertEquals(message, want);
  }));

Deno.test("a reader that hangs on a large module costs no other large one", () =>
  withModules(8, async (directory, paths) => {
    for (const module of [2, 5]) Deno.truncateSync(paths[module]!, 40 << 20);
    const options = { ...OPTIONS, maxModuleSize: 100 << 20 };
    const isLast = ({ kind, options: { maxModuleSize } = options }: ReadMessage) =>
      kind === "read" && maxModuleSize === options.maxModuleSize;
    const hang = () => {
      makeHanging(paths[2]!);
      return true;
    };
    await withBreach(isLast, hang, async () => {
      using pool = new ReaderPool([directory], { ...limitTo(3), moduleTimeout: 1 });
      pool.start();
      const facts = await extractWith(pool, paths, options);
      assertEquals(describeFacts(facts), describeWithout([2], 8, LATE));
    });
  }));

/** Lets a reader end as it does when there is no memory. */
function endForMemory(worker: Worker): void {
  const message = "Uncaught RangeError: Array buffer allocation failed";
  worker.dispatchEvent(new ErrorEvent("error", { message, cancelable: true }));
}

for (const [begun, refused] of [[0, []], [1, [2]]] as const) {
  const when = begun === 0 ? "before it begins" : "in its first module";
  Deno.test(`a reader that ends for want of memory ${when} leaves the others to the rest`, () =>
    withModules(100, async (directory, paths) => {
      const isRead = ({ kind }: ReadMessage) => kind === "read";
      const end = (worker: Worker, { counter }: ReadMessage) => {
        Atomics.store(counter, 0, begun);
        endForMemory(worker);
        return false;
      };
      await withBreach(isRead, end, async () => {
        const found = await extractHastily(directory, { paths, readers: 2 });
        assertEquals(found, describeWithout(refused, 100, "there is no memory for it"));
      });
    }));
}

Deno.test("a reader that ends by a mistake in the program ends the work", () =>
  withModules(100, async (directory, paths) => {
    const end = (worker: Worker) => {
      const message = "Uncaught TypeError: broken";
      worker.dispatchEvent(new ErrorEvent("error", { message, cancelable: true }));
      return false;
    };
    await withBreach(({ kind }) => kind === "read", end, async () => {
      const extracted = () => extractHastily(directory, { paths, readers: 2 });
      const { message } = await assertRejects(extracted, FatalError);
      const want = "internal error: the reader ended: Uncaught TypeError: broken: please report " +
        "this, with the command line";
      assertEquals(message, want);
    });
  }));

Deno.test("a reader that hangs while it searches ends the work, and the directory is named", () =>
  withModules(3, async (directory) => {
    // the message never arrives: nothing moves
    await withBreach(({ kind }) => kind === "discover", () => false, async () => {
      using pool = new ReaderPool([directory], { ...limitTo(1), moduleTimeout: 1 });
      pool.start();
      const discovered = () => pool.discover(searchOf(directory));
      const { message } = await assertRejects(discovered, FatalError);
      assertEquals(message, `could not search ${directory}: to look at one file ${LATE}`);
    });
  }));

/** A file in a deeper directory that is no module, and takes long to unpack for all one knows. */
const ZEROS = "deep/er/x.ko.gz";

/** The number in the name of a module. */
function numberOf(path: string): number {
  return Number(/^m(\d+)\.ko$/.exec(path)?.[1]);
}

function describeMessages(messages: readonly Message[]): string[] {
  return messages.map(({ level, text }) => `${level}: ${text}`);
}

/** A search of `directory`, where nothing is special. */
function searchOf(directory: string): Search {
  const config = { searches: ["updates"], overrides: [], externals: [], excludes: [] };
  return {
    directory,
    files: [],
    config,
    base: "",
    bounds: { granted: [Deno.realPathSync(directory)], reach: [] },
  };
}

Deno.test("a reader discovers what this thread discovers", () =>
  withModules(40, async (directory, paths) => {
    Deno.mkdirSync(`${directory}/deep/er`, { recursive: true });
    Deno.createSync(`${directory}/${ZEROS}`).close();
    Deno.truncateSync(`${directory}/${ZEROS}`, 16 << 20); // worth another reader
    Deno.writeTextFileSync(`${directory}/deep/y.ko.bz2`, "y");
    Deno.symlinkSync("deep", `${directory}/link`);
    Deno.symlinkSync("/etc", `${directory}/out`);
    Deno.symlinkSync("nowhere", `${directory}/broken.ko`);
    const search = searchOf(directory);
    const config = { ...search.config, excludes: ["m7.ko"] };
    using pool = new ReaderPool([directory, "/etc"], limitTo(2, 1));
    pool.start();
    const discovery = await pool.discover({ ...search, config });
    assertEquals(discovery, discover({ ...search, config }));
    const { modules, costs, messages } = discovery;
    const found = decodeStrings(modules.indexPaths);
    const numbers = paths.map((_, i) => i).filter((i) => i !== 7);
    const want = [...numbers.map((i) => `m${i}.ko`), ZEROS];
    assertEquals(found.toSorted(), want.toSorted());
    assertEquals(found.filter((_, i) => costs[i]! > PLAIN_COST), [ZEROS]);
    assertEquals(describeMessages(messages).sort(), [
      `error: ${directory}/out leads to /etc, where nothing may be read: --allow-read=/etc ` +
      "would permit it",
      `error: could not read ${directory}/broken.ko: No such file or directory`,
      `warning: could not open modules.order at ${directory}: No such file or directory`,
      `warning: ignoring 2 files of an unknown compression, such as ${directory}/deep/y.ko.bz2`,
    ]);
    pool.growFor([...costs]);
    await pool.ready();
    const parts = await pool.read({ modules, costs }, OPTIONS);
    const facts = mergeFacts(parts, { count: costs.length, detailed: true });
    const reason = `larger than ${OPTIONS.maxModuleSize} bytes; see --max-module-size`;
    assertEquals(describeFacts(facts), {
      modules: found.map((path) => path === ZEROS ? NOTHING : describeModule(numberOf(path))),
      faults: [{ module: found.indexOf(ZEROS), kind: "too large", reason }],
    });
  }));

/**
 * Lets `readers` readers search and read a tree of modules, and makes sure that they find all but
 * those that are refused.
 *
 * @returns how many modules they were asked for
 */
async function searchAndRead(
  directory: string,
  { readers, faults = [] }: { readers: number; faults?: { module: number; reason: string }[] },
): Promise<number> {
  let asked = 0;
  const count = ({ kind, paths }: ReadMessage) => {
    if (kind === "read") asked += countStrings(paths);
    return false;
  };
  await withBreach(count, () => true, async () => {
    using pool = new ReaderPool([directory], { ...limitTo(readers), moduleTimeout: 1 });
    const { modules, costs } = await pool.discover(searchOf(directory), OPTIONS);
    pool.growFor([...costs]);
    await pool.ready();
    const parts = await pool.read({ modules, costs }, OPTIONS);
    const facts = mergeFacts(parts, { count: costs.length, detailed: true });
    const numbers = decodeStrings(modules.indexPaths).map(numberOf);
    assertEquals(describeFacts(facts), {
      modules: numbers.map((i, position) => {
        return faults.some(({ module }) => module === position) ? NOTHING : describeModule(i);
      }),
      faults: faults.map((fault) => ({ ...fault, kind: "refused" })),
    });
  });
  return asked;
}

for (const [readers, count, left] of [[1, 100, 0], [2, 100, 50], [2, 1, 0], [1, 0, 0]] as const) {
  const what = `of ${readers} readers, the one that found ${count} modules reads a first batch`;
  Deno.test(`${what} without being asked`, () =>
    withModules(count, async (directory) => {
      assertEquals(await searchAndRead(directory, { readers }), left);
    }));
}

Deno.test("a reader reads nothing without being asked where a link is refused", () =>
  withModules(5, async (directory) => {
    Deno.symlinkSync("/etc", `${directory}/out`);
    assertEquals(await searchAndRead(directory, { readers: 1 }), 5);
  }));

/**
 * Runs `body` while a reader that has searched seems to read the first 50 modules without being
 * asked, has begun so many of them, and gets no further.
 */
async function withStuckReader(
  begun: number,
  body: (stuck: () => Worker) => Promise<void>,
): Promise<void> {
  let stuck: Worker | undefined;
  const isDiscover = ({ kind }: ReadMessage) => kind === "discover";
  const searchOnly = (worker: Worker, message: ReadMessage) => {
    stuck = worker;
    const take = worker.onmessage!;
    worker.onmessage = ({ data }) => {
      const batch = Array.from({ length: 50 }, (_, i) => i);
      const claimed = data.kind === "discovered" ? { ...data, batch } : data;
      take.call(worker, new MessageEvent("message", { data: claimed }));
    };
    Atomics.store(message.first.counter, 0, begun);
    worker.postMessage({ ...message, first: undefined }, []);
    return false;
  };
  await withBreach(isDiscover, searchOnly, () => body(() => stuck!));
}

Deno.test("a reader that ends while it reads without being asked leaves the others to the rest", () =>
  withModules(100, (directory) =>
    withStuckReader(3, async (stuck) => {
      const isRead = ({ kind }: ReadMessage) => kind === "read";
      const endStuck = () => {
        endForMemory(stuck());
        return true;
      };
      const reason = "there is no memory for it";
      await withBreach(isRead, endStuck, async () => {
        await searchAndRead(directory, { readers: 2, faults: [{ module: 2, reason }] });
      });
    })));

Deno.test("a reader that hangs while it reads without being asked leaves the others to the rest", () =>
  withModules(100, (directory) =>
    withStuckReader(3, async () => {
      await searchAndRead(directory, { readers: 2, faults: [{ module: 2, reason: LATE }] });
    })));

Deno.test("when the last reader hangs in what it was not asked for, the module is named", () =>
  withModules(100, (directory) =>
    withStuckReader(3, async () => {
      const search = () => searchAndRead(directory, { readers: 1 });
      const { message } = await assertRejects(search, FatalError);
      assert(
        /^failed to load symbols from \S+\/m\d+\.ko: took longer than 1 s/.test(message),
        message,
      );
    })));

Deno.test("a reader that cannot search the tree says why", () =>
  withModules(0, async (directory) => {
    const search = searchOf(directory);
    using pool = new ReaderPool([directory], limitTo(1));
    pool.start();
    const none = await pool.discover({ ...search, directory: `${directory}/none` });
    assertEquals(none.failure?.text, "could not search modules: No such file or directory");
    assertEquals([none.costs.length, none.modules.paths.offsets.length], [0, 1]);
    const { failure, messages } = await pool.discover(search);
    assertEquals(failure, undefined);
    assertEquals(describeMessages(messages), [
      `warning: no module found in ${directory}: the index files will be empty`,
      `warning: could not open modules.order at ${directory}: No such file or directory`,
    ]);
  }));

Deno.test("two readers that search five trees at once discover what this thread discovers in each", () =>
  withModules(0, async (directory) => {
    const searches = [3, 0, 5, 1, 40].map((count, i) => {
      const tree = `${directory}/${i}`;
      Deno.mkdirSync(tree);
      for (let n = 0; n < count; n++) Deno.createSync(`${tree}/m${i}_${n}.ko`).close();
      return { ...searchOf(tree), directory: i === 3 ? `${tree}/none` : tree };
    });
    using pool = new ReaderPool([directory], limitTo(2, 2));
    pool.start();
    pool.growFor([60, 60]);
    assertEquals(pool.count, 2);
    const discoveries = await Promise.all(searches.map((search) => pool.discover(search)));
    assertEquals(discoveries, searches.map((search) => discover(search)));
    assertEquals(discoveries.map(({ costs }) => costs.length), [3, 0, 5, 0, 40]);
    assertEquals(discoveries.map(({ failure }) => failure === undefined).indexOf(false), 3);
  }));

Deno.test("a reader that is asked for several things at once gives to each its own answer", () =>
  withModules(3, async (directory) => {
    for (const suffix of ["gz", "xz"]) { // each is worth another reader: the search tells of it
      Deno.createSync(`${directory}/large.ko.${suffix}`).close();
      Deno.truncateSync(`${directory}/large.ko.${suffix}`, 16 << 20);
    }
    using pool = new ReaderPool([directory], limitTo(1));
    const search = searchOf(directory);
    const settings = { program: "", detailed: false, maxModuleSize: 1 };
    const place = { path: `${directory}/none`, owners: [], settings };
    const asked = [
      pool.discover(search),
      pool.first.recall(place, true),
      pool.discover({ ...search, directory: `${directory}/none` }),
      pool.first.findNewest(search),
    ] as const;
    const [found, problem, none, newest] = await Promise.all(asked);
    assertEquals(found, discover(search));
    assertEquals(problem, "No such file or directory");
    assertEquals(none, discover({ ...search, directory: `${directory}/none` }));
    assertEquals(newest, findNewest(search));
  }));

Deno.test("a reader searches nothing outside the directories it was given", () =>
  withModules(1, async (directory) => {
    using pool = new ReaderPool([directory], limitTo(1));
    pool.start();
    const { messages, failure } = await pool.discover(searchOf("/etc"));
    const said = failure?.text;
    assert(said?.startsWith("could not search modules: Requires read access"), said);
    const text = 'could not open directory /etc: Requires read access to "/etc", run again with ' +
      "the --allow-read flag";
    assertEquals(messages, [{ level: "error", code: "not-granted", text, fails: true }]);
  }));

/** What the files hold that are made of the strings below: texts, or keys of a binary index. */
const RENDERED = {
  "modules.alias": "# Aliases extracted from modules themselves.\n" +
    "alias a-b first\nalias x[y first\nalias devname:d second\n",
  "modules.alias.bin": ["a_b", "devname:d"],
  "modules.softdep": "# Soft dependencies extracted from modules themselves.\n" +
    "softdep first pre: c\n",
  "modules.weakdep": "# Weak dependencies extracted from modules themselves.\n",
  "modules.builtin.bin": ["in"],
  "modules.builtin.alias.bin": ["i_n"],
  "modules.devname": "", // without a number it is no device
};

Deno.test("a reader renders the files that this thread renders", () =>
  withModules(0, async (directory) => {
    const modules = [{ alias: ["a-b", "x[y"], softdep: ["pre: c"] }, { alias: ["devname:d"] }];
    const names = stringsOf(["first", "second"]);
    const builtin = { builtin: latin1("k/in.ko\n"), builtinModinfo: latin1("in.alias=i-n\0") };
    const strings = () => ({
      parts: modules.toReversed().map((module) => factsOf([module])),
      locations: { partOf: Uint32Array.of(1, 0), positionInPart: Uint32Array.of(0, 0) },
      names,
      builtin,
    });
    using pool = new ReaderPool([directory], limitTo(1));
    pool.start();
    await pool.ready();
    for (const textOnly of [false, true]) {
      const options = { textOnly, warnDuplicates: true };
      const { files, strings: encoded } = await pool.render(strings(), {
        ...options,
        encode: false,
      });
      assertEquals(encoded, undefined);
      assertEquals(files, renderStrings({ ...factsOf(modules), names, ...builtin }, options));
      for (const { name, bytes } of files) {
        const content = name.endsWith(".bin")
          ? readIndex(bytes).map(({ key }) => key)
          : decodeBytes(bytes);
        assertEquals(content, RENDERED[name as keyof typeof RENDERED]);
      }
      assertEquals(
        files.map(({ messages }) => messages.length).join(""),
        textOnly ? "0001" : "0100001",
      );
    }
  }));

Deno.test("ReaderPool.measure() tells what is left, from all of it to nothing", () =>
  withModules(300, async (directory, paths) => {
    using pool = new ReaderPool([directory], limitTo(2));
    pool.start();
    const costs = Float64Array.from(paths, (_, i) => i % 3);
    const modules = moduleFilesOf(paths);
    const names = decodeStrings(modules.names);
    const wanted = [...names.keys()].filter((i) => i % 2 === 0);
    const other = { modules, costs: costs.slice(), wanted: [1, 2] }; // is never read
    const total = wanted.reduce((sum, module) => sum + costs[module]!, 0) + 3;
    const workload = { modules, costs, wanted };
    const measure = () => pool.measure([workload, other]);
    pool.growFor([...costs]);
    await pool.ready();
    assertEquals(measure(), { total, left: total, module: undefined });
    const states = [];
    const timer = setInterval(() => states.push(measure()), 1);
    const reading = pool.read(workload, OPTIONS);
    states.push(measure());
    await reading;
    clearInterval(timer);
    states.push(measure());
    assertEquals(states.at(-1), { total, left: 3, module: undefined });
    for (const [i, state] of states.entries()) {
      assertEquals(state.total, total);
      assert(state.left <= (states[i - 1]?.left ?? total) && state.left >= 3, `${state.left}`);
      assert(state.module === undefined || names.indexOf(state.module) % 2 === 0, state.module);
    }
  }));
