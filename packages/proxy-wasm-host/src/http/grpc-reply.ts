import { latin1 } from "../abi/bytes.ts";
import { HeaderMap } from "./headers.ts";
import type { LocalReply } from "./local-reply.ts";

/** Whether a request is gRPC, so that its response must be too. */
export const isGrpc = (headers: HeaderMap | undefined): boolean =>
  /^application\/grpc(\+|$)/.test(headers?.get("content-type") ?? "");

/** gRPC's statuses for HTTP's (envoyproxy/envoy, source/common/grpc/status.cc, httpToGrpcStatus). */
const STATUSES: Readonly<Record<number, number>> = {
  400: 13,
  401: 16,
  403: 7,
  404: 12,
  429: 14,
  502: 14,
  503: 14,
  504: 14,
};
const UNKNOWN = 2;

/** The gRPC status for an HTTP status. */
export const grpcStatusOf = (status: number): number => STATUSES[status] ?? UNKNOWN;

/** Encodes the bytes of `grpc-message` as gRPC does. */
const percentEncode = (bytes: Uint8Array): string =>
  latin1(bytes).replace(/[^ -$&-~]/g, (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`);

/** A local reply to a gRPC client: headers alone, with the body as the message (envoyproxy/envoy, source/common/http/utility.cc, prepareLocalReply). */
export function grpcHeaders({ status, grpcStatus, body, headers: more }: LocalReply): HeaderMap {
  const headers = new HeaderMap("response", more);
  headers.replace(":status", "200");
  headers.set("content-type", "application/grpc");
  headers.set("grpc-status", String(grpcStatus ?? grpcStatusOf(status)));
  if (body.length > 0) headers.set("grpc-message", percentEncode(body));
  return headers;
}
