/**
 * `modules.dep` and `modules.dep.bin`: what each module needs to be loaded before it.
 *
 *     kernel/fs/ext4/ext4.ko: kernel/fs/mbcache.ko kernel/fs/jbd2/jbd2.ko
 *
 * The binary index maps the module's name to its line.
 *
 * @module
 */
import { StringsBuilder } from "../bytes/strings.ts";
import { ByteWriter } from "../bytes/writer.ts";
import { encodeIndex } from "../index/encode.ts";
import type { RenderInput } from "./input.ts";
import { describeDuplicates, sequence } from "./entries.ts";

/** Renders `modules.dep`. */
export function renderDep(input: RenderInput): Uint8Array {
  const writer = new ByteWriter();
  for (let module = 0; module < input.modules.length; module++) {
    writeLine(writer, input, module);
    writer.byte(0x0a);
  }
  return writer.finish();
}

/** Renders `modules.dep.bin`. */
export function renderDepBin(input: RenderInput): Uint8Array {
  const lines = new StringsBuilder();
  for (let module = 0; module < input.modules.length; module++) {
    lines.addWritten((writer) => writeLine(writer, input, module));
  }
  const modules = sequence(input.modules.length);
  const entries = {
    keys: input.moduleNames,
    texts: lines.finish(),
    text: modules,
    priority: modules,
  };
  const duplicates = describeDuplicates(input, entries, {
    what: "deps",
    describe: (_, text) => text,
  });
  input.messages.push(...duplicates.map(({ message }) => message));
  return encodeIndex(entries);
}

function writeLine(
  writer: ByteWriter,
  { indexPaths, dependencies: { starts, modules } }: RenderInput,
  module: number,
): void {
  writer.string(indexPaths, module);
  writer.byte(0x3a); // ":"
  for (let i = starts[module]!; i < starts[module + 1]!; i++) {
    writer.byte(0x20);
    writer.string(indexPaths, modules[i]!);
  }
}
