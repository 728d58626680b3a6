import { Errno } from "../../abi/errno.ts";
import { WASI_FUNCTIONS } from "../../abi/wasi-functions.ts";
import { hostFunction } from "../host-function.ts";
import { constantFunction } from "./constant-function.ts";

/** There are no files: everything fails. */
export const pathFunctions = [
  constantFunction(WASI_FUNCTIONS.path_create_directory, Errno.NOTSUP),
  constantFunction(WASI_FUNCTIONS.path_filestat_get, Errno.NOTSUP),
  constantFunction(WASI_FUNCTIONS.path_filestat_set_times, Errno.NOTSUP),
  constantFunction(WASI_FUNCTIONS.path_link, Errno.NOTSUP),
  constantFunction(WASI_FUNCTIONS.path_open, Errno.NOENT),
  hostFunction(
    WASI_FUNCTIONS.path_readlink,
    (vm) => (_fd, _path, _size, _buffer, _length, usedAt) =>
      vm.memory.writeU32(usedAt, 0) ? Errno.NOTSUP : Errno.FAULT,
  ),
  constantFunction(WASI_FUNCTIONS.path_remove_directory, Errno.NOTSUP),
  constantFunction(WASI_FUNCTIONS.path_rename, Errno.NOTSUP),
  constantFunction(WASI_FUNCTIONS.path_symlink, Errno.NOTSUP),
  constantFunction(WASI_FUNCTIONS.path_unlink_file, Errno.NOTSUP),
];
