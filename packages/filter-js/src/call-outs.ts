import { bytesOf, encodePairs, encodeRequest, encodeUtf8 } from "./encode.ts";
import type { Header, Host, Result } from "./host.ts";
import { type Answer, calling, type GrpcHandler, HostFunction, type HttpCallHandler } from "./host-call.ts";
import { numberOf, statusOf } from "./results.ts";
import { Status } from "./status.ts";
import { decodeUtf8 } from "./utf8.ts";

/** The maps of what a call-out received, for `getHeader` and `getHeaders` in its handler. */
export const CallMap = {
  GrpcInitialMetadata: 4,
  GrpcTrailingMetadata: 5,
  HttpCallResponseHeaders: 6,
  HttpCallResponseTrailers: 7,
} as const;

/** The buffers of what a call-out received, for `getBuffer` in its handler. */
export const CallBuffer = { HttpCallResponseBody: 4, GrpcReceive: 5 } as const;

const NONE = new Uint8Array(0);
const NO_HEADERS: readonly Header[] = [];

/** Most filters call one cluster: it is encoded once. */
let lastCluster = "";
let lastClusterBytes: Uint8Array = NONE;

/** An HTTP request of the filter's own. */
export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly authority: string;
  readonly headers?: readonly Header[];
  readonly body?: string | Uint8Array;
  readonly trailers?: readonly Header[];
  /** Milliseconds until it fails; by default there is no limit. */
  readonly timeout?: number;
}

/**
 * Sends an HTTP request of the filter's own (`proxy_http_call`). The handler acts on the context that made the call: the stream may be
 * continued or answered in it. If the stream has ended meanwhile, it is not called.
 *
 * @param cluster the upstream's name in the proxy's configuration
 * @param handler gets the number of headers, 0 if there is no answer, then the bytes of the body and the number of trailers. A cluster that
 *   cannot be reached answers with status 503, one that takes too long with 504
 * @returns the call's number; BadArgument for an unknown cluster, InternalFailure if the request cannot be sent
 */
export function httpCall(host: Host, cluster: string, request: HttpRequest, handler: HttpCallHandler): Result<number> {
  const { headers, body, trailers, timeout = 0 } = request;
  const all = encodeRequest(request.method, request.path, request.authority, headers ?? NO_HEADERS);
  const { hostCall, expectHttp } = calling(host);
  if (cluster !== lastCluster) {
    lastCluster = cluster;
    lastClusterBytes = encodeUtf8(cluster);
  }
  const after = trailers ? encodePairs(trailers) : NONE;
  const content = body === undefined ? NONE : bytesOf(body);
  const answer = hostCall(HostFunction.HttpCall, timeout, 0, lastClusterBytes, all, content, after);
  if (answer[0] === Status.Ok) expectHttp(answer[1], handler);
  return numberOf(answer);
}

/** A method of a gRPC service. */
export interface GrpcMethod {
  /** The serialised protobuf message `envoy.config.core.v3.GrpcService`; Istio and Envoy also take a cluster's name. */
  readonly upstream: string | Uint8Array;
  readonly service: string;
  readonly method: string;
  readonly metadata?: readonly Header[];
}

function methodBytes({ upstream, service, method, metadata = [] }: GrpcMethod): Uint8Array[] {
  return [bytesOf(upstream), encodeUtf8(service), encodeUtf8(method), encodePairs(metadata)];
}

function expected(host: Host, answer: Answer, handler: GrpcHandler, once: boolean): Result<number> {
  if (answer[0] === Status.Ok) calling(host).expectGrpc(answer[1], handler, once);
  return numberOf(answer);
}

/**
 * Calls a gRPC method (`proxy_grpc_call`): the handler gets one message, or the end. It acts on the context that made the call.
 *
 * @param message the serialised request
 * @param timeout milliseconds until it fails; 0: there is no limit
 * @returns the call's number; ParseFailure for an upstream that is no GrpcService, InternalFailure if the call cannot be made
 */
export function grpcCall(
  host: Host,
  method: GrpcMethod,
  message: Uint8Array,
  timeout: number,
  handler: GrpcHandler,
): Result<number> {
  const answer = calling(host).hostCall(HostFunction.GrpcCall, timeout, 0, ...methodBytes(method), message);
  return expected(host, answer, handler, true);
}

/** Opens a gRPC stream (`proxy_grpc_stream`); its results are those of {@link grpcCall}. */
export function grpcStream(host: Host, method: GrpcMethod, handler: GrpcHandler): Result<number> {
  return expected(host, calling(host).hostCall(HostFunction.GrpcStream, 0, 0, ...methodBytes(method)), handler, false);
}

/** Sends a message on a gRPC stream (`proxy_grpc_send`). NotFound if there is no such stream. @param end whether it is the last one */
export function grpcSend(host: Host, stream: number, message: Uint8Array, end: boolean): Status {
  return statusOf(calling(host).hostCall(HostFunction.GrpcSend, stream, end ? 1 : 0, message));
}

/** Ends the filter's side of a gRPC stream (`proxy_grpc_close`); what the other side still sends is received. */
export function grpcClose(host: Host, stream: number): Status {
  return statusOf(calling(host).hostCall(HostFunction.GrpcClose, stream, 0));
}

/** Cancels a gRPC call or stream (`proxy_grpc_cancel`): its handler is not called any more. */
export function grpcCancel(host: Host, call: number): Status {
  return statusOf(calling(host).hostCall(HostFunction.GrpcCancel, call, 0));
}

/** gRPC's status code and message, in a handler's `onClose` (`proxy_get_status`). */
export function getStatus(host: Host): Result<{ code: number; message: string }> {
  const answer = calling(host).hostCall(HostFunction.GetStatus, 0, 0);
  const status = statusOf(answer);
  if (status !== Status.Ok) return { status };
  return { status, value: { code: answer[1], message: decodeUtf8(answer[2]) ?? "" } };
}
