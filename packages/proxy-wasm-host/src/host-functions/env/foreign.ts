import { ENV_FUNCTIONS } from "../../abi/env-functions.ts";
import { Status } from "../../abi/status.ts";
import { FOREIGN_FUNCTIONS } from "../foreign/index.ts";
import { hostFunction } from "../host-function.ts";

/**
 * Calls one of the proxy's own functions by name. The result's pointer or size is not written to address 0. A function that fails
 * writes 0 to both.
 *
 * @returns what the function returns; NOT_FOUND for an unknown one; INVALID_MEMORY_ACCESS
 */
const call = hostFunction(
  ENV_FUNCTIONS.proxy_call_foreign_function,
  (vm) => (nameAt, nameSize, inputAt, inputSize, outputAt, sizeAt) => {
    const name = vm.memory.utf8(nameAt, nameSize);
    const input = vm.memory.bytes(inputAt, inputSize);
    if (name === undefined || !input) return Status.INVALID_MEMORY_ACCESS;
    const foreign = FOREIGN_FUNCTIONS.get(name);
    if (!foreign) return Status.NOT_FOUND;
    const output = foreign(vm, input);
    const [status, bytes] = typeof output === "number" ? [output, undefined] : [Status.OK, output];
    let pointer = 0;
    if (bytes && outputAt !== 0) {
      pointer = vm.allocate(bytes.length);
      if (pointer === 0 || !vm.memory.write(pointer, bytes)) return Status.INVALID_MEMORY_ACCESS;
    }
    const written =
      (outputAt === 0 || vm.memory.writeU32(outputAt, pointer)) &&
      (sizeAt === 0 || vm.memory.writeU32(sizeAt, bytes?.length ?? 0));
    return written ? status : Status.INVALID_MEMORY_ACCESS;
  },
);

export const foreignFunctions = [call];
