import { utf8 } from "../abi/bytes.ts";
import { readMessage } from "../abi/protobuf-message.ts";
import type { Clusters } from "../vm/clusters.ts";

/** The target of a gRPC call. */
export interface GrpcTarget {
  readonly authority: string;
  /** Undefined for an unknown cluster. */
  readonly url: URL | undefined;
  /** Whether it is a GrpcService message without a target. */
  readonly empty?: boolean;
}

/**
 * Reads how a module names a service: as a GrpcService message with a cluster's name or a target's URI, or as a cluster's name
 * alone (envoyproxy/envoy, api/envoy/config/core/v3/grpc_service.proto).
 *
 * @returns undefined if it is none of these
 */
export function grpcTarget(bytes: Uint8Array, clusters: Clusters): GrpcTarget | undefined {
  const service = readMessage(bytes, { envoy: [1, "bytes"], google: [2, "bytes"] });
  if (!service) {
    const name = utf8(bytes);
    const url = clusters.find(name);
    return url && { authority: name, url };
  }
  const { envoy, google } = service;
  if (google) {
    const { target = "" } = readMessage(google, { target: [1, "string"] }) ?? {};
    const authority = target.replace(/^(dns|ipv4|ipv6):(\/\/[^/]*\/)?/, "");
    const url = `http://${authority}`;
    return { authority, url: URL.canParse(url) ? new URL(url) : undefined };
  }
  if (!envoy) return { authority: "", url: undefined, empty: true };
  const { cluster = "", authority = cluster } =
    readMessage(envoy, { cluster: [1, "string"], authority: [2, "string"] }) ?? {};
  return { authority, url: clusters.find(cluster) };
}
