import { Errno } from "./errno.ts";
import { refusal, wasiFunction } from "./function.ts";

/**
 * Paths: there are none. The types are those that Envoy 1.40 links, which for `path_link` and `path_symlink` lack one parameter
 * of WASI's own: a module built for WASI's types is refused there, and so here.
 */
export const pathFunctions = [
  refusal("path_create_directory", "fd path path_len", Errno.NOTSUP),
  refusal("path_filestat_get", "fd flags path path_len stat", Errno.NOTSUP),
  refusal("path_filestat_set_times", "fd flags path path_len atim:u64 mtim:u64 fst_flags", Errno.NOTSUP),
  refusal("path_link", "old_fd old_flags old_path old_path_len new_fd new_path", Errno.NOTSUP),
  refusal("path_open", "fd dirflags path path_len oflags rights:u64 inheriting:u64 fdflags opened_fd", Errno.NOENT),
  wasiFunction(
    "path_readlink",
    "fd path path_len buf buf_len bufused",
    (vm) => (_fd, _path, _size, _buffer, _length, usedAt) =>
      vm.memory.writeU32(usedAt, 0) ? Errno.NOTSUP : Errno.FAULT,
  ),
  refusal("path_remove_directory", "fd path path_len", Errno.NOTSUP),
  refusal("path_rename", "fd old_path old_path_len new_fd new_path new_path_len", Errno.NOTSUP),
  refusal("path_symlink", "old_path old_path_len fd new_path", Errno.NOTSUP),
  refusal("path_unlink_file", "fd path path_len", Errno.NOTSUP),
];
