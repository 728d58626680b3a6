import { HeaderMapType } from "../../abi/enums.ts";
import { ENV_FUNCTIONS } from "../../abi/env-functions.ts";
import { decodePairs, encodePairs } from "../../abi/pairs.ts";
import type { Signature } from "../../abi/signature.ts";
import { Status } from "../../abi/status.ts";
import type { HeaderMap } from "../../http/headers.ts";
import { hostFunction } from "../host-function.ts";

const LAST = HeaderMapType.http_call_response_trailers;

/**
 * Reads the first value of a header.
 *
 * @returns OK (an empty value has size 0 and a null pointer); NOT_FOUND (ABI 0.1.0: OK and an empty value); BAD_ARGUMENT for an unknown map or one outside its
 * phase (in the log: NOT_FOUND); INVALID_MEMORY_ACCESS
 */
const get = hostFunction(ENV_FUNCTIONS.proxy_get_header_map_value, (vm) => (type, pointer, size, valueAt, sizeAt) => {
  if (type >>> 0 > LAST) return Status.BAD_ARGUMENT;
  const name = vm.memory.latin1(pointer, size);
  if (name === undefined) return Status.INVALID_MEMORY_ACCESS;
  const headers = vm.context.map(type, "read");
  if (!headers && !vm.context.logging) return Status.BAD_ARGUMENT;
  const found = headers?.get(name) ?? (vm.module.abi === "0.1.0" ? "" : undefined);
  return found === undefined ? Status.NOT_FOUND : vm.give(found, valueAt, sizeAt);
});

/** A host function that writes one header. */
function writer(signature: Signature, put: (headers: HeaderMap, name: string, text: string) => void) {
  return hostFunction(signature, (vm) => (type, pointer, size, valueAt, valueSize) => {
    if (type >>> 0 > LAST) return Status.BAD_ARGUMENT;
    const name = vm.memory.latin1(pointer, size);
    const text = vm.memory.latin1(valueAt, valueSize);
    if (name === undefined || text === undefined) return Status.INVALID_MEMORY_ACCESS;
    const headers = vm.context.map(type, "write");
    if (!headers) return Status.BAD_ARGUMENT;
    put(headers, name, text);
    return Status.OK;
  });
}

/**
 * Appends a header. A message without trailers gets some while the filter has the end of its body.
 *
 * @returns OK; BAD_ARGUMENT for an unknown map or one outside its phase; INVALID_MEMORY_ACCESS
 */
const add = writer(ENV_FUNCTIONS.proxy_add_header_map_value, (headers, name, text) => headers.add(name, text));

/**
 * Replaces all headers of a name with one.
 *
 * @returns as {@link add}
 */
const replace = writer(ENV_FUNCTIONS.proxy_replace_header_map_value, (headers, name, text) =>
  headers.replace(name, text),
);

/**
 * Removes all headers of a name; OK even if there was none.
 *
 * @returns as {@link add}
 */
const remove = hostFunction(ENV_FUNCTIONS.proxy_remove_header_map_value, (vm) => (type, pointer, size) => {
  if (type >>> 0 > LAST) return Status.BAD_ARGUMENT;
  const name = vm.memory.latin1(pointer, size);
  if (name === undefined) return Status.INVALID_MEMORY_ACCESS;
  const headers = vm.context.map(type, "write");
  if (!headers) return Status.BAD_ARGUMENT;
  headers.remove(name);
  return Status.OK;
});

/**
 * Reads all headers; there are none in a map outside its phase.
 *
 * @returns OK (no headers: size 0 and a null pointer); BAD_ARGUMENT for an unknown map; INVALID_MEMORY_ACCESS
 */
const getPairs = hostFunction(ENV_FUNCTIONS.proxy_get_header_map_pairs, (vm) => (type, pairsAt, sizeAt) => {
  if (type >>> 0 > LAST) return Status.BAD_ARGUMENT;
  const pairs = vm.context.map(type, "read")?.pairs() ?? [];
  return vm.give(pairs.length === 0 ? "" : encodePairs(pairs), pairsAt, sizeAt);
});

/**
 * Replaces all headers.
 *
 * @returns as {@link add}
 */
const setPairs = hostFunction(ENV_FUNCTIONS.proxy_set_header_map_pairs, (vm) => (type, pointer, size) => {
  if (type >>> 0 > LAST) return Status.BAD_ARGUMENT;
  const bytes = vm.memory.bytes(pointer, size);
  if (!bytes) return Status.INVALID_MEMORY_ACCESS;
  const headers = vm.context.map(type, "write");
  if (!headers) return Status.BAD_ARGUMENT;
  headers.assign(decodePairs(bytes));
  return Status.OK;
});

/**
 * Returns the total size of names and values in bytes.
 *
 * @returns OK; BAD_ARGUMENT for an unknown map or one that can't be changed now; INVALID_MEMORY_ACCESS
 */
const size = hostFunction(ENV_FUNCTIONS.proxy_get_header_map_size, (vm) => (type, sizeAt) => {
  if (type >>> 0 > LAST) return Status.BAD_ARGUMENT;
  const headers = vm.context.map(type, "write");
  if (!headers) return Status.BAD_ARGUMENT;
  return vm.memory.writeU32(sizeAt, headers.byteSize) ? Status.OK : Status.INVALID_MEMORY_ACCESS;
});

export const headerFunctions = [get, add, replace, remove, getPairs, setPairs, size];
