import { Agent, createServer, type Server } from "node:http";
import type { Socket } from "node:net";
import type { Recorder } from "@wasm-header-filter/flight-recorder";
import { type Broken, containing, type Runtime } from "proxy-wasm-host";
import { assignConnection } from "../net/assign-connection.ts";
import { rejectMalformed, serve } from "./http1/serve.ts";
import { acceptHttp2 } from "./http2/accept-http2.ts";
import { serveHttp2 } from "./http2/serve.ts";
import { Http2Sessions } from "./http2/sessions.ts";
import { type ProxyState, reportBroken } from "./open-exchange.ts";
import { openUpstream } from "./open-upstream.ts";

/** Envoy's default `max_request_headers_kb`. */
const MAX_HEADER_BYTES = 60 * 1024;

/** Envoy's default idle time of a client's connection, in milliseconds. */
const IDLE = 3_600_000;

/**
 * A reverse proxy for HTTP/1.1 and, with prior knowledge, HTTP/2 on the same port, whose exchanges go through the runtime's filters; bodies are streamed both ways.
 *
 * @param timeout milliseconds that an upstream has from the request's end to the response's: Envoy's default for a route
 * @param recorder records the exchanges, if anything does
 */
export function createProxy(runtime: Runtime, upstream: URL, timeout = 15_000, recorder?: Recorder): Server {
  const agent = new Agent({ keepAlive: true });
  const sessions = new Http2Sessions();
  const state: ProxyState = {
    runtime,
    recorder,
    upstream,
    openUpstream: (events) => openUpstream({ agent, sessions, upstream, timeout }, events),
    active: new WeakMap(),
    trouble: undefined,
  };
  const options = { maxHeaderSize: MAX_HEADER_BYTES, requireHostHeader: false, keepAliveTimeout: IDLE };
  const server = createServer(options, (req, res) => serve(state, req, res));
  server.maxHeadersCount = 0;
  server.requestTimeout = 0;
  server.on("checkContinue", (req, res) => {
    res.writeContinue();
    serve(state, req, res);
  });
  server.on("checkExpectation", (req, res) => serve(state, req, res));
  server.on("connect", (req, socket: Socket) => assignConnection(req, socket, (res) => serve(state, req, res)));
  server.on("upgrade", (req, socket: Socket, head) =>
    assignConnection(req, socket, (res) => serve(state, req, res, head)),
  );
  const broken: Broken = (event, error) => reportBroken(runtime, event, error);
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Socket) => {
    const reject = containing((event, thrown) => {
      socket.destroy();
      broken(event, thrown);
    });
    reject("a client's error", () => {
      // A client that hangs up within its request is gone, it is not wrong.
      const gone = error.code === "ECONNRESET" || error.code === "HPE_INVALID_EOF_STATE";
      if (gone || !socket.writable) socket.destroy();
      else if (!rejectMalformed(state, socket)) socket.end(errorResponse(error));
    })();
  });
  server.on("close", () => {
    agent.destroy();
    sessions.close();
  });
  acceptHttp2(server, (stream, raw, flags) => serveHttp2(state, stream, raw, flags), broken);
  return server;
}

/** The answer to what is no HTTP request; the connection ends with it. */
function errorResponse({ code }: NodeJS.ErrnoException): string {
  const [status, text] =
    code === "HPE_HEADER_OVERFLOW" ? [431, "Request Header Fields Too Large"] : [400, "Bad Request"];
  return [
    `HTTP/1.1 ${status} ${text}`,
    `content-length: ${text.length}`,
    "content-type: text/plain",
    `date: ${new Date().toUTCString()}`,
    "server: envoy",
    "connection: close",
    "",
    text,
  ].join("\r\n");
}
