/**
 * The fuzzer finds what it looks for: with a stage that breaks, loses a good module or lets a
 * control character through, there is a finding; with the program's own stages there is none.
 *
 * @module
 */
import { examine } from "../../scripts/fuzzing/examine.ts";
import { attempt } from "../../scripts/fuzzing/findings.ts";
import type { Input } from "../../scripts/fuzzing/inputs.ts";
import { STAGES, type Stages } from "../../scripts/fuzzing/stages.ts";
import { FormatError } from "../../lib/errors.ts";
import type { Facts, Message } from "../../lib/model.ts";
import type { RenderedFile } from "../../lib/render/files.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { buildModule, latin1 } from "../support/elf_builder.ts";

const MODULE: Input = {
  name: "ko",
  bytes: buildModule({ exports: ["x_go"], needs: ["y_go"], modinfo: ["alias=x"] }),
};

/** An input that holds this text. */
function textInput(name: string, text: string): Input {
  return { name, bytes: latin1(text) };
}

/** What is wrong with these inputs. */
async function signOf(inputs: readonly Input[], changes: Partial<Stages>): Promise<string> {
  const directory = Deno.makeTempDirSync({ prefix: "depmod-test-" });
  try {
    const stages = { ...STAGES, ...changes };
    const trial = { stages, directory, begin: () => {}, seen: new Set<string>() };
    return (await examine(inputs, trial))?.sign ?? "nothing";
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}

/** A reader that breaks when it reads for the second time. */
function breakingReader(error: Error): Partial<Stages> {
  let reads = 0;
  const startReader = () => {
    const reader = STAGES.startReader();
    const read = (paths: readonly string[]) => {
      if (++reads === 2) throw error;
      return reader.read(paths);
    };
    return { read, finish: () => reader.finish() };
  };
  return { startReader };
}

/** A reader whose facts are changed. */
function changingReader(change: (facts: Facts) => Facts): Partial<Stages> {
  const startReader = () => {
    const reader = STAGES.startReader();
    const read = (paths: readonly string[]) => reader.read(paths);
    return { read, finish: () => change(reader.finish()) };
  };
  return { startReader };
}

/** Files of which one is changed. */
function changeFile(name: string, change: (bytes: Uint8Array) => Uint8Array): Partial<Stages> {
  const changeOne = (file: RenderedFile) =>
    file.name === name ? { ...file, bytes: change(file.bytes) } : file;
  return {
    renderStrings: (...args) => STAGES.renderStrings(...args).map(changeOne),
    renderModel: (...args) => STAGES.renderModel(...args).map(changeOne),
  };
}

/** Replaces a text in bytes wherever it is. */
function replaceText(from: string, to: string): (bytes: Uint8Array) => Uint8Array {
  return (bytes) => latin1(String.fromCharCode(...bytes).replaceAll(from, to));
}

/** Messages that forge a line. */
const FORGED: readonly Message[] = [
  { level: "error", code: "search", text: "x\ndepmod: all is well" },
];

const TEXTS = [
  textInput("depmod.conf", "search updates\nbogus\noverride twin (* x\n"),
  textInput("modules.order", "kernel/after.ko\n"),
  textInput("modules.builtin", "kernel/x.ko\n\n"),
  textInput("modules.builtin.modinfo", "x.alias=y\0x.alias=[\0"),
  textInput("System.map", "c0 r __ksymtab_y_go\nbad\n"),
  textInput("Module.symvers", "0x1\ty_go\tvmlinux\tEXPORT_SYMBOL\t\nx y vmlinux z\n"),
  textInput("args", "-b\n@\n6.1.0-test\n"),
  textInput("args", "--zzz\n"),
];

Deno.test("the fuzzer finds nothing in inputs that the program takes or refuses", async () => {
  const broken = { name: "ko", bytes: new Uint8Array(100) };
  assertEquals(await signOf([MODULE, ...TEXTS, broken, MODULE], {}), "nothing");
});

Deno.test("the fuzzer finds errors that a reader throws, whatever they are", async () => {
  const inputs = [MODULE, MODULE];
  for (const error of [new TypeError("x"), new FormatError("x", 0)]) {
    const sign = await signOf(inputs, breakingReader(error));
    assertEquals(sign, `throws ${error.name} in an unknown place`);
  }
});

Deno.test("the fuzzer finds that a good module loses its facts", async () => {
  const withoutLast = changingReader((facts) => {
    const starts = facts.alias.starts.slice();
    starts[starts.length - 1] = starts.at(-2)!;
    return { ...facts, alias: { ...facts.alias, starts } };
  });
  assertEquals(await signOf([MODULE], withoutLast), "facts of a good module lost");
  const withoutCrc = changingReader((facts) => {
    return { ...facts, needCrcLow: new Uint32Array(facts.needCrcLow.length) };
  });
  assertEquals(await signOf([MODULE], withoutCrc), "facts of a good module lost");
});

Deno.test("the fuzzer finds that a good module is said to be broken", async () => {
  const blaming = changingReader((facts) => {
    return { ...facts, faults: [{ module: 2, kind: "unreadable", reason: "x" }] };
  });
  assertEquals(await signOf([MODULE], blaming), "fault of a good module");
});

Deno.test("the fuzzer finds control characters in what is said of a broken module", async () => {
  const forging = changingReader((facts) => {
    return { ...facts, faults: [{ module: 1, kind: "dropped", reason: "alias \x1b[2J" }] };
  });
  assertEquals(await signOf([MODULE], forging), "control character in a message");
});

for (
  const [what, name, from, to, sign] of [
    ["a control character", "modules.alias", "alias x ", "alias \x1b ", "control character in @"],
    ["a broken line", "modules.alias", "alias x ", "alien x ", "bad line in @"],
    ["a value cut in two", "modules.alias", "alias x broken", "alias x\nbroken", "bad line in @"],
    [
      "a forged line",
      "modules.alias",
      "alias x ",
      "alias evil evil\nalias x ",
      "number of lines in @",
    ],
    ["the loss of a module", "modules.dep", "kernel/before.ko", "kernel/before.kp", "lost from @"],
    ["the loss of an alias", "modules.alias", "fuzz-after", "fuzz-afte_", "lost from @"],
    ["the loss of a soft dependency", "modules.softdep", "pre:", "pro:", "lost from @"],
    ["the loss of a weak dependency", "modules.weakdep", "fuzz_weak", "fuzz_weal", "lost from @"],
    ["the loss of a symbol", "modules.symbols", "after_go", "after_gg", "lost from @"],
    ["the loss of a device", "modules.devname", "c10:250", "c10:251", "lost from @"],
    [
      "a control character",
      "modules.dep.bin",
      "broken.ko",
      "brok\x1b.ko",
      "control character in @",
    ],
    ["the loss of a key", "modules.alias.bin", "fter\0", "ftex\0", "lost from @"],
    ["the loss of a value", "modules.symbols.bin", "after\0", "aftex\0", "lost from @"],
    ["a wrong header", "modules.builtin.bin", "\xb0\x07", "\xb0\x08", "unsound @"],
  ] as const
) {
  Deno.test(`the fuzzer finds ${what} in ${name}`, async () => {
    const found = await signOf([MODULE], changeFile(name, replaceText(from, to)));
    assert(found.includes(sign.replace("@", name)), found);
  });
}

for (
  const [stage, name] of [
    ["parseConfig", "depmod.conf"],
    ["selectModules", "depmod.conf"],
    ["orderModules", "modules.order"],
    ["parseSystemMap", "System.map"],
    ["parseSymvers", "Module.symvers"],
    ["resolve", "System.map"],
    ["parseOptions", "args"],
    ["makePlan", "args"],
  ] as const
) {
  const inputs = TEXTS.filter((input) => input.name === name);
  Deno.test(`the fuzzer finds that ${stage}() breaks at ${name}`, async () => {
    const breaking = () => {
      throw new RangeError("x");
    };
    assertEquals(
      await signOf(inputs, { [stage]: breaking }),
      "throws RangeError in an unknown place",
    );
  });
  if (stage === "parseOptions" || stage === "makePlan") continue;
  Deno.test(`the fuzzer finds control characters in messages of ${stage}()`, async () => {
    // deno-lint-ignore no-explicit-any
    const original = STAGES[stage] as (...args: any[]) => object;
    // deno-lint-ignore no-explicit-any
    const forging = (...args: any[]) => ({ ...original(...args), messages: FORGED });
    assertEquals(await signOf(inputs, { [stage]: forging }), "control character in a message");
  });
}

Deno.test("the fuzzer finds modules that are not selected, or not in the order", async () => {
  const selectModules: Stages["selectModules"] = (files, config) => {
    const { modules, ...rest } = STAGES.selectModules(files, config);
    return { modules: modules.slice(1), ...rest };
  };
  assertEquals(await signOf(TEXTS, { selectModules }), "good module not selected");
  const orderModules: Stages["orderModules"] = (modules, file) => {
    const { order, messages } = STAGES.orderModules(modules, file);
    return { order: order.slice(1), messages };
  };
  assertEquals(await signOf(TEXTS, { orderModules }), "good module lost from the order");
});

Deno.test("the fuzzer finds messages that ask for a report, or blame a good module", async () => {
  const tell = (text: string): Partial<Stages> => ({
    resolve: (...args) => ({
      ...STAGES.resolve(...args),
      messages: [{ level: "warning", code: "unknown-symbol", text }],
    }),
  });
  assertEquals(await signOf([MODULE], tell("internal error: x")), "internal error");
  const blame = "/tree/kernel/after.ko needs unknown symbol x";
  assertEquals(await signOf([MODULE], tell(blame)), "message about a good module");
});

Deno.test("the fuzzer finds that no files are made for good modules", async () => {
  const resolve = (): ReturnType<Stages["resolve"]> => ({ resolved: undefined, messages: [] });
  assertEquals(await signOf([MODULE], { resolve }), "good modules lost to a cycle");
});

Deno.test("attempt() finds that something takes more than five seconds", async () => {
  let now = 0;
  assertEquals(await attempt(() => void (now += 4900), () => now), undefined);
  const finding = await attempt(() => void (now += 5100), () => now);
  assertEquals(finding, { sign: "takes more than 5 s", detail: "5100 ms" });
});

Deno.test("the fuzzer finds that a case takes more than 512 MiB", () => {
  const script = new URL("../support/greedy_reader.ts", import.meta.url).pathname;
  const args = ["run", "--quiet", "--no-check", "--no-prompt", "--allow-all", script];
  const { stdout } = new Deno.Command(Deno.execPath(), { args }).outputSync();
  assertEquals(new TextDecoder().decode(stdout), "takes more than 512 MiB\n");
});
