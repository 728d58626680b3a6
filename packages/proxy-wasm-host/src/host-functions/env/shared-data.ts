import { ENV_FUNCTIONS } from "../../abi/env-functions.ts";
import { Status } from "../../abi/status.ts";
import { hostFunction } from "../host-function.ts";

/**
 * Reads a value that the VMs of this id share.
 *
 * @returns OK; NOT_FOUND; INVALID_MEMORY_ACCESS
 */
const get = hostFunction(ENV_FUNCTIONS.proxy_get_shared_data, (vm) => (keyAt, keySize, valueAt, sizeAt, casAt) => {
  const key = vm.memory.latin1(keyAt, keySize);
  if (key === undefined) return Status.INVALID_MEMORY_ACCESS;
  const entry = vm.services.sharedData.get(vm.id, key);
  if (!entry) return Status.NOT_FOUND;
  const given = vm.give(entry.value, valueAt, sizeAt);
  if (given !== Status.OK) return given;
  return vm.memory.writeU32(casAt, entry.cas) ? Status.OK : Status.INVALID_MEMORY_ACCESS;
});

/**
 * Writes a value that the VMs of this id share.
 *
 * @returns OK; CAS_MISMATCH if `cas` is neither 0 nor the current value's number; INVALID_MEMORY_ACCESS
 */
const set = hostFunction(ENV_FUNCTIONS.proxy_set_shared_data, (vm) => (keyAt, keySize, valueAt, valueSize, cas) => {
  const key = vm.memory.latin1(keyAt, keySize);
  const value = vm.memory.bytes(valueAt, valueSize);
  if (key === undefined || !value) return Status.INVALID_MEMORY_ACCESS;
  return vm.services.sharedData.set(vm.id, key, value, cas >>> 0);
});

export const sharedDataFunctions = [get, set];
