import type { Server, Socket } from "node:net";
import { type Broken, containing, ignore, type Pair } from "proxy-wasm-host";
import { type ClientConnections, IDLE_TIMEOUT } from "../../net/client-connections.ts";
import { PREFACE } from "./frame.ts";
import { ServerConnection } from "./server-connection.ts";
import type { ServerStream } from "./server-stream.ts";

/** How long a client may wait with its first bytes, in milliseconds. */
const FIRST_BYTES_TIMEOUT = 60_000;

/**
 * Makes a server accept connections over HTTP/1 and, with prior knowledge, over HTTP/2: they start with its preface.
 *
 * @param connections gets what tells each client to send no more requests
 * @param http1 called with each connection over HTTP/1, and its first bytes
 * @param request called with each stream over HTTP/2, its headers, and whether that is all
 * @param broken called with exceptions at the start of a connection
 */
export function acceptHttp2(
  server: Server,
  connections: ClientConnections,
  http1: (socket: Socket, first: Buffer) => void,
  request: (stream: ServerStream, socket: Socket, pairs: readonly Pair[], end: boolean) => void,
  broken: Broken,
): void {
  server.on("connection", (socket: Socket) => {
    let begin: Buffer | undefined;
    const contain = containing((event, error) => {
      socket.destroy();
      broken(event, error);
    });
    const detect = contain("a connection's beginning", (more: Buffer) => {
      begin = begin ? Buffer.concat([begin, more]) : more;
      const size = Math.min(begin.length, PREFACE.length);
      const same = begin.compare(PREFACE, 0, size, 0, size) === 0;
      if (same && size < PREFACE.length) return;
      socket.off("data", detect).off("end", hangUp).off("error", ignore).off("timeout", hangUp).setTimeout(0);
      if (same) serveConnection(begin);
      else http1(socket, begin);
    });
    const serveConnection = (first: Buffer) => {
      const connection = new ServerConnection(socket, (stream, pairs, end) => request(stream, socket, pairs, end));
      connections.tells(socket, () => connection.drain());
      const receive = contain("a connection's data", (chunk: Buffer) => connection.receive(chunk));
      const ended = contain("a connection's end", () => connection.end());
      const idle = () => connection.held.streams === 0 && socket.destroySoon();
      socket.on("data", receive).on("end", ended).on("close", ended).on("error", ignore);
      socket.on("timeout", idle).setTimeout(IDLE_TIMEOUT);
      receive(first);
    };
    const hangUp = () => socket.destroy();
    connections.tells(socket, () => connections.closeIdle(socket));
    socket.on("data", detect).on("end", hangUp).on("error", ignore).on("timeout", hangUp);
    socket.setTimeout(FIRST_BYTES_TIMEOUT);
  });
}
