/**
 * What was observed of the work on one tree.
 *
 * @module
 */
import type { Contest } from "../discover/select.ts";
import type { Message, OutputFile, Plan } from "../model.ts";
import { renderModules } from "./module_entries.ts";
import type { FoundModules, ModuleDetails, Observer, Stage } from "./observer.ts";

/** Messages that a record keeps one by one: more would only repeat what is wrong. */
const MOST_MESSAGES = 1 << 16;

/** Collects what is observed of a tree. */
export class TreeRecord implements Observer {
  /** By stage: milliseconds. */
  readonly stages = new Map<Stage, number>();
  /** Everything that was said, but for what the report has anyway. */
  readonly messages: Message[] = [];
  /** How many more messages there were. */
  omitted = 0;
  /** Undefined until the modules have been found. */
  modules: Omit<FoundModules, "contests"> | undefined;
  contests: readonly Contest[] = [];
  /** The entries of the modules in a report; undefined until it is known what they need. */
  entries: readonly Uint8Array[] | undefined;
  /** Bytes of all module files, as far as they are known. */
  moduleBytes: number | undefined;
  /** Bytes of all index files. */
  fileBytes: number | undefined;
  /** Names of the index files that were replaced. */
  changed: readonly string[] = [];
  /** What came of it. */
  outcome = "nothing written";
  #stage: Stage | undefined;
  #since = 0;

  /**
   * @param plan what is to be done
   * @param wantsModules whether the modules are to be described
   */
  constructor(readonly plan: Plan, readonly wantsModules: boolean) {}

  begin(stage?: Stage): void {
    const now = performance.now();
    if (this.#stage !== undefined) {
      const before = this.stages.get(this.#stage) ?? 0;
      this.stages.set(this.#stage, before + now - this.#since);
    }
    this.#stage = stage;
    this.#since = now;
  }

  report(message: Message): void {
    if (message.code === "dependency") return;
    if (this.messages.length < MOST_MESSAGES) this.messages.push(message);
    else this.omitted++;
  }

  found({ count, wanted, contests }: FoundModules): void {
    this.modules = { count, wanted };
    this.contests = contests;
  }

  describe(details: ModuleDetails): void {
    this.entries = [...renderModules(details)];
    this.moduleBytes = details.sizes.reduce((sum, size) => size >= 0 ? sum + size : sum, 0);
  }

  rendered(files: readonly OutputFile[]): void {
    this.fileBytes = files.reduce((sum, { bytes }) => sum + bytes.length, 0);
  }

  replaced(names: readonly string[]): void {
    this.changed = names;
  }

  ended(outcome: string): void {
    this.begin();
    this.outcome = outcome;
  }
}
