/**
 * Publishing: all files or none, and no temporary file in either case.
 *
 * @module
 */
import { FatalError } from "../../lib/errors.ts";
import type { OutputFile } from "../../lib/model.ts";
import { OUTPUT_NAMES } from "../../lib/render/files.ts";
import { publishFiles as publish, type PublishOptions, touch } from "../../lib/publish/publish.ts";
import { assert, assertEquals, assertThrows } from "../support/assert.ts";
import { withTree } from "../support/temp_tree.ts";
import { decodeBytes, withTemporary } from "../support/tree.ts";

/** The eleven files; each says its own name and `text`. */
function filesOf(text: string): OutputFile[] {
  return OUTPUT_NAMES.map((name) => {
    return { name, bytes: new TextEncoder().encode(`${name}: ${text}`) };
  });
}

function publishFiles(
  directory: string,
  files: readonly OutputFile[],
  options: Partial<PublishOptions> = {},
) {
  return publish(directory, files, { sync: true, ...options });
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
  withTree({ "modules.dep": "old" }, (directory) => {
    publishFiles(directory, [{ name: "modules.dep", bytes: new Uint8Array() }]);
    assertEquals(Deno.statSync(`${directory}/modules.dep`).size, 0);
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

Deno.test("publishFiles() renames modules.dep last, and none before all are written", () => {
  withTemporary((directory) => {
    const targets: string[] = [];
    const { renameSync } = Deno;
    const rename = (from: string | URL, to: string | URL) => {
      if (targets.length === 0) assertEquals(namesIn(directory).length, OUTPUT_NAMES.length);
      targets.push(String(to));
      renameSync(from, to);
    };
    withChanges({ renameSync: rename }, () => publishFiles(directory, filesOf("new")));
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
    withChanges({ renameSync: rename }, () => {
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
    withChanges({ renameSync: rename }, () => {
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

Deno.test("publishFiles() makes no directory: one that is gone is an error", () => {
  withTemporary((root) => {
    const text = `could not write ${root}/6.1/.modules.dep.bin.depmod-`;
    const error = assertThrows(() => publishFiles(`${root}/6.1`, filesOf("new")), FatalError, text);
    assert(error.message.endsWith(": No such file or directory"), error.message);
    assertEquals(namesIn(root), []);
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
      publishFiles(directory, names.map((name) => ({ name, bytes })), { sync: true });
    } catch (error) {
      console.log(error.name + ": " + error.message);
    }`;
  const script = 'trap "" XFSZ; ulimit -f "$1"; shift; exec "$@"';
  const config = new URL("../../deno.json", import.meta.url).pathname;
  const deno = [
    Deno.execPath(),
    "run",
    "--no-lock",
    "--quiet",
    "--allow-all",
    `--config=${config}`,
  ];
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

Deno.test("publishFiles() leaves nothing in an empty directory when a write fails", () => {
  withTemporary((directory) => {
    publishLimited(directory, { size: 100_000, blocks: 20 });
    assertEquals(namesIn(directory), []);
  });
});

Deno.test("publishFiles() can write files below the limit of the tests above", () => {
  withTemporary((directory) => {
    assertEquals(publishLimited(directory, { size: 1000, blocks: 20 }), "");
    assertEquals(namesIn(directory), [...OUTPUT_NAMES].sort());
  });
});

// What has not changed.

/** Inode and times of each file. */
function describeFiles(directory: string): Record<string, string> {
  return Object.fromEntries(
    namesIn(directory).map((name) => {
      const { ino, mtime } = Deno.lstatSync(`${directory}/${name}`);
      return [name, `${ino} of ${mtime?.toISOString()}`];
    }),
  );
}

/** Gives all files of a directory an old time, in seconds since 1970. */
function age(directory: string, time: number): void {
  for (const name of namesIn(directory)) Deno.utimeSync(`${directory}/${name}`, time, time);
}

const OLD_TIME = 1_600_000_000;

Deno.test("publishFiles() leaves files alone that are the same", () => {
  withTemporary((directory) => {
    publishFiles(directory, filesOf("same"));
    age(directory, OLD_TIME);
    const before = describeFiles(directory);
    const published = publishFiles(directory, filesOf("same"));
    assertEquals(describeFiles(directory), before);
    const unchangedSince = new Date(OLD_TIME * 1000);
    assertEquals(published, { unchangedSince, replaced: [], messages: [] });
  });
});

Deno.test("publishFiles() replaces just the file that differs", () => {
  withTemporary((directory) => {
    publishFiles(directory, filesOf("same"));
    age(directory, OLD_TIME);
    const before = describeFiles(directory);
    const files = filesOf("same");
    files.find(({ name }) => name === "modules.alias")!.bytes[0] = 0x4d;
    assertEquals(publishFiles(directory, files).unchangedSince, new Date(OLD_TIME * 1000));
    const after = describeFiles(directory);
    assert(before["modules.alias"] !== after["modules.alias"]);
    assertEquals({ ...after, "modules.alias": before["modules.alias"]! }, before);
    assertEquals(Deno.readTextFileSync(`${directory}/modules.alias`), "Modules.alias: same");
  });
});

Deno.test("publishFiles() tells no time when it has replaced modules.dep", () => {
  withTemporary((directory) => {
    publishFiles(directory, filesOf("old"));
    assertEquals(publishFiles(directory, filesOf("new")).unchangedSince, undefined);
  });
});

for (const length of [1, 2, 3, 4, 5, 8, 11]) {
  Deno.test(`publishFiles() notices a change of any byte of ${length}`, () => {
    withTemporary((directory) => {
      for (let at = 0; at < length; at++) {
        const old = new Uint8Array(length);
        publishFiles(directory, [{ name: "modules.dep", bytes: old }]);
        const bytes = new Uint8Array(new ArrayBuffer(32), 3, length); // not where a word begins
        bytes[at] = 1;
        publishFiles(directory, [{ name: "modules.dep", bytes }]);
        assertEquals(Deno.readFileSync(`${directory}/modules.dep`), bytes.slice());
      }
    });
  });
}

Deno.test("publishFiles() replaces a symbolic link to a file that is the same", () => {
  withTree({ "d/modules.dep": { target: "../other" }, other: "modules.dep: same" }, (root) => {
    publishFiles(`${root}/d`, filesOf("same"));
    assertEquals(Deno.lstatSync(`${root}/d/modules.dep`).isSymlink, false);
    assertHolds(`${root}/d`, "same");
  });
});

Deno.test("touch() gives modules.dep the time of now, and nothing else", () => {
  withTemporary((directory) => {
    publishFiles(directory, filesOf("same"));
    age(directory, OLD_TIME);
    const before = describeFiles(directory);
    const start = Math.floor(Date.now() / 1000);
    touch(directory);
    const { mtime } = Deno.statSync(`${directory}/modules.dep`);
    assert(mtime!.getTime() / 1000 >= start, String(mtime));
    const after = describeFiles(directory);
    assertEquals({ ...after, "modules.dep": before["modules.dep"]! }, before);
  });
});

// Durability, and the order of things.

/** The functions that change or sync what is on the disk. */
type Changes = Pick<typeof Deno, "renameSync" | "linkSync" | "copyFileSync" | "removeSync">;

/** Runs `body` with some of the runtime's functions replaced. */
function withChanges(changes: Partial<Changes>, body: () => void): void {
  const originals: Record<string, unknown> = {};
  for (const name of Object.keys(changes) as (keyof Changes)[]) originals[name] = Deno[name];
  try {
    Object.assign(Deno, changes);
    body();
  } finally {
    Object.assign(Deno, originals);
  }
}

function fail(): never {
  throw new Error("Operation not permitted (os error 1)");
}

Deno.test("publishFiles() puts old files back where there are no hard links", () => {
  withTemporary((directory) => {
    publishFiles(directory, filesOf("old"));
    const { renameSync } = Deno;
    const changes = {
      linkSync: fail,
      renameSync: (from: string | URL, to: string | URL) => {
        if (String(to).endsWith("/modules.dep")) fail();
        renameSync(from, to);
      },
    };
    withChanges(changes, () => {
      assertThrows(() => publishFiles(directory, filesOf("new")), FatalError, "could not rename");
    });
    assertHolds(directory, "old");
  });
});

Deno.test("publishFiles() names the old files that it could not put back", () => {
  withTemporary((directory) => {
    publishFiles(directory, filesOf("old"));
    const { renameSync } = Deno;
    const changes = {
      renameSync: (from: string | URL, to: string | URL) => {
        if (String(to).endsWith("/modules.dep") || String(from).endsWith(".old")) fail();
        renameSync(from, to);
      },
    };
    const error = withResult(() =>
      withChanges(changes, () => publishFiles(directory, filesOf("new")))
    );
    const kept = namesIn(directory).filter((name) => name.endsWith(".old"));
    assertEquals(kept.length, OUTPUT_NAMES.length - 1);
    assert(error.includes("old files that could not be put back are kept as"), error);
    for (const name of kept) assert(error.includes(`${directory}/${name}`), error);
  });
});

/** The message of the error that `body` throws. */
function withResult(body: () => void): string {
  return assertThrows(body, FatalError).message;
}

Deno.test("publishFiles() renames first what modules are loaded by", () => {
  withTemporary((directory) => {
    const targets: string[] = [];
    const { renameSync } = Deno;
    const rename = (from: string | URL, to: string | URL) => {
      targets.push(String(to).slice(directory.length + 1));
      renameSync(from, to);
    };
    withChanges({ renameSync: rename }, () => publishFiles(directory, filesOf("new")));
    assertEquals(targets[0], "modules.dep.bin");
    const at = (name: string) => targets.indexOf(name);
    for (const name of ["modules.softdep", "modules.weakdep"]) {
      assert(at(name) < at("modules.alias.bin") && at(name) < at("modules.symbols.bin"), name);
    }
  });
});

for (const stopAt of [0, 5, 11]) {
  Deno.test(`publishFiles() leaves the old files when it is stopped after ${stopAt} new ones`, () => {
    withTemporary((directory) => {
      publishFiles(directory, filesOf("old"));
      let asked = 0;
      const isStopped = () => asked++ === stopAt;
      assertThrows(() => publishFiles(directory, filesOf("new"), { isStopped }), FatalError);
      assertEquals(asked, stopAt + 1);
      assertHolds(directory, "old");
    });
  });
}

Deno.test("publishFiles() does not ask whether to stop once it renames", () => {
  withTemporary((directory) => {
    const { renameSync } = Deno;
    let renamed = 0;
    const rename = (from: string | URL, to: string | URL) => {
      renamed++;
      renameSync(from, to);
    };
    withChanges({ renameSync: rename }, () => {
      publishFiles(directory, filesOf("new"), { isStopped: () => renamed > 0 });
    });
    assertEquals(renamed, OUTPUT_NAMES.length);
    assertHolds(directory, "new");
  });
});
