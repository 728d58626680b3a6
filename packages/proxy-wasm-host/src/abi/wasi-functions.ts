import { Errno } from "./errno.ts";
import { type Form, type Parameter, parameter } from "./parameters.ts";
import { signatures } from "./signature.ts";

/** WASI is offered under two import modules. */
const WASI = { modules: ["wasi_snapshot_preview1", "wasi_unstable"], statuses: Errno, atStart: true } as const;

/** Parameters in the words of WASI, such as `fd iovs iovs_len offset:u64`; one without a form is a 32-bit number. */
function named(text: string): Parameter[] {
  return text
    .split(" ")
    .filter(Boolean)
    .map((word) => {
      const [name = "", form = "u32"] = word.split(":");
      return parameter(name, form as Form);
    });
}

const since = "1.39";

/**
 * WASI as Envoy has it (proxy-wasm-cpp-host, src/exports.cc). `path_link` and `path_symlink` lack a parameter of WASI's own: Envoy
 * does not link a module that imports them with WASI's types. Nearly all of it may be called while a module starts, because the
 * runtimes of languages do so, Go's among them (src/wasm.cc, startVm).
 */
export const WASI_FUNCTIONS = signatures(WASI, {
  args_get: { parameters: named("argv argv_buf") },
  args_sizes_get: { parameters: named("argc argv_buf_size") },
  environ_get: { parameters: named("environ environ_buf") },
  environ_sizes_get: { parameters: named("count buf_size") },
  clock_res_get: { parameters: named("clock resolution"), since },
  clock_time_get: { parameters: named("clock precision:u64 time") },
  random_get: { parameters: named("buf buf_len") },
  sched_yield: { parameters: [], atStart: false },
  poll_oneoff: { parameters: named("in out nsubscriptions nevents") },
  proc_exit: { parameters: named("code"), results: [], atStart: false },

  fd_advise: { parameters: named("fd offset:u64 len:u64 advice"), since },
  fd_allocate: { parameters: named("fd offset:u64 len:u64"), since },
  fd_close: { parameters: named("fd"), atStart: false },
  fd_datasync: { parameters: named("fd"), since },
  fd_fdstat_get: { parameters: named("fd stat") },
  fd_fdstat_set_flags: { parameters: named("fd flags") },
  fd_fdstat_set_rights: { parameters: named("fd base:u64 inheriting:u64"), since },
  fd_filestat_get: { parameters: named("fd stat"), since },
  fd_filestat_set_size: { parameters: named("fd size:u64"), since },
  fd_filestat_set_times: { parameters: named("fd atim:u64 mtim:u64 flags"), since },
  fd_pread: { parameters: named("fd iovs iovs_len offset:u64 nread"), since },
  fd_prestat_dir_name: { parameters: named("fd path path_len") },
  fd_prestat_get: { parameters: named("fd prestat") },
  fd_pwrite: { parameters: named("fd iovs iovs_len offset:u64 nwritten"), since },
  fd_read: { parameters: named("fd iovs iovs_len nread"), atStart: false },
  fd_readdir: { parameters: named("fd buf buf_len cookie:u64 bufused"), since },
  fd_renumber: { parameters: named("from to"), since },
  fd_seek: { parameters: named("fd offset:i64 whence newoffset"), atStart: false },
  fd_sync: { parameters: named("fd"), since },
  fd_tell: { parameters: named("fd offset"), since },
  fd_write: { parameters: named("fd iovs iovs_len nwritten") },

  path_create_directory: { parameters: named("fd path path_len"), since },
  path_filestat_get: { parameters: named("fd flags path path_len stat"), since },
  path_filestat_set_times: { parameters: named("fd flags path path_len atim:u64 mtim:u64 fst_flags"), since },
  path_link: { parameters: named("old_fd old_flags old_path old_path_len new_fd new_path"), since },
  path_open: {
    parameters: named("fd dirflags path path_len oflags rights:u64 inheriting:u64 fdflags opened_fd"),
    atStart: false,
  },
  path_readlink: { parameters: named("fd path path_len buf buf_len bufused"), since },
  path_remove_directory: { parameters: named("fd path path_len"), since },
  path_rename: { parameters: named("fd old_path old_path_len new_fd new_path new_path_len"), since },
  path_symlink: { parameters: named("old_path old_path_len fd new_path"), since },
  path_unlink_file: { parameters: named("fd path path_len"), since },

  sock_accept: { parameters: named("fd flags new_fd"), since },
  sock_recv: { parameters: named("fd ri_data ri_data_len ri_flags ro_datalen ro_flags"), since },
  sock_send: { parameters: named("fd si_data si_data_len si_flags so_datalen"), since },
  sock_shutdown: { parameters: named("fd how"), since },
});
