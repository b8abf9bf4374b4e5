/**
 * Attempts at all that a thread of the program might do, and the worker that makes them instead of
 * a reader or the writer: with its permissions, when it gets its first message, before it does that
 * thread's work by its own code. See confinement_probe.ts.
 *
 * Every attempt leaves the tree as it was but for files of new names that are no modules'.
 *
 * Not tried is what Deno does not check: mode and owner of a file that is open to be read (node:fs
 * has `fchmod` and `fchown`; before Deno 2.6 and in Deno 2.9, `futimes` too); and `import()`, which
 * takes packages from npm when run from source, and JavaScript and JSON from any file in an
 * executable.
 *
 * @module
 */

/** A file, and the directory that it is in. */
export interface Place {
  readonly directory: string;
  readonly file: string;
}

/** Where files are read and written: where modules are, where the output goes, and elsewhere. */
export type Places = Readonly<Record<"tree" | "output" | "outside", Place>>;

/** What came of each way to do a thing: `done`, or the name of the error. */
export type Outcomes = Readonly<Record<string, string>>;

/** What a thread could do. */
export type Findings = Readonly<Record<string, Outcomes>>;

/** What the probe passes to a worker as its name. */
export interface Assignment {
  /** The program's own code for this thread. */
  readonly source: string;
  readonly places: Places;
}

/** Ways to do one thing. */
type Ways = Readonly<Record<string, () => unknown>>;

/** A port that nobody listens on. */
const NOBODY_THERE = 65_534;

/** Deno 2.4 lets everybody set the times of a file that is open to be read. */
const CHECKS_OPEN_FILES = !/^2\.[45]\./.test(Deno.version.deno);

/** The global one may be another, in the probe's main thread. */
const PlainWorker = Worker;

/** Makes all attempts, and returns what came of each. */
export async function attemptAll({ tree, output, outside }: Places): Promise<Findings> {
  const things: Readonly<Record<string, Ways>> = {
    "read tree": waysToRead(tree),
    "read output": waysToRead(output),
    "read outside": waysToRead(outside),
    "write tree": waysToWrite(tree),
    "write output": waysToWrite(output),
    "write outside": waysToWrite(outside),
    "make links": waysToLink(outside),
    "all files": waysToAllFiles(),
    "environment": waysToEnvironment(),
    "network": waysToNetwork(),
    "processes": waysToProcesses(),
    "foreign code": waysToForeignCode(),
    "system information": waysToSystem(),
    "kernel release": { osRelease: () => Deno.osRelease() },
    "more than files": waysToMore(),
  };
  const findings: Record<string, Outcomes> = {};
  for (const [thing, ways] of Object.entries(things)) {
    const outcomes: Record<string, string> = {};
    for (const [way, attempt] of Object.entries(ways)) outcomes[way] = await outcomeOf(attempt);
    findings[thing] = outcomes;
  }
  return findings;
}

async function outcomeOf(attempt: () => unknown): Promise<string> {
  try {
    await attempt();
    return "done";
  } catch (error) {
    return error instanceof Error ? error.name : String(error);
  }
}

function waysToRead({ directory, file }: Place): Ways {
  const up = `..${file.slice(directory.lastIndexOf("/"))}`;
  return {
    readFile: () => Deno.readFileSync(file),
    "readFile, later": () => Deno.readFile(file),
    open: () => Deno.openSync(file).close(),
    stat: () => Deno.statSync(file),
    lstat: () => Deno.lstatSync(file),
    realPath: () => Deno.realPathSync(file),
    readDir: () => [...Deno.readDirSync(directory)],
    "a path with ..": () => Deno.readFileSync(`${directory}/${up}`),
    watch: () => Deno.watchFs(directory).close(),
    fetch: async () => await (await fetch(new URL(file, "file:"))).bytes(),
    "node:fs": async () => (await import("node:fs")).readFileSync(file),
  };
}

function waysToWrite(place: Place): Ways {
  const { directory, file } = place;
  return {
    writeFile: () => Deno.writeTextFileSync(newName(place), "probe"),
    "writeFile, later": () => Deno.writeTextFile(newName(place), "probe"),
    "open to write": () => Deno.openSync(file, { write: true }).close(),
    "open to append": () => Deno.openSync(file, { append: true }).close(),
    "open to create": () => Deno.openSync(newName(place), { write: true, createNew: true }).close(),
    mkdir: () => Deno.mkdirSync(newName(place)),
    makeTempFile: () => Deno.makeTempFileSync({ dir: directory }),
    truncate: () => Deno.truncateSync(file, Deno.statSync(file).size),
    chmod: () => Deno.chmodSync(file, 0o644),
    utime: () => Deno.utimeSync(file, 1, 1),
    ...(CHECKS_OPEN_FILES ? { "utime of an open file": () => setTime(file) } : {}),
    link: () => Deno.linkSync(file, newName(place)),
    copyFile: () => Deno.copyFileSync(file, newName(place)),
    "rename and remove": () => {
      const [from, to] = [newName(place), newName(place)];
      Deno.writeTextFileSync(from, "probe");
      Deno.renameSync(from, to);
      Deno.removeSync(to);
    },
    remove: () => Deno.removeSync(Deno.makeTempDirSync({ dir: directory })),
    "node:fs": async () => (await import("node:fs")).writeFileSync(newName(place), "probe"),
  };
}

function waysToLink(place: Place): Ways {
  return {
    "symbolic link": () => Deno.symlinkSync("nowhere", newName(place)),
  };
}

function setTime(file: string): void {
  using opened = Deno.openSync(file);
  opened.utimeSync(1, 1);
}

function newName({ directory }: Place): string {
  return `${directory}/probe-${crypto.randomUUID()}`;
}

function waysToAllFiles(): Ways {
  return {
    "ask to read": () => ask({ name: "read" }),
    "ask to write": () => ask({ name: "write" }),
    "a worker that reads": () => startNested({ read: true }),
    "a worker that writes": () => startNested({ write: true }),
  };
}

function waysToEnvironment(): Ways {
  return {
    get: () => Deno.env.get("PATH"),
    set: () => Deno.env.set("PROBE", "1"),
    toObject: () => Deno.env.toObject(),
    "node:process": async () => (await import("node:process")).default.env["PATH"],
  };
}

function waysToNetwork(): Ways {
  const address = { hostname: "127.0.0.1", port: NOBODY_THERE };
  return {
    connect: async () => (await Deno.connect(address)).close(),
    listen: () => Deno.listen({ hostname: "127.0.0.1", port: 0 }).close(),
    fetch: () => fetch(`http://127.0.0.1:${NOBODY_THERE}/`),
    WebSocket: () => new WebSocket(`ws://127.0.0.1:${NOBODY_THERE}/`).close(),
    serve: () => Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, answer).shutdown(),
  };
}

function answer(): Response {
  return new Response();
}

function waysToProcesses(): Ways {
  return {
    run: () => new Deno.Command("true").outputSync(),
    "run by its path": () => new Deno.Command("/bin/sh", { args: ["-c", ":"] }).outputSync(),
    spawn: async () => await new Deno.Command("true").spawn().status,
    kill: () => Deno.kill(Deno.ppid, "SIGCONT"),
    "node:child_process": async () => (await import("node:child_process")).execFileSync("true"),
  };
}

function waysToForeignCode(): Ways {
  return {
    dlopen: () => Deno.dlopen("/nowhere/libprobe.so", {}).close(),
    pointer: () => Deno.UnsafePointer.of(new Uint8Array(1)),
  };
}

function waysToSystem(): Ways {
  return {
    hostname: () => Deno.hostname(),
    uptime: () => Deno.osUptime(),
    load: () => Deno.loadavg(),
    memory: () => Deno.systemMemoryInfo(),
    interfaces: () => Deno.networkInterfaces(),
    uid: () => Deno.uid(),
    gid: () => Deno.gid(),
    "node:os": async () => (await import("node:os")).cpus(),
  };
}

function waysToMore(): Ways {
  return {
    "ask for the network": () => ask({ name: "net" }),
    "ask for the environment": () => ask({ name: "env" }),
    "ask to run": () => ask({ name: "run" }),
    "ask for foreign code": () => ask({ name: "ffi" }),
    "a worker with the network": () => startNested({ net: true }),
    "a worker that runs programs": () => startNested({ run: true }),
  };
}

function ask(descriptor: Deno.PermissionDescriptor): void {
  const { state } = Deno.permissions.requestSync(descriptor);
  if (state !== "granted") throw new Deno.errors.NotCapable(state);
}

function startNested(permissions: Deno.PermissionOptionsObject): void {
  new PlainWorker("data:text/javascript,0", { type: "module", deno: { permissions } }).terminate();
}

interface Scope {
  readonly name: string;
  onmessage: (event: MessageEvent) => unknown;
  addEventListener(
    type: "message",
    listener: (event: MessageEvent) => unknown,
    options: AddEventListenerOptions,
  ): void;
  postMessage(message: { readonly findings: Findings }): void;
}

/**
 * Loads the thread's own code, which says that it is ready, and puts the attempts before it. The
 * first message may come while the code is being loaded.
 */
async function takePlace(scope: Scope): Promise<void> {
  const { source, places } = JSON.parse(scope.name) as Assignment;
  scope.addEventListener("message", takeFirst, { once: true });
  const loading = import(source);
  await loading;

  async function takeFirst(event: MessageEvent): Promise<void> {
    event.stopImmediatePropagation();
    scope.postMessage({ findings: await attemptAll(places) });
    await loading;
    scope.onmessage(event);
  }
}

if ("WorkerGlobalScope" in globalThis) await takePlace(self as unknown as Scope);
