import { utf8 } from "../abi/bytes.ts";
import { readMessage } from "../abi/protobuf-message.ts";
import type { Clusters } from "../vm/clusters.ts";

/** Where a gRPC call goes. */
export interface GrpcTarget {
  readonly authority: string;
  /** Undefined for a cluster that is not there. */
  readonly url: URL | undefined;
}

/**
 * Reads what a module names a service by: a GrpcService message with the name of a cluster or the URI of a target, or the bare name
 * of a cluster (envoyproxy/envoy, api/envoy/config/core/v3/grpc_service.proto).
 *
 * @returns undefined if it is neither
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
  const { cluster = "", authority = cluster } =
    (envoy && readMessage(envoy, { cluster: [1, "string"], authority: [2, "string"] })) ?? {};
  return { authority, url: clusters.find(cluster) };
}
