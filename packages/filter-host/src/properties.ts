import type { Pair } from "./abi/pairs.ts";
import type { HeaderMap } from "./headers.ts";
import type { RootContext } from "./root-context.ts";

/** Bytes of a property: text as it is, numbers in 8 bytes, truth values in 1 (envoyproxy/envoy, source/extensions/common/wasm/context.cc, serializeValue). */
type Value = string | number | bigint | boolean | undefined;

/** What is known of a stream besides its headers; grows as it goes on. */
export interface StreamInfo {
  /** Milliseconds since 1970. */
  readonly startTime: number;
  readonly protocol: string;
  readonly connectionId: number;
  readonly requestId: string | undefined;
  readonly source: { readonly address: string; readonly port: number };
  readonly destination: { readonly address: string; readonly port: number };
  readonly upstream: { readonly address: string; readonly port: number };
  requestHeaders: HeaderMap | undefined;
  responseHeaders: HeaderMap | undefined;
  responseTrailers: HeaderMap | undefined;
  requestSize: number;
  responseSize: number;
  responseCodeDetails: string;
  /** What filters have set. */
  readonly set: Map<string, Uint8Array>;
}

function encode(value: Value): Uint8Array | undefined {
  if (value === undefined) return undefined;
  if (typeof value === "string") return Buffer.from(value, "latin1");
  if (typeof value === "boolean") return Uint8Array.of(value ? 1 : 0);
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt.asUintN(64, BigInt(value)));
  return bytes;
}

const joined = (pairs: Iterable<Pair> | undefined, name: string): string | undefined => {
  const values = [...(pairs ?? [])].filter(([one]) => one === name).map(([, value]) => value);
  return values.length > 0 ? values.join(",") : undefined;
};

/** Properties of a plugin, which every context of it has. */
export function pluginProperty(root: RootContext, path: readonly string[]): Uint8Array | undefined {
  const values: Record<string, Value> = {
    plugin_name: root.name,
    plugin_root_id: root.rootId,
    plugin_vm_id: root.vm.id,
  };
  return path.length === 1 ? encode(values[path[0] ?? ""]) : undefined;
}

/**
 * A stream's property; whatever is not known here is not found, as Envoy answers for what it does not know.
 *
 * @param path its parts (the attributes of envoyproxy.io, "Attributes")
 */
export function streamProperty(info: StreamInfo, path: readonly string[]): Uint8Array | undefined {
  const [object = "", field = "", key = ""] = path;
  const custom = info.set.get(path.join("\0"));
  if (custom) return custom;
  switch (object) {
    case "request":
      return field === "headers"
        ? encode(joined(info.requestHeaders?.pairs(), key))
        : encode(requestValue(info, field));
    case "response":
      if (field === "headers") return encode(joined(info.responseHeaders?.pairs(), key));
      if (field === "trailers") return encode(joined(info.responseTrailers?.pairs(), key));
      return encode(responseValue(info, field));
    case "connection":
      return encode({ id: BigInt(info.connectionId), mtls: false }[field]);
    case "connection_id":
      return encode(BigInt(info.connectionId));
    case "source":
    case "destination":
    case "upstream":
      return encode(peerValue(info[object], field));
    default:
      return undefined;
  }
}

const NANOSECONDS = 1_000_000n;

function requestValue(info: StreamInfo, field: string): Value {
  const headers = info.requestHeaders;
  const path = headers?.get(":path");
  switch (field) {
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

function responseValue(info: StreamInfo, field: string): Value {
  const code = info.responseHeaders?.get(":status");
  switch (field) {
    case "code":
      return code === undefined ? undefined : Number(code);
    case "code_details":
      return info.responseCodeDetails || undefined;
    case "size":
      return info.responseSize;
    case "total_size":
      return info.responseSize + (info.responseHeaders?.byteSize ?? 0);
    case "flags":
      return 0;
    default:
      return undefined;
  }
}

function peerValue(peer: { readonly address: string; readonly port: number }, field: string): Value {
  if (!peer.address) return undefined;
  if (field === "port") return peer.port;
  return field === "address"
    ? `${peer.address.includes(":") ? `[${peer.address}]` : peer.address}:${peer.port}`
    : undefined;
}
