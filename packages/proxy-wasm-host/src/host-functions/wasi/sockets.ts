import { Errno } from "../../abi/errno.ts";
import { WASI_FUNCTIONS } from "../../abi/wasi-functions.ts";
import type { Vm } from "../../vm/vm.ts";
import { hostFunction } from "../host-function.ts";
import { constantFunction } from "./constant-function.ts";

/** Writes zero bytes to some addresses. */
const unsupported = (vm: Vm, ...results: readonly (readonly [at: number, size: number])[]): number =>
  results.every(([at, size]) => vm.memory.write(at, new Uint8Array(size))) ? Errno.NOTSUP : Errno.FAULT;

/** There are no sockets: everything fails, but results are written as 0; that of `sock_accept` as 8 bytes, as in Envoy. */
export const socketFunctions = [
  hostFunction(WASI_FUNCTIONS.sock_accept, (vm) => (_fd, _flags, fdAt) => unsupported(vm, [fdAt, 8])),
  hostFunction(
    WASI_FUNCTIONS.sock_recv,
    (vm) => (_fd, _data, _size, _inFlags, sizeAt, flagsAt) => unsupported(vm, [sizeAt, 4], [flagsAt, 2]),
  ),
  hostFunction(WASI_FUNCTIONS.sock_send, (vm) => (_fd, _data, _size, _flags, sizeAt) => unsupported(vm, [sizeAt, 4])),
  constantFunction(WASI_FUNCTIONS.sock_shutdown, Errno.NOTSUP),
];
