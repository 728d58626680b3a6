import { Agent, createServer, type Server } from "node:http";
import type { Socket } from "node:net";
import type { Runtime } from "../runtime.ts";
import { serve } from "./serve.ts";

/** Envoy's default `max_request_headers_kb`. */
const MAX_HEADER_BYTES = 60 * 1024;

/** Envoy's default idle time of a client's connection, in milliseconds. */
const IDLE = 3_600_000;

/** An HTTP/1.1 reverse proxy whose exchanges go through the runtime's filters; bodies are streamed both ways. */
export function createProxy(runtime: Runtime, upstream: URL): Server {
  const agent = new Agent({ keepAlive: true });
  const server = createServer(
    { maxHeaderSize: MAX_HEADER_BYTES, requireHostHeader: false, keepAliveTimeout: IDLE },
    (req, res) => serve(runtime, agent, upstream, req, res),
  );
  server.maxHeadersCount = 0;
  server.requestTimeout = 0;
  server.on("checkContinue", (req, res) => {
    res.writeContinue();
    serve(runtime, agent, upstream, req, res);
  });
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Socket) => refuse(error, socket));
  server.on("close", () => agent.destroy());
  return server;
}

/** Answers what is no HTTP request, and hangs up. */
function refuse(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || error.code === "ECONNRESET") {
    socket.destroy();
    return;
  }
  const [status, body] =
    error.code === "HPE_HEADER_OVERFLOW"
      ? ["431 Request Header Fields Too Large", ""]
      : ["400 Bad Request", "Bad Request"];
  const type = body && "content-type: text/plain\r\n";
  const date = `date: ${new Date().toUTCString()}`;
  socket.end(
    `HTTP/1.1 ${status}\r\ncontent-length: ${body.length}\r\n${type}${date}\r\nserver: envoy\r\nconnection: close\r\n\r\n${body}`,
  );
}
