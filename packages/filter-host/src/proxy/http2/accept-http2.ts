import type { Server } from "node:http";
import { createServer, type ServerHttp2Stream } from "node:http2";
import type { Socket } from "node:net";
import { type Broken, containing, ignore } from "proxy-wasm-host";
import type { ClientConnections } from "../../net/client-connections.ts";

/** The start of an HTTP/2 connection (RFC 9113, section 3.4). */
const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

/** How long a client may wait with its first bytes, in milliseconds. */
const FIRST_BYTES_TIMEOUT = 60_000;

/** Envoy's default limits of a client's connection (envoyproxy/envoy, source/common/http/utility.h, OptionsLimits). */
const SETTINGS = { maxConcurrentStreams: 1024, initialWindowSize: 16 * 1024 * 1024, maxHeaderListSize: 60 * 1024 };

/**
 * Makes an HTTP/1.1 server also accept connections that start with HTTP/2's preface.
 *
 * @param connections gets what tells each client to send no more requests
 * @param request called with each stream, its raw headers and the flags of their frame
 * @param broken called with exceptions at the start of a connection
 */
export function acceptHttp2(
  server: Server,
  connections: ClientConnections,
  request: (stream: ServerHttp2Stream, raw: readonly string[], flags: number) => void,
  broken: Broken,
): void {
  const [http1] = server.listeners("connection") as ((this: Server, socket: Socket) => void)[];
  const http2 = createServer({ settings: SETTINGS });
  http2.on("stream", (stream, _, flags, raw) => request(stream, raw, flags));
  http2.on("sessionError", ignore);
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
      socket.off("readable", detect).off("error", ignore).off("timeout", hangUp).setTimeout(0);
      if (same) {
        http2.once("session", (session) => connections.tells(socket, () => session.close()));
        http2.emit("connection", socket);
      } else http1?.call(server, socket);
    });
    const hangUp = () => socket.destroy();
    connections.tells(socket, () => connections.closeIdle(socket));
    socket.on("readable", detect).on("error", ignore).on("timeout", hangUp).setTimeout(FIRST_BYTES_TIMEOUT);
  });
}
