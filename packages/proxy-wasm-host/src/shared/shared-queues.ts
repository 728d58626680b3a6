import { Status } from "../abi/status.ts";

/** What registers queues: a root context. */
export interface QueueListener {
  /** An item was added. Must not call the module before the running callback has returned. */
  queueReady(token: number): void;
}

interface Queue {
  readonly items: Uint8Array[];
  /** The last one is told of new items. */
  readonly listeners: QueueListener[];
}

/** Both may contain any character. */
const keyOf = (vmId: string, name: string): string => `${vmId.length} ${vmId}${name}`;

/** Queues by VM id and name; each has a token (proxy-wasm-cpp-host, src/shared_queue.cc). */
export class SharedQueues {
  readonly #tokens = new Map<string, number>();
  readonly #queues = new Map<number, Queue>();

  /**
   * Creates a queue, unless it exists.
   *
   * @param listener is told of new items, until another one registers
   * @returns the queue's token
   */
  register(vmId: string, name: string, listener?: QueueListener): number {
    const key = keyOf(vmId, name);
    const token = this.#tokens.get(key) ?? this.#tokens.size + 1;
    this.#tokens.set(key, token);
    const queue = this.#queues.get(token) ?? { items: [], listeners: [] };
    this.#queues.set(token, queue);
    if (listener) queue.listeners.push(listener);
    return token;
  }

  /** Removes a listener from its queues; their items stay. */
  leave(listener: QueueListener): void {
    for (const { listeners } of this.#queues.values()) {
      for (let at = listeners.indexOf(listener); at >= 0; at = listeners.indexOf(listener)) listeners.splice(at, 1);
    }
  }

  /** @returns the queue's token; undefined if there is no such queue */
  resolve(vmId: string, name: string): number | undefined {
    return this.#tokens.get(keyOf(vmId, name));
  }

  /** Adds an item at the end. @returns OK; NOT_FOUND */
  enqueue(token: number, item: Uint8Array): Status {
    const queue = this.#queues.get(token);
    if (!queue) return Status.NOT_FOUND;
    queue.items.push(item);
    queue.listeners.at(-1)?.queueReady(token);
    return Status.OK;
  }

  /** Removes the oldest item. @returns the item; NOT_FOUND; EMPTY */
  dequeue(token: number): Uint8Array | Status {
    const queue = this.#queues.get(token);
    if (!queue) return Status.NOT_FOUND;
    return queue.items.shift() ?? Status.EMPTY;
  }
}
