import { Errno } from "../../abi/errno.ts";
import { WASI_FUNCTIONS } from "../../abi/wasi-functions.ts";
import type { Vm } from "../../vm/vm.ts";
import { hostFunction } from "../host-function.ts";
import { constantFunction } from "./constant-function.ts";

const unsupported = (vm: Vm, resultAt: number): number =>
  vm.memory.writeU32(resultAt, 0) ? Errno.NOTSUP : Errno.FAULT;

/** There are no sockets: everything fails, but results are written as 0. */
export const socketFunctions = [
  hostFunction(WASI_FUNCTIONS.sock_accept, (vm) => (_fd, _flags, fdAt) => unsupported(vm, fdAt)),
  hostFunction(WASI_FUNCTIONS.sock_recv, (vm) => (_fd, _data, _size, _flags, sizeAt) => unsupported(vm, sizeAt)),
  hostFunction(WASI_FUNCTIONS.sock_send, (vm) => (_fd, _data, _size, _flags, sizeAt) => unsupported(vm, sizeAt)),
  constantFunction(WASI_FUNCTIONS.sock_shutdown, Errno.NOTSUP),
];
