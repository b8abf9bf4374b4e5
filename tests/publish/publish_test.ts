/**
 * Publishing: all files or none, and no temporary file in either case.
 *
 * @module
 */
import { FatalError } from "../../lib/errors.ts";
import type { OutputFile } from "../../lib/model.ts";
import { OUTPUT_NAMES } from "../../lib/render/files.ts";
import { publishFiles } from "../../lib/publish/publish.ts";
import { assert, assertEquals, assertThrows } from "../support/assert.ts";
import { withTree } from "../support/temp_tree.ts";
import { decodeBytes, withTemporary } from "../support/tree.ts";

/** The eleven files; each says its own name and `text`. */
function filesOf(text: string): OutputFile[] {
  return OUTPUT_NAMES.map((name) => {
    return { name, bytes: new TextEncoder().encode(`${name}: ${text}`) };
  });
}

/** Names of all entries, sorted. */
function namesIn(directory: string): string[] {
  return Array.from(Deno.readDirSync(directory), ({ name }) => name).sort();
}

/** Whether the directory holds the eleven files as `filesOf(text)` has them, and nothing else. */
function assertHolds(directory: string, text: string): void {
  assertEquals(namesIn(directory), [...OUTPUT_NAMES].sort());
  for (const name of OUTPUT_NAMES) {
    assertEquals(Deno.readTextFileSync(`${directory}/${name}`), `${name}: ${text}`);
  }
}

function modeOf(path: string): string {
  return ((Deno.statSync(path).mode ?? 0) & 0o7777).toString(8);
}

Deno.test("publishFiles() writes all files, and leaves nothing else", () => {
  withTemporary((directory) => {
    publishFiles(directory, filesOf("new"));
    assertHolds(directory, "new");
  });
});

Deno.test("publishFiles() replaces what was there, longer files too", () => {
  withTemporary((directory) => {
    publishFiles(directory, filesOf("old, and longer"));
    publishFiles(directory, filesOf("new"));
    assertHolds(directory, "new");
  });
});

Deno.test("publishFiles() leaves other files alone", () => {
  withTree({ "modules.order": "a.ko\n", "modules.dep": "old" }, (root) => {
    publishFiles(root, filesOf("new"));
    assertEquals(Deno.readTextFileSync(`${root}/modules.order`), "a.ko\n");
    assertEquals(namesIn(root), [...OUTPUT_NAMES, "modules.order"].sort());
  });
});

Deno.test("publishFiles() writes empty files", () => {
  withTemporary((directory) => {
    publishFiles(directory, [{ name: "modules.devname", bytes: new Uint8Array() }]);
    assertEquals(Deno.statSync(`${directory}/modules.devname`).size, 0);
  });
});

Deno.test("publishFiles() writes large files whole", () => {
  withTemporary((directory) => {
    const bytes = new Uint8Array(5_000_000).map((_, i) => i * 7);
    publishFiles(directory, [{ name: "modules.dep", bytes }]);
    assertEquals(Deno.readFileSync(`${directory}/modules.dep`), bytes);
  });
});

Deno.test("publishFiles() makes files that all may read and the owner may write", () => {
  withTemporary((directory) => {
    publishFiles(directory, filesOf("new"));
    assertEquals(
      OUTPUT_NAMES.map((name) => modeOf(`${directory}/${name}`)),
      OUTPUT_NAMES.map(() => "644"),
    );
  });
});

Deno.test("publishFiles() does not keep the mode of a file that it replaces", () => {
  withTree({ "modules.dep": "old" }, (root) => {
    Deno.chmodSync(`${root}/modules.dep`, 0o600);
    publishFiles(root, filesOf("new"));
    assertEquals(modeOf(`${root}/modules.dep`), "644");
  });
});

Deno.test("publishFiles() creates the directory and its parents, which all may enter", () => {
  withTemporary((root) => {
    publishFiles(`${root}/lib/modules/6.1`, filesOf("new"));
    assertHolds(`${root}/lib/modules/6.1`, "new");
    for (const path of ["lib", "lib/modules", "lib/modules/6.1"]) {
      assertEquals(modeOf(`${root}/${path}`), "755", path);
    }
  });
});

Deno.test("publishFiles() replaces a symbolic link, and not what it points to", () => {
  withTree({ "d/modules.dep": { target: "../precious" }, precious: "kept" }, (root) => {
    publishFiles(`${root}/d`, filesOf("new"));
    assertEquals(Deno.readTextFileSync(`${root}/precious`), "kept");
    assertEquals(Deno.lstatSync(`${root}/d/modules.dep`).isSymlink, false);
    assertHolds(`${root}/d`, "new");
  });
});

Deno.test("publishFiles() replaces a hard link, and not the file's other name", () => {
  withTree({ "other": "kept", "d/modules.order": "" }, (root) => {
    Deno.linkSync(`${root}/other`, `${root}/d/modules.dep`);
    publishFiles(`${root}/d`, filesOf("new"));
    assertEquals(Deno.readTextFileSync(`${root}/other`), "kept");
    assertEquals(Deno.readTextFileSync(`${root}/d/modules.dep`), "modules.dep: new");
  });
});

/** Runs `body` with `rename` instead of the system's function. */
function withRename(rename: typeof Deno.renameSync, body: () => void): void {
  const original = Deno.renameSync;
  Deno.renameSync = rename;
  try {
    body();
  } finally {
    Deno.renameSync = original;
  }
}

Deno.test("publishFiles() renames modules.dep last, and none before all are written", () => {
  withTemporary((directory) => {
    const targets: string[] = [];
    const { renameSync } = Deno;
    const rename = (from: string | URL, to: string | URL) => {
      if (targets.length === 0) assertEquals(namesIn(directory).length, OUTPUT_NAMES.length);
      targets.push(String(to));
      renameSync(from, to);
    };
    withRename(rename, () => publishFiles(directory, filesOf("new")));
    assertEquals(targets.at(-1), `${directory}/modules.dep`);
    assertEquals(targets.toSorted(), OUTPUT_NAMES.map((name) => `${directory}/${name}`).toSorted());
  });
});

Deno.test("publishFiles() puts the old files back if one of them cannot be replaced", () => {
  withTemporary((directory) => {
    publishFiles(directory, filesOf("old"));
    const { renameSync } = Deno;
    const rename = (from: string | URL, to: string | URL) => {
      if (String(to).endsWith("/modules.symbols")) throw new Error("Is a directory (os error 21)");
      renameSync(from, to);
    };
    withRename(rename, () => {
      const error = assertThrows(() => publishFiles(directory, filesOf("new")), FatalError);
      assert(error.message.startsWith("could not rename"), error.message);
    });
    assertHolds(directory, "old");
  });
});

Deno.test("publishFiles() leaves no temporary files when they cannot be renamed", () => {
  withTemporary((directory) => {
    publishFiles(directory, filesOf("old"));
    const rename = () => {
      throw new Error("Input/output error (os error 5)");
    };
    withRename(rename, () => {
      const error = assertThrows(() => publishFiles(directory, filesOf("new")), FatalError);
      assert(error.message.endsWith(": Input/output error"), error.message);
    });
    assertHolds(directory, "old");
  });
});

Deno.test("publishFiles() gives modules.dep a time stamp no older than the others'", () => {
  withTemporary((directory) => {
    publishFiles(directory, filesOf("new"));
    const times = OUTPUT_NAMES.map((name) =>
      Deno.statSync(`${directory}/${name}`).mtime!.getTime()
    );
    assertEquals(Deno.statSync(`${directory}/modules.dep`).mtime!.getTime(), Math.max(...times));
  });
});

Deno.test("publishFiles() replaces nothing when a directory stands in one file's place", () => {
  withTree({ "modules.symbols.bin/x": "" }, (root) => {
    const old = OUTPUT_NAMES.filter((name) => name !== "modules.symbols.bin");
    for (const name of old) Deno.writeTextFileSync(`${root}/${name}`, "old");
    const error = assertThrows(() => publishFiles(root, filesOf("new")), FatalError);
    assertEquals(error.message, `could not write ${root}/modules.symbols.bin: Is a directory`);
    assertEquals(namesIn(root), [...OUTPUT_NAMES].sort());
    for (const name of old) assertEquals(Deno.readTextFileSync(`${root}/${name}`), "old", name);
  });
});

Deno.test("publishFiles() refuses an empty directory in a file's place too", () => {
  withTree({ "modules.dep/x": "" }, (root) => {
    Deno.removeSync(`${root}/modules.dep/x`);
    const text = `could not write ${root}/modules.dep: Is a directory`;
    assertThrows(() => publishFiles(root, filesOf("new")), FatalError, text);
    assertEquals(namesIn(root), ["modules.dep"]);
  });
});

Deno.test("publishFiles() fails where a file stands in the directory's place", () => {
  withTree({ "lib/6.1": "a file" }, (root) => {
    const text = `could not create directory ${root}/lib/6.1: `;
    assertThrows(() => publishFiles(`${root}/lib/6.1`, filesOf("new")), FatalError, text);
    assertEquals(Deno.readTextFileSync(`${root}/lib/6.1`), "a file");
  });
});

Deno.test("publishFiles() fails where a file stands in a parent's place", () => {
  withTree({ "lib": "a file" }, (root) => {
    const text = `could not create directory ${root}/lib/6.1: Not a directory`;
    assertThrows(() => publishFiles(`${root}/lib/6.1`, filesOf("new")), FatalError, text);
  });
});

/** Publishes files of `size` bytes, in a process of its own that may write `blocks` of 512. */
function publishLimited(directory: string, { size, blocks }: { size: number; blocks: number }) {
  const module = new URL("../../lib/publish/publish.ts", import.meta.url).href;
  const code = `
    import { publishFiles } from ${JSON.stringify(module)};
    const [directory, size, ...names] = Deno.args;
    const bytes = new Uint8Array(Number(size)).fill(0x6e);
    try {
      publishFiles(directory, names.map((name) => ({ name, bytes })));
    } catch (error) {
      console.log(error.name + ": " + error.message);
    }`;
  const script = 'trap "" XFSZ; ulimit -f "$1"; shift; exec "$@"';
  const deno = [Deno.execPath(), "run", "--no-lock", "--quiet", "--allow-all"];
  return withTree({ "main.js": code }, (root) => {
    const args = [directory, String(size), ...OUTPUT_NAMES];
    const { stdout } = new Deno.Command("sh", {
      args: ["-c", script, "sh", String(blocks), ...deno, `${root}/main.js`, ...args],
      env: { DENO_NO_UPDATE_CHECK: "1" },
    }).outputSync();
    return decodeBytes(stdout);
  });
}

Deno.test("publishFiles() leaves the old files when a write fails", () => {
  withTemporary((directory) => {
    publishFiles(directory, filesOf("old"));
    const message = publishLimited(directory, { size: 100_000, blocks: 20 });
    assert(
      /^FatalError: could not write .*\/\.modules\..*: File too large\n$/.test(message),
      message,
    );
    assertHolds(directory, "old");
  });
});

Deno.test("publishFiles() leaves nothing in a new directory when a write fails", () => {
  withTemporary((root) => {
    publishLimited(`${root}/lib/6.1`, { size: 100_000, blocks: 20 });
    assertEquals(namesIn(`${root}/lib/6.1`), []);
  });
});

Deno.test("publishFiles() can write files below the limit of the tests above", () => {
  withTemporary((directory) => {
    assertEquals(publishLimited(directory, { size: 1000, blocks: 20 }), "");
    assertEquals(namesIn(directory), [...OUTPUT_NAMES].sort());
  });
});
