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
  const refused = runtime.plugins.some(({ state }) => state === "refused");
  let out: ReturnType<typeof httpRequest> | undefined;
  const exchange: Exchange = new Exchange(refused ? [] : runtime.plugins, {
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
          exchange.reply({
            status: 503,
            headers: [],
            body: Buffer.from("upstream connect error or disconnect/reset before headers"),
            details: "",
          }),
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
  if (refused) {
    exchange.reply({ status: 500, headers: [], body: Buffer.alloc(0), details: "" });
    return;
  }
  exchange.request.headers(headers, end);
  req.on("data", (chunk: Buffer) => exchange.request.data(chunk, false));
  req.on("end", () => {
    if (!end) exchange.request.data(Buffer.alloc(0), true);
  });
}
