/**
 * Tries one module with a reader that takes 600 MB, and prints what is found. It needs all
 * permissions, to ask the system for the memory.
 *
 * @module
 */
import { examineMeasured } from "../../scripts/fuzzing/search.ts";
import { STAGES } from "../../scripts/fuzzing/stages.ts";

function startReader() {
  const reader = STAGES.startReader();
  const read = async (paths: readonly string[]) => {
    new Uint8Array(600 * 2 ** 20).fill(1);
    await reader.read(paths);
  };
  return { read, finish: () => reader.finish() };
}

const directory = Deno.makeTempDirSync({ prefix: "depmod-test-" });
const trial = { stages: { ...STAGES, startReader }, directory, begin: () => {} };
const { finding } = await examineMeasured([{ name: "ko", bytes: new Uint8Array(10) }], trial);
Deno.removeSync(directory, { recursive: true });
console.log(finding?.sign);
