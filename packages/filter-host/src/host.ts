import type { HostPort } from "@wasm-header-filter/cli";
import { Archive } from "@wasm-header-filter/flight-recorder";
import { brokenText, type ChainPlugin, type ChainPluginOptions, Runtime } from "proxy-wasm-host";
import { createAdmin } from "./admin/admin.ts";
import type { HostOptions } from "./host-options.ts";
import { masking } from "./masking.ts";
import { ClientConnections } from "./net/client-connections.ts";
import { Dialer } from "./net/dialer.ts";
import { type Listener, listen } from "./net/listener.ts";
import { onNode } from "./platform/node-runtime.ts";
import { Pause } from "./proxy/pause.ts";
import { createProxy } from "./proxy/server.ts";
import { createTcpProxy } from "./tcp/server.ts";
import { metricCells, sharedState } from "./workers/shared-state.ts";
import { WorkerPool } from "./workers/worker-pool.ts";

export interface Host {
  readonly url: URL;
  readonly adminUrl?: URL;
  /** Custom metrics as Prometheus text. */
  stats(): string;
  /** Counters and gauges by name. */
  counters(): Map<string, number | bigint>;
  /** The plugins of the chain. */
  readonly plugins: readonly Pick<ChainPlugin, "name" | "state" | "error" | "memoryPages">[];
  /** Replaces the chain. Requests in flight keep the old one; plugins of the same name keep their VMs if they can. */
  use(chain: readonly ChainPluginOptions[]): void;
  /** Configures a plugin again; returns false if the module refuses, and the last good configuration stays. */
  reconfigure(name: string, configuration: Uint8Array | undefined): boolean;
  /** Shows on the page what is wrong with what is served at present; undefined if nothing is any more. */
  notice(text: string | undefined): void;
  /**
   * Accepts no more connections, and tells clients to send no more requests. The admin server goes on.
   *
   * @param time milliseconds that requests in flight have to end
   * @returns resolves once all connections have ended, the time is over, or the host is closed
   */
  drain(time: number): Promise<void>;
  /** Ends at once, with everything that is in flight. */
  close(): Promise<void>;
}

/** Any free port of the loopback address. */
const LOOPBACK: HostPort = { host: "127.0.0.1", port: 0 };

/**
 * Starts a reverse proxy whose requests and responses go through a chain of Proxy-Wasm filters.
 *
 * @returns the running host; if a module or configuration is refused, `plugins` says so and requests get 500, as in Envoy
 * @throws Error with `code` (`EADDRINUSE`, ...) if it cannot listen
 */
export async function startHost(given: HostOptions): Promise<Host> {
  const { record = {}, admin: page, adminHosts = [], workers = 1, redact } = given;
  const cells = workers > 1 ? metricCells() : undefined;
  const state = cells && sharedState(cells);
  const archive =
    page && record ? new Archive({ ...record, redact: [...(record.redact ?? []), ...(redact ?? [])] }) : undefined;
  // Workers have chains of their own.
  const pause = archive && !cells && !given.tcp ? new Pause(given.paused ?? false) : undefined;
  const { options, recorder, configure } = masking(given, archive);
  configure(options.plugins);
  const runtime = new Runtime(onNode(options, recorder, state));
  const failed = (error: Error) => runtime.report("error", brokenText("a new connection", error));
  const listeners: (Listener | WorkerPool)[] = [];
  let pool: WorkerPool | undefined;
  const close = async () => {
    await Promise.all(listeners.map((listener) => listener.close()));
    runtime.close();
  };
  try {
    if (cells && state) {
      pool = await WorkerPool.start(options, runtime, state, cells, archive);
      listeners.push(pool);
    } else {
      const connections = new ClientConnections();
      const proxy = options.tcp
        ? createTcpProxy(runtime, options.upstream, new Dialer(options.tls, options.connectTimeout))
        : createProxy(runtime, { ...options, recorder, pause }, connections);
      const scheme = options.tcp ? "tcp" : "http";
      listeners.push(await listen(proxy, options.listen ?? LOOPBACK, { scheme, failed, connections }));
    }
    if (page) {
      const recorded = archive && { runtime, archive, pause, gather: async () => pool?.handOver() };
      const proxyUrl = () => (listeners[0] as Listener | WorkerPool).url;
      const admin = createAdmin(runtime, recorded, { bound: page.host, scrapers: adminHosts }, proxyUrl);
      listeners.push(await listen(admin, page, { failed }));
    }
  } catch (error) {
    await close();
    throw error;
  }
  const [served, admin] = listeners as [Listener | WorkerPool, Listener?];
  return {
    url: served.url,
    ...(admin && { adminUrl: admin.url }),
    stats: () => runtime.stats(),
    counters: () => runtime.counters(),
    get plugins() {
      return runtime.plugins;
    },
    use: (chain) => {
      configure(chain);
      runtime.use(chain);
      pool?.use(chain);
    },
    reconfigure: (name, configuration = new Uint8Array()) => {
      configure([{ configuration }]);
      const taken = runtime.reconfigure(name, configuration);
      if (taken) pool?.reconfigure(name, configuration);
      return taken;
    },
    notice: (text) => {
      if (archive) archive.notice = text;
    },
    drain: (time) => served.drain(time),
    close,
  };
}
