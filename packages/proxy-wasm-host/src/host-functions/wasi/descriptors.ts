import { latin1Bytes, utf8 } from "../../abi/bytes.ts";
import { boundedLog, MAX_LOG_BYTES } from "../../vm/log-line.ts";
import type { Vm } from "../../vm/vm.ts";
import type { HostFunction } from "../host-function.ts";
import { Errno } from "./errno.ts";
import { refusal, wasiFunction } from "./function.ts";

const STDOUT = 1;
const STDERR = 2;
const isOutput = (fd: number): boolean => fd === STDOUT || fd === STDERR;

/** A function that does nothing to standard output and error, and knows no other descriptor. */
const outputOnly = (name: string, parameters: string): HostFunction =>
  wasiFunction(name, parameters, () => (fd) => (isOutput(fd) ? Errno.SUCCESS : Errno.BADF));

/** Logs what a module writes: standard output at `info`, standard error at `error`, one trailing line break removed. */
function write(vm: Vm, fd: number, vectors: number, count: number, writtenAt: number): number {
  if (!isOutput(fd)) return Errno.BADF;
  let text = "";
  let length = 0;
  for (let index = 0; index < count >>> 0; index++) {
    const [pointer, size] = [vm.memory.u32(vectors + index * 8), vm.memory.u32(vectors + index * 8 + 4)];
    if (pointer === undefined || size === undefined || !vm.memory.has(pointer, size)) return Errno.FAULT;
    text += vm.memory.latin1(pointer, Math.min(size, MAX_LOG_BYTES - text.length));
    length += size;
  }
  if (text !== "") {
    const shown = utf8(latin1Bytes(text.replace(/\n$/, "")));
    const level = fd === STDOUT ? "info" : "error";
    vm.services.log({ level, plugin: vm.context.label, message: boundedLog(shown, length), source: "filter" });
  }
  return vm.memory.writeU32(writtenAt, length) ? Errno.SUCCESS : Errno.FAULT;
}

/** What `fd_fdstat_get` tells of an output: no file type, no flags, the right to write. */
const OUTPUT_STATE = new Uint8Array(24);
new DataView(OUTPUT_STATE.buffer).setBigUint64(8, 64n, true);

/** Files: only writing to standard output and error has an effect. The answers are those that Envoy 1.40 was seen to give. */
export const descriptorFunctions = [
  wasiFunction(
    "fd_write",
    "fd iovs iovs_len nwritten",
    (vm) => (fd, vectors, count, writtenAt) => write(vm, fd, vectors, count, writtenAt),
  ),
  wasiFunction(
    "fd_pwrite",
    "fd iovs iovs_len offset:u64 nwritten",
    (vm) => (fd, vectors, count, _offset, writtenAt) => write(vm, fd, vectors, count, writtenAt),
  ),
  wasiFunction("fd_fdstat_get", "fd stat", (vm) => (fd, statAt) => {
    if (!isOutput(fd)) return Errno.BADF;
    return vm.memory.write(statAt, OUTPUT_STATE) ? Errno.SUCCESS : Errno.FAULT;
  }),
  wasiFunction("fd_tell", "fd offset", (vm) => (fd, offsetAt) => {
    if (!isOutput(fd)) return Errno.BADF;
    return vm.memory.writeU64(offsetAt, 0n) ? Errno.SUCCESS : Errno.FAULT;
  }),
  wasiFunction(
    "fd_readdir",
    "fd buf buf_len cookie:u64 bufused",
    (vm) => (_fd, _buffer, _size, _cookie, usedAt) => (vm.memory.writeU32(usedAt, 0) ? Errno.EXIST : Errno.FAULT),
  ),
  wasiFunction("fd_renumber", "from to", () => (from) => (isOutput(from) ? Errno.NOTSUP : Errno.BADF)),
  outputOnly("fd_allocate", "fd offset:u64 len:u64"),
  outputOnly("fd_datasync", "fd"),
  outputOnly("fd_sync", "fd"),
  outputOnly("fd_fdstat_set_rights", "fd base:u64 inheriting:u64"),
  outputOnly("fd_filestat_set_size", "fd size:u64"),
  outputOnly("fd_filestat_set_times", "fd atim:u64 mtim:u64 flags"),
  refusal("fd_advise", "fd offset:u64 len:u64 advice", Errno.SUCCESS),
  refusal("fd_close", "fd", Errno.SUCCESS),
  refusal("fd_seek", "fd offset:i64 whence newoffset", Errno.SUCCESS),
  refusal("fd_fdstat_set_flags", "fd flags", Errno.NOSYS),
  refusal("fd_filestat_get", "fd stat", Errno.BADF),
  refusal("fd_pread", "fd iovs iovs_len offset:u64 nread", Errno.NOSYS),
  refusal("fd_read", "fd iovs iovs_len nread", Errno.NOSYS),
  refusal("fd_prestat_get", "fd prestat", Errno.BADF),
  refusal("fd_prestat_dir_name", "fd path path_len", Errno.NOSYS),
];
