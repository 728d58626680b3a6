import type { Agent, IncomingMessage, ServerResponse } from "node:http";
import { Exchange } from "../exchange.ts";
import { HeaderMap } from "../headers.ts";
import type { StreamInfo } from "../properties.ts";
import type { Runtime } from "../runtime.ts";
import { Downstream } from "./downstream.ts";
import { readRequest } from "./request.ts";
import { Upstream } from "./upstream.ts";
import { hasBody, rawPairs } from "./wire.ts";

const NOTHING = Buffer.alloc(0);

/** Leads one request of a client through the filters to the upstream, and the response back. */
export function serve(runtime: Runtime, agent: Agent, url: URL, req: IncomingMessage, res: ServerResponse): void {
  const headers = readRequest(req);
  const dropped = (name: string) =>
    runtime.report("warn", `header ${JSON.stringify(name)} not sent: HTTP does not allow it`);
  const downstream = new Downstream(req, res, dropped);
  const upstream = new Upstream(agent, url, {
    headers: (answer, end) => exchange.respond(answer, end),
    data: (bytes, end) => {
      info.responseSize += bytes.length;
      return exchange.response.data(bytes, end);
    },
    trailers: (trailers) => {
      info.responseTrailers = trailers;
      exchange.response.trailers(trailers);
    },
    failed: (reply) => exchange.fail(reply),
    unblocked: () => exchange.request.unblock(),
    dropped,
  });
  const info = streamInfo(req, url, headers instanceof HeaderMap ? headers.get("x-request-id") : undefined);
  const exchange = new Exchange(runtime.plugins, info, {
    upstream,
    client: downstream,
    ready: (side) => (side === "request" ? req.resume() : upstream.resume()),
    answered: () => upstream.close(),
    reset: () => downstream.reset(),
  });
  res.on("drain", () => exchange.response.unblock());
  // The response is sent, or the client is gone.
  res.on("close", () => {
    upstream.close();
    exchange.end();
  });
  // The client's going away is seen at the response; without a listener Node would end the process.
  req.on("error", () => {});
  if (!(headers instanceof HeaderMap)) {
    exchange.reply(headers);
    return;
  }
  const body = hasBody(req);
  exchange.ask(headers, !body);
  req.on("data", (chunk: Buffer) => {
    info.requestSize += chunk.length;
    if (!exchange.request.data(chunk, false)) req.pause();
  });
  req.on("end", () => {
    if (!body) return;
    if (req.rawTrailers.length > 0) exchange.request.trailers(new HeaderMap(rawPairs(req.rawTrailers)));
    else exchange.request.data(NOTHING, true);
  });
}

let connections = 0;
const connectionIds = new WeakMap<object, number>();

function streamInfo(
  { socket, httpVersion }: IncomingMessage,
  upstream: URL,
  requestId: string | undefined,
): StreamInfo {
  const connectionId = connectionIds.get(socket) ?? ++connections;
  connectionIds.set(socket, connectionId);
  return {
    startTime: Date.now(),
    protocol: `HTTP/${httpVersion}`,
    connectionId,
    requestId,
    source: { address: socket.remoteAddress ?? "", port: socket.remotePort ?? 0 },
    destination: { address: socket.localAddress ?? "", port: socket.localPort ?? 0 },
    upstream: { address: upstream.hostname, port: Number(upstream.port || 80) },
    requestHeaders: undefined,
    responseHeaders: undefined,
    responseTrailers: undefined,
    requestSize: 0,
    responseSize: 0,
    responseCodeDetails: "",
    set: new Map(),
  };
}
