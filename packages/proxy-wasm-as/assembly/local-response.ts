import { borrow, Bytes, EMPTY, unborrow } from "./bytes";
import { Status } from "./status";

// @ts-ignore: decorator
@external("env", "proxy_send_local_response")
declare function proxy_send_local_response(
  code: u32, details: usize, detailsSize: i32, body: usize, bodySize: i32, headers: usize, headersSize: i32,
  grpcStatus: i32,
): Status;

/**
 * Answers the request, if no response headers were sent yet. The callback must then return `Action.Pause`.
 *
 * @param code the HTTP status, such as 403
 * @param body text or {@link Bytes}; the host sets its length and, unless `headers` have one, its type
 * @param headers from {@link Pairs.bytes}
 * @param details the reason, for the proxy's access log
 * @param grpcStatus for gRPC requests; -1: derived from `code`
 * @returns `Ok`, even if it is too late and another response has been sent. Specification, "proxy_send_local_response"
 */
export function sendLocalResponse<B>(
  code: u32, body: B, headers: Bytes = EMPTY, details: Bytes = EMPTY, grpcStatus: i32 = -1,
): Status {
  const bytes = borrow<B>(body);
  const status = proxy_send_local_response(
    code, details.data, details.length, bytes.data, bytes.length, headers.data, headers.length, grpcStatus,
  );
  unborrow<B>(bytes);
  return status;
}
