import { createServer, type Server } from "node:net";
import type { Recorder } from "@wasm-header-filter/flight-recorder";
import { type Broken, bufferLimit, type Runtime } from "proxy-wasm-host";
import type { ClientConnections } from "../net/client-connections.ts";
import { Dialer, type TlsOptions } from "../net/dialer.ts";
import { serve } from "./http1/serve.ts";
import { acceptHttp2 } from "./http2/accept-http2.ts";
import { serveHttp2 } from "./http2/serve.ts";
import { type ProxyState, reportBroken } from "./open-exchange.ts";
import { UpstreamConnections } from "./open-upstream.ts";
import type { Pause } from "./pause.ts";
import { RetryBudget } from "./router/back-off.ts";
import { type ProxyLimits, withDefaults } from "./router/proxy-limits.ts";
import { chosenCluster, type HeaderRoute } from "./router/route.ts";
import { Router, type RouterOptions } from "./router/router.ts";

/** What a proxy is created with. */
export interface ProxySetup extends ProxyLimits {
  readonly upstream: URL;
  readonly routes?: readonly HeaderRoute[] | undefined;
  /** Where the routes' clusters are. */
  readonly clusters?: Readonly<Record<string, URL>> | undefined;
  /** For an upstream with TLS. */
  readonly tls?: TlsOptions | undefined;
  /** Records the exchanges; undefined if recording is off. */
  readonly recorder?: Recorder | undefined;
  /** Holds requests back before the chain; undefined if nothing may. */
  readonly pause?: Pause | undefined;
}

/**
 * Creates a reverse proxy whose exchanges pass the runtime's filters. It accepts HTTP/1.1 and, with prior knowledge, HTTP/2 on the same
 * port, and streams bodies both ways.
 *
 * @param connections tells whether the clients' connections drain
 * @throws Error if a route's cluster is unknown
 */
export function createProxy(runtime: Runtime, options: ProxySetup, connections: ClientConnections): Server {
  const { upstream, recorder, routes = [], clusters = {} } = options;
  const unknown = routes.find(({ cluster }) => !clusters[cluster]);
  if (unknown) throw new Error(`route: unknown cluster ${JSON.stringify(unknown.cluster)}`);
  const { timeout, connectTimeout, streamIdleTimeout } = withDefaults(options);
  const broken: Broken = (event, error) => reportBroken(runtime, event, error);
  const upstreams = new UpstreamConnections(new Dialer(options.tls, connectTimeout), broken);
  const budget = new RetryBudget();
  const state: ProxyState = {
    runtime,
    recorder,
    pause: options.pause,
    upstreamOf: (headers) => clusters[chosenCluster(routes, headers) ?? ""] ?? upstream,
    openUpstream: (events, info, target) => {
      const open: RouterOptions["open"] = (passed) => upstreams.open(target(), passed);
      return new Router({ open, timeout, bufferLimit: bufferLimit(info), budget }, events);
    },
    streamIdleTimeout,
    connections,
    lastFailure: undefined,
  };
  const server = createServer({ noDelay: true });
  server.on("close", () => upstreams.close());
  acceptHttp2(
    server,
    connections,
    (socket, first) => serve(state, socket, first),
    (stream, socket, pairs, end) => serveHttp2(state, stream, socket, pairs, end),
    broken,
  );
  return server;
}
