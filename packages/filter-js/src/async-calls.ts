import { CallBuffer, CallMap, type GrpcMethod, getStatus, grpcCall, type HttpRequest, httpCall } from "./call-outs.ts";
import type { BufferType, Header, Host, MapType } from "./host.ts";
import { calling, HostFunction } from "./host-call.ts";
import { Status, statusName } from "./status.ts";

/** What an HTTP call-out was answered, or why there is no answer. */
export type HttpAnswer =
  | {
      readonly failure?: undefined;
      /** A cluster that cannot be reached answers with 503, one that takes too long with 504. */
      readonly status: number;
      /** With the pseudo-headers. */
      readonly headers: readonly Header[];
      readonly body: Uint8Array;
      readonly trailers: readonly Header[];
    }
  | {
      /** `BAD_ARGUMENT` for an unknown cluster, `INTERNAL_FAILURE` if the request cannot be sent, `NO_ANSWER` if the answer is cut off. */
      readonly failure: string;
      readonly status?: undefined;
    };

const NO_BODY = new Uint8Array(0);

/**
 * Sends an HTTP request of the filter's own, as `httpCall` does, for `await`. A stream that ends gives up its calls: what other streams
 * wait for too is asked for with {@link onPlugin}.
 *
 * @param cluster the upstream's name in the proxy's configuration
 * @returns the answer, or the failure as a value; it is not rejected as long as its stream lives
 */
export function httpAnswer(host: Host, cluster: string, request: HttpRequest): Promise<HttpAnswer> {
  return new Promise((resolve) => {
    const call = httpCall(host, cluster, request, (headers, size, trailers) =>
      resolve(headers > 0 ? received(host, size, trailers) : { failure: "NO_ANSWER" }),
    );
    if (call.status !== Status.Ok) resolve({ failure: statusName(call.status) });
  });
}

function received(host: Host, size: number, trailers: number): HttpAnswer {
  const headers = pairs(host, CallMap.HttpCallResponseHeaders);
  return {
    status: Number(headers.find(([name]) => name === ":status")?.[1]),
    headers,
    body: bytes(host, CallBuffer.HttpCallResponseBody, size),
    trailers: trailers > 0 ? pairs(host, CallMap.HttpCallResponseTrailers) : [],
  };
}

function pairs(host: Host, map: number): readonly Header[] {
  return host.getHeaders(map as MapType).value ?? [];
}

function bytes(host: Host, buffer: number, size: number): Uint8Array {
  return (size > 0 ? host.getBuffer(buffer as BufferType, 0, size).value : undefined) ?? NO_BODY;
}

/** What a gRPC call was answered, or why there is no answer. */
export type GrpcAnswer =
  | { readonly failure?: undefined; readonly message: Uint8Array }
  | {
      /** `GRPC` if gRPC's status says why; else a status of the host: `PARSE_FAILURE` for an upstream that is no GrpcService. */
      readonly failure: string;
      /** gRPC's status code: 4 if the time is up, 14 if the upstream can't be reached. */
      readonly code?: number;
      readonly text?: string;
    };

/**
 * Calls a gRPC method, as `grpcCall` does, for `await`.
 *
 * @param message the serialised request
 * @param timeout milliseconds until it fails; 0: there is no limit
 * @returns the serialised reply, or the failure as a value
 */
export function grpcAnswer(host: Host, method: GrpcMethod, message: Uint8Array, timeout: number): Promise<GrpcAnswer> {
  return new Promise((resolve) => {
    const call = grpcCall(host, method, message, timeout, {
      onMessage: (size) => resolve({ message: bytes(host, CallBuffer.GrpcReceive, size) }),
      onClose: (code) => resolve({ failure: "GRPC", code, text: getStatus(host).value?.message ?? "" }),
    });
    if (call.status !== Status.Ok) resolve({ failure: statusName(call.status) });
  });
}

/**
 * Does work for the whole plugin: its call-outs and what waits in it outlive the stream that asks for it. Streams may wait for its promise,
 * each of them goes on as itself.
 *
 * @param work must not use the stream: it acts on the plugin's root context
 * @returns what it returns
 */
export function onPlugin<T>(host: Host, work: () => T): T {
  const { context, rootContext, hostCall } = calling(host);
  if (!rootContext) throw new TypeError("onPlugin is for filters with asynchronous callbacks");
  const before = context();
  hostCall(HostFunction.SetEffectiveContext, rootContext(), 0);
  try {
    return work();
  } finally {
    hostCall(HostFunction.SetEffectiveContext, before, 0);
  }
}
