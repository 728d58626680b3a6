/** Time limits of a proxy, in milliseconds; 0: no limit. The defaults are Envoy's: of a route, a cluster and the connection manager. */
export interface ProxyLimits {
  /** From the end of a request to the end of its response; 15,000 by default. */
  readonly timeout?: number | undefined;
  /** For establishing a connection to the upstream; 5,000 by default. */
  readonly connectTimeout?: number | undefined;
  /** Without progress of a request or its response; 300,000 by default. */
  readonly streamIdleTimeout?: number | undefined;
}

/** The limits with their defaults. */
export const withDefaults = ({ timeout, connectTimeout, streamIdleTimeout }: ProxyLimits) => ({
  timeout: timeout ?? 15_000,
  connectTimeout: connectTimeout ?? 5_000,
  streamIdleTimeout: streamIdleTimeout ?? 300_000,
});
