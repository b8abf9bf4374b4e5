/**
 * The line of the progress bar.
 *
 * @module
 */
import { renderProgress } from "../../lib/report/progress.ts";
import { assert, assertEquals } from "../support/assert.ts";

/** A line for a share of the work, after four seconds. */
function render(done: number, { width = 60, module = "usb_storage", elapsed = 4000 } = {}): string {
  return renderProgress({ total: 2000, left: 2000 - done, module }, { elapsed, width });
}

Deno.test("renderProgress() tells the share, the module and the time left", () => {
  const bar = (done: number) => `[${"#".repeat(done).padEnd(16)}]`;
  assertEquals(render(0), `${bar(0)}   0 %  ${"usb_storage".padEnd(21)}`.trimEnd());
  assertEquals(render(500), `${bar(4)}  25 %  ${"usb_storage".padEnd(21)}   12 s left`);
  assertEquals(render(1990), `${bar(15)}  99 %  ${"usb_storage".padEnd(21)}    1 s left`);
  assertEquals(render(2000, { module: "" }), `${bar(16)} 100 %`);
});

Deno.test("renderProgress() tells longer times in minutes and hours", () => {
  const times = [400, 60_000, 4_000_000, 400_000_000].map((elapsed) =>
    render(500, { elapsed }).slice(-9)
  );
  assertEquals(times, [" 2 s left", " 3 m left", " 3 h left", "99 h left"]);
});

for (const width of [40, 80, 200]) {
  Deno.test(`renderProgress() tells all three in ${width} columns, and leaves the last free`, () => {
    const line = render(500, { width, module: "a_module_with_a_name_that_is_longer_than_usual" });
    assert(/^\[#+ +\] {2}25 % {2}a_m\w*~ {2} *12 s left$/.test(line), line);
    assert(line.length < width, line);
  });
}

Deno.test("renderProgress() fits any terminal", () => {
  for (let width = 0; width <= 220; width++) {
    for (const done of [-10, 0, 1, 500, 2000, 2010]) {
      const line = render(done, { width });
      assert(line.length < Math.max(width, 1), `${width}: ${line}`);
    }
  }
});

Deno.test("renderProgress() shows no control characters", () => {
  assert(render(500, { module: "\x1b[2J\r\n" }).includes("\\x1b[2J\\x0d\\x0a"));
});

Deno.test("renderProgress() takes no work at all for all of it", () => {
  const none = { total: 0, left: 0, module: undefined };
  assert(renderProgress(none, { elapsed: 0, width: 80 }).includes("100 %"));
});
