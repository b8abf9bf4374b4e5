/**
 * Records what code in this process does to a directory, by replacing the runtime's functions.
 *
 * @module
 */
import { INTERRUPTED } from "../../lib/model.ts";
import { type Content, DiskLog, type FileNumber, type Files } from "./disk_model.ts";
import { decodeBytes } from "./tree.ts";

/** The functions that are replaced. */
type Replaced = Pick<
  typeof Deno,
  "openSync" | "linkSync" | "copyFileSync" | "renameSync" | "removeSync" | "utimeSync"
>;

/** Calls `body`, and records what it does to a directory. */
export function record(directory: string, body: () => void): DiskLog {
  const log = new DiskLog(readFiles(directory));
  const nameOf = (path: string | URL) => String(path).slice(directory.length + 1);
  const { openSync, linkSync, renameSync, removeSync, utimeSync } = Deno;
  const replacements: Replaced = {
    openSync: (path, options) => {
      const file = openSync(path, options);
      return recordFile(file, log, { name: nameOf(path), isNew: options?.createNew ?? false });
    },
    linkSync: (from, to) => {
      linkSync(from, to);
      log.link(nameOf(from), nameOf(to));
    },
    copyFileSync: () => {
      throw new Error("a copy is not recorded");
    },
    renameSync: (from, to) => {
      renameSync(from, to);
      log.rename(nameOf(from), nameOf(to));
    },
    removeSync: (path, options) => {
      removeSync(path, options);
      log.remove(nameOf(path));
    },
    utimeSync: (path, atime, mtime) => {
      utimeSync(path, atime, mtime);
      if (Number(mtime) === INTERRUPTED) {
        log.events.push({ kind: "age", file: log.find(nameOf(path))! });
      }
    },
  };
  const originals = { ...Deno };
  try {
    Object.assign(Deno, replacements);
    body();
  } finally {
    for (const name of Object.keys(replacements) as (keyof Replaced)[]) {
      Object.assign(Deno, { [name]: originals[name] });
    }
  }
  return log;
}

/** Makes an open file, or directory, tell what is done to it. */
function recordFile(
  file: Deno.FsFile,
  log: DiskLog,
  { name, isNew }: { name: string; isNew: boolean },
): Deno.FsFile {
  const number: FileNumber | undefined = isNew ? log.create(name) : log.find(name);
  const { writeSync, syncSync } = file;
  file.writeSync = (bytes) => {
    const length = writeSync.call(file, bytes);
    log.events.push({ kind: "write", file: number!, text: decodeBytes(bytes.subarray(0, length)) });
    return length;
  };
  file.syncSync = () => {
    syncSync.call(file);
    log.events.push(
      number === undefined ? { kind: "sync directory" } : { kind: "sync", file: number },
    );
  };
  return file;
}

/** What a directory's files hold; of those that are `wanted`. */
export function readFiles(directory: string, wanted = (_name: string) => true): Files {
  const names = Array.from(Deno.readDirSync(directory), ({ name }) => name).filter(wanted).sort();
  return new Map(names.map((name): [string, Content] => {
    const path = `${directory}/${name}`;
    const text = decodeBytes(Deno.readFileSync(path));
    return [name, { text, isAged: Deno.statSync(path).mtime?.getTime() === INTERRUPTED }];
  }));
}
