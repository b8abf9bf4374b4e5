/**
 * The graph of modules that depend on each other, of any shape, without recursion: all in time
 * linear in the graph and the answer. Lists of modules follow one another: that of module i runs
 * from `starts[i]` to `starts[i + 1]`. All numbers are uint32.
 *
 * @module
 */
import { GRAPH_MODULES, GRAPH_ORDER, GRAPH_POSITIONS, GRAPH_STARTS, LARGE_INDEX } from "./codes.ts";
import { columnAt } from "./column.ts";
import { fail } from "./host.ts";
import { allocate, blockSize, release } from "./memory.ts";
import { sort } from "./sort.ts";

/** A dependency takes five bytes of an index at least (" a.ko"), and an index has 2^28. */
const MOST_DEPENDENCIES: u32 = (1 << 28) / 5;

const resultStarts = columnAt(GRAPH_STARTS);
const results = columnAt(GRAPH_MODULES);

/**
 * By module: the owners of the names in its list, each once, in the order in which they are met.
 * Owners are int32 by name, below 0 where there is no module.
 */
export function linkModules(starts: usize, names: usize, count: u32, owners: usize): void {
  const n = blockSize(count * 4);
  const foundBy = allocateZeros(n);
  begin();
  for (let module: u32 = 0; module < count; module++) {
    const end = at(starts, module + 1);
    for (let i = at(starts, module); i < end; i++) {
      const owner = load<i32>(owners + at(names, i) * 4);
      if (owner < 0 || at(foundBy, owner) == module + 1) continue;
      put(foundBy, owner, module + 1);
      results.push(owner);
    }
    resultStarts.push(results.length >> 2);
  }
  release(foundBy, n);
}

/**
 * Orders the modules. Those that nobody uses form a stack, in their order. Until it is empty, the
 * last is taken off and numbered, and each of its dependencies whose users are all numbered is
 * pushed. Modules in a cycle, and all that they depend on, are left out.
 */
export function sortTopologically(starts: usize, modules: usize, count: u32): void {
  const n = blockSize(count * 4);
  const users = allocateZeros(n);
  const stack = allocate(n);
  let stacked: u32 = 0;
  const order = columnAt(GRAPH_ORDER);
  const positions = columnAt(GRAPH_POSITIONS);
  order.length = 0;
  positions.length = 0;
  positions.reserve(count * 4);
  positions.length = count * 4;
  memory.fill(positions.data, 0, positions.length);

  const edges = at(starts, count);
  for (let i: u32 = 0; i < edges; i++) put(users, at(modules, i), at(users, at(modules, i)) + 1);
  for (let module: u32 = 0; module < count; module++) {
    if (at(users, module) == 0) put(stack, stacked++, module);
  }
  while (stacked > 0) {
    const module = at(stack, --stacked);
    put(positions.data, module, order.length >> 2);
    order.push(module);
    const end = at(starts, module + 1);
    for (let i = at(starts, module); i < end; i++) {
      const dependency = at(modules, i);
      const left = at(users, dependency) - 1;
      put(users, dependency, left);
      if (left == 0) put(stack, stacked++, dependency);
    }
  }
  release(stack, n);
  release(users, n);
}

/**
 * By module: all that it depends on, directly or not, by ascending position in a topological order.
 */
export function collectDependencies(
  starts: usize,
  modules: usize,
  count: u32,
  order: usize,
  positions: usize,
): void {
  const n = blockSize(count * 4);
  const seenBy = allocateZeros(n);
  const found = allocate(n);
  begin();
  for (let module: u32 = 0; module < count; module++) {
    // `found` is at once the list of what was found and the queue of what is to be followed.
    let length: u32 = 0;
    let from = module;
    for (let next: u32 = 0; next <= length; next++) {
      if (next > 0) from = at(order, at(found, next - 1));
      const end = at(starts, from + 1);
      for (let i = at(starts, from); i < end; i++) {
        const dependency = at(modules, i);
        if (at(seenBy, dependency) == module + 1) continue;
        put(seenBy, dependency, module + 1);
        put(found, length++, at(positions, dependency));
      }
    }
    if ((results.length >> 2) + length > MOST_DEPENDENCIES) fail(LARGE_INDEX, 0);
    sort(found, length, (a: u32, b: u32) => a < b);
    for (let i: u32 = 0; i < length; i++) results.push(at(order, at(found, i)));
    resultStarts.push(results.length >> 2);
  }
  release(found, n);
  release(seenBy, n);
}

function begin(): void {
  results.length = 0;
  resultStarts.length = 0;
  resultStarts.push(0);
}

function allocateZeros(n: u32): usize {
  const block = allocate(n);
  memory.fill(block, 0, 1 << n);
  return block;
}

function at(list: usize, index: u32): u32 {
  return load<u32>(list + index * 4);
}

function put(list: usize, index: u32, value: u32): void {
  store<u32>(list + index * 4, value);
}
