/**
 * Which kernel versions are worked on: all of them, or one that is not named.
 *
 * @module
 */
import { assert, assertEquals } from "../support/assert.ts";
import { buildModule, type ModuleSpec } from "../support/elf_builder.ts";
import { describeEntry, type GoldenOutcome } from "../support/golden.ts";
import { runProgram } from "../support/program.ts";
import { INDEX_FILES, messages, runTree } from "../support/run_tree.ts";
import type { TreeSpec } from "../support/tree.ts";

/** Modules by version and path. */
type Kernels = Readonly<Record<string, Readonly<Record<string, ModuleSpec>>>>;

const GOOD = { "kernel/a.ko": { needs: ["b_go"] }, "kernel/b.ko": { exports: ["b_go"] } };
const GOOD_DEP = "kernel/a.ko: kernel/b.ko\nkernel/b.ko:\n";
const CYCLE = {
  "a.ko": { exports: ["a_go"], needs: ["b_go"] },
  "b.ko": { exports: ["b_go"], needs: ["a_go"] },
};

/** So many versions that more than one thread searches for their modules. */
const MANY = Array.from({ length: 14 }, (_, i) => `6.${String(i).padStart(2, "0")}.0`);

/** A root with these kernels only. */
function treeOf(kernels: Kernels, files: TreeSpec["files"] = {}): TreeSpec {
  const modules = Object.entries(kernels).flatMap(([version, modules]) =>
    Object.entries(modules).map(([path, spec]) =>
      [`lib/modules/${version}/${path}`, buildModule(spec)] as const
    )
  );
  const orders = Object.entries(kernels).map(([version, modules]) => {
    const lines = Object.keys(modules).map((path) => path + "\n");
    return [`lib/modules/${version}/modules.order`, lines.join("")] as const;
  });
  const none = { order: null, builtin: null, builtinModinfo: null };
  return { ...none, files: { ...Object.fromEntries([...modules, ...orders]), ...files } };
}

function runOn(spec: TreeSpec, ...options: readonly string[]): GoldenOutcome {
  return runTree(spec, { args: [...options, "-b", "@"] });
}

/** The versions for which a whole set was written, and no other file. */
function writtenFor({ files }: GoldenOutcome): string[] {
  const versions = new Set([...files.keys()].map((path) => path.split("/")[2]!));
  for (const version of versions) {
    const names = [...files.keys()].filter((path) => path.startsWith(`lib/modules/${version}/`))
      .map((path) => path.slice(`lib/modules/${version}/`.length));
    assertEquals(names.sort(), INDEX_FILES);
  }
  return [...versions].sort();
}

/** Messages without those about files that a kernel's build leaves. */
function otherMessages(outcome: GoldenOutcome): string[] {
  return messages(outcome).filter((line) => !line.includes("modules.builtin"));
}

Deno.test("depmod --all-kernels works on every version that holds modules", () => {
  const spec = treeOf({ "6.1.0-a": GOOD, "6.2.0-b": GOOD }, {
    "lib/modules/6.3.0-empty/modules.builtin": "",
    "lib/modules/notes/a.ko": "no version",
  });
  const outcome = runOn(spec, "--all-kernels");
  assertEquals([outcome.status, otherMessages(outcome)], [0, []]);
  assertEquals(writtenFor(outcome), ["6.1.0-a", "6.2.0-b"]);
  for (const version of ["6.1.0-a", "6.2.0-b"]) {
    const dep = outcome.files.get(`lib/modules/${version}/modules.dep`)!;
    assertEquals(describeEntry(dep), GOOD_DEP);
  }
});

Deno.test("depmod --all-kernels writes what it writes for each version alone", () => {
  const kernels = { "6.1.0-a": GOOD, "6.2.0-b": { "x.ko": { modinfo: ["alias=pci:*"] } } };
  const all = runOn(treeOf(kernels), "--all-kernels");
  for (const version of Object.keys(kernels)) {
    const alone = runTree(treeOf(kernels), { args: ["-b", "@", version] });
    assertEquals(alone.status, 0);
    for (const [path, entry] of alone.files) {
      assertEquals(describeEntry(all.files.get(path)!), describeEntry(entry), path);
    }
  }
});

Deno.test("depmod --all-kernels follows links that lead out of some of many versions", () => {
  const linked = ["6.01.0", "6.08.0"];
  const spec = treeOf(Object.fromEntries(MANY.map((version) => [version, GOOD])), {
    "store/here/c.ko": buildModule({ modinfo: ["alias=c:*"] }),
    "store/there/d.ko": buildModule({ modinfo: ["alias=d:*"] }),
  });
  const prepare = (root: string) => {
    Deno.symlinkSync("../../../store/here", `${root}/lib/modules/${linked[0]}/extra`);
    Deno.symlinkSync("../../../store/there", `${root}/lib/modules/${linked[1]}/extra`);
  };
  const options = { args: ["--all-kernels", "--allow-read=@/store", "-b", "@"], prepare };
  const outcome = runTree(spec, options);
  assertEquals([outcome.status, otherMessages(outcome)], [0, []]);
  const { files } = outcome;
  const deps = MANY.map((version) =>
    describeEntry(files.get(`lib/modules/${version}/modules.dep`)!)
  );
  const want = MANY.map((version) =>
    GOOD_DEP + (["extra/c.ko:\n", "extra/d.ko:\n"][linked.indexOf(version)] ?? "")
  );
  assertEquals(deps, want);
});

Deno.test("depmod --all-kernels tells of many versions in their order", () => {
  const bad = { ...GOOD, "x y.ko": {} };
  const spec = treeOf(Object.fromEntries(MANY.map((version) => [version, bad])));
  const outcome = runOn(spec, "--all-kernels");
  const told = otherMessages(outcome).filter((line) => line.includes("x y.ko"));
  assertEquals(told.map((line) => line.split(": ")[2]), MANY);
});

Deno.test("depmod --all-kernels goes on after a version that fails, and ends as the worst one", () => {
  const spec = treeOf({ "6.1.0-a": CYCLE, "6.2.0-b": GOOD, "6.3.0-c": { "x y.ko": {} } });
  const outcome = runOn(spec, "--all-kernels");
  assertEquals(outcome.status, 1);
  assertEquals(writtenFor(outcome), ["6.2.0-b", "6.3.0-c"]);
  const lines = otherMessages(outcome);
  assert(lines.some((line) => line.startsWith("depmod: ERROR: 6.1.0-a: Cycle detected")), lines[0]);
  assert(lines.some((line) => line.startsWith("depmod: ERROR: 6.3.0-c: ")), lines.join("\n"));
});

Deno.test("depmod --all-kernels ends with status 2 if something is left out of one version", () => {
  const outcome = runOn(treeOf({ "6.1.0-a": GOOD, "6.3.0-c": { "x y.ko": {} } }), "--all-kernels");
  assertEquals(outcome.status, 2);
  assertEquals(writtenFor(outcome), ["6.1.0-a", "6.3.0-c"]);
});

Deno.test("depmod --all-kernels -A works on versions that are out of date", () => {
  const outcome = runTree(treeOf({ "6.1.0-a": GOOD, "6.2.0-b": GOOD }), {
    args: ["--all-kernels", "-A", "-b", "@"],
    prepare: (root) => {
      for (const name of INDEX_FILES) {
        Deno.writeTextFileSync(`${root}/lib/modules/6.1.0-a/${name}`, GOOD_DEP);
      }
      const later = Date.now() / 1000 + 1000;
      Deno.utimeSync(`${root}/lib/modules/6.1.0-a/modules.dep`, later, later);
    },
  });
  assertEquals(outcome.status, 0);
  assertEquals(writtenFor(outcome), ["6.2.0-b"]);
});

Deno.test("depmod --all-kernels --cache keeps a cache for each version", () => {
  const outcome = runOn(treeOf({ "6.1.0-a": GOOD, "6.2.0-b": GOOD }), "--all-kernels", "--cache");
  assertEquals(outcome.status, 0);
  for (const version of ["6.1.0-a", "6.2.0-b"]) {
    assert(outcome.files.has(`lib/modules/${version}/modules.cache.bin`), version);
  }
});

Deno.test("depmod --all-kernels --cache searches a large tree while it reads the cache of another", () => {
  const large = Object.fromEntries(Array.from({ length: 1600 }, (_, i) => [`m${i}.ko`, {}]));
  const spec = treeOf({ "6.1.0-a": GOOD, "6.2.0-b": large });
  const outcome = runTree(spec, {
    args: ["--all-kernels", "--cache", "-b", "@"],
    prepare(root) {
      runProgram(["--cache", "-b", root, "6.1.0-a"], { cwd: root });
      Deno.utimeSync(`${root}/lib/modules/6.1.0-a/kernel/a.ko`, 1, 1);
    },
  });
  assertEquals([outcome.status, otherMessages(outcome)], [0, []]);
  const text = describeEntry(outcome.files.get("lib/modules/6.2.0-b/modules.dep")!);
  assertEquals(text.split("\n").length, 1601);
});

Deno.test("depmod --all-kernels fails where there is nothing to work on", () => {
  const outcome = runOn(treeOf({}, { "lib/modules/README": "" }), "--all-kernels");
  assertEquals(outcome.status, 1);
  const line = "depmod: FATAL: @/lib/modules holds modules of no kernel version";
  assertEquals(messages(outcome), [line]);
});

Deno.test("depmod --all-kernels takes no version", () => {
  const outcome = runOn(treeOf({ "6.1.0-a": GOOD }), "--all-kernels", "6.1.0-a");
  assertEquals(outcome.status, 1);
  assertEquals(outcome.files.size, 0);
  assertEquals(messages(outcome)[0], "depmod: --all-kernels takes no version");
});

Deno.test("depmod without a version takes the only one of another root", () => {
  const outcome = runOn(treeOf({ "6.1.0-a": GOOD }), "-v");
  assertEquals(outcome.status, 0);
  assertEquals(writtenFor(outcome), ["6.1.0-a"]);
  const line = "depmod: NOTICE: working on 6.1.0-a, the only version in @/lib/modules";
  assertEquals(messages(outcome)[0], line);
});

Deno.test("depmod without a version names those of another root that it could be", () => {
  const outcome = runOn(treeOf({ "6.1.0-a": GOOD, "6.2.0-b": GOOD }));
  assertEquals([outcome.status, outcome.files.size], [1, 0]);
  const text = "name a version; @/lib/modules has modules of 6.1.0-a, 6.2.0-b";
  assertEquals(messages(outcome)[0], `depmod: ERROR: ${text}`);
});

Deno.test("depmod without a version takes that of the running kernel, if it is there", () => {
  const running = Deno.osRelease();
  const outcome = runOn(treeOf({ [running]: GOOD, "6.2.0-b": GOOD }));
  assertEquals([outcome.status, otherMessages(outcome)], [0, []]);
  assertEquals(writtenFor(outcome), [running]);
});
