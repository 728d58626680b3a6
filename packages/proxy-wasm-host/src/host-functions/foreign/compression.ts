import { Status } from "../../abi/status.ts";
import type { ForeignFunction } from "./function.ts";

/** How much may come out of few bytes; Envoy has no limit but the module's memory. */
const MAX_OUTPUT = 256 * 1024 * 1024;

/** Compresses bytes in zlib's format. */
const compress: ForeignFunction = (vm, input) => vm.services.platform.compression?.compress(input) ?? Status.NOT_FOUND;

/**
 * Undoes {@link compress}; what follows the compressed bytes is ignored.
 *
 * @returns the bytes; SERIALIZATION_FAILURE if they are malformed or not whole
 */
const uncompress: ForeignFunction = (vm, input) => {
  try {
    return vm.services.platform.compression?.uncompress(input, MAX_OUTPUT) ?? Status.NOT_FOUND;
  } catch {
    return Status.SERIALIZATION_FAILURE;
  }
};

export const compressionFunctions = { compress, uncompress };
