/** What a header map belongs to. This decides which lines Envoy joins. */
export type HeaderMapKind = "request" | "response" | "request-trailers" | "response-trailers";

const BOTH = `connection content-encoding content-length content-type keep-alive proxy-connection proxy-status transfer-encoding
  upgrade via x-request-id cache-control x-envoy-attempt-count x-envoy-decorator-operation`;

const REQUEST = `:authority :method :path :protocol :scheme accept accept-encoding access-control-request-headers
  access-control-request-method access-control-request-private-network authorization cdn-loop expect grpc-accept-encoding
  grpc-timeout if-match if-modified-since if-none-match if-range if-unmodified-since origin pragma referer te user-agent
  x-client-trace-id x-envoy-downstream-service-cluster x-envoy-downstream-service-node x-envoy-expected-rq-timeout-ms
  x-envoy-external-address x-envoy-force-trace x-envoy-hedge-on-per-try-timeout x-envoy-internal x-envoy-ip-tags
  x-envoy-is-timeout-retry x-envoy-max-retries x-envoy-original-path x-envoy-original-url x-envoy-retriable-header-names
  x-envoy-retriable-status-codes x-envoy-retry-grpc-on x-envoy-retry-on x-envoy-upstream-alt-stat-name
  x-envoy-upstream-rq-per-try-timeout-ms x-envoy-upstream-rq-timeout-alt-response x-envoy-upstream-rq-timeout-ms
  x-envoy-upstream-stream-duration-ms x-forwarded-client-cert x-forwarded-for x-forwarded-host x-forwarded-port
  x-forwarded-proto`;

const RESPONSE = `:status access-control-allow-credentials access-control-allow-headers access-control-allow-methods
  access-control-allow-origin access-control-allow-private-network access-control-expose-headers access-control-max-age age
  date etag expires grpc-message grpc-status last-modified location server vary x-envoy-degraded
  x-envoy-immediate-health-check-fail x-envoy-ratelimited x-envoy-upstream-canary x-envoy-upstream-healthchecked-cluster`;

const names = (...lists: string[]): ReadonlySet<string> => new Set(lists.join(" ").split(/\s+/));

/**
 * The headers of which Envoy keeps one line only: adding to one that is there joins the values with a comma (envoyproxy/envoy,
 * envoy/http/header_map.h, "inline headers"; the list was taken from Envoy 1.40's behaviour).
 */
export const INLINE_HEADERS: Readonly<Record<HeaderMapKind, ReadonlySet<string>>> = {
  request: names(BOTH, REQUEST),
  response: names(BOTH, RESPONSE),
  "request-trailers": new Set(),
  "response-trailers": names("grpc-status grpc-message"),
};
