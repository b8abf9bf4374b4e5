/**
 * What a search found, in few values.
 *
 * @module
 */
import type { Finding } from "../../lib/discover/tree.ts";
import { packFinding, unpackFinding } from "../../lib/readers/messages.ts";
import { assertEquals } from "../support/assert.ts";

const FINDINGS: Readonly<Record<string, Finding>> = {
  "no file": { files: [], messages: [], failure: undefined },
  "one file": { files: [{ path: "/a.ko", again: false }], messages: [], failure: undefined },
  "a file that was found again": {
    files: [{ path: "/a.ko", again: true }],
    messages: [],
    failure: undefined,
  },
  "files, of which some were found again": {
    files: ["/b.ko", "/\u00e9 \n.ko", "/link/b.ko", "/\u20ac.ko"].map((path, i) => ({
      path,
      again: i > 1,
    })),
    messages: [{ level: "error", text: "why", fails: true }, { level: "warning", text: "what" }],
    failure: undefined,
  },
  "a failure": {
    files: [],
    messages: [{ level: "error", text: "why" }],
    failure: "No such file or directory",
  },
};

for (const [what, finding] of Object.entries(FINDINGS)) {
  Deno.test(`a finding of ${what} can be packed and unpacked`, () => {
    const costs = new Map(finding.files.map(({ path }, i) => [path, i + 0.5]));
    const packed = packFinding(finding, (path) => costs.get(path)!);
    assertEquals(unpackFinding(structuredClone(packed)), finding);
    assertEquals(packed.costs, Float64Array.from([...costs.values()]));
  });
}
