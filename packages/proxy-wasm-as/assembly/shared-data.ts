import { borrow, Bytes, unborrow } from "./bytes";
import { receivedData, receivedLength, receivedNumberAt } from "./receive";
import { Status } from "./status";

// @ts-ignore: decorator
@external("env", "proxy_get_shared_data")
declare function proxy_get_shared_data(key: usize, keySize: i32, data: usize, size: usize, cas: usize): Status;

/**
 * Gets a value that all VMs with the same VM id share, on all worker threads, into {@link received}; {@link
 * receivedNumber} is then its compare-and-swap number.
 *
 * @param key its name
 * @returns `Ok`; `NotFound` if nothing was written yet. Specification, "proxy_get_shared_data"
 */
export function getSharedData(key: Bytes): Status {
  return proxy_get_shared_data(key.data, key.length, receivedData(), receivedLength(), receivedNumberAt());
}

// @ts-ignore: decorator
@external("env", "proxy_set_shared_data")
declare function proxy_set_shared_data(key: usize, keySize: i32, value: usize, size: i32, cas: u32): Status;

/**
 * Writes a value that all VMs with the same VM id share; it outlives them.
 *
 * @param key its name
 * @param value text or {@link Bytes}
 * @param cas the compare-and-swap number of the value that was read, so that no other change is lost; 0: write in any
 *   case
 * @returns `Ok`; `CasMismatch` if it was written since: read it again. Specification, "proxy_set_shared_data"
 */
export function setSharedData<V>(key: Bytes, value: V, cas: u32 = 0): Status {
  const bytes = borrow<V>(value);
  const status = proxy_set_shared_data(key.data, key.length, bytes.data, bytes.length, cas);
  unborrow<V>(bytes);
  return status;
}
