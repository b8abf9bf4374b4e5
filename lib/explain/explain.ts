/**
 * Explains a name: the modules that modprobe would load by it, and the symbol of that name.
 *
 *     module e1000
 *       file: kernel/drivers/net/e1000.ko
 *         the only one of that name
 *       needs mii for 1 symbol:
 *         mii_link_ok
 *       alias that matches: pci:v00008086d0000100Esv*sd*bc*sc*i*
 *
 * @module
 */
import { moduleName } from "../bytes/module_name.ts";
import { countStrings } from "../bytes/strings.ts";
import { excerpt } from "../bytes/text.ts";
import { isModuleFileName } from "../discover/select.ts";
import { ownersOf } from "../render/entries.ts";
import { findMatches } from "./aliases.ts";
import { explainBuiltins } from "./builtins.ts";
import { explainModule } from "./module.ts";
import { findString, type Knowledge, latin1At } from "./knowledge.ts";
import { cutList } from "./lines.ts";
import { explainSymbol } from "./symbol.ts";

/** What an alias of a symbol begins with in `modules.symbols`. */
const SYMBOL = "symbol:";

/** Names that are told instead of one that is not known. */
const MOST_OTHERS = 5;

/** The explanation, line by line, without newlines; none if nothing is known by that name. */
export function explainName(name: string, knowledge: Knowledge): string[] {
  const { modules, strings } = knowledge;
  const wanted = toModuleName(name);
  const symbol = name.startsWith(SYMBOL) ? name.slice(SYMBOL.length) : name;
  const named = findString(modules.names, wanted);
  const owners = ownersOf(strings.alias);
  const matching = Map.groupBy(findMatches(strings.alias.values, name), (alias) => owners[alias]!);
  const found = [...new Set([...named === undefined ? [] : [named], ...matching.keys()])];
  return [
    ...found.map((module) => explainModule(module, matching.get(module) ?? [], knowledge)),
    ...explainBuiltins({ name: wanted, alias: name }, knowledge),
    explainSymbol(symbol, knowledge),
  ].flat();
}

/** The line for a name of which nothing is known. */
export function describeUnknown(name: string, knowledge: Knowledge): string {
  const others = findSimilar(name, knowledge);
  const hint = others.length === 0
    ? ""
    : `; did you mean ${cutList(others, MOST_OTHERS).join(", ")}?`;
  return `nothing is known of ${excerpt(name)}: no module, alias or symbol goes by it${hint}`;
}

/** The name of a module that is meant, perhaps by that of its file. */
function toModuleName(name: string): string {
  return isModuleFileName(`/${name}`) ? moduleName(name) : name.replaceAll("-", "_");
}

/** Modules and symbols whose names have the same letters and digits, in whatever case. */
function findSimilar(name: string, { modules, table }: Knowledge): string[] {
  const wanted = simplify(name);
  if (wanted === "") return [];
  const all = [modules.names, table.names].flatMap((names) =>
    Array.from({ length: countStrings(names) }, (_, i) => latin1At(names, i))
  );
  return [...new Set(all.filter((other) => simplify(other) === wanted))];
}

function simplify(name: string): string {
  return name.replaceAll(/[^0-9A-Za-z]/g, "").toLowerCase();
}
