import { borrow, Bytes, EMPTY, unborrow } from "./bytes";
import { Status } from "./status";

// @ts-ignore: decorator
@external("env", "proxy_send_local_response")
declare function proxy_send_local_response(
  code: u32, details: usize, detailsSize: i32, body: usize, bodySize: i32, headers: usize, headersSize: i32,
  grpcStatus: i32,
): Status;

/**
 * Answers the request itself, as long as no response headers were sent. After it the callback returns `Action.Pause`.
 *
 * @param code the HTTP status, such as 403
 * @param body text or {@link Bytes}; its length and, unless `headers` name one, its type are the host's to set
 * @param headers from {@link Pairs.bytes}
 * @param details why, for the proxy's access log
 * @param grpcStatus for gRPC requests; -1: as the host derives it from `code`
 * @returns `Ok`, also where it comes too late and another answer stands. Specification, "proxy_send_local_response"
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
