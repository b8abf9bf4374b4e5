/**
 * The shared workspace: one calculation at a time.
 *
 * @module
 */
import { calculate, recycle, Workspace } from "../../lib/wasm/workspace.ts";
import { assert, assertEquals, assertThrows } from "../support/assert.ts";
import { latin1 } from "../support/elf_builder.ts";

/** A text put into a workspace and copied out again. */
function copyThrough(workspace: Workspace, text: string): Uint8Array {
  const bytes = latin1(text);
  return workspace.bytes(workspace.put(bytes), bytes.length);
}

/** Both work as if nothing had been. */
function assertUsable(): void {
  assertEquals(calculate((workspace) => copyThrough(workspace, "as before")), latin1("as before"));
  const workspace = new Workspace();
  recycle(workspace);
  assertEquals(calculate((shared) => shared), workspace);
}

for (
  const [name, nest] of [
    ["calculate", () => calculate(() => "done")],
    ["recycle", () => recycle(new Workspace())],
  ] as const
) {
  Deno.test(`${name}() is refused within calculate(), which goes on`, () => {
    const result = calculate((workspace) => {
      const outer = latin1("outer");
      const address = workspace.put(outer);
      assertThrows(nest, Error, "the shared workspace is in use");
      const second = copyThrough(workspace, "more"); // it would take the place of what was cleared
      return [workspace.bytes(address, outer.length), second];
    });
    assertEquals(result, [latin1("outer"), latin1("more")]);
    assertUsable();
  });
}

Deno.test("calculate() and recycle() can be used again after work that has thrown", () => {
  const work = () => {
    throw new RangeError("the work's own");
  };
  assertThrows(() => calculate(work), RangeError, "the work's own");
  assertUsable();
});

Deno.test("calculate() clears the workspace after its work, whether it has thrown or not", () => {
  const workspace = new Workspace();
  recycle(workspace);
  const put = () => calculate((shared) => shared.put(new Uint8Array(100)));
  const putAndThrow = () =>
    calculate((shared) => {
      shared.put(new Uint8Array(100));
      throw new RangeError("the work's own");
    });
  const address = put();
  assertEquals(put(), address, "the block is free again");
  assertThrows(putAndThrow, RangeError);
  assertEquals(put(), address, "the block is free again");
});

Deno.test("recycle() takes back what was put into a workspace, once", () => {
  const workspace = new Workspace();
  const put = (shared: Workspace) => shared.put(new Uint8Array(100));
  const address = put(workspace);
  recycle(workspace);
  assertEquals(calculate(put), address);
  const [first, second] = calculate((shared) => [put(shared), put(shared)]);
  assert(first !== second, "two arrays in one place");
});
