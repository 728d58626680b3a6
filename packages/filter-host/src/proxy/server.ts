import {
  Agent,
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import type { Pair } from "../abi/pairs.ts";
import { Exchange } from "../exchange.ts";
import { HeaderMap } from "../headers.ts";
import { localReply } from "../local-reply.ts";
import type { StreamInfo } from "../properties.ts";
import type { Runtime } from "../runtime.ts";

function pairsOf(raw: readonly string[]): Pair[] {
  return Array.from(
    { length: raw.length / 2 },
    (_, index) => [raw[2 * index] as string, raw[2 * index + 1] as string] as const,
  );
}

const HOP_BY_HOP = new Set(["connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"]);

const wire = (headers: HeaderMap): string[] =>
  headers.pairs().flatMap(([name, value]) => (name.startsWith(":") || HOP_BY_HOP.has(name) ? [] : [name, value]));

/** An HTTP/1.1 reverse proxy whose exchanges go through the runtime's filters. */
export function createProxy(runtime: Runtime, upstream: URL): Server {
  const agent = new Agent({ keepAlive: true });
  return createServer((req, res) => handle(runtime, upstream, agent, req, res));
}

function handle(runtime: Runtime, upstream: URL, agent: Agent, req: IncomingMessage, res: ServerResponse): void {
  const started = performance.now();
  let out: ReturnType<typeof httpRequest> | undefined;
  const exchange: Exchange = new Exchange(runtime.plugins, streamInfo(req, upstream), {
    upstream: {
      headers: (headers, end) => {
        out = httpRequest({
          agent,
          host: upstream.hostname,
          port: upstream.port || 80,
          method: headers.get(":method") ?? "GET",
          path: headers.get(":path") ?? "/",
          headers: ["host", headers.get(":authority") ?? "", ...wire(headers)],
          setHost: false,
        });
        out.on("response", (answer) => {
          const map = new HeaderMap([[":status", String(answer.statusCode)], ...pairsOf(answer.rawHeaders)]);
          map.replace("x-envoy-upstream-service-time", String(Math.round(performance.now() - started)));
          const bodiless = req.method === "HEAD" || answer.statusCode === 204 || answer.statusCode === 304;
          const end = bodiless || answer.headers["content-length"] === "0";
          exchange.respond(map, end);
          answer.on("data", (chunk: Buffer) => {
            if (!exchange.response.data(chunk, false)) answer.pause();
          });
          answer.on("end", () => {
            if (!end) exchange.response.data(Buffer.alloc(0), true);
          });
        });
        out.on("error", () =>
          exchange.reply(
            localReply(503, "upstream_reset", "upstream connect error or disconnect/reset before headers"),
          ),
        );
        if (end) out.end();
      },
      data: (bytes, end) => {
        const accepted = bytes.length === 0 || (out?.write(bytes) ?? true);
        if (end) out?.end();
        return accepted;
      },
      trailers: () => out?.end(),
    },
    client: {
      headers: (headers, end) => {
        headers.replace("server", "envoy");
        if (!headers.has("date")) headers.add("date", new Date().toUTCString());
        res.sendDate = false;
        res.writeHead(Number(headers.get(":status")), wire(headers));
        if (end) res.end();
        else res.flushHeaders();
      },
      data: (bytes, end) => {
        const accepted = bytes.length === 0 || res.write(bytes);
        if (end) res.end();
        return accepted;
      },
      trailers: () => res.end(),
    },
    ready: () => {},
    answered: () => {},
    reset: () => req.socket.destroy(),
  });
  res.on("close", () => {
    exchange.end();
    out?.destroy();
  });
  const chunked = req.headers["transfer-encoding"] !== undefined;
  const end = !chunked && !Number(req.headers["content-length"] ?? 0);
  const headers = new HeaderMap([
    [":authority", req.headers.host ?? ""],
    [":path", req.url ?? "/"],
    [":method", req.method ?? "GET"],
    [":scheme", "http"],
    ...pairsOf(req.rawHeaders).filter(([name]) => name.toLowerCase() !== "host"),
    ["x-forwarded-proto", "http"],
  ]);
  exchange.ask(headers, end);
  req.on("data", (chunk: Buffer) => exchange.request.data(chunk, false));
  req.on("end", () => {
    if (!end) exchange.request.data(Buffer.alloc(0), true);
  });
}

let connections = 0;
const connectionIds = new WeakMap<object, number>();

function streamInfo({ socket, httpVersion }: IncomingMessage, upstream: URL): StreamInfo {
  const connectionId = connectionIds.get(socket) ?? ++connections;
  connectionIds.set(socket, connectionId);
  return {
    startTime: Date.now(),
    protocol: `HTTP/${httpVersion}`,
    connectionId,
    requestId: undefined,
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
