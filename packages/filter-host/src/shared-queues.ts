import { Status } from "./abi/status.ts";

interface Queue {
  readonly items: Buffer[];
  /** Tells the root context that registered the queue. */
  notify: () => void;
}

/** Queues by VM id and name, with a token for each (proxy-wasm-cpp-host, src/shared_queue.cc). */
export class SharedQueues {
  readonly #tokens = new Map<string, number>();
  readonly #queues = new Map<number, Queue>();

  /** @returns the queue's token; the one who registers last is told of what comes */
  register(vmId: string, name: string, notify: () => void): number {
    const key = `${vmId}\0${name}`;
    const token = this.#tokens.get(key) ?? this.#tokens.size + 1;
    this.#tokens.set(key, token);
    const queue = this.#queues.get(token);
    if (queue) queue.notify = notify;
    else this.#queues.set(token, { items: [], notify });
    return token;
  }

  /** @returns the token, or undefined if nobody registered such a queue */
  resolve(vmId: string, name: string): number | undefined {
    return this.#tokens.get(`${vmId}\0${name}`);
  }

  enqueue(token: number, item: Buffer): Status {
    const queue = this.#queues.get(token);
    if (!queue) return Status.NOT_FOUND;
    queue.items.push(item);
    queue.notify();
    return Status.OK;
  }

  /** @returns the oldest item, or why there is none */
  dequeue(token: number): Buffer | Status {
    const queue = this.#queues.get(token);
    if (!queue) return Status.NOT_FOUND;
    return queue.items.shift() ?? Status.EMPTY;
  }
}
