import { ENV_FUNCTIONS } from "../../abi/env-functions.ts";
import { Status } from "../../abi/status.ts";
import { hostFunction } from "../host-function.ts";

/**
 * Reads a property by its path, whose parts are separated by zero bytes.
 *
 * @returns OK; NOT_FOUND; SERIALIZATION_FAILURE for an object as a whole; INVALID_MEMORY_ACCESS
 */
const get = hostFunction(ENV_FUNCTIONS.proxy_get_property, (vm) => (pointer, size, valueAt, sizeAt) => {
  const path = vm.memory.utf8(pointer, size);
  if (path === undefined) return Status.INVALID_MEMORY_ACCESS;
  const value = vm.context.property(path);
  if (value === "unserializable") return Status.SERIALIZATION_FAILURE;
  return value === undefined ? Status.NOT_FOUND : vm.give(value, valueAt, sizeAt);
});

/**
 * Sets a property of the stream, which the other filters of the stream can read too.
 *
 * @returns OK; NOT_FOUND outside a stream; BAD_ARGUMENT if it was declared read-only and has a value; INVALID_MEMORY_ACCESS
 */
const set = hostFunction(ENV_FUNCTIONS.proxy_set_property, (vm) => (pointer, size, valueAt, valueSize) => {
  const path = vm.memory.utf8(pointer, size);
  const value = vm.memory.bytes(valueAt, valueSize);
  if (path === undefined || !value) return Status.INVALID_MEMORY_ACCESS;
  const { state, root } = vm.context;
  if (!state) return Status.NOT_FOUND;
  return state.set(`wasm.${path}`, value, root?.prototypes.get(path)) ? Status.OK : Status.BAD_ARGUMENT;
});

export const propertyFunctions = [get, set];
