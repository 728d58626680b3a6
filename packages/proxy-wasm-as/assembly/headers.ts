import { borrow, Bytes, unborrow } from "./bytes";
import { HeaderMap } from "./enums";
import { receivedData, receivedLength, receivedNumberAt } from "./receive";
import { Status } from "./status";

// @ts-ignore: decorator
@external("env", "proxy_get_header_map_value")
declare function proxy_get_header_map_value(map: HeaderMap, key: usize, keySize: i32, data: usize, size: usize): Status;

/**
 * Gets a header into {@link received}. The host joins the values of several headers with the same name by a comma.
 *
 * @param map where to look
 * @param name in any case
 * @returns `Ok`, with no bytes for an empty value; `NotFound` when the header is absent; `BadArgument` outside the
 *   map's own callbacks. Specification, "proxy_get_header_map_value"
 */
export function getHeader(map: HeaderMap, name: Bytes): Status {
  return proxy_get_header_map_value(map, name.data, name.length, receivedData(), receivedLength());
}

// @ts-ignore: decorator
@external("env", "proxy_add_header_map_value")
declare function proxy_add_header_map_value(map: HeaderMap, key: usize, keySize: i32, value: usize, size: i32): Status;

/**
 * Adds a header; others with the same name stay.
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

// @ts-ignore: decorator
@external("env", "proxy_replace_header_map_value")
declare function proxy_replace_header_map_value(
  map: HeaderMap, key: usize, keySize: i32, value: usize, size: i32,
): Status;

/**
 * Sets a header: replaces all headers with the same name, or adds it.
 *
 * @param map where to set it
 * @param name in lower case
 * @param value text or {@link Bytes}
 * @returns `Ok`; `BadArgument` outside the map's own callbacks. Specification, "proxy_replace_header_map_value"
 */
export function replaceHeader<V>(map: HeaderMap, name: Bytes, value: V): Status {
  const bytes = borrow<V>(value);
  const status = proxy_replace_header_map_value(map, name.data, name.length, bytes.data, bytes.length);
  unborrow<V>(bytes);
  return status;
}

// @ts-ignore: decorator
@external("env", "proxy_remove_header_map_value")
declare function proxy_remove_header_map_value(map: HeaderMap, key: usize, keySize: i32): Status;

/**
 * Removes all headers of a name.
 *
 * @param map where to remove them
 * @param name in any case
 * @returns `Ok`, even if there was none; `BadArgument` outside the map's own callbacks. Specification,
 *   "proxy_remove_header_map_value"
 */
export function removeHeader(map: HeaderMap, name: Bytes): Status {
  return proxy_remove_header_map_value(map, name.data, name.length);
}

// @ts-ignore: decorator
@external("env", "proxy_get_header_map_pairs")
declare function proxy_get_header_map_pairs(map: HeaderMap, data: usize, size: usize): Status;

/**
 * Gets all headers into {@link received}, for a {@link PairReader}.
 *
 * @param map which ones
 * @returns `Ok`; `BadArgument` outside the map's own callbacks. Specification, "proxy_get_header_map_pairs"
 */
export function getHeaders(map: HeaderMap): Status {
  return proxy_get_header_map_pairs(map, receivedData(), receivedLength());
}

// @ts-ignore: decorator
@external("env", "proxy_set_header_map_pairs")
declare function proxy_set_header_map_pairs(map: HeaderMap, pairs: usize, size: i32): Status;

/**
 * Replaces all headers.
 *
 * @param map which ones
 * @param pairs from {@link Pairs.bytes}
 * @returns `Ok`; `BadArgument` outside the map's own callbacks. Specification, "proxy_set_header_map_pairs"
 */
export function setHeaders(map: HeaderMap, pairs: Bytes): Status {
  return proxy_set_header_map_pairs(map, pairs.data, pairs.length);
}

// @ts-ignore: decorator
@external("env", "proxy_get_header_map_size")
declare function proxy_get_header_map_size(map: HeaderMap, size: usize): Status;

/**
 * Gets the size of all headers into {@link receivedNumber}, in bytes.
 *
 * @param map which ones
 * @returns `Ok`; `BadArgument` outside the map's own callbacks. Specification, "proxy_get_header_map_size"
 */
export function getHeadersSize(map: HeaderMap): Status {
  return proxy_get_header_map_size(map, receivedNumberAt());
}
