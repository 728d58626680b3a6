/**
 * Headers that control Envoy itself and are not accepted from outside, without `use_remote_address`, as in a sidecar
 * (envoyproxy/envoy, source/common/http/conn_manager_utility.cc, cleanInternalHeaders). Others, such as `x-envoy-decorator-operation`
 * and `x-envoy-attempt-count`, pass.
 */
export const INTERNAL_HEADERS: ReadonlySet<string> = new Set(
  `x-envoy-expected-rq-timeout-ms x-envoy-force-trace x-envoy-hedge-on-per-try-timeout x-envoy-internal x-envoy-ip-tags
  x-envoy-max-retries x-envoy-original-url x-envoy-retriable-header-names x-envoy-retriable-status-codes x-envoy-retry-grpc-on
  x-envoy-retry-on x-envoy-upstream-alt-stat-name x-envoy-upstream-rq-per-try-timeout-ms x-envoy-upstream-rq-timeout-alt-response
  x-envoy-upstream-rq-timeout-ms x-envoy-upstream-stream-duration-ms`.split(/\s+/),
);
