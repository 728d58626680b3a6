import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import {
  type PageHandler,
  type PageResponse,
  PageRoutes,
  type RecordedRuntime,
} from "@wasm-header-filter/flight-recorder";
import { brokenText, ignore, quietly, type Runtime } from "proxy-wasm-host";
import { assignConnection } from "../net/assign-connection.ts";
import { type AdminNames, forbiddenReason } from "./guard.ts";

const TEXT = "text/plain; charset=UTF-8";

const text = (words: string, status = 200): PageResponse => ({ status, type: TEXT, text: words });

type Pages = Readonly<Record<string, (runtime: Runtime) => PageResponse>>;

const STATISTICS: Pages = {
  "/ready": () => text("LIVE\n"),
  "/stats": (runtime) =>
    text([...runtime.counters()].map(([name, value]) => `wasmcustom.${name}: ${value}\n`).join("")),
  "/stats/prometheus": (runtime) => text(runtime.stats()),
};

/** The answer at `/` if recording is off. */
const BARE: Pages = {
  "/": ({ plugins }) => {
    const lines = plugins.map(({ name, state, error = "" }) => `${name}: ${state} ${error}`.trimEnd());
    return text(["Recording is off, so there is no page.", ...lines, ...Object.keys(STATISTICS), ""].join("\n"));
  },
};

/**
 * The admin server: `/stats/prometheus` and `/stats` print custom metrics as Envoy does, `/ready`, and the page at `/` with its API
 * below `/api/`. It rejects requests for names that are not this host's, and requests that other sites' pages send. Scrapers may use
 * other names for the statistics, see {@link AdminNames}.
 *
 * @param runtime the runtime whose state is shown
 * @param recorded what is recorded of it; undefined if recording is off
 * @param names the names by which it may be asked
 * @param proxy returns the address of the proxy, for replayed requests
 */
export function createAdmin(
  runtime: Runtime,
  recorded: RecordedRuntime | undefined,
  names: AdminNames,
  proxy: () => URL,
): Server {
  const page = recorded && new PageRoutes(recorded, proxy);
  const statistics = page ? STATISTICS : { ...STATISTICS, ...BARE };
  const find = (method: string, path: string): PageHandler | undefined => {
    const shown = statistics[path];
    return shown ? (method === "GET" ? () => shown(runtime) : undefined) : page?.find(method, path);
  };
  const answer = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const path = pathOf(req.url ?? "/");
    const method = req.method === "HEAD" ? "GET" : (req.method ?? "GET");
    // A closed server has no address.
    const listening = (server.address() as AddressInfo | null)?.address ?? "127.0.0.1";
    const forbidden = forbiddenReason(req, names, Object.hasOwn(STATISTICS, path), listening);
    const route = find(method, path);
    const exists = route ?? find("GET", path) ?? find("POST", path);
    const found = forbidden
      ? text(`${forbidden}\n`, 403)
      : route
        ? await route(req, res)
        : exists
          ? text("method not allowed\n", 405)
          : text(`not found; available: /, ${Object.keys(STATISTICS).join(", ")}\n`, 404);
    if (!found) return;
    res.writeHead(found.status ?? 200, { ...HEADERS, "content-type": found.type, ...found.headers });
    res.end(req.method === "HEAD" ? undefined : found.text);
  };
  const serve = (req: IncomingMessage, res: ServerResponse): void => {
    req.on("error", ignore);
    res.on("error", ignore);
    answer(req, res).catch((error: unknown) => {
      // A client that disconnects within its request is not an error of the server.
      if (!res.destroyed) quietly(() => runtime.report("error", brokenText(`the admin request for ${req.url}`, error)));
      quietly(() => abandon(res));
    });
  };
  const server = createServer(serve);
  server.on("connect", (req, socket: Socket) => assignConnection(req, socket, (res) => serve(req, res)));
  server.on("close", () => page?.close());
  return server;
}

/** The path of a request's target, without its query; empty if there is none. */
function pathOf(target: string): string {
  return URL.parse(target.startsWith("/") ? `http://admin${target}` : target)?.pathname ?? "";
}

/** Ends a request whose handler has thrown. */
function abandon(res: ServerResponse): void {
  if (res.headersSent) res.destroy();
  else res.writeHead(500, { ...HEADERS, "content-type": TEXT }).end("internal error\n");
}

const HEADERS = {
  "cache-control": "no-cache, max-age=0",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "content-security-policy": "default-src 'none'",
};
