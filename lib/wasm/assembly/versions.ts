/**
 * The `__versions` section: which CRC the module was built against, for each symbol it needs and
 * for a few (`module_layout`) that are in no symbol table.
 *
 *     64-byte records:  CRC (4 or 8 bytes by class, file's byte order), name, NUL, padding
 *
 * @module
 */
import { FIRST_RECORDS, OPEN_VERSION, RECORDS } from "./codes.ts";
import { columnAt } from "./column.ts";
import { addNeed } from "./facts.ts";
import { versions, wordAt } from "./file.ts";
import { fail } from "./host.ts";
import { VERSION_SIZE, wordSize } from "./layout.ts";
import { fileStart } from "./memory.ts";
import { intern } from "./names.ts";

/** By record: the number of its name, and whether a symbol has it (the record is met). */
const records = columnAt(RECORDS);
/** By name: the last module with a record of it, and the number of that module's first one. */
const firstRecords = columnAt(FIRST_RECORDS);
const PAIR: u32 = 8;

/** The current module, from 1. */
let module: u32 = 0;
let count: u32 = 0;

/** Reads the records of the module: none if the section's size is no multiple of a record's. */
export function loadVersions(): void {
  module++;
  count = 0;
  if (!versions.isPresent || versions.size % VERSION_SIZE != 0) return;
  versions.read();
  const total = versions.size / VERSION_SIZE;
  records.length = 0;
  records.reserve(total * PAIR);
  for (let i: u32 = 0; i < total; i++) {
    const at = versions.start + i * VERSION_SIZE;
    const end = at + VERSION_SIZE;
    if (load<u8>(end - 1) != 0) checkTerminated(at + wordSize, end);
    const name = intern(at + wordSize, end);
    const record = records.data + i * PAIR;
    store<u32>(record, name);
    store<u32>(record, 0, 4);
    enter(name, i);
  }
  count = total;
}

/** The CRC of a name's first record, which is then met; 0 if there is none. */
export function findVersion(name: u32): u64 {
  if (name * PAIR >= firstRecords.length) return 0;
  const first = firstRecords.data + name * PAIR;
  if (load<u32>(first) != module) return 0;
  const record = load<u32>(first, 4);
  store<u32>(records.data + record * PAIR, 1, 4);
  return crcOf(record);
}

/** Adds the records not met as needs. */
export function addUnmetVersions(): void {
  for (let i: u32 = 0; i < count; i++) {
    const record = records.data + i * PAIR;
    if (load<u32>(record, 4) == 0) addNeed(load<u32>(record), crcOf(i), false);
  }
}

function crcOf(record: u32): u64 {
  return wordAt(versions.start + record * VERSION_SIZE);
}

function enter(name: u32, record: u32): void {
  const end = (name + 1) * PAIR;
  if (end > firstRecords.length) {
    firstRecords.reserve(end - firstRecords.length);
    memory.fill(
      firstRecords.data + firstRecords.length,
      0,
      firstRecords.capacity - firstRecords.length,
    );
    firstRecords.length = firstRecords.capacity;
  }
  const first = firstRecords.data + name * PAIR;
  if (load<u32>(first) == module) return;
  store<u32>(first, module);
  store<u32>(first, record, 4);
}

function checkTerminated(start: usize, end: usize): void {
  for (let at = start; at < end; at++) if (load<u8>(at) == 0) return;
  fail(OPEN_VERSION, (start - fileStart) as u32);
}
