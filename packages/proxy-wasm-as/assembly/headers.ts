import { borrow, Bytes, unborrow } from "./bytes";
import { HeaderMap } from "./enums";
import { receivedData, receivedLength } from "./receive";
import { Status } from "./status";

// @ts-ignore: decorator
@external("env", "proxy_get_header_map_value")
declare function proxy_get_header_map_value(map: HeaderMap, key: usize, keySize: i32, data: usize, size: usize): Status;

/**
 * Gets a header into {@link received}. Of several headers with one name the host joins the values by a comma.
 *
 * @param map where to look
 * @param name in any case
 * @returns `Ok`, with no bytes for an empty value; `NotFound` when the header is absent; `BadArgument` outside the map's own callbacks.
 *   Specification, "proxy_get_header_map_value"
 */
export function getHeader(map: HeaderMap, name: Bytes): Status {
  return proxy_get_header_map_value(map, name.data, name.length, receivedData(), receivedLength());
}

// @ts-ignore: decorator
@external("env", "proxy_add_header_map_value")
declare function proxy_add_header_map_value(map: HeaderMap, key: usize, keySize: i32, value: usize, valueSize: i32): Status;

/**
 * Adds a header; those of the same name stay.
 *
 * @param map where to add
 * @param name in lower case
 * @param value text or {@link Bytes}
 * @returns `Ok`; `BadArgument` outside the map's own callbacks. Specification, "proxy_add_header_map_value"
 */
export function addHeader<V>(map: HeaderMap, name: Bytes, value: V): Status {
  const bytes = borrow<V>(value);
  const status = proxy_add_header_map_value(map, name.data, name.length, bytes.data, bytes.length);
  unborrow<V>(bytes);
  return status;
}
