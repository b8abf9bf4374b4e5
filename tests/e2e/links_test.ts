/**
 * Symbolic links: those that stay in the module directory are followed, those that lead out of it
 * only with `--allow-read`; and no link lets anything be written elsewhere. Expectations are derived
 * by hand; where links are followed, they are what the reference makes of the same tree.
 *
 * @module
 */
// @ts-types="../../lib/std_path.d.ts"
import { dirname } from "@std/path";
import { assert, assertEquals } from "../support/assert.ts";
import { buildModule } from "../support/elf_builder.ts";
import { describeEntry, type GoldenOutcome, observe } from "../support/golden.ts";
import { type Result, runCommand, type RunOptions } from "../support/program.ts";
import {
  assertComplete,
  assertIncomplete,
  assertNothingWritten,
  indexKeys,
  messages,
  runTree,
  type RunTreeOptions,
} from "../support/run_tree.ts";
import { buildTree, MODULES, type TreeSpec, VERSION } from "../support/tree.ts";

/** From the tree to the root. */
const TOP = "../../..";

const SIMPLE: TreeSpec = {
  modules: { "kernel/a.ko": { needs: ["b_go"] }, "kernel/b.ko": { exports: ["b_go"] } },
};
const SIMPLE_DEP = "kernel/a.ko: kernel/b.ko\nkernel/b.ko:\n";

/** A root that has no tree yet. */
const EMPTY: TreeSpec = { order: null, builtin: null, builtinModinfo: null };

/** Runs the program, which is stopped if it does not come to an end. */
function run(
  spec: TreeSpec,
  { fifos = [], ...options }: RunTreeOptions & { fifos?: readonly string[] } = {},
): GoldenOutcome {
  const names = fifos.map((path) => `'${path}'`).join(" ");
  const around = `mkfifo ${names} && { timeout 10 "$@"; status=$?; rm ${names}; exit $status; }`;
  return runTree(spec, { shell: fifos.length > 0 ? around : 'timeout 10 "$@"', ...options });
}

/** The same, with the directory `lib` for the base: all else in the root lies outside of it. */
function runIn(
  spec: TreeSpec,
  { options = [], ...others }: RunTreeOptions & { fifos?: readonly string[] } = {},
): GoldenOutcome {
  return run(spec, { args: [...BASE, ...options, VERSION], ...others });
}

const BASE = ["-b", "@/lib", "-m", "modules"];

/** Links in the tree, by their path in it. */
function below(links: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(links).map(([path, target]) => [`${MODULES}/${path}`, target]),
  );
}

/** The files of the simple tree, in another place. */
function treeAt(place: string): Record<string, Uint8Array> {
  const files = [...buildTree(SIMPLE)] as [string, Uint8Array][];
  return Object.fromEntries(files.map(([path, bytes]) => [path.replace(MODULES, place), bytes]));
}

/** Makes a link that leads to an absolute path in the root. */
function linkInRoot(path: string, target: string): (root: string) => void {
  return (root) => {
    Deno.mkdirSync(dirname(`${root}/${path}`), { recursive: true });
    Deno.symlinkSync(`${root}/${target}`, `${root}/${path}`);
  };
}

/** Text of a file that was written; with a directory, of `modules.dep` in it. */
function depText({ files }: GoldenOutcome, directory = MODULES): string {
  const entry = files.get(`${directory}/modules.dep`);
  assert(entry !== undefined, `written: ${[...files.keys()].join(" ")}`);
  return describeEntry(entry);
}

/** The run did its work, and had nothing to say. */
function assertContent(outcome: GoldenOutcome, directory = MODULES, dep = SIMPLE_DEP): void {
  assertComplete(outcome, directory);
  assertEquals(outcome.stderr, "");
  assertEquals(depText(outcome, directory), dep);
}

/** The run ended with one line, and nothing was written. */
function assertRefuses(outcome: GoldenOutcome, ...texts: readonly string[]): void {
  assertNothingWritten(outcome);
  const lines = messages(outcome);
  assertEquals(lines.length, 1, outcome.stderr);
  assert(lines[0]!.startsWith("depmod: FATAL: "), lines[0]);
  for (const text of texts) assert(lines[0]!.includes(text), `no ${text} in ${lines[0]}`);
}

/** What is said of a link in the tree that leads to a place where nothing may be read. */
function refusal(path: string, target: string, grant: string): string {
  if (/^\/(dev|proc)\b/.test(target)) {
    return `depmod: ERROR: @/${MODULES}/${path} leads to ${target}: ` +
      "no module is read below /dev, /proc, /sys";
  }
  return `depmod: ERROR: @/${MODULES}/${path} leads to ${target}, where nothing may be read: ` +
    `--allow-read=${grant} would permit it`;
}

// Links in the tree that lead out of it.

const OUTSIDE = {
  "elsewhere/file.ko": buildModule({ exports: ["file_go"] }),
  "elsewhere/dir/inner.ko": buildModule({ needs: ["file_go", "b_go"] }),
  "elsewhere/readme": "outside\n",
};

for (
  const [what, path, target, shown, grant] of [
    ["a module", "x.ko", `${TOP}/elsewhere/file.ko`, "@/elsewhere/file.ko", "@/elsewhere"],
    ["a module, deeper", "kernel/c/x.ko", `../../${TOP}/elsewhere/file.ko`, "@/elsewhere/file.ko"],
    ["a file that is made a module's", "x.ko", `${TOP}/elsewhere/readme`, "@/elsewhere/readme"],
    ["the zero device", "zero.ko", "/dev/zero", "/dev/zero", "/dev"],
    ["the zero device, under any name", "zero", "/dev/zero", "/dev/zero", "/dev"],
    ["a pipe", "pipe.ko", `${TOP}/elsewhere/pipe`, "@/elsewhere/pipe", "@/elsewhere"],
    ["a pipe, under any name", "pipe", `${TOP}/elsewhere/pipe`, "@/elsewhere/pipe", "@/elsewhere"],
  ] as const
) {
  Deno.test(`depmod does not follow a link to ${what}, and says what would permit it`, () => {
    const spec = { ...SIMPLE, files: OUTSIDE, links: below({ [path]: target }) };
    const outcome = runIn(spec, { fifos: ["elsewhere/pipe"] });
    assertIncomplete(outcome);
    assertEquals(messages(outcome), [refusal(path, shown, grant ?? "@/elsewhere")]);
    assertEquals(depText(outcome), SIMPLE_DEP);
  });
}

for (
  const [what, target, shown] of [
    ["a directory", `${TOP}/elsewhere/dir`, "@/elsewhere/dir"],
    ["/proc", "/proc", "/proc"],
    ["/", "/", "/"],
    ["the root of the image", TOP, "@"],
  ] as const
) {
  Deno.test(`depmod does not follow a link to ${what}, and says what would permit it`, () => {
    const outcome = runIn({ ...SIMPLE, files: OUTSIDE, links: below({ link: target }) });
    assertIncomplete(outcome);
    assertEquals(messages(outcome), [refusal("link", shown, shown)]);
    assertEquals(depText(outcome), SIMPLE_DEP);
  });
}

Deno.test("depmod does not follow a link to what the kernel tells of the process", () => {
  const outcome = runIn({ ...SIMPLE, links: below({ "x.ko": "/proc/self/environ" }) });
  assertIncomplete(outcome);
  assertEquals(messages(outcome).map((line) => line.replace(/\/proc\/\d+/g, "/proc/PID")), [
    refusal("x.ko", "/proc/PID/environ", "/proc/PID"),
  ]);
  assertEquals(depText(outcome), SIMPLE_DEP);
});

Deno.test("depmod finds all good modules among links that lead anywhere, and tells of each", () => {
  const links = below({
    "01-file.ko": `${TOP}/elsewhere/file.ko`,
    "02-zero.ko": "/dev/zero",
    "03-pipe.ko": `${TOP}/elsewhere/pipe`,
    "04-own.ko": "04-own.ko",
    "05-nowhere.ko": "nowhere",
    "07-self": ".",
    "kernel/08-up": "..",
  });
  const fifos = ["elsewhere/pipe", `${MODULES}/06-pipe.ko`];
  const outcome = runIn({ ...SIMPLE, files: OUTSIDE, links }, { fifos });
  assertIncomplete(outcome);
  assertEquals(messages(outcome), [
    refusal("01-file.ko", "@/elsewhere/file.ko", "@/elsewhere"),
    refusal("02-zero.ko", "/dev/zero", "/dev"),
    refusal("03-pipe.ko", "@/elsewhere/pipe", "@/elsewhere"),
    `depmod: ERROR: could not read @/${MODULES}/04-own.ko: Too many levels of symbolic links`,
    `depmod: ERROR: could not read @/${MODULES}/05-nowhere.ko: No such file or directory`,
    `depmod: ERROR: unsupported file type @/${MODULES}/06-pipe.ko: 10000`,
  ]);
  assertEquals(depText(outcome), SIMPLE_DEP);
});

Deno.test("depmod does not follow a link from the tree to the directory that it is in", () => {
  const files = { "lib/modules/6.0.0-other/other.ko": buildModule() };
  const outcome = runIn({ ...SIMPLE, files, links: below({ up: ".." }) });
  assertContent(outcome);
});

Deno.test("depmod says nothing of a link to a file outside that is no module's", () => {
  const links = below({ config: `${TOP}/elsewhere/readme`, "kernel/notes": "/proc/self/environ" });
  assertContent(runIn({ ...SIMPLE, files: OUTSIDE, links }));
});

Deno.test("depmod says nothing of the links to the kernel's sources", () => {
  const links = below({ build: `${TOP}/elsewhere/dir`, source: "/proc" });
  assertContent(runIn({ ...SIMPLE, files: OUTSIDE, links }));
});

Deno.test("depmod --allow-read follows links to a file and a directory there", () => {
  const links = below({ "x.ko": `${TOP}/elsewhere/file.ko`, dir: `${TOP}/elsewhere/dir` });
  const spec = { ...SIMPLE, files: OUTSIDE, links };
  const outcome = runIn(spec, { options: ["--allow-read=@/elsewhere"] });
  const dep = SIMPLE_DEP + "dir/inner.ko: x.ko kernel/b.ko\nx.ko:\n";
  assertContent(outcome, MODULES, dep);
});

Deno.test("depmod --allow-read permits what lies in the directory, and nothing beside it", () => {
  const links = below({ "x.ko": `${TOP}/elsewhere/file.ko`, dir: `${TOP}/elsewhere/dir` });
  const spec = { ...SIMPLE, files: OUTSIDE, links };
  const outcome = runIn(spec, { options: ["--allow-read=@/else", "--allow-read=@/elsewhere/dir"] });
  assertIncomplete(outcome);
  assertEquals(messages(outcome), [refusal("x.ko", "@/elsewhere/file.ko", "@/elsewhere")]);
  assertEquals(depText(outcome), SIMPLE_DEP + "dir/inner.ko: kernel/b.ko\n");
});

Deno.test("depmod --allow-read follows no link that leads from there to elsewhere", () => {
  const links = { ...below({ dir: `${TOP}/elsewhere/dir` }), "elsewhere/dir/x.ko": "../file.ko" };
  const spec = { ...SIMPLE, files: OUTSIDE, links };
  const outcome = runIn(spec, { options: ["--allow-read", "@/elsewhere/dir"] });
  assertIncomplete(outcome);
  assertEquals(messages(outcome), [refusal("dir/x.ko", "@/elsewhere/file.ko", "@/elsewhere")]);
  assertEquals(depText(outcome), SIMPLE_DEP + "dir/inner.ko: kernel/b.ko\n");
});

Deno.test("depmod -A says once what it does not follow, does its work, and fails", () => {
  const spec = {
    ...SIMPLE,
    files: { ...OUTSIDE, [`${MODULES}/modules.dep`]: "old\n" },
    links: below({ "x.ko": `${TOP}/elsewhere/file.ko` }),
  };
  const outcome = runIn(spec, {
    options: ["-A"],
    prepare: (root) => Deno.utimeSync(`${root}/${MODULES}/modules.dep`, 4e9, 4e9),
  });
  assertIncomplete(outcome);
  assertEquals(messages(outcome), [refusal("x.ko", "@/elsewhere/file.ko", "@/elsewhere")]);
  assertEquals(depText(outcome), SIMPLE_DEP);
});

// Links that stay in the base directory: nothing is refused, and nothing has to be permitted.

/** The simple tree with its directory `kernel` elsewhere in the root. */
const MOVED: TreeSpec = {
  order: ["kernel/a.ko", "kernel/b.ko"],
  files: Object.fromEntries(
    Object.entries(treeAt("data")).filter(([path]) => path.startsWith("data/kernel/")),
  ),
};

for (const [what, target] of [["relative", `${TOP}/data/kernel`], ["absolute", ""]] as const) {
  const prepare = linkInRoot(`${MODULES}/kernel`, "data/kernel");
  Deno.test(`depmod follows a link from kernel to elsewhere in the root, a ${what} one`, () => {
    const outcome = target === ""
      ? run(MOVED, { prepare })
      : run({ ...MOVED, links: below({ kernel: target }) });
    assertContent(outcome);
  });

  Deno.test(`depmod works where the version's directory is elsewhere in the root, ${what}`, () => {
    const spec: TreeSpec = { ...EMPTY, files: treeAt("data/v") };
    const outcome = target === ""
      ? run(spec, { prepare: linkInRoot(MODULES, "data/v") })
      : run({ ...spec, links: { [MODULES]: "../../data/v" } });
    assertContent(outcome, "data/v");
  });
}

Deno.test("depmod follows a link to a module elsewhere in the root, and one that leads on", () => {
  const spec: TreeSpec = {
    ...SIMPLE,
    files: { "opt/vendor/x.ko": buildModule({ needs: ["b_go"] }) },
    links: {
      ...below({ "extra/x.ko": `../${TOP}/opt/vendor/x.ko`, more: `${TOP}/opt/more` }),
      "opt/more/y.ko": "../vendor/x.ko",
    },
  };
  const dep = `${SIMPLE_DEP}extra/x.ko: kernel/b.ko\nmore/y.ko: kernel/b.ko\n`;
  const outcome = run(spec);
  assertComplete(outcome);
  assertEquals(outcome.stderr, "");
  assertEquals(depText(outcome).split("\n").toSorted(), dep.split("\n").toSorted());
});

Deno.test("depmod ends where links in the root lead to each other in circles", () => {
  const spec: TreeSpec = {
    ...SIMPLE,
    files: { "opt/one/x.ko": buildModule(), "opt/two/y.ko": buildModule() },
    links: {
      ...below({ one: `${TOP}/opt/one`, two: `${TOP}/opt/two`, top: TOP }),
      "opt/one/two": "../two",
      "opt/two/one": "../one",
      "opt/two/up": "..",
    },
  };
  const outcome = run(spec);
  assertComplete(outcome);
  const names = depText(outcome).split("\n").map((line) => line.replace(/:.*/, "")).filter(Boolean);
  assertEquals(names.length, 4, names.join(" "));
  assert(names.includes("one/x.ko") && names.includes("two/y.ko"), names.join(" "));
});

Deno.test("depmod --show-grants names where the links of the tree lead", () => {
  const links = below({
    "extra/x.ko": `../${TOP}/opt/vendor/x.ko`,
    more: `${TOP}/opt/more`,
    inside: "../6.0.0-other",
  });
  const files = {
    "opt/vendor/x.ko": buildModule(),
    "opt/more/y.ko": buildModule(),
    "lib/modules/6.0.0-other/z.ko": buildModule(),
  };
  const outcome = run({ ...SIMPLE, files, links }, { options: ["--show-grants", "-j1"] });
  const readers = /\nreaders \(1\)\n((?: .*\n)*)/.exec(outcome.stdout)?.[1]?.trimEnd().split("\n");
  assertEquals(readers?.map((line) => line.replace(/^ +read +/, "")), [
    "@/lib/modules",
    "@/opt/vendor/x.ko",
    "@/opt/more",
  ]);
});

// A good index is kept where a link that led to its modules is refused.

for (
  const [what, links, lost, remedy] of [
    [
      "a directory",
      { dir: `${TOP}/elsewhere/dir` },
      "a module",
      "--allow-read=@/elsewhere/dir would permit to read them",
    ],
    [
      "modules",
      { "x.ko": `${TOP}/elsewhere/file.ko`, "dir/y.ko": `../${TOP}/elsewhere/dir/inner.ko` },
      "2 modules",
      "--allow-read=@/elsewhere/dir --allow-read=@/elsewhere would permit to read them",
    ],
  ] as const
) {
  Deno.test(`depmod keeps an index that would lose modules by a refused link to ${what}`, () => {
    const spec = { ...SIMPLE, files: OUTSIDE, links: below(links) };
    const permitted = runIn(spec, { options: ["--allow-read=@/elsewhere"] });
    assertComplete(permitted);
    const names = [...permitted.files.keys()];
    const kept = Object.fromEntries(names.map((name) => [name, permitted.files.get(name)!]));
    const outcome = runIn({
      ...spec,
      files: { ...OUTSIDE, ...kept as Record<string, Uint8Array> },
    });
    assertNothingWritten(outcome);
    const last = messages(outcome).at(-1);
    const text = `@/${MODULES}/modules.dep would lose ${lost}, and is kept: ${remedy}`;
    assertEquals(last, `depmod: FATAL: ${text}`);
  });
}

Deno.test("depmod replaces an index that loses nothing by a refused link", () => {
  const links = below({ "extra/b.ko": `../${TOP}/elsewhere/file.ko`, new: `${TOP}/elsewhere/dir` });
  const old = "kernel/a.ko: kernel/b.ko\nextra/b.ko:\nkernel/gone.ko:\n";
  const spec = { ...SIMPLE, files: { ...OUTSIDE, [`${MODULES}/modules.dep`]: old }, links };
  const outcome = runIn(spec);
  assertIncomplete(outcome);
  assertEquals(depText(outcome), SIMPLE_DEP);
});

// The files of the kernel's build.

const SECRETS = {
  "modules.order": "kernel/a.ko\nkernel/b.ko\n",
  "modules.builtin": "kernel/secret_module.ko\n",
  "modules.builtin.modinfo": "secret.alias=secret_alias\0",
} as const;
const BUILD_FILES = ["modules.order", "modules.builtin", "modules.builtin.modinfo"] as const;

/** A tree without one of these files, and the content of another one that is not read. */
function without(name: (typeof BUILD_FILES)[number]): TreeSpec {
  const key = { "modules.order": "order", "modules.builtin": "builtin" }[name as string];
  return {
    ...SIMPLE,
    [key ?? "builtinModinfo"]: null,
    files: { [`elsewhere/${name}`]: SECRETS[name] },
  };
}

/** The modules are all there, and nothing of what stands in the secrets. */
function assertNothingSecret(outcome: GoldenOutcome): void {
  const lines = depText(outcome).split("\n");
  assertEquals(lines.toSorted(), ["", "kernel/a.ko: kernel/b.ko", "kernel/b.ko:"]);
  const names = ["modules.builtin.bin", "modules.builtin.alias.bin"];
  const keys = names.flatMap((name) => indexKeys(outcome, name));
  assertEquals(keys.filter((key) => key.includes("secret")), []);
}

/** The keys that the secrets put in the place of those of any other tree; an order has none. */
const SECRET_KEYS: Readonly<Record<string, { builtin?: string; alias?: string }>> = {
  "modules.builtin": { builtin: "secret_module" },
  "modules.builtin.modinfo": { alias: "secret_alias" },
};

/** The file was read, its content is in the index files, and there was nothing to say. */
function assertSecretRead(outcome: GoldenOutcome, name: string): void {
  assertContent(outcome); // in the order of modules.order
  const { builtin = "binfmt_script", alias = "binfmt_script" } = SECRET_KEYS[name] ?? {};
  assertEquals(indexKeys(outcome, "modules.builtin.bin"), [builtin]);
  assertEquals(indexKeys(outcome, "modules.builtin.alias.bin"), [alias]);
}

for (const name of BUILD_FILES) {
  for (
    const [what, target, shown, grant] of [
      ["to a file outside", `${TOP}/elsewhere/${name}`, `@/elsewhere/${name}`, "@/elsewhere"],
      ["to a pipe outside", `${TOP}/elsewhere/pipe`, "@/elsewhere/pipe", "@/elsewhere"],
      ["to the zero device", "/dev/zero", "/dev/zero", "/dev"],
    ] as const
  ) {
    Deno.test(`depmod does not read ${name} that is a link ${what}, and fails`, () => {
      const spec = { ...without(name), links: below({ [name]: target }) };
      const outcome = runIn(spec, { fifos: ["elsewhere/pipe"] });
      assertIncomplete(outcome);
      assertEquals(messages(outcome), [refusal(name, shown, grant)]);
      assertNothingSecret(outcome);
      // Without an order, the reference's hash table decides.
      if (name === "modules.order") assert(depText(outcome).startsWith("kernel/b.ko:"));
    });
  }

  Deno.test(`depmod does not wait for ${name} that is a pipe`, () => {
    const outcome = runIn(without(name), { fifos: [`${MODULES}/${name}`] });
    assertComplete(outcome);
    assertEquals(messages(outcome), [
      `depmod: ERROR: unsupported file type @/${MODULES}/${name}: 10000`,
      `depmod: WARNING: could not open ${name} at @/${MODULES}: Not a regular file`,
    ]);
    assertNothingSecret(outcome);
  });

  Deno.test(`depmod reads ${name} that is a link to that of another version`, () => {
    const other = `lib/modules/6.0.0-other/${name}`;
    const outcome = runIn({
      ...without(name),
      files: { [other]: SECRETS[name] },
      links: below({ [name]: `../6.0.0-other/${name}` }),
    });
    assertSecretRead(outcome, name);
  });

  Deno.test(`depmod --allow-read reads ${name} that is a link to there`, () => {
    const spec = { ...without(name), links: below({ [name]: `${TOP}/elsewhere/${name}` }) };
    assertSecretRead(runIn(spec, { options: ["--allow-read=@/elsewhere"] }), name);
  });
}

// Links that systems have: no message, whatever leads to the tree.

Deno.test("depmod works where lib is a link to usr/lib", () => {
  const place = `usr/${MODULES}`;
  assertContent(run({ ...EMPTY, files: treeAt(place), links: { lib: "usr/lib" } }), place);
});

Deno.test("depmod works where lib is an absolute link to usr/lib of the same root", () => {
  const place = `usr/${MODULES}`;
  const prepare = linkInRoot("lib", "usr/lib");
  assertContent(run({ ...EMPTY, files: treeAt(place) }, { prepare }), place);
});

Deno.test("depmod works where the base directory is a link", () => {
  const place = `real/image/${MODULES}`;
  const spec = { ...EMPTY, files: treeAt(place), links: { image: "real/image" } };
  assertContent(run(spec, { args: ["-b", "@/image", VERSION] }), place);
});

Deno.test("depmod works where the output directory is a link", () => {
  const place = `real/out/${MODULES}`;
  const spec = { ...SIMPLE, files: { "real/out/file": "" }, links: { out: "real/out" } };
  assertContent(run(spec, { options: ["-o", "@/out"] }), place);
});

Deno.test("depmod works where the version's directory is a link to one beside it", () => {
  const place = "lib/modules/6.1.0-real";
  const spec = { ...EMPTY, files: treeAt(place), links: { [MODULES]: "6.1.0-real" } };
  assertContent(run(spec), place);
});

for (
  const [what, other] of [["relative", undefined], ["absolute", "lib/modules/6.0.0-other"]] as const
) {
  Deno.test(`depmod follows weak-modules' links to another version, ${what} ones`, () => {
    const name = "weak-updates/drivers/w.ko";
    const spec: TreeSpec = {
      ...SIMPLE,
      files: { "lib/modules/6.0.0-other/extra/w.ko": buildModule({ needs: ["b_go"] }) },
      links: other === undefined ? below({ [name]: "../../../6.0.0-other/extra/w.ko" }) : {},
    };
    const prepare = linkInRoot(`${MODULES}/${name}`, `${other}/extra/w.ko`);
    const outcome = run(spec, other === undefined ? {} : { prepare });
    assertContent(outcome, MODULES, SIMPLE_DEP + `${name}: kernel/b.ko\n`);
  });
}

// Trees of links to a store, as on NixOS.

const STORE = "nix/store/abc-linux-6.1";
const NO_MODULES = `depmod: WARNING: no module found in @/${MODULES}: ` +
  "the index files will be empty";

function linkModules(root: string): void {
  Deno.mkdirSync(`${root}/${MODULES}/kernel`);
  for (const name of ["a.ko", "b.ko"]) {
    linkInRoot(`${MODULES}/kernel/${name}`, `${STORE}/kernel/${name}`)(root);
  }
}

/** The files of the kernel's build are in the tree, all modules in the store. */
const STORED: TreeSpec = {
  order: ["kernel/a.ko", "kernel/b.ko"],
  files: Object.fromEntries(
    Object.entries(treeAt(STORE)).filter(([path]) => path.endsWith(".ko")),
  ),
};

Deno.test("depmod refuses a tree of links to a store, module by module", () => {
  const outcome = runIn(STORED, { prepare: linkModules });
  assertIncomplete(outcome);
  assertEquals(messages(outcome), [
    refusal("kernel/a.ko", `@/${STORE}/kernel/a.ko`, `@/${STORE}/kernel`),
    refusal("kernel/b.ko", `@/${STORE}/kernel/b.ko`, `@/${STORE}/kernel`),
    NO_MODULES,
  ]);
  assertEquals(depText(outcome), "");
});

Deno.test("depmod --allow-read=STORE works on a tree of links to it", () => {
  const options = ["--allow-read=@/nix/store"];
  assertContent(runIn(STORED, { prepare: linkModules, options }));
});

Deno.test("depmod --allow-read=STORE works on a tree of which the directories are there", () => {
  const options = ["--allow-read", "@/nix/store"];
  const prepare = linkInRoot(`${MODULES}/kernel`, `${STORE}/kernel`);
  assertContent(runIn(STORED, { prepare, options }));
});

Deno.test("depmod --allow-read=STORE -o works on a tree that is there as a whole", () => {
  const spec: TreeSpec = { ...EMPTY, files: treeAt(STORE) };
  const prepare = linkInRoot(MODULES, STORE);
  const options = ["--allow-read=@/nix/store", "-o", "@/out"];
  assertContent(runIn(spec, { prepare, options }), `out/modules/${VERSION}`);
});

Deno.test("depmod --allow-read=STORE writes nothing into the store", () => {
  const spec: TreeSpec = { ...EMPTY, files: treeAt(STORE) };
  const prepare = linkInRoot(MODULES, STORE);
  const outcome = runIn(spec, { prepare, options: ["--allow-read=@/nix/store"] });
  assertRefuses(outcome, `@/${MODULES} is a link out of @/lib, to @/${STORE}`);
});

// Images in which the way to the tree leads out of them.

for (
  const [path, target] of [
    ["lib", "host/lib"],
    ["lib/modules", "host/lib/modules"],
    [MODULES, `host/${MODULES}`],
  ] as const
) {
  for (const options of [[], ["-o", "@/out"], ["-n"], ["-A"]]) {
    const words = ["-b IMAGE", ...options].join(" ");
    Deno.test(`depmod ${words} leaves an image alone of which ${path} leads out`, () => {
      const spec: TreeSpec = { ...EMPTY, files: treeAt(`host/${MODULES}`) };
      const prepare = linkInRoot(`image/${path}`, target);
      const outcome = run(spec, { prepare, args: ["-b", "@/image", ...options, VERSION] });
      assertRefuses(outcome, "is a link out of @/image", ", to @/host/lib");
      assertEquals(outcome.stdout, "");
    });
  }

  for (
    const [what, files] of [
      ["a whole tree", { [`host/${MODULES}/file`]: "" }],
      ["an empty directory", { [`${target}/file`]: "" }],
      ["nothing", {}],
    ] as const
  ) {
    Deno.test(`depmod -o writes nothing where ${path} of the output leads out, to ${what}`, () => {
      const prepare = linkInRoot(`out/${path}`, target);
      const outcome = run({ ...SIMPLE, files }, { prepare, options: ["-o", "@/out"] });
      assertRefuses(outcome, "@/out/lib");
    });
  }
}

/** What runs the program, from source only, with no permission but for these paths in the root. */
function narrowed(
  read: readonly string[],
  ...write: readonly string[]
): (args: readonly string[], options: RunOptions) => Result {
  const [main, lib] = ["main.ts", "lib/"].map((name) => {
    return new URL(`../../${name}`, import.meta.url).pathname;
  });
  return (args, options) => {
    const inRoot = (path: string) => `${options.cwd}/${path}`;
    const readable = ["conf", ...read, ...write].map(inRoot);
    const grants = [`--allow-read=${readable},${lib}`, `--allow-write=${write.map(inRoot)}`];
    const command = [Deno.execPath(), "run", "--quiet", "--no-prompt", ...grants, main!];
    return runCommand([...command, ...args], options);
  };
}

/** Runs the program so on the image of a root. */
function runNarrow(
  spec: TreeSpec,
  { read, write, options = [], prepare }: {
    read: readonly string[];
    write: string;
    options?: readonly string[];
    prepare?: (root: string) => void;
  },
): GoldenOutcome {
  const args = ["-C", "@/conf", "-b", "@/image", ...options, VERSION];
  const root = buildTree({ ...spec, files: { ...spec.files, conf: "" } });
  return observe({ root, args, ...(prepare && { prepare }) }, narrowed(read, write));
}

for (const granted of ["lib/modules", MODULES]) {
  const place = `image/${granted}`;

  Deno.test(`depmod works with no permission but for IMAGE/${granted}`, () => {
    const spec = { ...EMPTY, files: treeAt(`image/${MODULES}`) };
    assertContent(runNarrow(spec, { read: [], write: place }), `image/${MODULES}`);
  });

  for (const path of ["lib", "lib/modules", MODULES]) {
    Deno.test(`depmod with no permission but for IMAGE/${granted} takes no ${path} elsewhere`, () => {
      const spec = { ...EMPTY, files: treeAt(`host/${MODULES}`) };
      const prepare = linkInRoot(`image/${path}`, `host/${path}`);
      assertRefuses(runNarrow(spec, { read: [], write: place, prepare }), "@/image/lib");
    });

    for (const there of [`${MODULES}/file`, "lib/modules/file"]) {
      const what = `takes no ${path} elsewhere, where ${there} is`;
      Deno.test(`depmod -o OUT that may write only OUT/${granted} ${what}`, () => {
        const files = { ...treeAt(`image/${MODULES}`), [`host/${there}`]: "" };
        const prepare = linkInRoot(`out/${path}`, `host/${path}`);
        const grants = { read: ["image"], write: `out/${granted}`, options: ["-o", "@/out"] };
        const outcome = runNarrow({ ...EMPTY, files }, { ...grants, prepare });
        assertRefuses(outcome, "@/out/lib");
      });
    }
  }
}

Deno.test("depmod works in the system's own tree, behind a link, with no permission beside", () => {
  const root = buildTree({
    ...EMPTY,
    files: { ...treeAt(`usr/${MODULES}`), conf: "" },
    links: { lib: "usr/lib" },
  });
  const args = ["-C", "@/conf", "-m", "@/lib/modules", VERSION];
  assertContent(observe({ root, args }, narrowed([], MODULES, `usr/${MODULES}`)), `usr/${MODULES}`);
});

Deno.test("depmod replaces index files that are links out of the output directory", () => {
  const files = { "elsewhere/modules.alias": "kept\n" };
  const links = below({
    "modules.alias": `${TOP}/elsewhere/modules.alias`,
    "modules.dep": "/nowhere/at/all",
  });
  const outcome = run({ ...SIMPLE, files, links });
  assertComplete(outcome);
  assertEquals(depText(outcome), SIMPLE_DEP);
});

// File operands.

function runOperand(path: string, options: readonly string[] = []): GoldenOutcome {
  const spec = {
    ...SIMPLE,
    files: { ...OUTSIDE, "mine/y.ko": buildModule() },
    links: {
      "mine/beside.ko": "y.ko",
      "mine/outside.ko": "../elsewhere/file.ko",
      "mine/zero.ko": "/dev/zero",
      "mine/nowhere.ko": "nowhere",
      "mine/pipe.ko": "../elsewhere/pipe",
      "mine/to-own-pipe.ko": "own-pipe.ko",
    },
  };
  const args = [...BASE, ...options, VERSION, `@/${path}`];
  return run(spec, { args, fifos: ["elsewhere/pipe", "mine/own-pipe.ko"] });
}

Deno.test("depmod reads a file operand that is a link to a file beside it", () => {
  const outcome = runOperand("mine/beside.ko");
  assertComplete(outcome);
  assertEquals(outcome.stderr, "");
  assertEquals(indexKeys(outcome, "modules.dep.bin"), ["beside"]);
});

for (
  const [name, target, grant] of [
    ["outside.ko", "@/elsewhere/file.ko", "@/elsewhere"],
    ["pipe.ko", "@/elsewhere/pipe", "@/elsewhere"],
  ] as const
) {
  Deno.test(`depmod ends where a file operand is a link to ${target}`, () => {
    const outcome = runOperand(`mine/${name}`);
    assertRefuses(outcome, `@/mine/${name} leads to ${target}, `, `--allow-read=${grant} `);
  });
}

Deno.test("depmod ends where a file operand is a link to a device", () => {
  assertRefuses(runOperand("mine/zero.ko"), "@/mine/zero.ko leads to /dev/zero: no module is read");
});

Deno.test("depmod --allow-read reads a file operand that is a link to there", () => {
  const outcome = runOperand("mine/outside.ko", ["--allow-read=@/elsewhere"]);
  assertComplete(outcome);
  assertEquals(outcome.stderr, "");
  assertEquals(indexKeys(outcome, "modules.dep.bin"), ["outside"]);
});

for (const path of ["mine/own-pipe.ko", "mine/to-own-pipe.ko"]) {
  Deno.test(`depmod does not wait for a file operand that is a pipe (${path})`, () => {
    const outcome = runOperand(path);
    assertRefuses(outcome, `could not create module @/${path}: Not a regular file`);
  });
}

Deno.test("depmod ends where a file operand is a link to nothing", () => {
  assertRefuses(
    runOperand("mine/nowhere.ko"),
    "could not create module @/mine/nowhere.ko: No such file or directory",
  );
});

Deno.test("depmod reads nothing that the tree links to beside a file operand", () => {
  const name = "modules.builtin";
  const spec = {
    ...without(name),
    files: { ...OUTSIDE, [`elsewhere/${name}`]: SECRETS[name] },
    links: below({ [name]: `${TOP}/elsewhere/${name}` }),
  };
  const outcome = run(spec, { args: [...BASE, VERSION, "@/elsewhere/file.ko"] });
  assertIncomplete(outcome);
  assertEquals(messages(outcome), [refusal(name, `@/elsewhere/${name}`, "@/elsewhere")]);
  assertEquals(indexKeys(outcome, "modules.builtin.bin"), []);
  assertEquals(indexKeys(outcome, "modules.dep.bin"), ["file"]);
});
