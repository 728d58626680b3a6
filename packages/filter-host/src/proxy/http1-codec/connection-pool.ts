import type { Socket } from "node:net";
import type { Contain } from "proxy-wasm-host";
import { IDLE_TIMEOUT } from "../../net/idle-timeout.ts";
import { ClientConnection } from "./client-connection.ts";

/** A connection without a request, and the timer that closes it. */
interface Idle {
  readonly connection: ClientConnection;
  readonly timer: NodeJS.Timeout;
}

/** Connections over HTTP/1 to upstreams, kept for further requests until they have been idle for an hour. */
export class ConnectionPool {
  readonly #connect: (upstream: URL) => Socket;
  readonly #contain: Contain;
  /** The connections without a request, by the upstream's host. */
  readonly #idle = new Map<string, Idle[]>();
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
    for (let one = idle.pop(); one; one = idle.pop()) {
      clearTimeout(one.timer);
      if (one.connection.socket.writable) return one.connection;
    }
    return this.#add(this.#connect(upstream), idle);
  }

  /** Keeps a connection that is established already for the next request. */
  adopt(upstream: URL, socket: Socket): void {
    const idle = this.#idleOf(upstream);
    keep(this.#add(socket, idle), idle);
  }

  /** Closes all connections. */
  close(): void {
    for (const socket of this.#all) socket.destroy();
  }

  #idleOf({ host }: URL): Idle[] {
    const idle = this.#idle.get(host) ?? [];
    this.#idle.set(host, idle);
    return idle;
  }

  #add(socket: Socket, idle: Idle[]): ClientConnection {
    this.#all.add(socket);
    const connection = new ClientConnection(socket, () => keep(connection, idle), this.#contain);
    socket.once("close", () => {
      this.#all.delete(socket);
      const at = idle.findIndex((one) => one.connection === connection);
      if (at >= 0) clearTimeout(idle.splice(at, 1)[0]?.timer);
    });
    return connection;
  }
}

function keep(connection: ClientConnection, idle: Idle[]): void {
  const timer = setTimeout(() => connection.socket.destroy(), IDLE_TIMEOUT);
  idle.push({ connection, timer: timer.unref() });
}
