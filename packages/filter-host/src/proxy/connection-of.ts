import type { Socket } from "node:net";
import { type Connection, FilterState } from "proxy-wasm-host";

let connections = 0;
const seen = new WeakMap<Socket, Connection>();

/** The properties of a client's connection. */
export function connectionOf(socket: Socket): Connection {
  const connection = seen.get(socket) ?? {
    id: ++connections,
    source: { address: socket.remoteAddress ?? "", port: socket.remotePort ?? 0 },
    destination: { address: socket.localAddress ?? "", port: socket.localPort ?? 0 },
    state: new FilterState(),
  };
  seen.set(socket, connection);
  return connection;
}
