import type { Server } from "node:http";
import { createServer, type ServerHttp2Stream } from "node:http2";
import type { Socket } from "node:net";
import { type Broken, containing, ignore } from "proxy-wasm-host";

/** What an HTTP/2 connection begins with (RFC 9113, section 3.4). */
const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

/** How long a client may say nothing after connecting, in milliseconds. */
const SILENCE = 60_000;

/** Envoy's defaults for what a client may have open and on its way (envoyproxy/envoy, source/common/http/utility.h, OptionsLimits). */
const SETTINGS = { maxConcurrentStreams: 1024, initialWindowSize: 16 * 1024 * 1024, maxHeaderListSize: 60 * 1024 };

/**
 * Has a server for HTTP/1.1 take connections that begin with HTTP/2's preface too.
 *
 * @param request told of each stream, with its raw headers and the flags of their frame
 * @param broken told of what is thrown where a connection begins
 */
export function acceptHttp2(
  server: Server,
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
    const look = contain("a connection's beginning", () => {
      const more: Buffer | null = socket.read();
      if (!more) return;
      begin = Buffer.concat([begin, more]);
      const size = Math.min(begin.length, PREFACE.length);
      const same = begin.compare(PREFACE, 0, size, 0, size) === 0;
      if (same && size < PREFACE.length) return;
      socket.unshift(begin);
      socket.off("readable", look).off("error", ignore).off("timeout", hangUp).setTimeout(0);
      if (same) http2.emit("connection", socket);
      else http1?.call(server, socket);
    });
    const hangUp = () => socket.destroy();
    socket.on("readable", look).on("error", ignore).on("timeout", hangUp).setTimeout(SILENCE);
  });
}
