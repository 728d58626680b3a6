import type { Socket } from "node:net";
import type { Contain } from "proxy-wasm-host";
import type { Dialer } from "../../net/dialer.ts";
import { ClientConnection } from "./client-connection.ts";

/** The HTTP/2 connections to upstreams; requests to one upstream share a connection. */
export class Http2Sessions {
  readonly #connections = new Map<string, Set<ClientConnection>>();
  readonly #dialer: Dialer;
  readonly #contain: Contain;

  /** @param contain wraps the listeners to the connections */
  constructor(dialer: Dialer, contain: Contain) {
    this.#dialer = dialer;
    this.#contain = contain;
  }

  /** Whether there is a connection to an upstream that takes requests. */
  has({ host }: URL): boolean {
    return this.#find(host) !== undefined;
  }

  /** The connection to an upstream; a new one if there is none that takes more requests. */
  to(upstream: URL): ClientConnection {
    const found = this.#find(upstream.host);
    if (found) return found;
    const secure = upstream.protocol === "https:";
    return this.#add(upstream, secure ? this.#dialer.tls(upstream, ["h2"]) : this.#dialer.http(upstream), false);
  }

  /** Uses a connection that has chosen HTTP/2. */
  adopt(upstream: URL, socket: Socket): void {
    this.#add(upstream, socket, true);
  }

  #find(host: string): ClientConnection | undefined {
    for (const one of this.#connections.get(host) ?? []) if (one.accepts) return one;
    return undefined;
  }

  #add({ host }: URL, socket: Socket, established: boolean): ClientConnection {
    const connection = new ClientConnection(socket, established, this.#contain);
    const all = this.#connections.get(host) ?? new Set();
    this.#connections.set(host, all.add(connection));
    socket.once("close", () => all.delete(connection));
    return connection;
  }

  /** Closes all connections. */
  close(): void {
    for (const all of this.#connections.values()) for (const one of all) one.destroy();
  }
}
