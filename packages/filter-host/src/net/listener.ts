import { once } from "node:events";
import type { AddressInfo, Server, Socket } from "node:net";
import type { HostPort } from "@wasm-header-filter/cli";

/** A listening server. */
export interface Listener {
  readonly url: URL;
  /** Stops listening and destroys all connections, whatever their protocol. */
  close(): Promise<void>;
}

/**
 * Starts to listen.
 *
 * @param scheme the scheme of the listener's URL
 * @param failed called if a connection could not be accepted; the server continues
 * @throws Error with `code` (`EADDRINUSE`, ...) if it cannot listen
 */
export async function listen(
  server: Server,
  { host, port }: HostPort,
  scheme = "http",
  reusePort = false,
  failed: (error: Error) => void = () => {},
): Promise<Listener> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.listen({ port, host, reusePort });
  await once(server, "listening");
  server.on("error", failed);
  const address = server.address() as AddressInfo;
  return {
    url: new URL(`${scheme}://${host.includes(":") ? `[${host}]` : host}:${address.port}`),
    async close() {
      // The server closes before the listeners to its connections are called.
      const gone = [...sockets].map((socket) => new Promise((resolve) => socket.once("close", resolve)));
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await Promise.all([closed, ...gone]);
    },
  };
}
