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
  /** What is applied where Istio's part is played, and the workload's labels. */
  readonly manifest: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Where the image is looked for before its registry; left out: in its registry. */
  readonly layout?: string | undefined;
  /** The same for a proxy that knows no manifests: the plugin's name, the module's file and the configuration's bytes. */
  readonly name: string;
  readonly modulePath: string;
  readonly configuration: Uint8Array;
  readonly upstream: URL;
  readonly listen: HostPort;
  readonly admin: HostPort;
  /** Gets what the filter logs, and what the proxy has to say about it. */
  readonly log: (level: string, message: string) => void;
}
