import { once } from "node:events";
import type { AddressInfo, Server, Socket } from "node:net";

/** Where to listen. */
export interface HostPort {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
}

/** A server that listens. */
export interface Listener {
  readonly url: URL;
  /** Takes no more connections and cuts those that are there, whatever protocol they have come to speak. */
  close(): Promise<void>;
}

/**
 * Has an HTTP server listen.
 *
 * @throws Error with `code` (`EADDRINUSE`, ...) if it can't
 */
export async function listen(server: Server, { host, port }: HostPort): Promise<Listener> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.listen(port, host);
  await once(server, "listening");
  const address = server.address() as AddressInfo;
  return {
    url: new URL(`http://${host.includes(":") ? `[${host}]` : host}:${address.port}`),
    async close() {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
