/**
 * Threads with permissions of their own: a worker may read and write the paths that it was given,
 * and nothing else. It has no network, environment, system information, subprocess or foreign code.
 *
 * @module
 */
import { internalError, isOutOfMemory, MemoryError, throwFailure } from "../errors.ts";
import { type Permissions, requireGrants } from "../grants.ts";
import type { Failed, Numbered } from "./messages.ts";

/** Any message: its kind, and whatever belongs to that kind. */
interface AnyMessage {
  readonly kind: string;
}

/** A thread that takes messages of the type `To` and sends messages of the type `From`. */
export class ConfinedWorker<To extends AnyMessage, From extends AnyMessage> {
  readonly #worker: Worker;
  /** By the number of a message to the worker: the answers to it. The first one is that it is ready. */
  readonly #answers: Answers<From>[];
  #failure: Error | undefined;
  /** Settles when the worker no longer needs this thread's permissions. */
  readonly ready: Promise<unknown>;

  /**
   * Starts the worker. This blocks the calling thread for some 20 ms: Deno waits until the other
   * thread's JavaScript engine has started.
   *
   * The first message must be `ready`. The worker's code is loaded with this thread's permissions,
   * so that these must not be given up before that message has come.
   *
   * @param name its code: a file in lib/threads, without the suffix
   * @throws FatalError when this thread does not itself hold what the worker is to be given
   */
  constructor(readonly name: string, { read, write }: Permissions) {
    // scripts/compile bundles this module with others into main.js or a file beside it, and the
    // worker into lib/threads/NAME.js. From source, the modules are files, which the worker has to read.
    const isSource = import.meta.url.endsWith("/confined_worker.ts");
    const path = isSource ? `./${name}.ts` : `./lib/threads/${name}.js`;
    const code = Deno.build.standalone ? [] : [new URL("../", import.meta.url).pathname];
    const readable = [...read, ...code];
    requireGrants({ read: readable, write });
    this.#worker = new Worker(new URL(path, import.meta.url), {
      type: "module",
      deno: {
        permissions: {
          read: readable,
          write: [...write],
          net: false,
          env: false,
          sys: false,
          run: false,
          ffi: false,
        },
      },
    });
    const starting = new Answers<From>(name);
    this.#answers = [starting];
    this.ready = starting.next("ready");
    this.ready.catch(() => {}); // whoever waits for it gets the error
    this.#worker.onmessage = ({ data }: MessageEvent<Numbered<From | Failed>>) => {
      const answers = this.#answers[data.number];
      if (answers === undefined) this.#fail(internalError(`the ${name} answers no question`));
      else answers.add(data);
    };
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#fail(
        isOutOfMemory(event.message)
          ? new MemoryError()
          : internalError(`the ${name} ended: ${event.message}`),
      );
    };
  }

  /** Sends a message, and gives the answers to it. */
  ask(message: To, transfer: Transferable[] = []): Answers<From> {
    const answers = new Answers<From>(this.name);
    const number = this.#answers.push(answers) - 1;
    if (this.#failure !== undefined) answers.fail(this.#failure);
    const numbered: Numbered<To> = { ...message, number };
    this.#worker.postMessage(numbered, transfer);
    return answers;
  }

  /** Ends the worker. */
  terminate(): void {
    this.#worker.terminate();
  }

  #fail(failure: Error): void {
    this.#failure = failure;
    for (const answers of this.#answers) answers.fail(failure);
  }
}

/** The answers to one message, as they arrive. */
export class Answers<From extends AnyMessage> {
  /** Those that nobody has waited for yet. */
  readonly #messages: (From | Failed)[] = [];
  /** Who waits for the next one. */
  #waiting: PromiseWithResolvers<From | Failed> | undefined;
  #failure: Error | undefined;

  /** @param name that of the worker's code */
  constructor(readonly name: string) {}

  /**
   * Waits for the next answer, which must be of one of these kinds.
   *
   * @throws FatalError (as a rejection) when the worker sends `failed`, or ends; MemoryError when
   * it ends for want of memory
   */
  async next<Kind extends From["kind"]>(
    ...kinds: readonly Kind[]
  ): Promise<Extract<From, { kind: Kind }>> {
    const message = await this.#take();
    if (isFailed(message)) throwFailure(message.failure);
    if (isOfKind(message, kinds)) return message;
    throw internalError(`the ${this.name} sent '${message.kind}', not '${kinds.join("' or '")}'`);
  }

  /** Adds an answer. */
  add(message: From | Failed): void {
    if (this.#waiting === undefined) this.#messages.push(message);
    else this.#waiting.resolve(message);
    this.#waiting = undefined;
  }

  /** Tells that there will be no other answer. */
  fail(failure: Error): void {
    this.#failure = failure;
    this.#waiting?.reject(failure);
  }

  #take(): Promise<From | Failed> {
    const message = this.#messages.shift();
    if (message !== undefined) return Promise.resolve(message);
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    this.#waiting = Promise.withResolvers();
    return this.#waiting.promise;
  }
}

function isFailed(message: AnyMessage): message is Failed {
  return message.kind === "failed";
}

function isOfKind<Message extends AnyMessage, Kind extends Message["kind"]>(
  message: Message,
  kinds: readonly Kind[],
): message is Extract<Message, { kind: Kind }> {
  return kinds.includes(message.kind as Kind);
}
