import type { HeaderMap } from "./headers.ts";
import type { RootContext } from "./root-context.ts";

/** A property's value: text as it is, numbers in 8 bytes, truth values in 1 (envoyproxy/envoy, source/extensions/common/wasm/context.cc, serializeValue). */
type Value = string | number | bigint | boolean | HeaderMap | undefined;

/** A property's bytes; `unserializable` for an object as a whole; undefined if there is none. */
export type Property = Uint8Array | "unserializable" | undefined;

interface Peer {
  readonly address: string;
  readonly port: number;
}

/** What is known of a stream besides its headers; grows as it goes on. */
export interface StreamInfo {
  /** Milliseconds since 1970. */
  readonly startTime: number;
  /** The client's method, whatever filters make of it. */
  readonly method: string;
  readonly protocol: string;
  readonly connectionId: number;
  readonly requestId: string | undefined;
  readonly source: Peer;
  readonly destination: Peer;
  readonly upstream: Peer;
  requestHeaders: HeaderMap | undefined;
  responseHeaders: HeaderMap | undefined;
  responseTrailers: HeaderMap | undefined;
  requestSize: number;
  responseSize: number;
  responseCodeDetails: string | undefined;
  /** What filters have set. */
  readonly set: Map<string, Uint8Array>;
}

/** Properties of a plugin, which every context of it has. */
export function pluginProperty(root: RootContext, path: readonly string[]): Property {
  const values: Readonly<Record<string, string>> = {
    plugin_name: root.name,
    plugin_root_id: root.rootId,
    plugin_vm_id: root.vm.id,
  };
  return path.length === 1 ? encode(values[path[0] ?? ""]) : undefined;
}

/**
 * A stream's property; whatever is not known here is not found, as Envoy answers for what it does not know. What filters have set
 * is found only if its path has one part.
 *
 * @param path its parts (envoyproxy.io, "Attributes")
 */
export function streamProperty(info: StreamInfo, path: readonly string[]): Property {
  const [object = "", field, key] = path;
  if (object === "") return "unserializable";
  if (object === "metadata" && field === undefined) return new Uint8Array();
  if (object === "connection_id") return encode(BigInt(info.connectionId));
  const read = Object.hasOwn(OBJECTS, object) ? OBJECTS[object] : undefined;
  if (!read) return path.length === 1 ? info.set.get(object) : undefined;
  if (field === undefined) return "unserializable";
  const value = read(info, field);
  if (typeof value !== "object") return encode(value);
  return key === undefined ? "unserializable" : encode(joined(value, key));
}

function encode(value: Exclude<Value, HeaderMap>): Uint8Array | undefined {
  if (value === undefined) return undefined;
  if (typeof value === "string") return Buffer.from(value, "latin1");
  if (typeof value === "boolean") return Uint8Array.of(value ? 1 : 0);
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt.asUintN(64, BigInt(value)));
  return bytes;
}

function joined(headers: HeaderMap, name: string): string | undefined {
  const values = headers.pairs().filter(([one]) => one === name);
  return values.length > 0 ? values.map(([, value]) => value).join(",") : undefined;
}

const NANOSECONDS = 1_000_000n;

const OBJECTS: Readonly<Record<string, (info: StreamInfo, field: string) => Value>> = {
  request: requestValue,
  response: responseValue,
  connection: (info, field) => ({ id: BigInt(info.connectionId), mtls: false })[field],
  source: (info, field) => peerValue(info.source, field),
  destination: (info, field) => peerValue(info.destination, field),
  upstream: (info, field) => (field === "transport_failure_reason" ? "" : peerValue(info.upstream, field)),
  xds: (_info, field) =>
    ({
      cluster_name: "upstream",
      route_name: "",
      virtual_host_name: "upstream",
      filter_chain_name: "",
      listener_direction: 0,
    })[field],
};

function requestValue(info: StreamInfo, field: string): Value {
  const headers = info.requestHeaders;
  const path = headers?.get(":path");
  switch (field) {
    case "headers":
      return headers;
    case "path":
      return path;
    case "url_path":
      return path?.split("?")[0];
    case "query":
      return path?.includes("?") ? path.slice(path.indexOf("?") + 1) : "";
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
      return info.requestId;
    case "protocol":
      return info.protocol;
    case "time":
      return BigInt(Math.round(info.startTime)) * NANOSECONDS;
    case "duration":
      return BigInt(Date.now() - Math.round(info.startTime)) * NANOSECONDS;
    case "size":
      return info.requestSize;
    case "total_size":
      return info.requestSize + (headers?.byteSize ?? 0);
    default:
      return undefined;
  }
}

/** gRPC's "unknown", which stands where a response has no gRPC status of its own. */
const GRPC_UNKNOWN = 2;

function responseValue(info: StreamInfo, field: string): Value {
  const headers = info.responseHeaders;
  const code = headers?.get(":status");
  switch (field) {
    case "headers":
      return headers;
    case "trailers":
      return info.responseTrailers;
    case "code":
      return code === undefined ? undefined : Number(code);
    case "code_details":
      return info.responseCodeDetails;
    case "grpc_status":
      return Number(info.responseTrailers?.get("grpc-status") ?? headers?.get("grpc-status") ?? GRPC_UNKNOWN);
    case "size":
      return info.responseSize;
    case "total_size":
      return info.responseSize + (headers?.byteSize ?? 0);
    case "flags":
      return 0;
    default:
      return undefined;
  }
}

function peerValue({ address, port }: Peer, field: string): Value {
  if (!address) return undefined;
  if (field === "port") return port;
  return field === "address" ? `${address.includes(":") ? `[${address}]` : address}:${port}` : undefined;
}
