/**
 * Messages of one kind about one module or file, of which hostile input could cause millions: the
 * first ones, and how many more there were.
 *
 *     ERROR: a.ko: dropped alias …      up to 20 times
 *     ERROR: a.ko: dropped 980 more values
 *
 * @module
 */
import type { Message } from "./model.ts";

/** Messages about one module or file that are shown one by one. */
export const MOST_MESSAGES = 20;

/** Collects messages in constant memory. */
export class MessageList {
  readonly #messages: Message[] = [];
  #omitted = 0;

  /**
   * @param options.level of all messages
   * @param options.code of all messages
   * @param options.fails of all messages
   * @param options.more makes the text that counts the others
   */
  constructor(
    readonly options: Pick<Message, "level" | "code" | "fails"> & {
      readonly more: (count: number) => string;
    },
  ) {}

  /** Adds a message; its text is only made if it is kept. */
  add(text: () => string): void {
    if (this.#messages.length < MOST_MESSAGES) this.#messages.push(this.#message(text()));
    else this.#omitted++;
  }

  /** All messages, in order. */
  finish(): Message[] {
    if (this.#omitted === 0) return this.#messages;
    return [...this.#messages, this.#message(this.options.more(this.#omitted))];
  }

  #message(text: string): Message {
    const { level, code, fails = false } = this.options;
    return { level, code, text, fails };
  }
}
