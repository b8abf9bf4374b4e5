/**
 * How a worker takes messages, one after the other.
 *
 * @module
 */
import { describeFailure } from "../errors.ts";
import type { Failed, Numbered } from "./messages.ts";

/** The worker's own side of its messages. */
interface WorkerScope<To, From> {
  onmessage: (event: MessageEvent<Numbered<To>>) => void;
  postMessage(
    message: Numbered<From | Failed | { readonly kind: "ready" }>,
    transfer: Transferable[],
  ): void;
}

/** An answer to a message, and the memory that goes with it. */
export interface Answer<From> {
  readonly message: From;
  readonly transfer?: readonly ArrayBufferLike[];
  /** Called once the answer is sent: what will be needed later can be prepared meanwhile. */
  readonly sent?: () => void;
}

/**
 * Answers each message to this worker, and first tells the main thread that it is ready. If
 * answering fails, the answer is `failed`.
 *
 * @param answer gives the answer; `send` sends other messages before it
 */
export function answerMessages<To, From>(
  answer: (message: To, send: (message: From) => void) => Answer<From> | Promise<Answer<From>>,
): void {
  const scope = self as unknown as WorkerScope<To, From>;
  const reply = async (data: Numbered<To>) => {
    const { number } = data;
    const send = (message: From) => scope.postMessage({ ...message, number }, []);
    try {
      const { message, transfer = [], sent } = await answer(data, send);
      scope.postMessage({ ...message, number }, [...transfer] as ArrayBuffer[]);
      sent?.();
    } catch (error) {
      scope.postMessage({ kind: "failed", failure: describeFailure(error), number }, []);
    }
  };
  let replied = Promise.resolve();
  scope.onmessage = ({ data }) => void (replied = replied.then(() => reply(data)));
  scope.postMessage({ kind: "ready", number: 0 }, []);
}
