import { utf8Bytes } from "../../abi/bytes.ts";
import { Errno } from "../../abi/errno.ts";
import { WASI_FUNCTIONS } from "../../abi/wasi-functions.ts";
import type { Vm } from "../../vm/vm.ts";
import { hostFunction } from "../host-function.ts";
import { constantFunction } from "./constant-function.ts";

const REALTIME = 0;
const MONOTONIC = 1;

/** More than this many random bytes at once is INVAL (proxy-wasm-cpp-host, include/proxy-wasm/limits.h). */
const RANDOM_MAX = 64 * 1024;

/** Writes two counts. */
const counts = (vm: Vm, countAt: number, sizeAt: number, count: number, size: number): number =>
  vm.memory.writeU32(countAt, count) && vm.memory.writeU32(sizeAt, size) ? Errno.SUCCESS : Errno.FAULT;

const environment = (vm: Vm): string[] => Object.entries(vm.environment).map(([name, value]) => `${name}=${value}\0`);

/**
 * Does nothing: the call returns (proxy-wasm-cpp-host, src/exports.cc, wasi_unstable_proc_exit). Compilers put
 * an `unreachable` after it, which traps.
 */
const procExit = hostFunction(WASI_FUNCTIONS.proc_exit, () => () => undefined);

/** Arguments (none), environment variables of the VM, clocks, randomness, and an exit that does nothing. */
export const processFunctions = [
  constantFunction(WASI_FUNCTIONS.args_get, Errno.SUCCESS),
  hostFunction(WASI_FUNCTIONS.args_sizes_get, (vm) => (countAt, sizeAt) => counts(vm, countAt, sizeAt, 0, 0)),
  hostFunction(WASI_FUNCTIONS.environ_get, (vm) => (pointersAt, bufferAt) => {
    let [pointer, at] = [pointersAt >>> 0, bufferAt >>> 0];
    for (const variable of environment(vm)) {
      const bytes = utf8Bytes(variable);
      if (!vm.memory.writeU32(pointer, at) || !vm.memory.write(at, bytes)) return Errno.FAULT;
      pointer += 4;
      at += bytes.length;
    }
    return Errno.SUCCESS;
  }),
  hostFunction(WASI_FUNCTIONS.environ_sizes_get, (vm) => (countAt, sizeAt) => {
    const variables = environment(vm);
    return counts(vm, countAt, sizeAt, variables.length, utf8Bytes(variables.join("")).length);
  }),
  hostFunction(WASI_FUNCTIONS.clock_res_get, (vm) => (clock, resolutionAt) => {
    if (clock !== REALTIME && clock !== MONOTONIC) return Errno.NOTSUP;
    return vm.memory.writeU64(resolutionAt, 1n) ? Errno.SUCCESS : Errno.FAULT;
  }),
  hostFunction(WASI_FUNCTIONS.clock_time_get, (vm) => (clock, _precision, timeAt) => {
    if (clock !== REALTIME && clock !== MONOTONIC) return Errno.NOTSUP;
    const { platform } = vm.services;
    const now = clock === REALTIME ? platform.wallClock() : platform.monotonicClock();
    return vm.memory.writeU64(timeAt, now) ? Errno.SUCCESS : Errno.FAULT;
  }),
  hostFunction(WASI_FUNCTIONS.random_get, (vm) => (pointer, size) => {
    if (size >>> 0 > RANDOM_MAX) return Errno.INVAL;
    if (size === 0) return Errno.SUCCESS;
    if (!vm.memory.has(pointer, size)) return Errno.FAULT;
    const bytes = new Uint8Array(size);
    vm.services.platform.fillRandom(bytes);
    return vm.memory.write(pointer, bytes) ? Errno.SUCCESS : Errno.FAULT;
  }),
  constantFunction(WASI_FUNCTIONS.sched_yield, Errno.SUCCESS),
  hostFunction(
    WASI_FUNCTIONS.poll_oneoff,
    (vm) => (_in, _out, _count, eventsAt) => (vm.memory.writeU32(eventsAt, 0) ? Errno.SUCCESS : Errno.FAULT),
  ),
  procExit,
];
