import type { Socket } from "node:net";
import type { Contain } from "proxy-wasm-host";
import { ClientConnection } from "./client-connection.ts";

/** Connections over HTTP/1 to upstreams, kept for further requests. */
export class ConnectionPool {
  readonly #connect: (upstream: URL) => Socket;
  readonly #contain: Contain;
  /** The connections without a request, by the upstream's host. */
  readonly #idle = new Map<string, ClientConnection[]>();
  readonly #all = new Set<Socket>();

  /**
   * @param connect opens a connection
   * @param contain wraps the listeners to the connections
   */
  constructor(connect: (upstream: URL) => Socket, contain: Contain) {
    this.#connect = connect;
    this.#contain = contain;
  }

  /** A connection without a request: one that is open, or a new one. */
  take(upstream: URL): ClientConnection {
    const idle = this.#idleOf(upstream);
    for (let one = idle.pop(); one; one = idle.pop()) if (one.socket.writable) return one;
    return this.#add(this.#connect(upstream), idle);
  }

  /** Keeps a connection that is established already for the next request. */
  adopt(upstream: URL, socket: Socket): void {
    const idle = this.#idleOf(upstream);
    idle.push(this.#add(socket, idle));
  }

  /** Closes all connections. */
  close(): void {
    for (const socket of this.#all) socket.destroy();
  }

  #idleOf({ host }: URL): ClientConnection[] {
    const idle = this.#idle.get(host) ?? [];
    this.#idle.set(host, idle);
    return idle;
  }

  #add(socket: Socket, idle: ClientConnection[]): ClientConnection {
    this.#all.add(socket);
    const connection = new ClientConnection(socket, () => idle.push(connection), this.#contain);
    socket.once("close", () => {
      this.#all.delete(socket);
      const at = idle.indexOf(connection);
      if (at >= 0) idle.splice(at, 1);
    });
    return connection;
  }
}
