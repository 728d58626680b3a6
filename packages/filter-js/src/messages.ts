import { bytesOf, encodePairs, encodeUtf8 } from "./encode.ts";
import type { BufferType, Header, Host, LogLevel, MapType, Result } from "./host.ts";
import { calling, HostFunction } from "./host-call.ts";
import { bytesFrom, numberOf, statusOf } from "./results.ts";
import type { Status } from "./status.ts";

const NO_GRPC_STATUS = 0xffff_ffff;

/** The buffer of the arguments in `onForeignFunction`, for `getBuffer`. */
export const FOREIGN_FUNCTION_ARGUMENTS = 8;

/** What the client gets instead of the upstream's answer. */
export interface LocalResponse {
  readonly status: number;
  readonly headers?: readonly Header[];
  readonly body?: string | Uint8Array;
  /** Why, for access logs: `%RESPONSE_CODE_DETAILS%`. */
  readonly details?: string;
  /** For a request of gRPC: `grpc-status`. By default the proxy derives it from the status. */
  readonly grpcStatus?: number;
}

/** Answers the client, with all that the proxy takes (`proxy_send_local_response`). A callback of the request must then return Pause. */
export function respond(host: Host, response: LocalResponse): Status {
  const { status, headers = [], body = "", details = "", grpcStatus = NO_GRPC_STATUS } = response;
  const bytes = [encodeUtf8(details), bytesOf(body), encodePairs(headers)];
  return statusOf(calling(host).hostCall(HostFunction.SendLocalResponse, status, grpcStatus, ...bytes));
}

/** Replaces all headers or trailers of a map (`proxy_set_header_map_pairs`). */
export function setHeaders(host: Host, map: MapType, headers: readonly Header[]): Status {
  return statusOf(calling(host).hostCall(HostFunction.SetHeaderMapPairs, map, 0, encodePairs(headers)));
}

/** The bytes of all names and values of a map (`proxy_get_header_map_size`). */
export function getHeadersSize(host: Host, map: MapType): Result<number> {
  return numberOf(calling(host).hostCall(HostFunction.GetHeaderMapSize, map, 0));
}

/** The bytes in a buffer (`proxy_get_buffer_status`). */
export function getBufferSize(host: Host, buffer: BufferType): Result<number> {
  return numberOf(calling(host).hostCall(HostFunction.GetBufferStatus, buffer, 0));
}

/**
 * Sets a property that other filters of the stream can read (`proxy_set_property`).
 *
 * @param path one name, with which `getProperty` reads it again; what has a longer path, Envoy keeps but does not find
 */
export function setProperty(host: Host, path: readonly string[], value: string | Uint8Array): Status {
  const bytes = [encodeUtf8(path.join("\0")), bytesOf(value)];
  return statusOf(calling(host).hostCall(HostFunction.SetProperty, 0, 0, ...bytes));
}

/** The level from which on the proxy logs (`proxy_get_log_level`): to leave out what costs much to write. */
export function getLogLevel(host: Host): Result<LogLevel> {
  return numberOf(calling(host).hostCall(HostFunction.GetLogLevel, 0, 0)) as Result<LogLevel>;
}

/**
 * Calls a function that is not part of the specification, such as Envoy's `compress` (`proxy_call_foreign_function`).
 *
 * @returns its result; NotFound if there is no such function, or the function's own status
 */
export function callForeignFunction(host: Host, name: string, parameters: string | Uint8Array): Result<Uint8Array> {
  const bytes = [encodeUtf8(name), bytesOf(parameters)];
  return bytesFrom(calling(host).hostCall(HostFunction.CallForeignFunction, 0, 0, ...bytes));
}
