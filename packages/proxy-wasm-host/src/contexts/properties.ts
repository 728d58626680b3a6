import { latin1Bytes, utf8Bytes } from "../abi/bytes.ts";
import { encodePairs, type Pair } from "../abi/pairs.ts";
import { grpcStatusOf } from "../http/grpc-reply.ts";
import { headerNumber } from "../http/header-number.ts";
import { type HeaderMap, lowerCase } from "../http/headers.ts";
import type { Peer, StreamInfo } from "../streams/stream-info.ts";
import { type Attribute, type Fields, isFields } from "../vm/attribute.ts";
import type { Property } from "../vm/context.ts";

/** The headers and trailers that a stream's filter can see in this phase; there are no properties of the others. */
export interface VisibleMaps {
  readonly request: HeaderMap | undefined;
  readonly response: HeaderMap | undefined;
  readonly trailers: HeaderMap | undefined;
}

/**
 * Reads a property (envoyproxy/envoy, source/extensions/common/wasm/context.cc, getProperty).
 *
 * @param top gives the value of the path's first part
 * @param path the parts, separated by zero bytes
 */
export function readProperty(top: (name: string) => Attribute, path: string): Property {
  if (path === "") return "unserializable";
  const [first = "", ...rest] = path.replace(/\0$/, "").split("\0");
  let value = top(first);
  for (const part of rest) value = isFields(value) ? value.field(part) : undefined;
  return encode(value);
}

/** The value of a path's first part in a plugin's root context. */
export function pluginValue(
  { name, rootId, vmId }: Record<"name" | "rootId" | "vmId", string>,
  first: string,
): Attribute {
  return own(
    { plugin_name: name, plugin_root_id: rootId, plugin_vm_id: vmId, xds: object(own({ node: NODE })) },
    first,
  );
}

/**
 * The value of a path's first part in a stream's context: one of Envoy's attributes (envoyproxy/envoy,
 * source/extensions/filters/common/expr/context.cc), or a property that a filter has set.
 */
export function streamValue(info: StreamInfo, maps: VisibleMaps, name: string): Attribute {
  const read = Object.hasOwn(OBJECTS, name) ? OBJECTS[name] : undefined;
  return read ? read(info, maps) : info.state.get(`wasm.${name}`);
}

function encode(value: Attribute): Property {
  if (value === undefined || value instanceof Uint8Array) return value;
  if (value === null) return "unserializable";
  if (isFields(value)) return value.bytes?.() ?? "unserializable";
  if (typeof value === "string") return latin1Bytes(value);
  if (typeof value === "boolean") return Uint8Array.of(value ? 1 : 0);
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value), true);
  return bytes;
}

type Read = (name: string) => Attribute;

function own(values: Readonly<Record<string, Attribute>>): Read;
function own(values: Readonly<Record<string, Attribute>>, name: string): Attribute;
function own(values: Readonly<Record<string, Attribute>>, name?: string): Attribute | Read {
  const read = (one: string) => (Object.hasOwn(values, one) ? values[one] : undefined);
  return name === undefined ? read : read(name);
}

const object = (field: Read): Fields => ({ field });

/** A protobuf message; as a whole, it gives its serialized bytes. */
const message = (values: Readonly<Record<string, Attribute>>, bytes: Uint8Array = new Uint8Array()): Fields => ({
  field: own(values),
  bytes: () => bytes,
});

const pairs = (list: readonly Pair[], field: Read = () => undefined): Fields => ({
  field,
  names: list.map(([name]) => name),
  bytes: () => encodePairs(list),
});

/** Headers by name; as a whole, they give each name once with its values joined. */
function headersOf(headers: HeaderMap | undefined): Fields {
  const all = headers?.pairs() ?? [];
  const joined = (name: string) => all.flatMap(([one, value]) => (one === name ? [value] : [])).join(",");
  const names = [...new Set(all.map(([name]) => name))];
  return pairs(
    names.map((name) => [name, joined(name)]),
    (name) => (names.includes(lowerCase(name)) ? joined(lowerCase(name)) : undefined),
  );
}

const NOTHING = pairs([]);
const METADATA = message({ filter_metadata: NOTHING, typed_filter_metadata: NOTHING });
/** These attributes exist for HTTP only. */
const ROUTE = {
  route_name: "",
  route_metadata: METADATA,
  virtual_host_name: "all",
  virtual_host_metadata: METADATA,
};
const LOCALITY = message({ region: "", zone: "", sub_zone: "" });

/** The node's description in xDS. Without a control plane, only `user_agent_name` (field 6) is set. */
const NODE = message(
  { id: "", cluster: "", metadata: NOTHING, locality: LOCALITY, user_agent_name: "envoy" },
  utf8Bytes("\x32\x05envoy"),
);

const OBJECTS: Readonly<Record<string, (info: StreamInfo, maps: VisibleMaps) => Attribute>> = {
  request: (info, maps) => object((field) => requestValue(info, maps.request, field)),
  response: (info, maps) => object((field) => responseValue(info, maps, field)),
  connection: ({ connection }) => object(own({ id: BigInt(connection.id), mtls: false, requested_server_name: "" })),
  connection_id: ({ connection }) => BigInt(connection.id),
  source: ({ connection }) => object(own(peerOf(connection.source))),
  destination: ({ connection }) => object(own(peerOf(connection.destination))),
  upstream: upstreamOf,
  metadata: () => METADATA,
  filter_state: ({ state }) => object((key) => state.get(key)),
  upstream_filter_state: ({ upstream }) => (upstream?.ready === undefined ? undefined : object(() => undefined)),
  xds: ({ upstream, protocol }) =>
    object(
      own({
        node: NODE,
        cluster_name: "upstream",
        cluster_metadata: METADATA,
        ...(protocol !== undefined && ROUTE),
        filter_chain_name: "",
        listener_metadata: METADATA,
        listener_direction: 0,
        ...(upstream && { upstream_host_metadata: null, upstream_host_locality_metadata: null }),
      }),
    ),
};

/** Milliseconds as nanoseconds. */
const nanoseconds = (milliseconds: number | undefined): bigint | undefined =>
  milliseconds === undefined ? undefined : BigInt(Math.round(milliseconds * 1000)) * 1000n;

function requestValue(info: StreamInfo, headers: HeaderMap | undefined, field: string): Attribute {
  const path = headers?.get(":path");
  const query = path?.indexOf("?") ?? -1;
  switch (field) {
    case "headers":
      return headersOf(headers);
    case "headers_bytes":
      return headers?.byteSize ?? 0;
    case "path":
      return path;
    case "url_path":
      return query < 0 ? (path ?? (headers && "")) : path?.slice(0, query);
    case "query":
      return headers && (query < 0 ? "" : path?.slice(query + 1).split("#")[0]);
    case "host":
      return headers?.get(":authority");
    case "scheme":
      return headers?.get(":scheme");
    case "method":
      return headers?.get(":method");
    case "referer":
      return headers?.get("referer");
    case "useragent":
      return headers?.get("user-agent");
    case "id":
      return headers?.get("x-request-id");
    case "protocol":
      return info.protocol;
    case "time":
      return nanoseconds(info.startTime);
    case "duration":
      return nanoseconds(info.duration);
    case "size":
      return headers?.has("content-length") ? headerNumber(headers.get("content-length")) : info.requestSize;
    case "total_size":
      return info.requestSize + (headers?.byteSize ?? 0);
    default:
      return undefined;
  }
}

/** The last of gRPC's statuses; Envoy reads a higher one, or one that is not a number, as -1. */
const LAST_GRPC_STATUS = 16;

/** The gRPC status of trailers or headers; undefined if they have none (envoyproxy/envoy, source/common/grpc/common.cc, getGrpcStatus). */
function grpcStatusIn(headers: HeaderMap | undefined): number | undefined {
  const text = headers?.get("grpc-status");
  if (!text) return undefined;
  const status = headerNumber(text) ?? Number.POSITIVE_INFINITY;
  return status > LAST_GRPC_STATUS ? -1 : status;
}

function responseValue(info: StreamInfo, { response, trailers }: VisibleMaps, field: string): Attribute {
  const code = info.responseCode;
  switch (field) {
    case "headers":
      return headersOf(response);
    case "headers_bytes":
      return response?.byteSize ?? 0;
    case "trailers":
      return headersOf(trailers);
    case "code":
      return code;
    case "code_details":
      return info.responseCodeDetails;
    case "grpc_status":
      return grpcStatusIn(trailers) ?? grpcStatusIn(response) ?? (code && grpcStatusOf(code));
    case "size":
      return info.responseSize;
    case "total_size":
      return info.responseSize + (response?.byteSize ?? 0) + (trailers?.byteSize ?? 0);
    case "flags":
      return info.responseFlags;
    case "backend_latency":
      return nanoseconds(between(info.upstream?.ready, info.upstream?.answered));
    default:
      return undefined;
  }
}

const between = (from: number | undefined, to: number | undefined): number | undefined =>
  from === undefined || to === undefined ? undefined : to - from;

function upstreamOf({ upstream, attempts }: StreamInfo): Fields {
  if (!upstream) return object(own({ request_attempt_count: BigInt(attempts), num_endpoints: 1n }));
  const { peer, local, ready, asked, failure = "" } = upstream;
  return object(
    own({
      ...peerOf(peer),
      local_address: local && peerOf(local).address,
      locality: LOCALITY,
      transport_failure_reason: failure,
      cx_pool_ready_duration: nanoseconds(between(asked, ready)),
      request_attempt_count: BigInt(attempts),
      num_endpoints: 1n,
    }),
  );
}

function peerOf({ address, port }: Peer): { readonly address?: string; readonly port?: number } {
  if (!address) return {};
  return { address: `${address.includes(":") ? `[${address}]` : address}:${port}`, port };
}
