import { MessageChannel, type MessagePort, receiveMessageOnPort } from "node:worker_threads";
import type { SharedCalls } from "./shared-state.ts";

/** One thread's end of a line to the main one, as it is handed over. */
export interface CallLine {
  readonly port: MessagePort;
  /** How many answers have been given. */
  readonly flag: Int32Array<SharedArrayBuffer>;
}

interface Question {
  readonly id: number;
  readonly name: keyof SharedCalls;
  readonly values: readonly unknown[];
}

interface Reply {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}

/** Asks the main thread something and waits for the answer. */
export type Ask = <Name extends keyof SharedCalls>(
  name: Name,
  ...values: Parameters<SharedCalls[Name]>
) => ReturnType<SharedCalls[Name]>;

/**
 * Opens a line on which a thread asks and waits.
 *
 * @returns the thread's end, and what closes it
 */
export function answerCalls(calls: SharedCalls): { line: CallLine; close: () => void } {
  const { port1, port2 } = new MessageChannel();
  const flag = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  port1.on("message", ({ id, name, values }: Question) => {
    const reply = answer(id, () => (calls[name] as (...values: readonly unknown[]) => unknown)(...values));
    try {
      port1.postMessage(reply);
    } catch (error) {
      // The thread waits for an answer, whatever it is.
      port1.postMessage({ id, error: (error as Error).message } satisfies Reply);
    }
    Atomics.add(flag, 0, 1);
    Atomics.notify(flag, 0);
  });
  port1.unref();
  return { line: { port: port2, flag }, close: () => port1.close() };
}

function answer(id: number, ask: () => unknown): Reply {
  try {
    return { id, value: ask() };
  } catch (error) {
    return { id, error: (error as Error).message };
  }
}

/** A thread's side of the line; what it asks throws what the answer throws. */
export function asks({ port, flag }: CallLine): Ask {
  let asked = 0;
  return (name, ...values) => {
    const id = ++asked;
    port.postMessage({ id, name, values } satisfies Question);
    for (;;) {
      const given = Atomics.load(flag, 0);
      const reply: Reply | undefined = receiveMessageOnPort(port)?.message;
      if (!reply) Atomics.wait(flag, 0, given);
      // A callback that was ended while it waited has left an answer behind.
      if (reply?.id !== id) continue;
      if (reply.error !== undefined) throw new Error(reply.error);
      return reply.value as never;
    }
  };
}
