/**
 * A model of a disk that loses its power, for one directory: what may be found there afterwards.
 *
 * What was written to a file is sure to be there only after the file was synced; until then, all of
 * it may be lost, or its end. What was done to the directory (a name made, changed or removed) is
 * sure only after the directory was synced; until then, each change may have reached the disk or
 * not, whatever became of those before it. No file system loses more than that as long as it changes
 * a name as a whole; those that have a journal lose less: of the changes, always the last ones.
 *
 * @module
 */
import type { Random } from "./random.ts";

/** A file, whatever its names are. */
export type FileNumber = number;

/** A change of the directory. */
export type Change =
  | { readonly kind: "enter"; readonly name: string; readonly file: FileNumber }
  | {
    readonly kind: "rename";
    readonly from: string;
    readonly name: string;
    readonly file: FileNumber;
  }
  | { readonly kind: "remove"; readonly name: string };

/** What a program does to the disk. */
export type Event =
  | Change
  | { readonly kind: "write"; readonly file: FileNumber; readonly text: string }
  /** Gives a file the time that tells of an interrupted run. */
  | { readonly kind: "age"; readonly file: FileNumber }
  | { readonly kind: "sync"; readonly file: FileNumber }
  | { readonly kind: "sync directory" };

/** What a file holds; the text's characters are bytes. */
export interface Content {
  readonly text: string;
  /** Whether its time is 0. */
  readonly isAged: boolean;
}

/** Files by their names. */
export type Files = ReadonlyMap<string, Content>;

/** What may be found after a power cut. */
export interface Outcome {
  /** Events before the power cut. */
  readonly events: number;
  /** Whether the changes that reached the disk are all up to some moment. */
  readonly inOrder: boolean;
  readonly files: Files;
}

/** Writes events down in terms of files, for a program that names them. */
export class DiskLog {
  readonly events: Event[] = [];
  /** What was there before, and is on the disk. */
  readonly initial: ReadonlyMap<string, Content>;
  readonly #names = new Map<string, FileNumber>();
  #count = 0;

  /** @param initial what is there before the first event */
  constructor(initial: Files) {
    this.initial = initial;
    for (const name of initial.keys()) this.#names.set(name, this.#count++);
  }

  /** The file of a name; undefined if there is none. */
  find(name: string): FileNumber | undefined {
    return this.#names.get(name);
  }

  /** Makes a file. */
  create(name: string): FileNumber {
    const file = this.#count++;
    this.#enter(name, file);
    return file;
  }

  /** Gives a file a second name. */
  link(from: string, name: string): void {
    this.#enter(name, this.#get(from));
  }

  /** Changes the name of a file. */
  rename(from: string, name: string): void {
    const file = this.#get(from);
    this.events.push({ kind: "rename", from, name, file });
    this.#names.delete(from);
    this.#names.set(name, file);
  }

  /** Removes a name. */
  remove(name: string): void {
    this.events.push({ kind: "remove", name });
    this.#names.delete(name);
  }

  #enter(name: string, file: FileNumber): void {
    this.events.push({ kind: "enter", name, file });
    this.#names.set(name, file);
  }

  #get(name: string): FileNumber {
    const file = this.#names.get(name);
    if (file === undefined) throw new Error(`there is no ${name}`);
    return file;
  }
}

/** Up to so many changes, each subset of them is tried. */
const MOST_EXHAUSTED = 8;
/** Of more, so many subsets are drawn. */
const DRAWN = 150;

/** All that may be found after a power cut at any moment; of what is too much, samples. */
export function* losePower({ initial, events }: DiskLog, random: Random): Generator<Outcome> {
  const disk = new Disk(initial);
  for (let done = 0;; done++) {
    for (const { inOrder, changes } of chooseChanges(disk.pending, random)) {
      const names = disk.namesAfter(changes);
      for (const contents of disk.possibleContents()) {
        const files = new Map([...names].map(([name, file]) => [name, contents[file]!]));
        yield { events: done, inOrder, files };
      }
    }
    const event = events[done];
    if (event === undefined) return;
    disk.take(event);
  }
}

/** What is on the disk, and what may be. */
class Disk {
  /** Changes that may be lost. */
  pending: Change[] = [];
  #names: Map<string, FileNumber>;
  /** What the files hold for programs. */
  readonly #seen: Content[];
  /** What they hold for sure. */
  readonly #synced: Content[];

  constructor(initial: Files) {
    this.#names = new Map([...initial.keys()].map((name, file) => [name, file]));
    this.#seen = [...initial.values()];
    this.#synced = [...initial.values()];
  }

  take(event: Event): void {
    switch (event.kind) {
      case "write":
        this.#set(event.file, ({ text }) => ({ text: text + event.text }));
        break;
      case "age":
        this.#set(event.file, () => ({ isAged: true }));
        break;
      case "sync":
        this.#synced[event.file] = this.#seen[event.file]!;
        break;
      case "sync directory":
        this.#names = this.namesAfter(this.pending);
        this.pending = [];
        break;
      default:
        this.#change(event);
    }
  }

  #change(change: Change): void {
    if (change.kind === "enter" && this.#seen[change.file] === undefined) {
      this.#seen[change.file] = this.#synced[change.file] = { text: "", isAged: false };
    }
    this.pending = [...this.pending, change];
  }

  #set(file: FileNumber, make: (content: Content) => Partial<Content>): void {
    const content = this.#seen[file]!;
    this.#seen[file] = { ...content, ...make(content) };
  }

  /** The names if of the pending changes these have reached the disk. */
  namesAfter(changes: readonly Change[]): Map<string, FileNumber> {
    const names = new Map(this.#names);
    for (const change of changes) {
      if (change.kind === "remove") names.delete(change.name);
      else names.set(change.name, change.file);
      if (change.kind === "rename") names.delete(change.from);
    }
    return names;
  }

  /** What the files may hold: what was not synced is there, lost, or cut off. */
  possibleContents(): Content[][] {
    const cut = this.#seen.map((content, file) => {
      const synced = this.#synced[file]!.text.length;
      return { ...content, text: content.text.slice(0, (synced + content.text.length) >> 1) };
    });
    return [this.#seen, this.#synced, cut];
  }
}

/** Which of the changes reach the disk. */
interface Choice {
  readonly inOrder: boolean;
  readonly changes: readonly Change[];
}

function* chooseChanges(pending: readonly Change[], random: Random): Generator<Choice> {
  for (let end = 0; end <= pending.length; end++) {
    yield { inOrder: true, changes: pending.slice(0, end) };
  }
  for (const isKept of chooseSubsets(pending.length, random)) {
    yield { inOrder: false, changes: pending.filter((_, i) => isKept(i)) };
  }
}

/** All subsets of so many items; if they are too many, all but one item, one alone, and drawn ones. */
function* chooseSubsets(count: number, random: Random): Generator<(item: number) => boolean> {
  if (count <= MOST_EXHAUSTED) {
    for (let bits = 0; bits < 1 << count; bits++) yield (i) => (bits >> i & 1) !== 0;
    return;
  }
  for (let one = 0; one < count; one++) {
    yield (i) => i === one;
    yield (i) => i !== one;
  }
  for (let drawn = 0; drawn < DRAWN; drawn++) {
    const percent = random(101);
    const kept = Array.from({ length: count }, () => random(100) < percent);
    yield (i) => kept[i]!;
  }
}
