import type { Status } from "../../abi/status.ts";
import type { Vm } from "../../vm/vm.ts";

/** A function that modules call by name: takes bytes, returns bytes or a status (OK: no result). */
export type ForeignFunction = (vm: Vm, input: Uint8Array) => Uint8Array | Status;
