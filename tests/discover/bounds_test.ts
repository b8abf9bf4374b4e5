/**
 * How far symbolic links may lead.
 *
 * @module
 */
import {
  checkPlace,
  findRealPaths,
  isWithin,
  OutOfBoundsError,
  resolveLink,
} from "../../lib/discover/bounds.ts";
import { FatalError } from "../../lib/errors.ts";
import { assert, assertEquals, assertThrows } from "../support/assert.ts";
import { type TreeFiles, withTree } from "../support/temp_tree.ts";

/** The message of what is thrown, with `@` for the root. */
function refusal<E extends Error>(
  root: string,
  // deno-lint-ignore no-explicit-any
  errorClass: new (...args: any[]) => E,
  body: () => void,
): string {
  return assertThrows(body, errorClass).message.replaceAll(root, "@");
}

Deno.test("findRealPaths() gives where each path leads, and nothing for one that leads nowhere", () => {
  const files = {
    "dir/file": "",
    "to-dir": { target: "dir" },
    "to-file": { target: "to-dir/file" },
    "to-nothing": { target: "none" },
    "to-itself": { target: "to-itself" },
  };
  withTree(files, (root) => {
    const paths = ["dir", "to-dir", "to-file", "to-nothing", "none", "to-itself", "dir/../dir/"];
    assertEquals(findRealPaths(paths.map((path) => `${root}/${path}`)), [
      `${root}/dir`,
      `${root}/dir`,
      `${root}/dir/file`,
      `${root}/dir`,
    ]);
  });
});

for (
  const [real, bounds, want] of [
    ["/a/b", ["/a/b"], true],
    ["/a/b/c/d", ["/a/b"], true],
    ["/a/b", ["/x", "/a"], true],
    ["/a/bc", ["/a/b"], false],
    ["/a", ["/a/b"], false],
    ["/", ["/a"], false],
    ["/a/b", ["/"], true],
    ["/", ["/"], true],
    ["/a", [], false],
  ] as const
) {
  Deno.test(`isWithin() ${want ? "finds" : "misses"} ${real} in [${bounds.join(" ")}]`, () => {
    assertEquals(isWithin(real, bounds), want);
  });
}

const LINKS: TreeFiles = {
  "in/file": "",
  "in/deep/file": "",
  "in/beside": { target: "file" },
  "in/around": { target: "../out/back" },
  "in/leaves": { target: "../out/file" },
  "in/leaves-late": { target: "deep/../leaves" },
  "in/top": { target: ".." },
  "in/dir": { target: "../out" },
  "in/none": { target: "nothing" },
  "in/own": { target: "own" },
  "in/two\nlines": { target: "../out/file" },
  "inner/file": "",
  "in/similar": { target: "../inner/file" },
  "out/file": "",
  "out/back": { target: "../in/file" },
};

for (const path of ["in", "in/file", "in/deep/file", "in/beside", "in/around", "in/../in/file"]) {
  Deno.test(`resolveLink() lets ${path} pass, which leads to a place in the bounds`, () => {
    withTree(LINKS, (root) => {
      const real = resolveLink(`${root}/${path}`, { granted: [`${root}/in`], reach: [] });
      assertEquals(real, Deno.realPathSync(`${root}/${path}`));
    });
  });
}

for (
  const [path, target, directory] of [
    ["in/leaves", "@/out/file", "@/out"],
    ["in/leaves-late", "@/out/file", "@/out"],
    ["in/dir/file", "@/out/file", "@/out"],
    ["in/../out/file", "@/out/file", "@/out"],
    ["in/similar", "@/inner/file", "@/inner"],
    ["in/two\\x0alines", "@/out/file", "@/out"],
  ] as const
) {
  Deno.test(`resolveLink() refuses ${path}, tells where it leads and what would permit it`, () => {
    withTree(LINKS, (root) => {
      const named = `${root}/${path.replace("\\x0a", "\n")}`;
      const text = refusal(root, OutOfBoundsError, () => {
        resolveLink(named, { granted: [`${root}/in`], reach: [] });
      });
      assertEquals(
        text,
        `@/${path} leads to ${target}, where nothing may be read: ` +
          `--allow-read=${directory} would permit it`,
      );
    });
  });
}

for (const path of ["in/top", "in/dir"]) {
  Deno.test(`resolveLink() refuses ${path}, a directory`, () => {
    withTree(LINKS, (root) => {
      const bounds = { granted: [`${root}/in`], reach: [] };
      assertThrows(() => resolveLink(`${root}/${path}`, bounds), OutOfBoundsError);
    });
  });
}

Deno.test("resolveLink() refuses everything where there are no bounds", () => {
  withTree(LINKS, (root) => {
    const bounds = { granted: [], reach: [] };
    assertThrows(() => resolveLink(`${root}/in/file`, bounds), OutOfBoundsError);
  });
});

Deno.test("resolveLink() leaves the error of the system for what leads nowhere", () => {
  withTree(LINKS, (root) => {
    const bounds = { granted: [`${root}/in`], reach: ["/"] };
    for (const path of ["in/absent", "in/none", "out/absent"]) {
      assertThrows(() => resolveLink(`${root}/${path}`, bounds), Deno.errors.NotFound);
    }
    const error = assertThrows(
      () => resolveLink(`${root}/in/own`, bounds),
      Error,
      "symbolic links",
    );
    assert(!(error instanceof OutOfBoundsError));
  });
});

Deno.test("resolveLink() follows links within reach, to where they lead", () => {
  withTree(LINKS, (root) => {
    const bounds = { granted: [`${root}/in`], reach: [root] };
    assertEquals(resolveLink(`${root}/in/leaves`, bounds), `${root}/out/file`);
    assertEquals(resolveLink(`${root}/in/dir`, bounds), `${root}/out`);
    assertEquals(resolveLink(`${root}/in/similar`, bounds), `${root}/inner/file`);
  });
});

for (const target of ["/dev/zero", "/proc/self/status", "/sys"]) {
  Deno.test(`resolveLink() refuses a link to ${target}, whatever the bounds`, () => {
    withTree({ link: { target } }, (root) => {
      for (const bounds of [{ granted: ["/"], reach: [] }, { granted: [], reach: ["/"] }]) {
        const error = assertThrows(() => resolveLink(`${root}/link`, bounds), OutOfBoundsError);
        assert(error.message.endsWith(": no module is read below /dev, /proc, /sys"));
        assertEquals(error.remedy, undefined);
      }
    });
  });
}

/** The tree of an image, the links on the way to it, and the system around the image. */
const PLACES: TreeFiles = {
  "host/lib/modules/1.0/file": "",
  "host/empty/file": "",
  "plain/lib/modules/1.0/file": "",
  "usr/usr/lib/modules/1.0/file": "",
  "usr/lib": { target: "usr/lib" },
  "sibling/lib/modules/1.0": { target: "1.0-real" },
  "sibling/lib/modules/1.0-real/file": "",
  "image": { target: "plain" },
  "lib/lib": { target: "../host/lib" },
  "modules/lib/modules": { target: "../../host/lib/modules" },
  "version/lib/modules/1.0": { target: "../../../host/lib/modules/1.0" },
  "lib-to-empty/lib": { target: "../host/empty" },
  "modules-to-empty/lib/modules": { target: "../../host/empty" },
  "through/lib": { target: "up/lib" },
  "through/up": { target: "../host" },
  "version-to-lib/lib/modules/1.0": { target: "../other" },
  "version-to-lib/lib/other/file": "",
};

/** Checks the tree of an image in PLACES. */
function check(top: string, image: string, elsewhere: readonly string[] = []): void {
  const root = `${top}/${image}`;
  const remedy = (real: string) => `see ${real}`;
  checkPlace(`${root}/lib/modules/1.0`, { root, elsewhere, remedy });
}

for (const image of ["plain", "usr", "sibling", "image", "absent", "version-to-lib"]) {
  Deno.test(`checkPlace() lets a place pass to which no link leads out (${image})`, () => {
    withTree(PLACES, (root) => check(root, image));
  });
}

for (
  const [image, target] of [
    ["lib", "@/host/lib"],
    ["modules", "@/host/lib/modules"],
    ["version", "@/host/lib/modules/1.0"],
    ["modules-to-empty", "@/host/empty"],
    ["lib-to-empty", "@/host/empty"], // where the rest can be made
    ["through", "@/host/lib"],
  ] as const
) {
  Deno.test(`checkPlace() ends the run where a link leads out (${image})`, () => {
    withTree(PLACES, (root) => {
      const text = refusal(root, FatalError, () => check(root, image));
      assert(text.startsWith(`@/${image}/lib`), text);
      assert(text.includes(` is a link out of @/${image}`), text);
      assert(text.includes(`, to ${target}`), text);
    });
  });
}

Deno.test("checkPlace() lets a link lead out to the bounds, and nowhere else", () => {
  withTree(PLACES, (root) => {
    for (const image of ["lib", "modules", "version"]) {
      check(root, image, [`${root}/host`]);
      check(root, image, ["/"]);
      assertThrows(() => check(root, image, [`${root}/plain`]), FatalError);
    }
    check(root, "version", [`${root}/host/lib/modules/1.0`]);
  });
});

Deno.test("checkPlace() lets links lead anywhere where the root is that of the system", () => {
  withTree(PLACES, (root) => {
    const options = { root: "/", elsewhere: [], remedy: (real: string) => real };
    for (const image of ["lib", "modules", "version"]) {
      checkPlace(`${root}/${image}/lib/modules/1.0`, options);
    }
  });
});
