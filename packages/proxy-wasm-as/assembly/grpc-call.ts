import { borrow, Bytes, EMPTY, unborrow } from "./bytes";
import { receivedNumberAt } from "./receive";
import { Status } from "./status";

// @ts-ignore: decorator
@external("env", "proxy_grpc_call")
declare function proxy_grpc_call(
  upstream: usize, upstreamSize: i32, service: usize, serviceSize: i32, method: usize, methodSize: i32,
  metadata: usize, metadataSize: i32, message: usize, messageSize: i32, timeout: u32, token: usize,
): Status;

/**
 * Calls a gRPC method with one message. Its token is then {@link receivedNumber}. The answer is delivered either to
 * `proxy_on_grpc_receive(root, token, size)`, in the buffer `GrpcCallMessage`, or, as the status of a failure, to
 * `proxy_on_grpc_close(root, token, status)`. {@link Calls} finds the stream that waits for it.
 *
 * @param upstream the cluster's name, or a serialized `envoy.config.core.v3.GrpcService`
 * @param service the service's full name, such as `helloworld.Greeter`
 * @param method the method's name
 * @param message serialized, text or {@link Bytes}
 * @param timeout in milliseconds; 0: none
 * @param metadata from {@link Pairs.bytes}
 * @returns `Ok`; `ParseFailure` for an unknown cluster; `InternalFailure` if the call cannot be sent. Specification,
 *   "proxy_grpc_call"
 */
export function grpcCall<M>(
  upstream: Bytes, service: Bytes, method: Bytes, message: M, timeout: u32, metadata: Bytes = EMPTY,
): Status {
  const bytes = borrow<M>(message);
  const status = proxy_grpc_call(
    upstream.data, upstream.length, service.data, service.length, method.data, method.length,
    metadata.data, metadata.length, bytes.data, bytes.length, timeout, receivedNumberAt(),
  );
  unborrow<M>(bytes);
  return status;
}

// @ts-ignore: decorator
@external("env", "proxy_grpc_stream")
declare function proxy_grpc_stream(
  upstream: usize, upstreamSize: i32, service: usize, serviceSize: i32, method: usize, methodSize: i32,
  metadata: usize, metadataSize: i32, token: usize,
): Status;

/**
 * Opens a gRPC stream. Its token is then {@link receivedNumber}. Its events are
 * `proxy_on_grpc_receive_initial_metadata(root, token, elements)`, `proxy_on_grpc_receive(root, token, size)` for each
 * message, `proxy_on_grpc_receive_trailing_metadata(root, token, elements)` and, at the end,
 * `proxy_on_grpc_close(root, token, status)`; {@link Calls.of} finds the stream that waits for it.
 *
 * @param upstream the cluster's name, or a serialized `envoy.config.core.v3.GrpcService`
 * @param service the service's full name
 * @param method the method's name
 * @param metadata from {@link Pairs.bytes}
 * @returns as {@link grpcCall}. Specification, "proxy_grpc_stream"
 */
export function grpcStream(upstream: Bytes, service: Bytes, method: Bytes, metadata: Bytes = EMPTY): Status {
  return proxy_grpc_stream(
    upstream.data, upstream.length, service.data, service.length, method.data, method.length,
    metadata.data, metadata.length, receivedNumberAt(),
  );
}

// @ts-ignore: decorator
@external("env", "proxy_grpc_send")
declare function proxy_grpc_send(token: u32, message: usize, size: i32, endOfStream: bool): Status;

/**
 * Sends a message on a gRPC stream.
 *
 * @param token from {@link grpcStream}
 * @param message serialized, text or {@link Bytes}
 * @param endOfStream whether it is the last one
 * @returns `Ok`; `BadArgument` for a call's token; `NotFound` for an unknown one. Specification, "proxy_grpc_send"
 */
export function grpcSend<M>(token: u32, message: M, endOfStream: bool = false): Status {
  const bytes = borrow<M>(message);
  const status = proxy_grpc_send(token, bytes.data, bytes.length, endOfStream);
  unborrow<M>(bytes);
  return status;
}

// @ts-ignore: decorator
@external("env", "proxy_grpc_close")
declare function proxy_grpc_close(token: u32): Status;

/**
 * Ends a gRPC stream on this side; the other side can still send. A call is cancelled.
 *
 * @param token from {@link grpcStream} or {@link grpcCall}
 * @returns `Ok`; `NotFound` for an unknown one. Specification, "proxy_grpc_close"
 */
export function grpcClose(token: u32): Status {
  return proxy_grpc_close(token);
}

// @ts-ignore: decorator
@external("env", "proxy_grpc_cancel")
declare function proxy_grpc_cancel(token: u32): Status;

/**
 * Cancels a gRPC stream or call. It has no more events, so remove it with {@link Calls.delete}.
 *
 * @param token from {@link grpcStream} or {@link grpcCall}
 * @returns `Ok`; `NotFound` for an unknown one. Specification, "proxy_grpc_cancel"
 */
export function grpcCancel(token: u32): Status {
  return proxy_grpc_cancel(token);
}
