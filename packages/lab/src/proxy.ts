import type { HostPort } from "@wasm-header-filter/cli";

/** A running proxy, filter-host or Envoy. */
export interface LabProxy {
  /** Its name in the output. */
  readonly name: string;
  /** Where requests go. */
  readonly url: URL;
  /** Where the statistics are. */
  readonly adminUrl: URL;
  /** Resolves after SIGINT or SIGTERM, once the requests in flight have ended; undefined for a proxy that is another process. */
  readonly untilDrained?: () => Promise<void>;
  close(): Promise<void>;
}

/** The filter to run, and the workload behind it. */
export interface LabOptions {
  /** The manifest to apply and the workload's labels, for filter-host. */
  readonly manifest: string;
  readonly labels: Readonly<Record<string, string>>;
  /** The layout with the image; left out, it is pulled from its registry. */
  readonly layout?: string | undefined;
  /** The plugin's name, the module's file and the configuration's bytes, for Envoy. */
  readonly name: string;
  readonly modulePath: string;
  readonly configuration: Uint8Array;
  readonly upstream: URL;
  readonly listen: HostPort;
  readonly admin: HostPort;
  /** Called with what the filter logs, and with the proxy's messages about it. */
  readonly log: (level: string, message: string) => void;
}
