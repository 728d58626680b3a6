import type { AbiVersion } from "../abi/version.ts";

/**
 * What Envoy links, by version: asked of the binaries 1.36.4, 1.37.0, 1.38.2, 1.39.3 and 1.40.0 with one module for each function that
 * imports it with a wrong type, so that the refusal tells the right one (proxy-wasm-cpp-host, src/wasm.cc, registerCallbacks).
 */

/** The Envoy versions that are known here, oldest first. */
export const ENVOY_VERSIONS = ["1.36", "1.37", "1.38", "1.39", "1.40"] as const;
export type EnvoyVersion = (typeof ENVOY_VERSIONS)[number];

/** Functions of one import module, one a line: name, parameters, result. */
export interface LinkTable {
  readonly modules: readonly string[];
  /** All versions of the ABI if left out. */
  readonly abis?: readonly AbiVersion[];
  /** The first Envoy that has them; all if left out. */
  readonly since?: EnvoyVersion;
  readonly functions: string;
}

const WASI = ["wasi_snapshot_preview1", "wasi_unstable"];

export const ENVOY_LINKS: readonly LinkTable[] = [
  {
    modules: ["env"],
    functions: `
      emscripten_notify_memory_growth i32 -> nothing
      proxy_add_header_map_value i32 i32 i32 i32 i32 -> i32
      proxy_call_foreign_function i32 i32 i32 i32 i32 i32 -> i32
      proxy_define_metric i32 i32 i32 i32 -> i32
      proxy_dequeue_shared_queue i32 i32 i32 -> i32
      proxy_done -> i32
      proxy_enqueue_shared_queue i32 i32 i32 -> i32
      proxy_get_buffer_bytes i32 i32 i32 i32 i32 -> i32
      proxy_get_buffer_status i32 i32 i32 -> i32
      proxy_get_current_time_nanoseconds i32 -> i32
      proxy_get_header_map_pairs i32 i32 i32 -> i32
      proxy_get_header_map_size i32 i32 -> i32
      proxy_get_header_map_value i32 i32 i32 i32 i32 -> i32
      proxy_get_metric i32 i32 -> i32
      proxy_get_property i32 i32 i32 i32 -> i32
      proxy_get_shared_data i32 i32 i32 i32 i32 -> i32
      proxy_get_status i32 i32 i32 -> i32
      proxy_grpc_call i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 -> i32
      proxy_grpc_cancel i32 -> i32
      proxy_grpc_close i32 -> i32
      proxy_grpc_send i32 i32 i32 i32 -> i32
      proxy_grpc_stream i32 i32 i32 i32 i32 i32 i32 i32 i32 -> i32
      proxy_http_call i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 -> i32
      proxy_increment_metric i32 i64 -> i32
      proxy_log i32 i32 i32 -> i32
      proxy_record_metric i32 i64 -> i32
      proxy_register_shared_queue i32 i32 i32 -> i32
      proxy_remove_header_map_value i32 i32 i32 -> i32
      proxy_replace_header_map_value i32 i32 i32 i32 i32 -> i32
      proxy_resolve_shared_queue i32 i32 i32 i32 i32 -> i32
      proxy_send_local_response i32 i32 i32 i32 i32 i32 i32 i32 -> i32
      proxy_set_buffer_bytes i32 i32 i32 i32 i32 -> i32
      proxy_set_effective_context i32 -> i32
      proxy_set_header_map_pairs i32 i32 i32 -> i32
      proxy_set_property i32 i32 i32 i32 -> i32
      proxy_set_shared_data i32 i32 i32 i32 i32 -> i32
      proxy_set_tick_period_milliseconds i32 -> i32
      pthread_equal i32 i32 -> i32`,
  },
  {
    modules: ["env"],
    abis: ["0.1.0"],
    functions: `
      proxy_clear_route_cache -> i32
      proxy_continue_request -> i32
      proxy_continue_response -> i32
      proxy_get_configuration i32 i32 -> i32`,
  },
  {
    modules: ["env"],
    abis: ["0.2.0", "0.2.1"],
    functions: `
      proxy_close_stream i32 -> i32
      proxy_continue_stream i32 -> i32`,
  },
  {
    modules: ["env"],
    abis: ["0.2.1"],
    functions: `
      proxy_get_log_level i32 -> i32`,
  },
  {
    modules: WASI,
    functions: `
      args_get i32 i32 -> i32
      args_sizes_get i32 i32 -> i32
      clock_time_get i32 i64 i32 -> i32
      environ_get i32 i32 -> i32
      environ_sizes_get i32 i32 -> i32
      fd_close i32 -> i32
      fd_fdstat_get i32 i32 -> i32
      fd_fdstat_set_flags i32 i32 -> i32
      fd_prestat_dir_name i32 i32 i32 -> i32
      fd_prestat_get i32 i32 -> i32
      fd_read i32 i32 i32 i32 -> i32
      fd_seek i32 i64 i32 i32 -> i32
      fd_write i32 i32 i32 i32 -> i32
      path_open i32 i32 i32 i32 i32 i64 i64 i32 i32 -> i32
      poll_oneoff i32 i32 i32 i32 -> i32
      proc_exit i32 -> nothing
      random_get i32 i32 -> i32
      sched_yield -> i32`,
  },
  {
    modules: WASI,
    since: "1.39",
    functions: `
      clock_res_get i32 i32 -> i32
      fd_advise i32 i64 i64 i32 -> i32
      fd_allocate i32 i64 i64 -> i32
      fd_datasync i32 -> i32
      fd_fdstat_set_rights i32 i64 i64 -> i32
      fd_filestat_get i32 i32 -> i32
      fd_filestat_set_size i32 i64 -> i32
      fd_filestat_set_times i32 i64 i64 i32 -> i32
      fd_pread i32 i32 i32 i64 i32 -> i32
      fd_pwrite i32 i32 i32 i64 i32 -> i32
      fd_readdir i32 i32 i32 i64 i32 -> i32
      fd_renumber i32 i32 -> i32
      fd_sync i32 -> i32
      fd_tell i32 i32 -> i32
      path_create_directory i32 i32 i32 -> i32
      path_filestat_get i32 i32 i32 i32 i32 -> i32
      path_filestat_set_times i32 i32 i32 i32 i64 i64 i32 -> i32
      path_link i32 i32 i32 i32 i32 i32 -> i32
      path_readlink i32 i32 i32 i32 i32 i32 -> i32
      path_remove_directory i32 i32 i32 -> i32
      path_rename i32 i32 i32 i32 i32 i32 -> i32
      path_symlink i32 i32 i32 i32 -> i32
      path_unlink_file i32 i32 i32 -> i32
      sock_accept i32 i32 i32 -> i32
      sock_recv i32 i32 i32 i32 i32 i32 -> i32
      sock_send i32 i32 i32 i32 i32 -> i32
      sock_shutdown i32 i32 -> i32`,
  },
];
