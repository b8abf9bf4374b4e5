/**
 * modules.devname: which aliases make a line of it. Each row was checked by the reference.
 *
 * @module
 */
import { assertEquals } from "../support/assert.ts";
import { render } from "../support/render.ts";

const HEADING = "# Device nodes to trigger on-demand module loading.\n";

/** Aliases of the module `m`, and its line without the module's name, `lacks`, or nothing. */
type Row = readonly [aliases: readonly string[], outcome: string];

const ROWS: readonly Row[] = [
  [["devname:fuse", "char-major-10-229"], "fuse c10:229"],
  [["char-major-10-229", "devname:fuse"], "fuse c10:229"],
  [["devname:loop-control", "block-major-7-0"], "loop-control b7:0"],
  [["devname:net/tun", "char-major-10-200"], "net/tun c10:200"],
  [["devname:a b", "char-major-1-2"], "a b c1:2"],
  [["devname:", "char-major-1-2"], " c1:2"],
  [["pci:v1", "devname:x", "usb:v1", "char-major-1-2", "fs-x"], "x c1:2"],
  // Of several the last before both are known counts.
  [["devname:a", "devname:b", "char-major-1-2"], "b c1:2"],
  [["devname:a", "char-major-1-2", "devname:b"], "a c1:2"],
  [["devname:a", "char-major-1-2", "char-major-3-4"], "a c1:2"],
  [["char-major-1-2", "char-major-3-4", "devname:a"], "a c3:4"],
  [["char-major-1-2", "block-major-3-4", "devname:a"], "a b3:4"],
  [["block-major-3-4", "char-major-1-2", "devname:a"], "a c1:2"],
  // Without a number.
  [["devname:fuse"], "lacks"],
  [["devname:fuse", "char-major-10-*"], "lacks"],
  [["devname:fuse", "char-major-*"], "lacks"],
  [["devname:fuse", "char-major-10"], "lacks"],
  [["devname:fuse", "char-major-"], "lacks"],
  [["devname:fuse", "char_major_10_229"], "lacks"],
  [["devname:fuse", "Char-major-10-229"], "lacks"],
  [["devname:fuse", "xchar-major-10-229"], "lacks"],
  [["devname:fuse", "char-major-0x10-1"], "lacks"],
  [["devname:fuse", "char-major-a-1"], "lacks"],
  [["devname:fuse", "char-major-1 -2"], "lacks"],
  [["devname:fuse", "char -major-1-2"], "lacks"],
  // Without a name.
  [[], ""],
  [["char-major-10-229"], ""],
  [["devname", "char-major-10-229"], ""],
  [["Devname:x", "char-major-10-229"], ""],
  [["xdevname:x", "char-major-10-229"], ""],
  // Numbers as scanf(3) reads them for %u.
  [["devname:x", "char-major-10-5x"], "x c10:5"],
  [["devname:x", "char-major-10-229-1"], "x c10:229"],
  [["devname:x", "char-major-010-001"], "x c10:1"],
  [["devname:x", "char-major-+1-+2"], "x c1:2"],
  [["devname:x", "char-major--1--2"], "x c4294967295:4294967294"],
  [["devname:x", "char-major- 1- 2"], "x c1:2"],
  [["devname:x", "char-major-+-1-2"], "lacks"],
  [["devname:x", "char-major-4294967295-0"], "x c4294967295:0"],
  [["devname:x", "char-major-4294967296-4294967297"], "x c0:1"],
  [["devname:x", "char-major-99999999999-1"], "x c1215752191:1"],
  [["devname:x", "char-major-18446744073709551615-1"], "x c4294967295:1"],
  [["devname:x", "char-major-18446744073709551616-1"], "x c4294967295:1"],
  [["devname:x", "char-major--18446744073709551615-1"], "x c1:1"],
  [["devname:x", "char-major--18446744073709551616-1"], "x c4294967295:1"],
  // A bad number does not undo a good one.
  [["char-major-1-2", "char-major-x", "devname:a"], "a c1:2"],
];

function renderDevname(alias: readonly string[]) {
  return render({ modules: [{ path: "m.ko", alias }] });
}

for (const [aliases, outcome] of ROWS) {
  const found = JSON.stringify(outcome);
  Deno.test(`renderDevname() makes ${found} of ${JSON.stringify(aliases)}`, () => {
    const rendered = renderDevname(aliases);
    const isLine = outcome !== "" && outcome !== "lacks";
    assertEquals(rendered.text("modules.devname"), isLine ? `${HEADING}m ${outcome}\n` : "");
    assertEquals(rendered.messages.length, outcome === "lacks" ? 1 : 0);
  });
}

Deno.test("renderDevname() says which module lacks a number", () => {
  assertEquals(render({ modules: [{ path: "a-b.ko", alias: ["devname:x/y"] }] }).messages, [
    "error: Module 'a_b' has devname (x/y) but lacks major and minor information. Ignoring.",
  ]);
});

Deno.test("renderDevname() lists modules in their order, under one heading", () => {
  const modules = [
    { path: "z.ko", alias: ["devname:z", "char-major-1-2"] },
    { path: "n.ko", alias: ["devname:n"] },
    { path: "a.ko", alias: ["devname:a", "block-major-3-4"] },
  ];
  const text = render({ modules }).text("modules.devname");
  assertEquals(text, HEADING + "z z c1:2\na a b3:4\n");
});
