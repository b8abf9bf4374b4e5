/**
 * Whether modules say the same, however their facts are stored.
 *
 * @module
 */
import { saySame } from "../../lib/read/same.ts";
import { assert } from "../support/assert.ts";
import { factsOf, type ModuleFacts } from "../support/facts.ts";

const MODULE: ModuleFacts = {
  exports: [{ name: "go", crc: 1n << 40n }, "stop"],
  needs: [{ name: "wait", crc: 5n, weak: true }, "go"],
  alias: ["ab", "c"],
  softdep: ["pre: x"],
  weakdep: ["y"],
};

/** Others, so that numbers of symbols and strings are not the same. */
const OTHERS: readonly ModuleFacts[] = [
  { exports: ["stop"], needs: ["other", "wait"], alias: ["c"], weakdep: ["z", "y"] },
  { exports: ["none"], softdep: ["post: x"] },
];

/** Whether a module says what `MODULE` does; one of them is among others. */
function isSame(module: ModuleFacts): boolean {
  const a = { facts: factsOf([MODULE]), module: 0 };
  const b = { facts: factsOf([...OTHERS, module, ...OTHERS]), module: 2 };
  const [there, back] = [saySame(a, b), saySame(b, a)];
  assert(there === back);
  return there;
}

Deno.test("saySame() goes by what modules say, not by where it is", () => {
  assert(isSame(MODULE));
});

const DIFFERENT: Readonly<Record<string, ModuleFacts>> = {
  "no symbol": { ...MODULE, exports: [] },
  "fewer symbols": { ...MODULE, exports: [{ name: "go", crc: 1n << 40n }] },
  "more symbols": { ...MODULE, needs: [...MODULE.needs!, "more"] },
  "another name": { ...MODULE, exports: [{ name: "gone", crc: 1n << 40n }, "stop"] },
  "another order": { ...MODULE, exports: MODULE.exports!.toReversed() },
  "the low half of another CRC": {
    ...MODULE,
    exports: [{ name: "go", crc: (1n << 40n) + 1n }, "stop"],
  },
  "the high half of another CRC": { ...MODULE, exports: [{ name: "go", crc: 1n << 41n }, "stop"] },
  "another CRC of what it needs": {
    ...MODULE,
    needs: [{ name: "wait", crc: 6n, weak: true }, "go"],
  },
  "a high half of that": {
    ...MODULE,
    needs: [{ name: "wait", crc: (1n << 32n) + 5n, weak: true }, "go"],
  },
  "a reference that is not weak": { ...MODULE, needs: [{ name: "wait", crc: 5n }, "go"] },
  "an export that it needs": { ...MODULE, exports: ["stop"], needs: ["wait", "go"] },
  "another alias": { ...MODULE, alias: ["ab", "d"] },
  "aliases cut elsewhere": { ...MODULE, alias: ["a", "bc"] },
  "aliases in one": { ...MODULE, alias: ["abc"] },
  "no softdep": { ...MODULE, softdep: [] },
  "another softdep": { ...MODULE, softdep: ["pre: y"] },
  "another weakdep": { ...MODULE, weakdep: ["x"] },
  "a softdep as a weakdep": { ...MODULE, softdep: [], weakdep: ["pre: x", "y"] },
};

for (const [what, module] of Object.entries(DIFFERENT)) {
  Deno.test(`saySame() sees ${what}`, () => {
    assert(!isSame(module));
  });
}
