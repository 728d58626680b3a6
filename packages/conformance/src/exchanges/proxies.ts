import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { startHost } from "@wasm-header-filter/filter-host";
import { temporaryFolder } from "../environment/temporary.ts";
import { startEnvoy } from "../proxies/envoy/start.ts";
import type { Exchange } from "./exchange.ts";
import { observer } from "./filter.ts";

/** An exchange and the upstream that its listener's requests go to. */
interface Route {
  readonly exchange: Exchange;
  readonly upstream: URL;
}

/** A proxy with a listener for each exchange. */
export interface RawProxy {
  readonly urls: readonly URL[];
  /** Waits until the proxy has finished with all connections, and returns what the filter of each listener has logged. */
  finish(): Promise<readonly (readonly string[])[]>;
  close(): Promise<void>;
}

export type StartRawProxy = (routes: readonly Route[]) => Promise<RawProxy>;

/** filter-host with a listener for each route. */
export const startHosts: StartRawProxy = async (routes) => {
  const module = observer();
  const logs = routes.map((): string[] => []);
  const hosts = await Promise.all(
    routes.map(({ exchange, upstream }, at) =>
      startHost({
        plugins: [{ name: "observer", module }],
        upstream: exchange.http2Upstream ? new URL(`h2c://${upstream.host}`) : upstream,
        log: ({ source, message }) => source === "filter" && logs[at]?.push(message),
      }),
    ),
  );
  const close = () => Promise.all(hosts.map((host) => host.close())).then(() => {});
  return {
    urls: hosts.map(({ url }) => url),
    finish: () => close().then(() => logs),
    close: async () => {},
  };
};

/** The listener whose requests Envoy answers itself. */
const BARRIER = "barrier";

/** Envoy with a listener for each route, as a sidecar has them. */
export function envoyAt(program: string): StartRawProxy {
  return async (routes) => {
    const folder = temporaryFolder("observer");
    const module = join(folder.path, "observer.wasm");
    writeFileSync(module, observer());
    const name = (at: number) => `exchange-${at}`;
    const upstreams = routes.map(
      ({ exchange, upstream }, at) => [name(at), { url: upstream, http2: exchange.http2Upstream }] as const,
    );
    const process = await startEnvoy({
      envoy: program,
      upstream: (routes[0] as Route).upstream,
      clusters: new Map(upstreams),
      listeners: [
        { name: BARRIER, filters: [] },
        ...routes.map((_, at) => ({
          name: name(at),
          cluster: name(at),
          filters: [{ name: name(at), module, vmId: "observer" }],
        })),
      ],
    }).catch((error) => {
      folder.remove();
      throw error;
    });
    return {
      urls: routes.map((_, at) => process.url(name(at))),
      async finish() {
        // The worker handles what was sent before a request no later than the request.
        await fetch(new URL("/direct", process.url(BARRIER))).then((answer) => answer.text());
        const logs = routes.map((): string[] => []);
        for (const { text } of process.log()) {
          const [, at, said] = /^wasm log exchange-(\d+) [^:]*: (.*)$/s.exec(text) ?? [];
          if (at !== undefined) logs[Number(at)]?.push(said ?? "");
        }
        return logs;
      },
      async close() {
        await process.close();
        folder.remove();
      },
    };
  };
}
