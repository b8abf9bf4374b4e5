/**
 * From facts to dependencies, and the messages on the way. The wording is the reference's.
 *
 * @module
 */
import type { KernelSymbol } from "../../lib/model.ts";
import { resolve, type ResolveOptions } from "../../lib/resolve/resolve.ts";
import { assertEquals } from "../support/assert.ts";
import { factsOf, type ModuleFacts, moduleFilesOf } from "../support/facts.ts";

/** Modules by name, in their order. */
type Modules = Readonly<Record<string, ModuleFacts>>;

const QUIET = {
  strict: false,
  kernel: [],
  prefix: undefined,
  reportUnknown: false,
  checkVersions: false,
  showDependencies: false,
};

/** Dependencies by module name, undefined when there are none to write, and the messages. */
function resolveModules(modules: Modules, options: Partial<ResolveOptions> = {}) {
  const names = Object.keys(modules);
  const files = moduleFilesOf(names.map((name) => `${name}.ko`));
  const facts = factsOf(Object.values(modules));
  const { resolved, messages } = resolve(facts, { ...QUIET, ...options, modules: files });
  const lists = resolved?.dependencies;
  const dependencies = lists && Object.fromEntries(names.map((name, i) => {
    const list = lists.modules.subarray(lists.starts[i], lists.starts[i + 1]);
    return [name, Array.from(list, (module) => names[module])];
  }));
  return { dependencies, messages: messages.map(({ level, text }) => `${level}: ${text}`) };
}

function messagesOf(modules: Modules, options: Partial<ResolveOptions> = {}): string[] {
  return resolveModules(modules, options).messages;
}

/** Modules that export `sym_NAME` and need those of others, by name. */
function needing(graph: Readonly<Record<string, readonly string[]>>): Modules {
  return Object.fromEntries(
    Object.entries(graph).map(([name, needs]) => {
      return [name, { exports: [`sym_${name}`], needs: needs.map((need) => `sym_${need}`) }];
    }),
  );
}

function kernelSymbol(name: string, low = 0, high = 0): KernelSymbol {
  return { name, crc: { low, high } };
}

Deno.test("resolve() finds dependencies of dependencies", () => {
  const { dependencies, messages } = resolveModules(needing({ a: ["b"], b: ["c"], c: [] }));
  assertEquals(dependencies, { a: ["b", "c"], b: ["c"], c: [] });
  assertEquals(messages, []);
});

Deno.test("resolve() names a dependency once, however many of its symbols are needed", () => {
  const modules = { a: { exports: ["f", "g"] }, b: { needs: ["g", "f", "g"] } };
  assertEquals(resolveModules(modules).dependencies, { a: [], b: ["a"] });
});

Deno.test("resolve() goes by the order in which needs are met", () => {
  const { dependencies } = resolveModules(needing({ a: ["b", "c"], b: [], c: [], d: ["c", "b"] }));
  assertEquals(dependencies, { a: ["c", "b"], b: [], c: [], d: ["c", "b"] });
});

Deno.test("resolve() takes weak needs for dependencies too", () => {
  const modules = { a: { exports: ["f"] }, b: { needs: [{ name: "f", weak: true }] } };
  assertEquals(resolveModules(modules).dependencies, { a: [], b: ["a"] });
});

Deno.test("resolve() does not depend on the kernel", () => {
  const options = { kernel: [kernelSymbol("f")] };
  assertEquals(resolveModules({ a: { needs: ["f"] } }, options).dependencies, { a: [] });
});

Deno.test("resolve() prefers a module to the kernel", () => {
  const modules = { a: { exports: ["f"] }, b: { needs: ["f"] } };
  const options = { kernel: [kernelSymbol("f")] };
  assertEquals(resolveModules(modules, options).dependencies, { a: [], b: ["a"] });
});

Deno.test("resolve() drops the symbol prefix", () => {
  const modules = { a: { exports: ["f"] }, b: { needs: ["_f"] } };
  assertEquals(resolveModules(modules, { prefix: "_" }).dependencies, { a: [], b: ["a"] });
  assertEquals(resolveModules(modules).dependencies, { a: [], b: [] });
});

Deno.test("resolve() works without modules", () => {
  assertEquals(resolveModules({}), { dependencies: {}, messages: [] });
});

Deno.test("resolve() says nothing of unknown symbols unless asked", () => {
  assertEquals(messagesOf({ a: { needs: ["f"] } }), []);
});

const UNKNOWN = { reportUnknown: true, kernel: [kernelSymbol("known")] };

Deno.test("resolve() reports unknown symbols, each need of them", () => {
  const modules = { a: { needs: ["f", "known", "g"] }, b: { needs: [".f"] } };
  assertEquals(messagesOf(modules, UNKNOWN), [
    "warning: /tree/a.ko needs unknown symbol f",
    "warning: /tree/a.ko needs unknown symbol g",
    "warning: /tree/b.ko needs unknown symbol .f",
  ]);
});

Deno.test("resolve() reports an unknown symbol with the prefix that the module has", () => {
  assertEquals(messagesOf({ a: { needs: ["_f", "_known"] } }, { ...UNKNOWN, prefix: "_" }), [
    "warning: /tree/a.ko needs unknown symbol _f",
  ]);
});

Deno.test("resolve() does not report what modules define, later ones too", () => {
  const modules = { a: { needs: ["f"] }, b: { exports: ["f"] } };
  assertEquals(messagesOf(modules, UNKNOWN), []);
});

Deno.test("resolve() does not report weak needs", () => {
  assertEquals(messagesOf({ a: { needs: [{ name: "f", weak: true }] } }, UNKNOWN), []);
});

const VERSIONS = {
  reportUnknown: true,
  checkVersions: true,
  kernel: [kernelSymbol("k", 5), kernelSymbol("wide", 5, 6)],
};

Deno.test("resolve() reports CRCs that differ from those of the kernel and of modules", () => {
  const modules = {
    a: { exports: [{ name: "f", crc: 7n }] },
    b: { needs: [{ name: "k", crc: 4n }, { name: "f", crc: 8n }] },
    c: { needs: [{ name: "k", crc: 5n }, { name: "f", crc: 7n }] },
  };
  assertEquals(messagesOf(modules, VERSIONS), [
    "warning: /tree/b.ko disagrees about version of symbol k",
    "warning: /tree/b.ko disagrees about version of symbol f",
  ]);
});

Deno.test("resolve() compares all 64 bits of CRCs", () => {
  const modules = {
    a: { needs: [{ name: "wide", crc: 0x600000005n }] },
    b: { needs: [{ name: "wide", crc: 5n }] },
    c: { needs: [{ name: "wide", crc: 0x600000004n }] },
  };
  assertEquals(messagesOf(modules, VERSIONS), [
    "warning: /tree/b.ko disagrees about version of symbol wide",
    "warning: /tree/c.ko disagrees about version of symbol wide",
  ]);
});

Deno.test("resolve() does not compare CRCs unless asked to", () => {
  const modules = { a: { needs: [{ name: "k", crc: 4n }] } };
  assertEquals(messagesOf(modules, { ...VERSIONS, checkVersions: false }), []);
  assertEquals(messagesOf(modules, { ...VERSIONS, reportUnknown: false }), []);
});

Deno.test("resolve() does not compare CRCs of weak needs", () => {
  const modules = { a: { needs: [{ name: "k", crc: 4n, weak: true }] } };
  assertEquals(messagesOf(modules, VERSIONS), []);
});

Deno.test("resolve() does not report the version of an unknown symbol", () => {
  assertEquals(messagesOf({ a: { needs: [{ name: "f", crc: 4n }] } }, VERSIONS), [
    "warning: /tree/a.ko needs unknown symbol f",
  ]);
});

const SHOWN = { showDependencies: true };

Deno.test("resolve() shows each dependency on stdout, by the first symbol needed of it", () => {
  const modules = { a: { exports: ["f", "g"] }, b: { needs: ["g", "f"] }, c: { needs: ["f"] } };
  assertEquals(messagesOf(modules, SHOWN), [
    'output: /tree/b.ko needs "g": /tree/a.ko',
    'output: /tree/c.ko needs "f": /tree/a.ko',
  ]);
});

Deno.test("resolve() does not show the kernel's or unknown symbols", () => {
  const modules = { a: { needs: ["k", "f"] } };
  assertEquals(messagesOf(modules, { ...SHOWN, kernel: [kernelSymbol("k")] }), []);
});

Deno.test("resolve() shows a dependency by the name under which its symbol is defined", () => {
  const modules = { a: { exports: ["f"] }, b: { needs: [".f"] }, c: { needs: ["_f"] } };
  assertEquals(messagesOf(modules, { ...SHOWN, prefix: "_" }), [
    'output: /tree/b.ko needs "f": /tree/a.ko',
    'output: /tree/c.ko needs "f": /tree/a.ko',
  ]);
});

interface Cycle {
  readonly graph: Readonly<Record<string, readonly string[]>>;
  readonly messages: readonly string[];
}

const CYCLES: readonly Cycle[] = [
  { graph: { a: ["b"], b: ["a"] }, messages: ["a -> b -> a", "2"] },
  { graph: { b: ["a"], a: ["b"], c: [] }, messages: ["b -> a -> b", "2"] },
  { graph: { a: ["a"] }, messages: ["a -> a", "1"] },
  { graph: { a: ["a", "b"], b: [] }, messages: ["a -> a", "1"] },
  { graph: { u: ["a"], a: ["b"], b: ["a"] }, messages: ["a -> b -> a", "2"] },
  { graph: { a: ["b"], b: ["a", "x"], x: [] }, messages: ["a -> b -> a", "2"] },
  {
    graph: { a: ["b"], b: ["a"], c: ["d"], d: ["c"] },
    messages: ["a -> b -> a", "c -> d -> c", "4"],
  },
  { graph: { u: ["s"], s: ["s"] }, messages: ["s -> s", "1"] },
  { graph: { a: ["b"], b: ["c"], c: ["a"] }, messages: ["a -> b -> c -> a", "3"] },
  { graph: { a: ["b"], b: ["a", "x"], x: ["y"], y: [] }, messages: ["a -> b -> a", "x", "2"] },
];

for (const { graph, messages } of CYCLES) {
  const cycles = messages.slice(0, -1);
  Deno.test(`resolve() gives no dependencies but reports ${cycles.join(" and ")}`, () => {
    assertEquals(resolveModules(needing(graph)), {
      dependencies: undefined,
      messages: [
        ...cycles.map((cycle) => `error: Cycle detected: ${cycle}`),
        `error: Found ${messages.at(-1)} modules in dependency cycles!`,
      ],
    });
  });
}

Deno.test("resolve() reports cycles after everything else", () => {
  const modules = { ...needing({ a: ["b"], b: ["a"] }), c: { needs: ["f"] } };
  assertEquals(messagesOf(modules, UNKNOWN).length, 3);
  assertEquals(messagesOf(modules, UNKNOWN)[0], "warning: /tree/c.ko needs unknown symbol f");
});

Deno.test("resolve() says of which modules it does not report all cycles", () => {
  const modules = needing({ a: ["b", "c"], b: ["a", "c"], c: ["a", "b"], x: ["y"], y: ["x"] });
  const lines = messagesOf(modules);
  assertEquals(lines.slice(-3), [
    "error: Not all cycles of these 3 modules are shown",
    "error: Cycle detected: x -> y -> x",
    "error: Found 5 modules in dependency cycles!",
  ]);
});
