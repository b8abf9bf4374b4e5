/**
 * The text files that list strings of the modules line by line: `modules.alias`,
 * `modules.softdep` and `modules.weakdep`.
 *
 *     alias PATTERN MODULE
 *     softdep MODULE TEXT
 *     weakdep MODULE TEXT
 *
 * @module
 */
import { ByteWriter } from "../bytes/writer.ts";
import type { ModuleStrings } from "../model.ts";
import type { RenderInput } from "./input.ts";

/** Renders `modules.alias`. */
export function renderAlias(input: RenderInput): Uint8Array {
  return renderList(input, {
    heading: "# Aliases extracted from modules themselves.\n",
    keyword: "alias ",
    list: input.facts.alias,
    nameFirst: false,
  });
}

/** Renders `modules.softdep`. */
export function renderSoftdep(input: RenderInput): Uint8Array {
  return renderList(input, {
    heading: "# Soft dependencies extracted from modules themselves.\n",
    keyword: "softdep ",
    list: input.facts.softdep,
    nameFirst: true,
  });
}

/** Renders `modules.weakdep`. */
export function renderWeakdep(input: RenderInput): Uint8Array {
  return renderList(input, {
    heading: "# Weak dependencies extracted from modules themselves.\n",
    keyword: "weakdep ",
    list: input.facts.weakdep,
    nameFirst: true,
  });
}

function renderList(
  { modules, moduleNames }: RenderInput,
  { heading, keyword, list: { starts, values }, nameFirst }: {
    heading: string;
    keyword: string;
    list: ModuleStrings;
    nameFirst: boolean;
  },
): Uint8Array {
  const writer = new ByteWriter();
  writer.utf8(heading);
  for (let module = 0; module < modules.length; module++) {
    for (let i = starts[module]!; i < starts[module + 1]!; i++) {
      writer.utf8(keyword);
      if (nameFirst) writer.string(moduleNames, module);
      else writer.string(values, i);
      writer.byte(0x20);
      if (nameFirst) writer.string(values, i);
      else writer.string(moduleNames, module);
      writer.byte(0x0a);
    }
  }
  return writer.finish();
}
