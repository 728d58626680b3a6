import type { Socket } from "node:net";

/** Envoy's default `idle_timeout` of a client's connection, in milliseconds. */
export const IDLE_TIMEOUT = 3_600_000;

/** How long a new connection may be without a byte while connections drain, in milliseconds. */
const FIRST_BYTES = 1_000;

interface Open {
  /** Tells the client to send no more requests; undefined for a protocol that has no such message. */
  goAway: (() => void) | undefined;
  exchanges: number;
  /** How many bytes had come when the last exchange ended. */
  seen: number;
}

/** The connections of a server's clients. Once they drain, each of them ends with the last of its exchanges. */
export class ClientConnections {
  readonly #open = new Map<Socket, Open>();
  #ended: (() => void) | undefined;
  #draining = false;

  /** Whether clients are told to use new connections. */
  get draining(): boolean {
    return this.#draining;
  }

  /** How many connections are open. */
  get count(): number {
    return this.#open.size;
  }

  /** Adds a connection, until it closes. */
  add(socket: Socket): void {
    this.#open.set(socket, { goAway: undefined, exchanges: 0, seen: 0 });
    socket.once("close", () => {
      this.#open.delete(socket);
      if (this.#open.size === 0) this.#ended?.();
    });
  }

  /** Sets what tells the client of a connection to send no more requests; it is called at once if connections drain already. */
  tells(socket: Socket, goAway: () => void): void {
    const open = this.#open.get(socket);
    if (!open) return;
    open.goAway = goAway;
    if (this.#draining) goAway();
  }

  /**
   * Counts an exchange of a connection with one exchange at a time, which {@link closeIdle} leaves alone until then.
   *
   * @returns must be called once when the exchange has ended
   */
  begin(socket: Socket): () => void {
    const open = this.#open.get(socket);
    if (!open) return () => {};
    open.exchanges++;
    return () => {
      open.exchanges--;
      open.seen = socket.bytesRead;
      if (this.#draining) this.closeIdle(socket);
    };
  }

  /** Closes a connection unless it has an exchange, or a request has begun to arrive; a new one has a second for its first bytes. */
  closeIdle(socket: Socket): void {
    const isIdle = () => {
      const { exchanges = 0, seen = 0 } = this.#open.get(socket) ?? {};
      return exchanges === 0 && socket.bytesRead === seen;
    };
    if (!isIdle()) return;
    if (socket.bytesRead > 0) socket.destroySoon();
    else setTimeout(() => isIdle() && socket.destroySoon(), FIRST_BYTES).unref();
  }

  /** Tells all clients to send no more requests, and closes the connections that are idle. */
  drain(): void {
    this.#draining = true;
    for (const { goAway } of [...this.#open.values()]) goAway?.();
  }

  /** Resolves once no connection is open. */
  async ended(): Promise<void> {
    if (this.#open.size === 0) return;
    await new Promise<void>((resolve) => {
      this.#ended = resolve;
    });
  }

  /** Destroys all connections. */
  destroy(): void {
    for (const socket of [...this.#open.keys()]) socket.destroy();
  }
}
