/**
 * Keys of files: a file that has changed is never taken for the one that was read.
 *
 * @module
 */
import {
  type CachedFiles,
  decodeKeys,
  encodeKeys,
  isAnyNewer,
  type KeyedFiles,
  matchKeys,
  newestSecond,
  takeKeys,
  trustKeys,
} from "../../lib/cache/keys.ts";
import { encodeStrings } from "../../lib/bytes/strings.ts";
import { FormatError } from "../../lib/errors.ts";
import { assert, assertEquals, assertThrows } from "../support/assert.ts";
import { withTree } from "../support/temp_tree.ts";

/** A time in milliseconds with a fraction of a second, and one without. */
const FINE = 1_700_000_000_123;
const COARSE = 1_700_000_000_000;

/** Whether a file with these times of its content and its status is trusted at a time. */
function areTrusted([modified, changed]: readonly [number, number], start: number): boolean {
  return trustKeys(Float64Array.of(5, modified, changed, 1, 2), start)[0] === 1;
}

/** Whether a file with these times is trusted when it is looked at so many milliseconds later. */
function trusts(modified: number, changed: number, later: number): boolean {
  return areTrusted([modified, changed], Math.max(modified, changed) + later);
}

Deno.test("trustKeys() does not trust a file that was changed within two ticks of a fine clock", () => {
  for (const later of [-1000, -1, 0, 1, 10, 20]) assert(!trusts(FINE, FINE, later), `${later}`);
  assert(trusts(FINE, FINE, 21));
});

Deno.test("trustKeys() does not trust a file that was changed within two seconds of a coarse clock", () => {
  for (const later of [-1, 0, 21, 1000, 2000]) assert(!trusts(COARSE, COARSE, later), `${later}`);
  assert(trusts(COARSE, COARSE, 2001));
});

Deno.test("trustKeys() goes by the status of a file whose time was set back", () => {
  assert(!trusts(COARSE - 1e9, FINE, 20));
  assert(trusts(COARSE - 1e9, FINE, 21));
});

Deno.test("trustKeys() goes by the coarser one of the two times", () => {
  assert(!trusts(FINE - 5000, COARSE, 2000));
  assert(trusts(FINE - 5000, COARSE, 2001));
  assert(!areTrusted([COARSE, COARSE + 1], COARSE + 2000));
});

Deno.test("trustKeys() does not trust a file from the future", () => {
  assert(!areTrusted([FINE + 5000, FINE], FINE + 100));
});

Deno.test("isAnyNewer() goes by the times at which the status of files changed", () => {
  const keys = Float64Array.of(5, FINE + 9, FINE - 1, 1, 2, 5, COARSE, FINE, 1, 3);
  assertEquals([FINE - 1, FINE, FINE + 1].map((time) => isAnyNewer(keys, time)), [
    true,
    false,
    false,
  ]);
  assertEquals(isAnyNewer(new Float64Array(5).fill(NaN), 0), false);
  assertEquals(isAnyNewer(new Float64Array(), 0), false);
});

const FILES = { "a.ko": "a", "b.ko": "b" };

/** Files with their keys as they are now. */
function keyed(texts: readonly string[]): KeyedFiles {
  const paths = encodeStrings(texts);
  return { paths, numbers: takeKeys(texts) };
}

/** The same as files of a cache, all of them trusted. */
function trusted(paths: readonly string[]): CachedFiles {
  return { ...keyed(paths), trusted: new Uint8Array(paths.length).fill(1) };
}

/** Positions of the files in what was known before `change`, which gets the directory. */
function matchAfter(change: (root: string) => void): number[] {
  return withTree(FILES, (root) => {
    const paths = Object.keys(FILES).map((name) => `${root}/${name}`);
    const cached = trusted(paths);
    change(root);
    return [...matchKeys(keyed(paths), cached)];
  });
}

function wait(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

Deno.test("matchKeys() finds files that have not changed", () => {
  assertEquals(matchAfter(() => {}), [0, 1]);
});

const CHANGES: Readonly<Record<string, (file: string) => void>> = {
  "written anew": (file) => Deno.writeTextFileSync(file, "c"),
  "given the mode that it has": (file) => Deno.chmodSync(file, 0o644),
  "replaced by another one": (file) => {
    Deno.writeTextFileSync(`${file}.new`, "c");
    Deno.renameSync(`${file}.new`, file);
  },
};

/** Changes a file, and gives it the time that it had. */
function changeUnseen(file: string, change: (file: string) => void): void {
  const { atime, mtime } = Deno.statSync(file);
  change(file);
  Deno.utimeSync(file, atime!, mtime!);
}

for (const [about, change] of Object.entries(CHANGES)) {
  Deno.test(`matchKeys() does not find a file ${about}, whose size and time are the same`, () => {
    const positions = matchAfter((root) => {
      wait(1100); // the next second
      changeUnseen(`${root}/b.ko`, change);
    });
    assertEquals(positions, [0, -1]);
  });

  Deno.test(`matchKeys() does not find a file ${about} at once, whose size and time are the same`, () => {
    withTree({ "b.ko": "b" }, (root) => {
      wait(50); // no longer than a second
      const found = keyed([`${root}/b.ko`]);
      const cached = { ...found, trusted: trustKeys(found.numbers, Date.now()) };
      changeUnseen(`${root}/b.ko`, change);
      assertEquals([...matchKeys(keyed([`${root}/b.ko`]), cached)], [-1]);
    });
  });
}

Deno.test("matchKeys() finds neither a file that is gone nor one that was not there", () => {
  assertEquals(matchAfter((root) => Deno.removeSync(`${root}/a.ko`)), [-1, 1]);
  withTree(FILES, (root) => {
    const cached = trusted([`${root}/c.ko`]);
    assertEquals([...matchKeys(keyed([`${root}/c.ko`]), cached)], [-1]);
  });
});

Deno.test("matchKeys() finds no file whose key was not trusted", () => {
  withTree(FILES, (root) => {
    const paths = [`${root}/a.ko`, `${root}/b.ko`];
    const cached = { ...keyed(paths), trusted: Uint8Array.of(0, 1) };
    assertEquals([...matchKeys(keyed(paths), cached)], [-1, 1]);
  });
});

Deno.test("matchKeys() compares each number of a key", () => {
  withTree(FILES, (root) => {
    const cached = trusted([`${root}/a.ko`]);
    for (const [i, number] of cached.numbers.entries()) {
      for (const other of [number + 1, NaN, Infinity, -number]) {
        const numbers = cached.numbers.with(i, other);
        const found = matchKeys(keyed([`${root}/a.ko`]), { ...cached, numbers });
        assertEquals([...found], [other === number ? 0 : -1], `${i}: ${other}`);
      }
    }
  });
});

Deno.test("matchKeys() finds files by their paths, wherever they are", () => {
  withTree(FILES, (root) => {
    const [a, b] = [`${root}/a.ko`, `${root}/b.ko`];
    assertEquals([...matchKeys(keyed([b, a]), trusted([a, `${root}/none`, b]))], [2, 0]);
  });
});

Deno.test("newestSecond() is that of the newest file, or none if one cannot be looked at", () => {
  withTree(FILES, (root) => {
    Deno.utimeSync(`${root}/a.ko`, 7, 1e9 + 0.9);
    Deno.utimeSync(`${root}/b.ko`, 8, 5);
    const paths = [`${root}/a.ko`, `${root}/b.ko`];
    assertEquals(newestSecond(keyed(paths).numbers), 1e9);
    assertEquals(newestSecond(keyed([...paths, `${root}/c.ko`]).numbers), Infinity);
  });
});

Deno.test("decodeKeys() gives what was encoded, and refuses keys of no path", () => {
  withTree(FILES, (root) => {
    const keys = trusted([`${root}/a.ko`, `${root}/b.ko`]);
    assertEquals(decodeKeys(encodeKeys(keys)), keys);
    const fewer = { ...keys, numbers: keys.numbers.slice(1) };
    assertThrows(() => decodeKeys(encodeKeys(fewer)), FormatError);
    const more = { ...keys, trusted: new Uint8Array(3) };
    assertThrows(() => decodeKeys(encodeKeys(more)), FormatError);
  });
});
