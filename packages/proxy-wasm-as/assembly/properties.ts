import { borrow, Bytes, unborrow } from "./bytes";
import { receivedData, receivedLength } from "./receive";
import { Status } from "./status";

// @ts-ignore: decorator
@external("env", "proxy_get_property")
declare function proxy_get_property(path: usize, pathSize: i32, data: usize, size: usize): Status;

/**
 * Gets a property of the request, the connection or the proxy into {@link received}: text as it is, an integer as eight
 * bytes (see {@link Bytes.integer}), a boolean as one. The host decides which properties exist.
 *
 * @param path its parts with a 0 between them, such as `Bytes.ascii("request\0path")`
 * @returns `Ok`; `NotFound` if there is no such property; `SerializationFailure` for a value that has no bytes.
 *   Specification, "proxy_get_property"
 */
export function getProperty(path: Bytes): Status {
  return proxy_get_property(path.data, path.length, receivedData(), receivedLength());
}

// @ts-ignore: decorator
@external("env", "proxy_set_property")
declare function proxy_set_property(path: usize, pathSize: i32, data: usize, size: i32): Status;

/**
 * Sets a property, for the filters that run later.
 *
 * @param path its parts with a 0 between them
 * @param value text or {@link Bytes}
 * @returns `Ok`; `NotFound` if there is no such property. Specification, "proxy_set_property"
 */
export function setProperty<V>(path: Bytes, value: V): Status {
  const bytes = borrow<V>(value);
  const status = proxy_set_property(path.data, path.length, bytes.data, bytes.length);
  unborrow<V>(bytes);
  return status;
}
