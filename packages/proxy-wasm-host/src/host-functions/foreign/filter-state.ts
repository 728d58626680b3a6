import { utf8Bytes } from "../../abi/bytes.ts";
import { encodePairs } from "../../abi/pairs.ts";
import { readMessage } from "../../abi/protobuf-message.ts";
import { Status } from "../../abi/status.ts";
import type { LifeSpan } from "../../streams/filter-state.ts";
import type { ForeignFunction } from "./function.ts";

/** The life spans by number; unknown numbers mean the first (envoyproxy/envoy, source/extensions/common/wasm/ext/declare_property.proto). */
const SPANS: readonly LifeSpan[] = ["filter chain", "request", "connection"];

const spanOf = (number = 0): LifeSpan => SPANS[number] ?? "filter chain";

/** Makes a proxy's object of a text: returns its bytes as a property, null if it has none, undefined if the text is invalid. */
type Reader = (text: string) => Uint8Array | null | undefined;

const isIPv4 = (text: string): boolean =>
  /^(\d{1,3}\.){3}\d{1,3}$/.test(text) && text.split(".").every((part) => Number(part) < 256 && !/^0\d/.test(part));
const isIP = (text: string): boolean => isIPv4(text) || (text.includes(":") && URL.canParse(`http://[${text}]/`));

const any: Reader = (text) => utf8Bytes(text);
const hidden: Reader = () => null;
const number: Reader = (text) => (/^\d{1,10}$/.test(text) ? utf8Bytes(text) : undefined);
const address: Reader = (text) => {
  if (!isIP(text)) return undefined;
  return utf8Bytes(isIPv4(text) ? `${text}:0` : `[${text}]:0`);
};
/** An object with fields, but as a property it has no pairs. */
const addressAndPort: Reader = (text) =>
  /^(\[.+\]|[^:]+):\d{1,5}$/.test(text) && isIP(text.replace(/:\d+$/, "").replace(/^\[|\]$/g, ""))
    ? encodePairs([])
    : undefined;

/** The objects that Envoy 1.40 makes of text, as measured; here they have no effect but can be read. */
const OBJECTS: Readonly<Record<string, Reader>> = {
  "envoy.string": any,
  "envoy.hashable_string": any,
  "envoy.tcp_proxy.cluster": any,
  "envoy.tcp_proxy.disable_tunneling": any,
  "envoy.tcp_proxy.per_connection_idle_timeout_ms": number,
  "envoy.network.upstream_server_name": any,
  "envoy.network.upstream_subject_alt_names": any,
  "envoy.network.application_protocols": hidden,
  "envoy.network.network_namespace": any,
  "envoy.network.ip": address,
  "envoy.network.transport_socket.original_dst_address": addressAndPort,
  "envoy.filters.listener.original_dst.local_ip": addressAndPort,
  "envoy.filters.listener.original_dst.remote_ip": addressAndPort,
  "envoy.upstream.dynamic_host": any,
  "envoy.upstream.dynamic_port": number,
  "envoy.ratelimit.hits_addend": number,
};

/**
 * Stores one of the proxy's own objects in the filter state (envoyproxy/envoy,
 * source/extensions/common/wasm/ext/set_envoy_filter_state.proto).
 *
 * @returns OK; NOT_FOUND for an unknown object, or outside a stream; BAD_ARGUMENT for a malformed message or value
 */
const setFilterState: ForeignFunction = ({ context }, input) => {
  const given = readMessage(input, { path: [1, "string"], value: [2, "string"], span: [3, "enum"] });
  if (!given) return Status.BAD_ARGUMENT;
  const { path = "", value = "", span } = given;
  const read = Object.hasOwn(OBJECTS, path) ? OBJECTS[path] : undefined;
  if (!read) return Status.NOT_FOUND;
  const bytes = read(value);
  if (bytes === undefined) return Status.BAD_ARGUMENT;
  if (!context.state) return Status.NOT_FOUND;
  if (bytes) context.state.set(path, bytes, { readonly: false, span: spanOf(span) });
  return Status.OK;
};

/**
 * Declares how long a property that the module sets lasts, and whether it can be set again. Its type and schema are read but
 * have no effect. A declaration by a stream's context has no effect, as in Envoy.
 *
 * @returns OK; BAD_ARGUMENT for a malformed message, or a name that is already declared
 */
const declareProperty: ForeignFunction = (vm, input) => {
  const given = readMessage(input, { name: [1, "string"], readonly: [2, "bool"], span: [5, "enum"] });
  const { prototypes } = vm.running;
  const { name = "", readonly = false, span } = given ?? {};
  if (!given || prototypes.has(name)) return Status.BAD_ARGUMENT;
  prototypes.set(name, { readonly, span: spanOf(span) });
  return Status.OK;
};

export const filterStateFunctions = { set_envoy_filter_state: setFilterState, declare_property: declareProperty };
