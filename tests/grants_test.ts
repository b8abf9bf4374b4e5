/**
 * What each thread may do: by the plan, as text, and as the program shows it (--show-grants).
 *
 * @module
 */
import { parseOptions } from "../lib/cli/parse_options.ts";
import { makePlan } from "../lib/cli/plan.ts";
import { addRealPlaces, type Grants, planGrants, renderGrants } from "../lib/grants.ts";
import type { Plan } from "../lib/model.ts";
import { assert, assertEquals } from "./support/assert.ts";
import { type GoldenOutcome, observe } from "./support/golden.ts";
import { runCommand } from "./support/program.ts";
import { messages, runTree } from "./support/run_tree.ts";
import { withTree } from "./support/temp_tree.ts";
import { buildTree, MODULES, type TreeSpec, VERSION } from "./support/tree.ts";

const CONFIG = [
  "/etc/depmod.d",
  "/run/depmod.d",
  "/usr/local/lib/depmod.d",
  "/usr/lib/depmod.d",
  "/lib/depmod.d",
];

/** Where the output goes without -b and -o; what it holds is compared with what will be written. */
const OUTPUT = "/lib/modules/6.1.0";

function planOf(...args: readonly string[]): Plan {
  return makePlan(parseOptions([...args, "6.1.0"]));
}

function grantsOf(args: readonly string[], externals: readonly string[] = []): Grants {
  return planGrants(planOf(...args), externals);
}

Deno.test("planGrants() lets readers read the directory of all versions, and none write", () => {
  const { main, readers, writer } = grantsOf(["-b", "/srv", "-o", "/out"]);
  assertEquals(readers, ["/srv/lib/modules"]);
  assertEquals(main, ["/srv/lib/modules", "/out/lib/modules/6.1.0", ...CONFIG]);
  assertEquals(writer, ["/out/lib/modules/6.1.0"]);
});

Deno.test("planGrants() lets the writer write only the version's directory", () => {
  assertEquals(grantsOf([]).writer, ["/lib/modules/6.1.0"]);
  assertEquals(grantsOf(["-m", "usr/lib/modules"]).writer, ["/usr/lib/modules/6.1.0"]);
});

for (const option of ["-n", "--show", "--dry-run", "--check", "--check=full"]) {
  Deno.test(`planGrants() lets nobody write with ${option}`, () => {
    assertEquals(grantsOf([option]).writer, []);
  });
}

for (const option of ["--check", "--check=full"]) {
  Deno.test(`planGrants() lets readers read the index files too with ${option}`, () => {
    const { main, readers } = grantsOf([option, "-b", "/srv", "-o", "/out"]);
    assertEquals(readers, ["/srv/lib/modules", "/out/lib/modules/6.1.0"]);
    assert(main.includes("/out/lib/modules/6.1.0"), String(main));
  });
}

Deno.test("planGrants() adds the external directories, made absolute", () => {
  const { main, readers, links } = grantsOf([], ["/opt/modules", "more"]);
  const all = ["/lib/modules", "/opt/modules", `${Deno.cwd()}/more`];
  assertEquals(readers, all);
  assertEquals(main, [...all, OUTPUT, ...CONFIG]);
  assertEquals(links, ["/lib/modules/6.1.0", ...all]);
});

Deno.test("planGrants() adds the directories of --allow-read, made absolute", () => {
  const { main, readers, links } = grantsOf(["--allow-read=/nix/store", "--allow-read", "here"]);
  const all = ["/lib/modules", "/nix/store", `${Deno.cwd()}/here`];
  assertEquals(readers, all);
  assertEquals(main, [...all, OUTPUT, ...CONFIG]);
  assertEquals(links, ["/lib/modules/6.1.0", ...all]);
});

Deno.test("planGrants() takes the configuration of -C in the place of the usual one", () => {
  const { main, readers } = grantsOf(["-C", "/etc/mine.conf", "-C", "conf.d"]);
  assertEquals(readers, ["/lib/modules"]);
  assertEquals(main, ["/lib/modules", OUTPUT, "/etc/mine.conf", `${Deno.cwd()}/conf.d`]);
});

for (const option of ["-E", "-F"]) {
  Deno.test(`planGrants() lets the main thread alone read the file of ${option}`, () => {
    const { main, readers } = grantsOf([option, "/boot/symbols"]);
    assertEquals(readers, ["/lib/modules"]);
    assertEquals(main, ["/lib/modules", OUTPUT, ...CONFIG, "/boot/symbols"]);
    assertEquals(grantsOf([option, "symbols"]).main.at(-1), `${Deno.cwd()}/symbols`);
  });
}

Deno.test("planGrants() adds file operands, and needs no configuration with them", () => {
  const plan = makePlan(parseOptions(["6.1.0", "/mine/a.ko", "/mine/b.ko"]));
  const { main, readers } = planGrants(plan, []);
  assertEquals(readers, ["/lib/modules", "/mine/a.ko", "/mine/b.ko"]);
  assertEquals(main, [...readers, OUTPUT]);
});

Deno.test("addRealPlaces() adds where paths lead, to what is there or is to be made there", () => {
  withTree({ "real/modules/6.1.0/a.ko": "", link: { target: "real" } }, (root) => {
    const named = [`${root}/link/modules`, `${root}/real`, `${root}/link/new/6.1.0`];
    const grants = { main: named, readers: named, links: [], writer: [`${root}/link/out`] };
    const { main, readers, writer } = addRealPlaces(grants);
    assertEquals(readers, [...named, `${root}/real/modules`, `${root}/real/new/6.1.0`]);
    assertEquals(main, named);
    assertEquals(writer, [`${root}/link/out`, `${root}/real/out`]);
  });
});

Deno.test("addRealPlaces() lets readers read a tree that a link leads elsewhere", () => {
  withTree({ "modules/6.1.0": { target: "../store/6.1.0" }, "store/6.1.0/a.ko": "" }, (root) => {
    const readers = [`${root}/modules`];
    const links = [`${root}/modules/6.1.0`, ...readers];
    const grants = addRealPlaces({ main: [], readers, links, writer: [] });
    assertEquals(grants.readers, [...readers, `${root}/modules/6.1.0`, `${root}/store/6.1.0`]);
  });
});

const GRANTS: Grants = {
  main: ["/lib/modules", "/etc/depmod.d"],
  readers: ["/lib/modules"],
  links: ["/lib/modules/6.1.0"],
  writer: ["/lib/modules/6.1.0"],
};

/** A run with so many readers. */
function withReaders(fewest: number, most: number): Plan {
  return { ...planOf(), readers: { fewest, most } };
}

Deno.test("renderGrants() names each thread, and what it may do with each path", () => {
  assertEquals(renderGrants(GRANTS, withReaders(1, 4)).split("\n"), [
    "main thread, until it knows what modules say",
    "  read         /lib/modules",
    "  read         /etc/depmod.d",
    "  read, write  /lib/modules/6.1.0",
    "main thread, from then on",
    "  nothing",
    "readers (1 to 4)",
    "  read         /lib/modules",
    "writer",
    "  read, write  /lib/modules/6.1.0",
    "",
  ]);
});

Deno.test("renderGrants() tells of one reader, and of no writer", () => {
  const lines = renderGrants({ ...GRANTS, writer: [] }, withReaders(1, 1)).split("\n");
  assert(lines.includes("readers (1)"), lines.join("\n"));
  assertEquals(lines.slice(-3), ["writer", "  nothing: it is not started", ""]);
});

Deno.test("renderGrants() names a path once, and no control character as it is", () => {
  const readers = ["/lib/modules", "/a\nwriter\n  read, write  /", "/lib/modules"];
  const lines = renderGrants({ ...GRANTS, readers }, withReaders(1, 1)).split("\n");
  const at = lines.indexOf("readers (1)");
  assertEquals(lines.slice(at + 1, -3), [
    "  read         /lib/modules",
    "  read         /a\\x0awriter\\x0a  read, write  /",
  ]);
});

Deno.test("renderGrants() leaves out what lies below another path", () => {
  const readers = ["/lib/modules", "/lib/modules/6.1.0", "/lib/modules-more"];
  const lines = renderGrants({ ...GRANTS, readers }, withReaders(1, 1)).split("\n");
  assertEquals(lines.slice(lines.indexOf("readers (1)") + 1, -3), [
    "  read         /lib/modules",
    "  read         /lib/modules-more",
  ]);
});

// The program.

/** A tree at which a run would have something to say, and something to write. */
const SPEC: TreeSpec = {
  order: null,
  files: {
    [`${MODULES}/broken.ko`]: "no module\n",
    "depmod.conf": "external * /opt/outside\n",
  },
  links: { [`${MODULES}/zero.ko`]: "/dev/zero" },
};

/** What is shown, by thread. */
function shown({ stdout }: GoldenOutcome): Record<string, string[]> {
  const threads: Record<string, string[]> = {};
  let paths: string[] = [];
  for (const line of stdout.split("\n").slice(0, -1)) {
    if (line.startsWith(" ")) paths.push(line.trim().replace(/ {2,}/, ": "));
    else threads[line] = paths = [];
  }
  return threads;
}

function show(...options: readonly string[]): GoldenOutcome {
  const outcome = runTree(SPEC, { options: ["--show-grants", "-j3", ...options] });
  assertEquals([outcome.status, outcome.stderr], [0, ""]);
  assertEquals([...outcome.files.keys()], []);
  return outcome;
}

Deno.test("depmod --show-grants shows what each thread may do, and does nothing else", () => {
  assertEquals(shown(show()), {
    "main thread, until it knows what modules say": [
      "read: @/lib/modules",
      ...CONFIG.map((path) => `read: ${path}`),
      `read, write: @/${MODULES}`,
    ],
    "main thread, from then on": ["nothing"],
    "readers (3)": ["read: @/lib/modules"],
    "writer": [`read, write: @/${MODULES}`],
  });
});

Deno.test("depmod --show-grants -n shows that there is no writer", () => {
  assertEquals(shown(show("-n"))["writer"], ["nothing: it is not started"]);
});

Deno.test("depmod --show-grants --check shows that nobody writes, and readers see the output", () => {
  const writes = shown(show("-o", "@/out"));
  assertEquals(writes["writer"], [`read, write: @/out/${MODULES}`]);
  const places = ["read: @/lib/modules", `read: @/out/${MODULES}`];
  assertEquals(shown(show("--check", "-o", "@/out")), {
    "main thread, until it knows what modules say": [
      ...places,
      ...CONFIG.map((path) => `read: ${path}`),
    ],
    "main thread, from then on": ["nothing"],
    "readers (3)": places,
    "writer": ["nothing: it is not started"],
  });
});

Deno.test("depmod --show-grants shows external directories, --allow-read, -C, -F and -o", () => {
  const threads = shown(show(
    ...["-C", "@/depmod.conf", "--allow-read=@/store", "-F", "@/System.map", "-o", "@/out"],
  ));
  const readable = ["read: @/lib/modules", "read: /opt/outside", "read: @/store"];
  assertEquals(threads["readers (3)"], readable);
  assertEquals(threads["main thread, until it knows what modules say"], [
    ...readable,
    "read: @/depmod.conf",
    "read: @/System.map",
    `read, write: @/out/${MODULES}`,
  ]);
  assertEquals(threads["writer"], [`read, write: @/out/${MODULES}`]);
});

Deno.test("depmod --show-grants shows file operands", () => {
  const args = ["--show-grants", "-j1", "-b", "@", VERSION, "@/mine/a.ko"];
  const threads = shown(runTree(SPEC, { args }));
  assertEquals(threads["readers (1)"], ["read: @/lib/modules", "read: @/mine/a.ko"]);
});

Deno.test("depmod --show-grants needs no tree", () => {
  const outcome = runTree({ order: null, builtin: null, builtinModinfo: null }, {
    args: ["--show-grants", "-b", "@/absent", "6.9.9"],
  });
  assertEquals([outcome.status, outcome.stderr], [0, ""]);
  assertEquals(shown(outcome)["writer"], ["read, write: @/absent/lib/modules/6.9.9"]);
});

Deno.test("depmod --show-grants warns of a configuration of -C that is absent", () => {
  const outcome = runTree(SPEC, { options: ["--show-grants", "-C", "@/none.conf"] });
  assertEquals(outcome.status, 0);
  const text = "could not load configuration @/none.conf: No such file or directory";
  assertEquals(messages(outcome), [`depmod: WARNING: ${text}`]);
});

Deno.test("depmod --show-grants reads nothing but the configuration", () => {
  const input = {
    root: buildTree(SPEC),
    args: ["--show-grants", "-C", "@/depmod.conf", "-b", "@", VERSION],
  };
  const main = new URL("../main.ts", import.meta.url).pathname;
  const outcome = observe(input, (args, { cwd }) => {
    const grants = ["--no-prompt", "--quiet", `--allow-read=${cwd}/depmod.conf`];
    return runCommand([Deno.execPath(), "run", ...grants, main, ...args], { cwd });
  });
  assertEquals([outcome.status, outcome.stderr], [0, ""]);
  assertEquals(shown(outcome)["writer"], [`read, write: @/${MODULES}`]);
});
