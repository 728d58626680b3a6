import { createServer, type Server } from "node:http";
import type { Socket } from "node:net";
import type { Recorder } from "@wasm-header-filter/flight-recorder";
import { type Broken, bufferLimit, containing, type Runtime } from "proxy-wasm-host";
import { assignConnection } from "../net/assign-connection.ts";
import type { ClientConnections } from "../net/client-connections.ts";
import type { TlsOptions } from "../net/connect.ts";
import { rejectMalformed, serve } from "./http1/serve.ts";
import { acceptHttp2 } from "./http2/accept-http2.ts";
import { serveHttp2 } from "./http2/serve.ts";
import { type ProxyState, reportBroken } from "./open-exchange.ts";
import { UpstreamConnections } from "./open-upstream.ts";
import { RetryBudget } from "./router/back-off.ts";
import { type ProxyLimits, withDefaults } from "./router/proxy-limits.ts";
import { Router } from "./router/router.ts";
import type { UpstreamEvents } from "./upstream-end.ts";

/** Envoy's default `max_request_headers_kb`. */
const MAX_HEADER_BYTES = 60 * 1024;

/** Envoy's default idle timeout of a client's connection, in milliseconds. */
const IDLE_TIMEOUT = 3_600_000;

/** What a proxy is created with. */
export interface ProxySetup extends ProxyLimits {
  readonly upstream: URL;
  /** For an upstream with TLS. */
  readonly tls?: TlsOptions | undefined;
  /** Records the exchanges; undefined if recording is off. */
  readonly recorder?: Recorder | undefined;
}

/**
 * Creates a reverse proxy whose exchanges pass the runtime's filters. It accepts HTTP/1.1 and, with prior knowledge, HTTP/2 on the same
 * port, and streams bodies both ways.
 *
 * @param connections tells whether the clients' connections drain
 */
export function createProxy(runtime: Runtime, options: ProxySetup, connections: ClientConnections): Server {
  const { upstream, recorder } = options;
  const { timeout, connectTimeout, streamIdleTimeout } = withDefaults(options);
  const upstreams = new UpstreamConnections(options.tls);
  const budget = new RetryBudget();
  const open = (events: UpstreamEvents) => upstreams.open(upstream, events);
  const state: ProxyState = {
    runtime,
    recorder,
    upstream,
    openUpstream: (events, info) =>
      new Router({ open, timeout, connectTimeout, bufferLimit: bufferLimit(info), budget }, events),
    streamIdleTimeout,
    connections,
    active: new WeakMap(),
    lastFailure: undefined,
  };
  const http1 = { maxHeaderSize: MAX_HEADER_BYTES, requireHostHeader: false, keepAliveTimeout: IDLE_TIMEOUT };
  const server = createServer(http1, (req, res) => serve(state, req, res));
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
      // A client that disconnects within its request gets no answer.
      const gone = error.code === "ECONNRESET" || error.code === "HPE_INVALID_EOF_STATE";
      if (gone || !socket.writable) socket.destroy();
      else if (!rejectMalformed(state, socket, error.code === "HPE_HEADER_OVERFLOW")) socket.end(errorResponse(error));
    })();
  });
  server.on("close", () => upstreams.close());
  acceptHttp2(
    server,
    connections,
    (stream, socket, pairs, end) => serveHttp2(state, stream, socket, pairs, end),
    broken,
  );
  return server;
}

/** The response to a malformed request, after which the connection is closed. */
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
