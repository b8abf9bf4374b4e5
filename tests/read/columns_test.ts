/**
 * Facts as columns: those of modules that were read, and of those for which there was no memory.
 *
 * @module
 */
import { takeStringFacts, takeSymbolFacts } from "../../lib/read/columns.ts";
import { assertEquals } from "../support/assert.ts";
import { buildModule } from "../support/elf_builder.ts";
import { makeParser, readModule } from "../support/elf_facts.ts";

Deno.test("modules that could not be read have no symbols and no strings", () => {
  const { parser } = makeParser();
  readModule(parser, buildModule({ exports: ["a", "b"], needs: ["n"], modinfo: ["alias=x"] }));
  const symbols = takeSymbolFacts(parser.workspace, 3);
  assertEquals([...symbols.exportStarts], [0, 2, 2, 2]);
  assertEquals([...symbols.needStarts], [0, 1, 1, 1]);
  assertEquals(symbols.exportNames.length, 2);
  const { alias, softdep } = takeStringFacts(parser.workspace, 3);
  assertEquals([[...alias.starts], [...softdep.starts]], [[0, 1, 1, 1], [0, 0, 0, 0]]);
  assertEquals([...alias.values.offsets], [0, 1]);
});
