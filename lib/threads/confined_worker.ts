/**
 * Threads with permissions of their own: a worker may read and write the paths that it was given,
 * and nothing else. It has no network, environment, system information, subprocess or foreign code.
 *
 * @module
 */
import { internalError, isOutOfMemory, MemoryError, throwFailure } from "../errors.ts";
import { type Permissions, requireGrants } from "../grants.ts";
import type { Failed } from "./messages.ts";

/** Any message: its kind, and whatever belongs to that kind. */
interface AnyMessage {
  readonly kind: string;
}

/** A thread that takes messages of the type `To` and sends messages of the type `From`. */
export class ConfinedWorker<To extends AnyMessage, From extends AnyMessage> {
  readonly #worker: Worker;
  /** Messages that nobody has waited for yet. */
  readonly #messages: From[] = [];
  /** Those who wait for the next messages, in this order. */
  readonly #waiting: PromiseWithResolvers<From>[] = [];
  #failure: Error | undefined;

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
    this.#worker.onmessage = ({ data }) => this.#take(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#fail(
        isOutOfMemory(event.message)
          ? new MemoryError()
          : internalError(`the ${name} ended: ${event.message}`),
      );
    };
  }

  /** Sends a message. */
  post(message: To, transfer: Transferable[] = []): void {
    this.#worker.postMessage(message, transfer);
  }

  /**
   * Waits for the next message, which must be of one of these kinds. If several calls wait, each
   * gets a message in turn.
   *
   * @throws FatalError (as a rejection) when the worker sends `failed`, or ends; MemoryError when
   * it ends for want of memory
   */
  async next<Kind extends From["kind"]>(
    ...kinds: readonly Kind[]
  ): Promise<Extract<From, { kind: Kind }>> {
    const message: From | Failed = await this.#nextMessage();
    if (isFailed(message)) throwFailure(message.failure);
    if (isOfKind(message, kinds)) return message;
    throw internalError(`the ${this.name} sent '${message.kind}', not '${kinds.join("' or '")}'`);
  }

  /** Ends the worker. */
  terminate(): void {
    this.#worker.terminate();
  }

  #nextMessage(): Promise<From> {
    const waiting = Promise.withResolvers<From>();
    const message = this.#messages.shift();
    if (message !== undefined) waiting.resolve(message);
    else if (this.#failure !== undefined) waiting.reject(this.#failure);
    else this.#waiting.push(waiting);
    return waiting.promise;
  }

  #take(message: From): void {
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#messages.push(message);
    else waiting.resolve(message);
  }

  #fail(failure: Error): void {
    this.#failure = failure;
    for (const waiting of this.#waiting.splice(0)) waiting.reject(failure);
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
