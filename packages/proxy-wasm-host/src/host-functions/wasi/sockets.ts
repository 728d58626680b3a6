import type { Vm } from "../../vm/vm.ts";
import { Errno } from "./errno.ts";
import { refusal, wasiFunction } from "./function.ts";

const unsupported = (vm: Vm, resultAt: number): number =>
  vm.memory.writeU32(resultAt, 0) ? Errno.NOTSUP : Errno.FAULT;

/** Sockets: there are none; the results are written as 0 all the same. */
export const socketFunctions = [
  wasiFunction("sock_accept", "fd flags new_fd", (vm) => (_fd, _flags, fdAt) => unsupported(vm, fdAt)),
  wasiFunction(
    "sock_recv",
    "fd ri_data ri_data_len ri_flags ro_datalen ro_flags",
    (vm) => (_fd, _data, _size, _flags, sizeAt) => unsupported(vm, sizeAt),
  ),
  wasiFunction(
    "sock_send",
    "fd si_data si_data_len si_flags so_datalen",
    (vm) => (_fd, _data, _size, _flags, sizeAt) => unsupported(vm, sizeAt),
  ),
  refusal("sock_shutdown", "fd how", Errno.NOTSUP),
];
