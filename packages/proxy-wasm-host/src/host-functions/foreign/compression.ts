import { Status } from "../../abi/status.ts";
import type { ForeignFunction } from "./function.ts";

/** The largest output; Envoy is limited only by the module's memory. */
const MAX_OUTPUT = 256 * 1024 * 1024;

/** Compresses bytes in zlib's format. */
const compress: ForeignFunction = (vm, input) => vm.services.platform.compression?.compress(input) ?? Status.NOT_FOUND;

/**
 * Decompresses bytes; anything after them is ignored.
 *
 * @returns the bytes; SERIALIZATION_FAILURE if they are malformed or incomplete
 */
const uncompress: ForeignFunction = (vm, input) => {
  try {
    return vm.services.platform.compression?.uncompress(input, MAX_OUTPUT) ?? Status.NOT_FOUND;
  } catch {
    return Status.SERIALIZATION_FAILURE;
  }
};

export const compressionFunctions = { compress, uncompress };
