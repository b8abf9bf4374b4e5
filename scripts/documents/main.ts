/**
 * Makes the files of scripts/package, or checks that they are current; see scripts/docs.
 *
 * @module
 */
import { readPackaged, renderDocuments, writePackaged } from "./documents.ts";

function main(args: readonly string[]): number {
  const isCheck = args.length === 1 && args[0] === "--check";
  if (args.length > 0 && !isCheck) {
    console.error("usage: scripts/docs [--check]");
    return 1;
  }
  const old = [...renderDocuments()].filter(([name, text]) => readPackaged(name) !== text);
  for (const [name, text] of old) {
    if (isCheck) console.error(`scripts/docs: scripts/package/${name} is not current`);
    else writePackaged(name, text);
  }
  return isCheck && old.length > 0 ? 1 : 0;
}

Deno.exit(main(Deno.args));
