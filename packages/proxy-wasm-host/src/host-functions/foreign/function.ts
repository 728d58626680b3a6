import type { Status } from "../../abi/status.ts";
import type { Vm } from "../../vm/vm.ts";

/** A function of the proxy's own, which modules call by name: takes bytes, gives bytes or a status (OK: it has no result). */
export type ForeignFunction = (vm: Vm, input: Uint8Array) => Uint8Array | Status;
