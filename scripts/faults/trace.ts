/**
 * Reads what strace tells (-f -y -xx) of what was done to a directory. Strings are hexadecimal:
 *
 *     123   openat(AT_FDCWD</home>, "\x61…", O_WRONLY|O_CREAT|O_EXCL, 0644) = 30</home/\x61…>
 *     123   write(30</home/…>, "\x6e", 1) = 1
 *     123   fsync(30</home/…> <unfinished ...>
 *     124   close(7</proc/…>)                   = 0
 *     123   <... fsync resumed>)                = 0
 *
 * @module
 */
import { DiskLog, type FileNumber, type Files } from "../../tests/support/disk_model.ts";

/** A system call that came to its end. */
interface Call {
  readonly name: string;
  /** Its arguments, as strace shows them. */
  readonly text: string;
  /** Strings among them. */
  readonly strings: readonly string[];
  /** The first argument, if it is an open file. */
  readonly handle: number | undefined;
  readonly result: number;
}

/** Takes what was done to a directory from a trace. What the model does not know is an error. */
export function replayTrace(
  trace: string,
  { directory, initial }: { directory: string; initial: Files },
): DiskLog {
  const log = new DiskLog(initial);
  const replay = new Replay(log, directory);
  for (const call of parseCalls(trace)) replay.take(call);
  return log;
}

function* parseCalls(trace: string): Generator<Call> {
  const unfinished = new Map<string, string>();
  for (const line of trace.split("\n")) {
    const [, thread = "", text = ""] = /^(\d+) +(.*)$/.exec(line) ?? [];
    const begun = /^(.*?) *<unfinished \.\.\.>$/.exec(text)?.[1];
    if (begun !== undefined) unfinished.set(thread, begun);
    const rest = /^<\.\.\. \w+ resumed>(.*)$/.exec(text)?.[1];
    const call = parseCall(rest === undefined ? text : unfinished.get(thread) + rest);
    if (begun === undefined && call !== undefined) yield call;
  }
}

function parseCall(line: string): Call | undefined {
  const [, name, text, result] = /^(\w+)\((.*)\) += (-?\d+)/.exec(line) ?? [];
  if (name === undefined || text === undefined || Number(result) < 0) return undefined;
  const strings = Array.from(text.matchAll(/"((?:\\x..)*)"/g), (match) => decode(match[1]!));
  const handle = /^(\d+)/.exec(text)?.[1];
  return {
    name,
    text,
    strings,
    handle: handle === undefined ? undefined : Number(handle),
    result: Number(result),
  };
}

function decode(hexadecimal: string): string {
  return hexadecimal.replace(/\\x(..)/g, (_, digits) => String.fromCharCode(parseInt(digits, 16)));
}

/** An open file or directory. */
type Open = FileNumber | "directory";

class Replay {
  readonly #open = new Map<number, Open>();

  constructor(readonly log: DiskLog, readonly directory: string) {}

  take(call: Call): void {
    const { name, strings, handle, result } = call;
    const file = handle === undefined ? undefined : this.#open.get(handle);
    const names = strings.map((path) => this.#nameOf(path));
    if (/^(open|openat|creat)$/.test(name)) this.#takeOpen(call, names[0]);
    else if (name === "close") this.#open.delete(handle!);
    else if (file !== undefined) this.#takeUse(call, file);
    else if (names.every((inside) => inside === undefined)) return;
    else if (/^link(at)?$/.test(name)) this.log.link(names[0]!, names[1]!);
    else if (/^rename(at2?)?$/.test(name)) this.log.rename(names[0]!, names[1]!);
    else if (/^unlink(at)?$/.test(name)) this.log.remove(names[0]!);
    else throw new Error(`the model has no ${name}: ${call.text}, ${result}`);
  }

  #takeOpen({ text, result }: Call, name: string | undefined): void {
    if (name === undefined) return;
    if (name === "") this.#open.set(result, "directory");
    else if (/O_EXCL/.test(text)) this.#open.set(result, this.log.create(name));
    else if (!/O_(WRONLY|RDWR|CREAT|TRUNC)/.test(text)) {
      this.#open.set(result, this.log.find(name)!);
    } else throw new Error(`the model does not know ${text}`);
  }

  #takeUse({ name, text, strings, result }: Call, file: Open): void {
    if (/^f(data)?sync$/.test(name)) {
      this.log.events.push(
        file === "directory" ? { kind: "sync directory" } : { kind: "sync", file },
      );
    } else if (name === "write" && file !== "directory") {
      this.log.events.push({ kind: "write", file, text: strings[0]!.slice(0, result) });
    } else throw new Error(`the model has no ${name}: ${text}`);
  }

  /** The name in the directory, "" for itself; undefined for what is elsewhere. */
  #nameOf(path: string): string | undefined {
    if (path === this.directory) return "";
    return path.startsWith(`${this.directory}/`)
      ? path.slice(this.directory.length + 1)
      : undefined;
  }
}
