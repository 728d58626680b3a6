import type { HostPort } from "@wasm-header-filter/cli";

/** What the lab asks of a proxy, filter-host or Envoy. */
export interface LabProxy {
  /** How the story names it. */
  readonly name: string;
  /** Where requests go. */
  readonly url: URL;
  /** Where the statistics are. */
  readonly adminUrl: URL;
  close(): Promise<void>;
}

/** The filter to run and what it runs in front of. */
export interface LabOptions {
  /** The plugin's name in log lines, as Istio forms it: `NAMESPACE.NAME`. */
  readonly name: string;
  readonly module: Uint8Array;
  /** The same module as a file. */
  readonly modulePath: string;
  /** The plugin configuration's bytes. */
  readonly configuration: Uint8Array;
  /** The image's reference and the digest of its manifest. */
  readonly source: string;
  readonly imageDigest: string;
  readonly upstream: URL;
  readonly listen: HostPort;
  readonly admin: HostPort;
  /** Gets what the filter logs, and what the proxy has to say about it. */
  readonly log: (level: string, message: string) => void;
}
