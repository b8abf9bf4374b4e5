/**
 * Tests texts by a regular expression without references to groups, in bounded time: a JavaScript
 * regular expression may try each of a billion ways in which `(.*.*)*x` does not match.
 *
 * What a part of the pattern matches is a relation: for each position in the text, the set of
 * positions at which a match that begins there may end. Parts in sequence are composed,
 * alternatives united, and repetitions are powers. So no way is tried twice.
 *
 * @module
 */

/** A part of a pattern, in the order of the pattern. */
export interface PatternItem {
  /**
   * `atom` and `reference` match text; `operator` is `(`, `)`, `|` or matches between two
   * characters; `quantifier` repeats what is in front of it.
   */
  readonly kind: "atom" | "operator" | "quantifier" | "reference";
  /** In JavaScript's syntax. */
  readonly source: string;
}

/** By position: the positions at which a match may end, as bits, 32 in a word. */
interface Relation {
  /** Words of each position. */
  readonly words: number;
  readonly bits: Uint32Array;
}

/** The parts of an open group. */
interface Group {
  /** The alternatives before the current one. */
  readonly before: Relation;
  /** The current one, without its last part. */
  sequence: Relation;
  /** Its last part, which a quantifier would repeat. */
  last: Relation;
}

/**
 * The test for these items: a valid pattern without references.
 *
 * @throws SyntaxError when an item is invalid: a range whose ends are in the wrong order
 */
export function compileItems(items: readonly PatternItem[]): (text: string) => boolean {
  const matchers = new Map<string, RegExp>();
  for (const { kind, source } of items) {
    const isStructure = kind === "quantifier" || /^[(|)]$/.test(source);
    if (!isStructure && !matchers.has(source)) matchers.set(source, new RegExp(source, "sy"));
  }
  return (text) => {
    const relations = new Map<string, Relation>();
    for (const [source, matcher] of matchers) relations.set(source, relate(matcher, text));
    const { bits } = matchItems(items, { relations, length: text.length });
    return bits.some((word) => word !== 0);
  };
}

/** What one item matches. */
function relate(matcher: RegExp, text: string): Relation {
  const relation = matchNothing(text.length);
  for (let position = 0; position <= text.length; position++) {
    matcher.lastIndex = position;
    const match = matcher.exec(text);
    if (match !== null) addEnd(relation, position, position + match[0].length);
  }
  return relation;
}

function matchNothing(length: number): Relation {
  const words = Math.ceil((length + 1) / 32);
  return { words, bits: new Uint32Array(words * (length + 1)) };
}

function matchEmpty(length: number): Relation {
  const relation = matchNothing(length);
  for (let position = 0; position <= length; position++) addEnd(relation, position, position);
  return relation;
}

function addEnd({ words, bits }: Relation, position: number, end: number): void {
  bits[position * words + (end >> 5)]! |= 1 << (end & 31);
}

/** What all items together match. */
function matchItems(
  items: readonly PatternItem[],
  { relations, length }: { relations: ReadonlyMap<string, Relation>; length: number },
): Relation {
  const nothing = matchNothing(length);
  const empty = matchEmpty(length);
  const open = (before: Relation): Group => ({ before, sequence: empty, last: empty });
  const groups = [open(nothing)];
  for (const { kind, source } of items) {
    const group = groups.at(-1)!;
    if (kind === "quantifier") {
      group.last = repeat(group.last, parseQuantifier(source, length + 1), empty);
    } else if (source === "(") groups.push(open(nothing));
    else if (source === "|") groups[groups.length - 1] = open(close(group));
    else if (source === ")") {
      groups.pop();
      append(groups.at(-1)!, close(group));
    } else append(group, relations.get(source)!);
  }
  return close(groups[0]!);
}

function append(group: Group, part: Relation): void {
  group.sequence = compose(group.sequence, group.last);
  group.last = part;
}

function close({ before, sequence, last }: Group): Relation {
  return unite(before, compose(sequence, last));
}

/** How often something is repeated. */
interface Count {
  readonly least: number;
  readonly most: number;
}

/**
 * The counts of a quantifier. More than `enough` are as good as `enough`, which is one more than
 * the text has characters: some of so many repetitions are empty, and one more or less of these
 * makes no difference.
 */
function parseQuantifier(source: string, enough: number): Count {
  if (source === "?") return { least: 0, most: 1 };
  if (source === "*" || source === "+") return { least: source === "*" ? 0 : 1, most: enough };
  const [, from, comma, to] = /^\{(\d+)(,?)(\d*)\}$/.exec(source)!;
  const most = comma === "" ? from : to;
  return {
    least: Math.min(Number(from), enough),
    most: most === "" ? enough : Math.min(Number(most), enough),
  };
}

function repeat(part: Relation, { least, most }: Count, empty: Relation): Relation {
  const optional = power(unite(empty, part), most - least, empty);
  return compose(power(part, least, empty), optional);
}

function power(part: Relation, exponent: number, empty: Relation): Relation {
  let result = empty;
  for (let rest = exponent, factor = part; rest > 0; rest >>= 1) {
    if (rest & 1) result = compose(result, factor);
    if (rest > 1) factor = compose(factor, factor);
  }
  return result;
}

function unite(a: Relation, b: Relation): Relation {
  return { words: a.words, bits: a.bits.map((word, i) => word | b.bits[i]!) };
}

/** Matches of the first followed by matches of the second. */
function compose(first: Relation, second: Relation): Relation {
  const { words } = first;
  const bits = new Uint32Array(first.bits.length);
  for (let i = 0; i < bits.length; i++) {
    const start = i - i % words; // of the position that word i belongs to
    for (let rest = first.bits[i]!; rest !== 0; rest &= rest - 1) {
      const end = (i % words) * 32 + 31 - Math.clz32(rest & -rest);
      for (let word = 0; word < words; word++) {
        bits[start + word]! |= second.bits[end * words + word]!;
      }
    }
  }
  return { words, bits };
}
