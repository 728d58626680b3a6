import { once } from "node:events";
import type { AddressInfo, Server, Socket } from "node:net";
import type { HostPort } from "@wasm-header-filter/cli";

/** A server that listens. */
export interface Listener {
  readonly url: URL;
  /** Takes no more connections and cuts those that are there, whatever protocol they have come to speak. */
  close(): Promise<void>;
}

/**
 * Has a server listen.
 *
 * @param scheme the URL's
 * @param failed told of a connection that could not be taken; the server goes on
 * @throws Error with `code` (`EADDRINUSE`, ...) if it can't
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
      // A server is closed before those who look at its connections know that they are.
      const gone = [...sockets].map((socket) => new Promise((resolve) => socket.once("close", resolve)));
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await Promise.all([closed, ...gone]);
    },
  };
}
