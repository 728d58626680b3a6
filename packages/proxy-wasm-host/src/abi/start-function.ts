import { Errno } from "./errno.ts";

/** For standard output and error; other descriptors are not open. */
const output = (status: number) => (fd: number) => (fd === 1 || fd === 2 ? status : Errno.BADF);

const WORKING: Readonly<Record<string, (...values: number[]) => number | undefined>> = {
  pthread_equal: (left, right) => Number(left === right),
  emscripten_notify_memory_growth: () => undefined,
  args_get: () => Errno.SUCCESS,
  sched_yield: () => Errno.SUCCESS,
  fd_advise: () => Errno.SUCCESS,
  fd_allocate: output(Errno.SUCCESS),
  fd_datasync: output(Errno.SUCCESS),
  fd_fdstat_set_flags: () => Errno.NOSYS,
  fd_fdstat_set_rights: output(Errno.SUCCESS),
  fd_filestat_get: () => Errno.BADF,
  fd_filestat_set_size: output(Errno.SUCCESS),
  fd_filestat_set_times: output(Errno.SUCCESS),
  fd_pread: () => Errno.NOSYS,
  fd_prestat_dir_name: () => Errno.NOSYS,
  fd_prestat_get: () => Errno.BADF,
  fd_read: () => Errno.NOSYS,
  fd_renumber: output(Errno.NOTSUP),
  fd_sync: output(Errno.SUCCESS),
  path_create_directory: () => Errno.NOTSUP,
  path_filestat_get: () => Errno.NOTSUP,
  path_filestat_set_times: () => Errno.NOTSUP,
  path_link: () => Errno.NOTSUP,
  path_open: () => Errno.NOENT,
  path_remove_directory: () => Errno.NOTSUP,
  path_rename: () => Errno.NOTSUP,
  path_symlink: () => Errno.NOTSUP,
  path_unlink_file: () => Errno.NOTSUP,
  sock_shutdown: () => Errno.NOTSUP,
};

/**
 * A host function that a module's start function can call, whatever the arguments: it needs neither memory nor a context. With any
 * other, Envoy crashes, because it sets up both after it has created the instance (asked of Envoy 1.40 for each function).
 *
 * @returns the function; undefined for all others
 */
export const inStartFunction = (name: string): ((...values: number[]) => number | undefined) | undefined =>
  Object.hasOwn(WORKING, name) ? WORKING[name] : undefined;
