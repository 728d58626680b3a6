import type { HostPort } from "@wasm-header-filter/cli";
import type { ArchiveOptions } from "@wasm-header-filter/flight-recorder";
import type { NodeRuntimeOptions } from "./platform/node-runtime.ts";

export interface HostOptions extends NodeRuntimeOptions {
  /** Where requests go, `http://HOST:PORT`. */
  readonly upstream: URL;
  /** The plugins filter TCP connections, whatever is said on them; HTTP by default. */
  readonly tcp?: boolean | undefined;
  /** Where the proxy listens; any free port of 127.0.0.1 by default. */
  readonly listen?: HostPort | undefined;
  /** How many threads serve, each with VMs of its own; 1 by default: that of the caller. */
  readonly workers?: number | undefined;
  /** How many milliseconds an upstream has from the request's end to the response's; 15,000 by default, as in Envoy. */
  readonly timeout?: number | undefined;
  /** Where the admin server listens; none by default. */
  readonly admin?: HostPort | undefined;
  /** What the admin server's page shows of requests; false: nothing is recorded, and there is no page. */
  readonly record?: ArchiveOptions | false | undefined;
}
