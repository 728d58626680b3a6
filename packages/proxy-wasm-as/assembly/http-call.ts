import { borrow, Bytes, EMPTY, unborrow } from "./bytes";
import { receivedNumberAt } from "./receive";
import { Status } from "./status";

// @ts-ignore: decorator
@external("env", "proxy_http_call")
declare function proxy_http_call(
  upstream: usize, upstreamSize: i32, headers: usize, headersSize: i32, body: usize, bodySize: i32,
  trailers: usize, trailersSize: i32, timeout: u32, token: usize,
): Status;

/**
 * Sends an HTTP request of the filter's own. Its token is then {@link receivedNumber}; the response is delivered to
 * `proxy_on_http_call_response(root, token, headers, bodySize, trailers)`, where `headers` 0 means that there is none,
 * and is read from `HttpCallResponseHeaders`, `HttpCallResponseBody` and `HttpCallResponseTrailers`. {@link Calls}
 * finds the stream that waits for it.
 *
 * @param upstream the cluster's name
 * @param headers from {@link Pairs.bytes}, with `:method`, `:path` and `:authority`
 * @param body text or {@link Bytes}; the host sets its length
 * @param timeout in milliseconds; 0: none
 * @param trailers from {@link Pairs.bytes}
 * @returns `Ok`; `BadArgument` for an unknown cluster or headers that lack one of the three; `InternalFailure` if the
 *   call cannot be sent. A cluster that cannot be reached gives a response with status 503, a time-out one with 504.
 *   Specification, "proxy_http_call"
 */
export function httpCall<B>(
  upstream: Bytes, headers: Bytes, body: B, timeout: u32, trailers: Bytes = EMPTY,
): Status {
  const bytes = borrow<B>(body);
  const status = proxy_http_call(
    upstream.data, upstream.length, headers.data, headers.length, bytes.data, bytes.length,
    trailers.data, trailers.length, timeout, receivedNumberAt(),
  );
  unborrow<B>(bytes);
  return status;
}
