import { once } from "node:events";
import type { AddressInfo, Server } from "node:net";
import type { HostPort } from "@wasm-header-filter/cli";
import { ClientConnections } from "./client-connections.ts";

/** A listening server. */
export interface Listener {
  readonly url: URL;
  /**
   * Stops listening, and tells the clients to send no more requests.
   *
   * @param time milliseconds that the connections have to end
   * @returns resolves once they have ended, the time is over, or the listener is closed
   */
  drain(time: number): Promise<void>;
  /** Stops listening and destroys all connections, whatever their protocol. */
  close(): Promise<void>;
}

/** How to listen. */
export interface ListenOptions {
  /** The scheme of the listener's URL; `http` by default. */
  readonly scheme?: string;
  /** Whether other listeners may share the port; false by default. */
  readonly reusePort?: boolean;
  /** Called if a connection could not be accepted; the server continues. */
  readonly failed?: (error: Error) => void;
  /** Gets the connections of the server. */
  readonly connections?: ClientConnections;
}

/**
 * Starts to listen.
 *
 * @throws Error with `code` (`EADDRINUSE`, ...) if it cannot listen
 */
export async function listen(
  server: Server,
  { host, port }: HostPort,
  { scheme = "http", reusePort = false, failed = () => {}, connections = new ClientConnections() }: ListenOptions = {},
): Promise<Listener> {
  server.prependListener("connection", (socket) => connections.add(socket));
  server.listen({ port, host, reusePort });
  await once(server, "listening");
  server.on("error", failed);
  // The server closes before the listeners to its connections are called.
  const closed = once(server, "close").then(() => connections.ended());
  const address = server.address() as AddressInfo;
  return {
    url: new URL(`${scheme}://${host.includes(":") ? `[${host}]` : host}:${address.port}`),
    async drain(time) {
      // Connections that wait to be accepted would be reset.
      for (let turns = 0; turns < 2; turns++) await new Promise(setImmediate);
      server.close();
      connections.drain();
      const over = Promise.withResolvers<void>();
      const timer = setTimeout(over.resolve, time);
      await Promise.race([closed, over.promise]);
      clearTimeout(timer);
    },
    async close() {
      server.close();
      connections.destroy();
      await closed;
    },
  };
}
