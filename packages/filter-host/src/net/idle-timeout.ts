/** How long a connection to an upstream is kept without a request, in milliseconds: Envoy's default `idle_timeout` of a cluster. */
export const IDLE_TIMEOUT = 3_600_000;
