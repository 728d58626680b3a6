import { Status } from "../abi/status.ts";

/** What registers queues: a root context. */
export interface QueueListener {
  /** Something has come; must not call the module before the running callback has returned. */
  queueReady(token: number): void;
}

interface Queue {
  readonly items: Uint8Array[];
  /** Who is told of what comes: the last one, while it lives. */
  readonly listeners: QueueListener[];
}

/** Queues by VM id and name, with a token for each (proxy-wasm-cpp-host, src/shared_queue.cc). */
export class SharedQueues {
  readonly #tokens = new Map<string, number>();
  readonly #queues = new Map<number, Queue>();

  /** @returns the queue's token; the one who registers last is told of what comes */
  register(vmId: string, name: string, listener?: QueueListener): number {
    const key = `${vmId}\0${name}`;
    const token = this.#tokens.get(key) ?? this.#tokens.size + 1;
    this.#tokens.set(key, token);
    const queue = this.#queues.get(token) ?? { items: [], listeners: [] };
    this.#queues.set(token, queue);
    if (listener) queue.listeners.push(listener);
    return token;
  }

  /** Tells it of nothing any more; what waits in its queues stays. */
  leave(listener: QueueListener): void {
    for (const { listeners } of this.#queues.values()) {
      for (let at = listeners.indexOf(listener); at >= 0; at = listeners.indexOf(listener)) listeners.splice(at, 1);
    }
  }

  /** @returns the token, or undefined if nobody registered such a queue */
  resolve(vmId: string, name: string): number | undefined {
    return this.#tokens.get(`${vmId}\0${name}`);
  }

  enqueue(token: number, item: Uint8Array): Status {
    const queue = this.#queues.get(token);
    if (!queue) return Status.NOT_FOUND;
    queue.items.push(item);
    queue.listeners.at(-1)?.queueReady(token);
    return Status.OK;
  }

  /** @returns the oldest item, or why there is none */
  dequeue(token: number): Uint8Array | Status {
    const queue = this.#queues.get(token);
    if (!queue) return Status.NOT_FOUND;
    return queue.items.shift() ?? Status.EMPTY;
  }
}
