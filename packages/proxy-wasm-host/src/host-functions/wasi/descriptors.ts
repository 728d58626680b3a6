import { concat } from "../../abi/bytes.ts";
import { Errno } from "../../abi/errno.ts";
import type { Signature } from "../../abi/signature.ts";
import { WASI_FUNCTIONS } from "../../abi/wasi-functions.ts";
import { filterLine, MAX_LOG_BYTES, traced } from "../../vm/log-line.ts";
import type { Vm } from "../../vm/vm.ts";
import { type HostFunction, hostFunction } from "../host-function.ts";
import { constantFunction } from "./constant-function.ts";

const STDOUT = 1;
const STDERR = 2;
const LINE_BREAK = 0x0a;
const isOutput = (fd: number): boolean => fd === STDOUT || fd === STDERR;

/** A function that does nothing and succeeds for standard output and error; other descriptors are BADF. */
const outputOnly = (signature: Signature): HostFunction =>
  hostFunction(signature, () => (fd) => (isOutput(fd) ? Errno.SUCCESS : Errno.BADF));

/** Logs what a module writes: standard output at `info`, standard error at `error`, one trailing line break removed. */
function write(vm: Vm, fd: number, vectors: number, count: number, writtenAt: number): number {
  if (!isOutput(fd)) return Errno.BADF;
  const parts: Uint8Array[] = [];
  let [kept, length] = [0, 0];
  for (let index = 0; index < count >>> 0; index++) {
    const [pointer, size] = [vm.memory.u32(vectors + index * 8), vm.memory.u32(vectors + index * 8 + 4)];
    if (pointer === undefined || size === undefined) return Errno.FAULT;
    // The address of no bytes is not looked at.
    if (size === 0) continue;
    if (!vm.memory.has(pointer, size)) return Errno.FAULT;
    // One byte more than the limit, so that a line break that is cut is not the last one.
    const part = vm.memory.bytes(pointer, Math.min(size, MAX_LOG_BYTES + 1 - kept));
    if (part) parts.push(part);
    kept += part?.length ?? 0;
    length += size;
  }
  if (length > 0) {
    const text = concat(parts);
    const broken = text.length === length && text.at(-1) === LINE_BREAK ? 1 : 0;
    const shown = text.subarray(0, text.length - broken);
    const line = filterLine(fd === STDOUT ? "info" : "error", vm.context.label, shown, length - broken);
    vm.services.log(traced(line, vm.positions));
  }
  return vm.memory.writeU32(writtenAt, length) ? Errno.SUCCESS : Errno.FAULT;
}

/** What `fd_fdstat_get` returns for an output: no file type, no flags, the right to write. */
const OUTPUT_STATE = new Uint8Array(24);
new DataView(OUTPUT_STATE.buffer).setBigUint64(8, 64n, true);

/** Files: only writing to standard output and error has an effect. The results are those of Envoy 1.40, as measured. */
export const descriptorFunctions = [
  hostFunction(
    WASI_FUNCTIONS.fd_write,
    (vm) => (fd, vectors, count, writtenAt) => write(vm, fd, vectors, count, writtenAt),
  ),
  hostFunction(
    WASI_FUNCTIONS.fd_pwrite,
    (vm) => (fd, vectors, count, _offset, writtenAt) => write(vm, fd, vectors, count, writtenAt),
  ),
  hostFunction(WASI_FUNCTIONS.fd_fdstat_get, (vm) => (fd, statAt) => {
    if (!isOutput(fd)) return Errno.BADF;
    // Envoy ignores that the address is out of bounds.
    vm.memory.write(statAt, OUTPUT_STATE);
    return Errno.SUCCESS;
  }),
  hostFunction(WASI_FUNCTIONS.fd_tell, (vm) => (fd, offsetAt) => {
    if (!isOutput(fd)) return Errno.BADF;
    return vm.memory.writeU64(offsetAt, 0n) ? Errno.SUCCESS : Errno.FAULT;
  }),
  hostFunction(
    WASI_FUNCTIONS.fd_readdir,
    (vm) => (_fd, _buffer, _size, _cookie, usedAt) => (vm.memory.writeU32(usedAt, 0) ? Errno.EXIST : Errno.FAULT),
  ),
  hostFunction(
    WASI_FUNCTIONS.fd_renumber,
    () => (from, to) => (isOutput(from) && isOutput(to) ? Errno.NOTSUP : Errno.BADF),
  ),
  outputOnly(WASI_FUNCTIONS.fd_allocate),
  outputOnly(WASI_FUNCTIONS.fd_datasync),
  outputOnly(WASI_FUNCTIONS.fd_sync),
  outputOnly(WASI_FUNCTIONS.fd_fdstat_set_rights),
  outputOnly(WASI_FUNCTIONS.fd_filestat_set_size),
  outputOnly(WASI_FUNCTIONS.fd_filestat_set_times),
  constantFunction(WASI_FUNCTIONS.fd_advise, Errno.SUCCESS),
  constantFunction(WASI_FUNCTIONS.fd_close, Errno.SUCCESS),
  constantFunction(WASI_FUNCTIONS.fd_seek, Errno.SUCCESS),
  constantFunction(WASI_FUNCTIONS.fd_fdstat_set_flags, Errno.NOSYS),
  constantFunction(WASI_FUNCTIONS.fd_filestat_get, Errno.BADF),
  constantFunction(WASI_FUNCTIONS.fd_pread, Errno.NOSYS),
  constantFunction(WASI_FUNCTIONS.fd_read, Errno.NOSYS),
  constantFunction(WASI_FUNCTIONS.fd_prestat_get, Errno.BADF),
  constantFunction(WASI_FUNCTIONS.fd_prestat_dir_name, Errno.NOSYS),
];
