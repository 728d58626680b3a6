import { MessageChannel, type MessagePort, receiveMessageOnPort } from "node:worker_threads";
import type { SharedCalls } from "./shared-state.ts";

/** A worker's end of the channel on which it calls the main thread. */
export interface CallChannel {
  readonly port: MessagePort;
  /** How many answers have been sent. */
  readonly answers: Int32Array<SharedArrayBuffer>;
}

interface Call {
  readonly id: number;
  readonly name: keyof SharedCalls;
  readonly values: readonly unknown[];
}

interface Reply {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}

/** Calls the main thread and waits for the answer. */
export type Ask = <Name extends keyof SharedCalls>(
  name: Name,
  ...values: Parameters<SharedCalls[Name]>
) => ReturnType<SharedCalls[Name]>;

/**
 * Answers the calls of a worker.
 *
 * @returns the worker's end of the channel, and a function that closes it
 */
export function answerCalls(calls: SharedCalls): { readonly channel: CallChannel; readonly close: () => void } {
  const { port1, port2 } = new MessageChannel();
  const answers = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  port1.on("message", ({ id, name, values }: Call) => {
    const reply = answer(id, () => (calls[name] as (...values: readonly unknown[]) => unknown)(...values));
    try {
      port1.postMessage(reply);
    } catch (error) {
      // The value cannot be cloned, and the worker waits for an answer.
      port1.postMessage({ id, error: (error as Error).message } satisfies Reply);
    }
    Atomics.add(answers, 0, 1);
    Atomics.notify(answers, 0);
  });
  port1.unref();
  return { channel: { port: port2, answers }, close: () => port1.close() };
}

function answer(id: number, call: () => unknown): Reply {
  try {
    return { id, value: call() };
  } catch (error) {
    return { id, error: (error as Error).message };
  }
}

/** Calls the main thread through a worker's end of the channel; an error in the answer is thrown in the worker. */
export function askMainThread({ port, answers }: CallChannel): Ask {
  let calls = 0;
  return (name, ...values) => {
    const id = ++calls;
    port.postMessage({ id, name, values } satisfies Call);
    for (;;) {
      const received = Atomics.load(answers, 0);
      const reply: Reply | undefined = receiveMessageOnPort(port)?.message;
      if (!reply) Atomics.wait(answers, 0, received);
      // A callback that was aborted while it waited has left its answer in the channel.
      if (reply?.id !== id) continue;
      if (reply.error !== undefined) throw new Error(reply.error);
      return reply.value as never;
    }
  };
}
