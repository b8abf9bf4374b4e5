/**
 * The cases: each is known by the seed and its number alone.
 *
 * @module
 */
import { applyEdits, type Edit } from "./edits.ts";
import type { Input } from "./inputs.ts";
import { drawModule } from "./modules.ts";
import { drawStream } from "./streams.ts";
import { COMMAND_LINE, drawText, TEXT_NAMES } from "./texts.ts";
import { pick, type Random, startExample } from "../../tests/support/random.ts";

/** The kinds of cases. */
export const KINDS = ["modules", "texts", "streams", "command-lines"] as const;
/** A kind of cases. */
export type Kind = typeof KINDS[number];

/** Of so many cases, how many are of each kind; the other ones are command lines. */
const SHARES = { modules: 11, texts: 3, streams: 4, of: 20 };

/** A case: a file before it is damaged, and the damage. */
export interface Case {
  readonly kind: Kind;
  /** What the file is; see inputs.ts. */
  readonly name: string;
  readonly original: Uint8Array;
  readonly edits: readonly Edit[];
}

/** The case of this number. */
export function makeCase(seed: number, number: number): Case {
  const random = startExample(seed, number);
  const kind = drawKind(random);
  switch (kind) {
    case "modules":
      return { kind, name: "ko", ...drawModule(random) };
    case "streams":
      return { kind, name: "ko", ...drawStream(random) };
    case "command-lines":
      return { kind, name: COMMAND_LINE, ...drawText(COMMAND_LINE, random) };
    case "texts": {
      const name = pick(TEXT_NAMES, random);
      return { kind, name, ...drawText(name, random) };
    }
  }
}

/** The kind of the case of this number, which takes less time than the case itself. */
export function kindOf(seed: number, number: number): Kind {
  return drawKind(startExample(seed, number));
}

function drawKind(random: Random): Kind {
  const { modules, texts, streams, of } = SHARES;
  const number = random(of);
  if (number < modules) return "modules";
  if (number < modules + texts) return "texts";
  return number < modules + texts + streams ? "streams" : "command-lines";
}

/** What a case gives to the program. */
export function inputOf({ name, original, edits }: Case): Input {
  return { name, bytes: applyEdits(original, edits) };
}
