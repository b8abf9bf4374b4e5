/**
 * The warnings of -w: which entries are reported, in which words and order.
 *
 * @module
 */
import { assertEquals } from "../support/assert.ts";
import { render, type RenderSpec } from "../support/render.ts";

function warningsOf(spec: RenderSpec): readonly string[] {
  return render({ ...spec, warnDuplicates: true }).messages;
}

Deno.test("rendering does not warn of duplicates unless asked", () => {
  assertEquals(render({ modules: [{ path: "m.ko", alias: ["a", "a"] }] }).messages, []);
});

Deno.test("rendering warns of an alias that a module repeats, each time", () => {
  assertEquals(warningsOf({ modules: [{ path: "m.ko", alias: ["a", "b", "a", "a"] }] }), [
    "warning: duplicate module alias:\na m",
    "warning: duplicate module alias:\na m",
  ]);
});

Deno.test("rendering warns of aliases that are equal only when normalised", () => {
  assertEquals(warningsOf({ modules: [{ path: "m.ko", alias: ["a-b", "a_b"] }] }), [
    "warning: duplicate module alias:\na_b m",
  ]);
});

Deno.test("rendering warns of duplicates and brackets in the order of the aliases", () => {
  const alias = ["x[", "a", "a", "y[", "b", "b", "z["];
  assertEquals(warningsOf({ modules: [{ path: "m.ko", alias }] }), [
    "warning: Unmatched bracket in x[",
    "warning: duplicate module alias:\na m",
    "warning: Unmatched bracket in y[",
    "warning: duplicate module alias:\nb m",
    "warning: Unmatched bracket in z[",
  ]);
});

Deno.test("rendering does not warn of an alias that two modules share", () => {
  const modules = [{ path: "m.ko", alias: ["a"] }, { path: "n.ko", alias: ["a"] }];
  assertEquals(warningsOf({ modules }), []);
});

Deno.test("rendering does not warn of builtin duplicates", () => {
  assertEquals(
    warningsOf({ builtin: "a.ko\na.ko\n", builtinModinfo: "a.alias=x\0a.alias=x\0" }),
    [],
  );
});

Deno.test("rendering does not warn of repeated softdeps and weakdeps", () => {
  assertEquals(
    warningsOf({ modules: [{ path: "m.ko", softdep: ["a", "a"], weakdep: ["b", "b"] }] }),
    [],
  );
});
