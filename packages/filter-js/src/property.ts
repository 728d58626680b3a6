import type { Host, Result } from "./host.ts";
import { Status } from "./status.ts";
import { decodeUtf8 } from "./utf8.ts";

/** Names of properties, by how Envoy serialises them ("Attributes" in Envoy's documentation). */
const NAMES = {
  text: [
    ...["request.path", "request.url_path", "request.host", "request.scheme", "request.method", "request.referer"],
    ...["request.useragent", "request.id", "request.protocol", "request.query", "response.code_details"],
    ...["source.address", "destination.address", "upstream.address", "upstream.local_address"],
    ...["upstream.tls_version", "upstream.transport_failure_reason", "connection.requested_server_name"],
    ...["connection.tls_version", "connection.subject_local_certificate", "connection.subject_peer_certificate"],
    ...["connection.dns_san_local_certificate", "connection.dns_san_peer_certificate"],
    ...["connection.uri_san_local_certificate", "connection.uri_san_peer_certificate"],
    ...["connection.sha256_peer_certificate_digest", "connection.termination_details"],
    ...["connection.transport_failure_reason", "xds.cluster_name", "xds.route_name", "xds.virtual_host_name"],
    ...["xds.filter_chain_name", "plugin_name", "plugin_root_id", "plugin_vm_id"],
  ],
  integer: [
    ...["request.size", "request.total_size", "response.code", "response.flags", "response.grpc_status"],
    ...["response.size", "response.total_size", "source.port", "destination.port", "upstream.port"],
    ...["connection.id", "upstream.request_attempt_count", "xds.listener_direction"],
  ],
  nanoseconds: ["request.time", "request.duration", "response.backend_latency", "upstream.cx_pool_ready_duration"],
  truth: ["connection.mtls"],
} as const;

type Names = typeof NAMES;

/** The types of properties by name; times are nanoseconds, since 1970 or since the request began. */
export type Properties = Readonly<
  Record<Names["text"][number], string> &
    Record<Names["integer"][number], number> &
    Record<Names["nanoseconds"][number], bigint> &
    Record<Names["truth"][number], boolean>
>;

/**
 * A property by its name, with its type: `property(host, "source.address")`. Others are read with `Host.getProperty`.
 *
 * @returns NotFound if it has no value now; ParseFailure if the host serialises it in another way
 */
export function property<N extends keyof Properties>(host: Host, name: N): Result<Properties[N]> {
  const { status, value: bytes } = host.getProperty(name.split("."));
  if (!bytes) return { status: status as Exclude<Status, 0> };
  const value = read(name, bytes);
  return value === undefined ? { status: Status.ParseFailure } : { status: Status.Ok, value: value as Properties[N] };
}

function read(name: keyof Properties, bytes: Uint8Array): string | number | bigint | boolean | undefined {
  const isIn = (names: readonly string[]) => names.includes(name);
  if (isIn(NAMES.text)) return decodeUtf8(bytes);
  if (isIn(NAMES.truth)) return bytes.length === 1 ? bytes[0] !== 0 : undefined;
  if (bytes.length !== 8) return undefined;
  const integer = new DataView(bytes.buffer, bytes.byteOffset).getBigInt64(0, true);
  return isIn(NAMES.integer) ? Number(integer) : integer;
}
