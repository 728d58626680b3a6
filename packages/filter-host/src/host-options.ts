import type { HostPort } from "@wasm-header-filter/cli";
import type { ArchiveOptions } from "@wasm-header-filter/flight-recorder";
import type { NodeRuntimeOptions } from "./platform/node-runtime.ts";
import type { ProxyLimits } from "./proxy/router/proxy-limits.ts";
import type { HeaderRoute } from "./proxy/router/route.ts";

export interface HostOptions extends NodeRuntimeOptions, ProxyLimits {
  /** The upstream: `http://HOST:PORT`, `h2c://HOST:PORT` for HTTP/2, or `https://HOST:PORT` for TLS. */
  readonly upstream: URL;
  /** Where requests with certain headers go instead: the first that fits is taken, after the last filter. */
  readonly routes?: readonly HeaderRoute[] | undefined;
  /** Whether the plugins filter TCP connections, whatever their protocol; by default they filter HTTP. */
  readonly tcp?: boolean | undefined;
  /** Where the proxy listens; by default on any free port of 127.0.0.1. */
  readonly listen?: HostPort | undefined;
  /** How many workers serve, each a thread with its own VMs. The default is 1: the caller's thread. */
  readonly workers?: number | undefined;
  /** Where the admin server listens; by default there is none. */
  readonly admin?: HostPort | undefined;
  /** Whether requests wait from the beginning until they are released on the admin server's page; false by default. */
  readonly paused?: boolean | undefined;
  /** Host names by which scrapers may ask the admin server for `/stats`, `/stats/prometheus` and `/ready`. */
  readonly adminHosts?: readonly string[] | undefined;
  /** What is recorded for the admin server's page; if false, nothing is, and there is no page. */
  readonly record?: ArchiveOptions | false | undefined;
  /** What is masked in what is recorded, and also in log lines and traces: rules as in `record.redact`. By default these two are not masked. */
  readonly redact?: readonly string[] | undefined;
}
