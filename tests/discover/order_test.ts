/**
 * The order of the modules: as modules.order lists them, then as the reference's hash table would.
 *
 * @module
 */
import { orderModules } from "../../lib/discover/order.ts";
import { assertEquals } from "../support/assert.ts";
import { moduleFileOf } from "../support/facts.ts";

/** Modules in alphabetical order of their names. */
const PATHS = [
  "kernel/drivers/net/ethernet/intel/e1000e/e1000e.ko",
  "kernel/fs/ext4/ext4.ko",
  "kernel/fs/jbd2/jbd2.ko",
  "kernel/fs/mbcache.ko",
  "kernel/lib/crc16.ko",
  "kernel/net/ipv6/ipv6.ko",
  "kernel/sound/soundcore.ko",
];

/** The paths in the order in which the reference writes them without modules.order. */
const HASHED = [
  "kernel/sound/soundcore.ko",
  "kernel/lib/crc16.ko",
  "kernel/drivers/net/ethernet/intel/e1000e/e1000e.ko",
  "kernel/net/ipv6/ipv6.ko",
  "kernel/fs/mbcache.ko",
  "kernel/fs/ext4/ext4.ko",
  "kernel/fs/jbd2/jbd2.ko",
];

/** Order of `paths` under a modules.order that says `text`. */
function order(paths: readonly string[], text?: string) {
  const file = text === undefined ? undefined : { path: "/tree/modules.order", text };
  return orderModules(paths.map(moduleFileOf), file);
}

function orderedPaths(paths: readonly string[], text?: string): string[] {
  return Array.from(order(paths, text).order, (module) => paths[module]!);
}

Deno.test("orderModules() takes the reference's hash order without modules.order", () => {
  assertEquals(order(PATHS).messages, []);
  assertEquals(orderedPaths(PATHS), HASHED);
});

Deno.test("orderModules() does not depend on the order in which modules were found", () => {
  assertEquals(orderedPaths([...PATHS].reverse()), HASHED);
});

Deno.test("orderModules() takes all modules from modules.order", () => {
  const listed = [...PATHS].reverse();
  assertEquals(orderedPaths(PATHS, listed.join("\n") + "\n"), listed);
});

Deno.test("orderModules() puts what modules.order lists first, then the rest in hash order", () => {
  const text = "kernel/net/ipv6/ipv6.ko\nkernel/fs/ext4/ext4.ko\n";
  const rest = HASHED.filter((path) => !text.includes(path));
  assertEquals(orderedPaths(PATHS, text), [
    "kernel/net/ipv6/ipv6.ko",
    "kernel/fs/ext4/ext4.ko",
    ...rest,
  ]);
});

Deno.test("orderModules() keeps hash order under an empty modules.order", () => {
  assertEquals(order(PATHS, "").messages, []);
  assertEquals(orderedPaths(PATHS, ""), HASHED);
});

Deno.test("orderModules() counts the first of two equal lines", () => {
  assertEquals(orderedPaths(["a.ko", "b.ko"], "b.ko\na.ko\nb.ko\n"), ["b.ko", "a.ko"]);
});

const WITHOUT_EFFECT: readonly string[] = [
  "kernel/none.ko\n",
  "\n\n",
  "ext4.ko\n",
  "/kernel/fs/ext4/ext4.ko\n",
  "kernel//fs/ext4/ext4.ko\n",
  " kernel/fs/ext4/ext4.ko\n",
  "kernel/fs/ext4/ext4.ko \n",
  "kernel/fs/ext4/ext4.ko\r\n",
  "kernel/fs/ext4/ext4.ko.xz\n",
  "kernel/fs/ext4/ext4\n",
  "# kernel/fs/ext4/ext4.ko\n",
];

for (const text of WITHOUT_EFFECT) {
  Deno.test(`orderModules() finds no module in ${JSON.stringify(text)}`, () => {
    assertEquals(order(PATHS, text).messages, []);
    assertEquals(orderedPaths(PATHS, text), HASHED);
  });
}

Deno.test("orderModules() finds compressed modules by their uncompressed names", () => {
  const paths = ["a.ko.xz", "b.ko.zst", "c.ko", "d.ko.gz"];
  const text = "d.ko\nc.ko\nb.ko\na.ko\n";
  assertEquals(orderedPaths(paths, text), [...paths].reverse());
});

Deno.test("orderModules() ignores all of a modules.order whose last line has no newline", () => {
  const text = "kernel/net/ipv6/ipv6.ko\nkernel/fs/ext4/ext4.ko";
  assertEquals(orderedPaths(PATHS, text), HASHED);
  assertEquals(order(PATHS, text).messages, [{
    level: "error",
    code: "order-line",
    text: "/tree/modules.order:2 corrupted line misses '\\n'",
  }]);
});

Deno.test("orderModules() finds modules by the path, not by the name", () => {
  const text = "updates/a.ko\nkernel/b.ko\n";
  assertEquals(orderedPaths(["kernel/a.ko", "kernel/b.ko"], text)[0], "kernel/b.ko");
});

Deno.test("orderModules() orders nothing", () => {
  assertEquals(order([], "a.ko\n"), { order: new Uint32Array(0), messages: [] });
});
