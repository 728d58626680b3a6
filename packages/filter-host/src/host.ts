import type { AddressInfo, Server } from "node:net";
import { createAdmin } from "./admin.ts";
import { createProxy } from "./proxy/server.ts";
import { Runtime, type RuntimeOptions } from "./runtime.ts";

export interface HostPort {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
}

export interface HostOptions extends RuntimeOptions {
  /** Where requests go, `http://HOST:PORT`. */
  readonly upstream: URL;
  /** Where the proxy listens; any free port of 127.0.0.1 by default. */
  readonly listen?: HostPort | undefined;
  /** Where the admin server listens; none by default. */
  readonly admin?: HostPort | undefined;
}

export interface Host {
  readonly url: URL;
  readonly adminUrl?: URL;
  /** The custom metrics as Prometheus text. */
  stats(): string;
  /** Counters and gauges by name. */
  counters(): Map<string, number | bigint>;
  readonly plugins: readonly {
    readonly name: string;
    readonly state: "running" | "refused" | "failed";
    readonly error?: string | undefined;
    readonly memoryPages: number;
  }[];
  /** Configures a plugin anew; false if the module refuses: the last good configuration stays. */
  reconfigure(name: string, configuration: Uint8Array | undefined): boolean;
  close(): Promise<void>;
}

async function listen(server: Server, at: HostPort): Promise<URL> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(at.port, at.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return new URL(`http://${at.host.includes(":") ? `[${at.host}]` : at.host}:${port}`);
}

/**
 * Starts a reverse proxy whose requests and responses go through a chain of Proxy-Wasm filters.
 *
 * @returns the running host; a module or configuration that is refused shows in `plugins` and answers 500, as in Envoy
 * @throws Error with `code` (`EADDRINUSE`, ...) if it can't listen
 */
export async function startHost(options: HostOptions): Promise<Host> {
  const runtime = new Runtime(options);
  const proxy = createProxy(runtime, options.upstream);
  const url = await listen(proxy, options.listen ?? { host: "127.0.0.1", port: 0 });
  const admin = options.admin && createAdmin(runtime, options.admin.host);
  const adminUrl = admin && options.admin && (await listen(admin, options.admin));
  return {
    url,
    ...(adminUrl && { adminUrl }),
    stats: () => runtime.stats(),
    counters: () => runtime.counters(),
    plugins: runtime.plugins,
    reconfigure: (name, configuration) => runtime.reconfigure(name, configuration),
    close: async () => {
      const servers = admin ? [proxy, admin] : [proxy];
      await Promise.all(
        servers.map(
          (server) =>
            new Promise((resolve) => {
              server.close(resolve);
              server.closeAllConnections();
            }),
        ),
      );
      runtime.close();
    },
  };
}
