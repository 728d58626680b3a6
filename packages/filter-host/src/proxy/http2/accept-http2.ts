import type { Server } from "node:http";
import type { Socket } from "node:net";
import { type Broken, containing, ignore, type Pair } from "proxy-wasm-host";
import type { ClientConnections } from "../../net/client-connections.ts";
import { Http2Connection } from "./connection.ts";
import { PREFACE } from "./frame.ts";
import type { Http2Stream } from "./stream.ts";

/** How long a client may wait with its first bytes, in milliseconds. */
const FIRST_BYTES_TIMEOUT = 60_000;

/** Envoy's default idle timeout of a client's connection, in milliseconds. */
const IDLE_TIMEOUT = 3_600_000;

/**
 * Makes an HTTP/1.1 server also accept connections that start with HTTP/2's preface.
 *
 * @param connections gets what tells each client to send no more requests
 * @param request called with each stream, its headers, and whether that is all
 * @param broken called with exceptions at the start of a connection
 */
export function acceptHttp2(
  server: Server,
  connections: ClientConnections,
  request: (stream: Http2Stream, socket: Socket, pairs: readonly Pair[], end: boolean) => void,
  broken: Broken,
): void {
  const [http1] = server.listeners("connection") as ((this: Server, socket: Socket) => void)[];
  server.removeAllListeners("connection");
  server.on("connection", (socket: Socket) => {
    let begin = Buffer.alloc(0);
    const contain = containing((event, error) => {
      socket.destroy();
      broken(event, error);
    });
    const detect = contain("a connection's beginning", () => {
      const more: Buffer | null = socket.read();
      if (!more) return;
      begin = Buffer.concat([begin, more]);
      const size = Math.min(begin.length, PREFACE.length);
      const same = begin.compare(PREFACE, 0, size, 0, size) === 0;
      if (same && size < PREFACE.length) return;
      socket.unshift(begin);
      socket.off("readable", detect).off("end", hangUp).off("timeout", hangUp).setTimeout(0);
      if (same) serveConnection(socket);
      else {
        socket.off("error", ignore);
        http1?.call(server, socket);
      }
    });
    const serveConnection = (socket: Socket) => {
      const connection = new Http2Connection(socket, (stream, pairs, end) => request(stream, socket, pairs, end));
      connections.tells(socket, () => connection.drain());
      const receive = contain("a connection's data", (chunk: Buffer) => connection.receive(chunk));
      const ended = contain("a connection's end", () => connection.end());
      const idle = () => connection.held.streams === 0 && socket.destroySoon();
      socket.on("data", receive).on("end", ended).on("close", ended).on("timeout", idle).setTimeout(IDLE_TIMEOUT);
    };
    const hangUp = () => socket.destroy();
    connections.tells(socket, () => connections.closeIdle(socket));
    socket
      .on("readable", detect)
      .on("error", ignore)
      .on("end", hangUp)
      .on("timeout", hangUp)
      .setTimeout(FIRST_BYTES_TIMEOUT);
  });
}
