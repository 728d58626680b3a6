import { type HeaderMap, type LocalReply, localReply, ResponseFlag } from "proxy-wasm-host";

/** A route of requests with a certain header. */
export interface HeaderRoute {
  /** The header's name in lower case. */
  readonly header: string;
  /** All that the header must contain. */
  readonly value: string;
  /** The name of the cluster that these requests go to. */
  readonly cluster: string;
}

/** The reply to a request that no route fits. */
export const NO_ROUTE = localReply(404, "route_not_found", "", ResponseFlag.no_route_found);

/**
 * Whether the route with the prefix `/` fits, after filters have changed the headers (envoyproxy/envoy,
 * source/common/router/config_impl.cc: without `:path`, or if `x-forwarded-proto` is missing or empty, no route fits).
 */
export const hasRoute = (headers: HeaderMap): boolean =>
  headers.get(":path")?.startsWith("/") === true && Boolean(headers.get("x-forwarded-proto"));

/**
 * Chooses where a request goes.
 *
 * @param routes in their order
 * @param headers the request's, as the last filter has left them
 * @returns the cluster's name; undefined for the upstream
 */
export const chosenCluster = (routes: readonly HeaderRoute[], headers: HeaderMap): string | undefined =>
  routes.find(({ header, value }) => headers.get(header) === value)?.cluster;

/** The reply to a request that filters have made invalid (envoyproxy/envoy, source/common/router/upstream_request.cc). */
export const invalidRequest = (text: string): LocalReply =>
  localReply(
    503,
    `filter_removed_required_request_headers{${text.replaceAll(" ", "_")}}`,
    text,
    ResponseFlag.downstream_protocol_error,
  );

/**
 * Whether a request that fits the route cannot be sent: one that a filter has made a CONNECT lacks what an extended CONNECT needs.
 *
 * @returns the reply, or undefined if it can be sent
 */
export const unsendable = (headers: HeaderMap): LocalReply | undefined =>
  headers.get(":method") === "CONNECT" && !headers.has(":protocol")
    ? invalidRequest("missing required header: :protocol")
    : undefined;
