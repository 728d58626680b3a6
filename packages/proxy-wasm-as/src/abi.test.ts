import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { declaredFunctions } from "./fixtures/declarations.ts";
import { type LeftOut, mistyped, nameOf, uncovered } from "./fixtures/engine.ts";

const FOLDER = join(import.meta.dirname, "../assembly");

const wasi = (names: string) =>
  names
    .trim()
    .split(/\s+/)
    .map((name) => `wasi_snapshot_preview1.${name}`);

const LEFT_OUT: LeftOut = {
  "only Emscripten's C library calls it": ["env.emscripten_notify_memory_growth", "env.pthread_equal"],
  "a proxy has no files": wasi(`
    fd_advise fd_allocate fd_close fd_datasync fd_fdstat_get fd_fdstat_set_flags fd_fdstat_set_rights fd_filestat_get
    fd_filestat_set_size fd_filestat_set_times fd_pread fd_prestat_dir_name fd_prestat_get fd_pwrite fd_read fd_readdir
    fd_renumber fd_seek fd_sync fd_tell
    path_create_directory path_filestat_get path_filestat_set_times path_link path_open path_readlink path_remove_directory
    path_rename path_symlink path_unlink_file`),
  "a proxy gives a module no sockets": wasi("sock_accept sock_recv sock_send sock_shutdown"),
  "proxy_log takes its place": wasi("fd_write"),
  "there are no arguments": wasi("args_get args_sizes_get"),
  "a callback neither waits nor ends the process": wasi("poll_oneoff proc_exit sched_yield"),
  "both clocks count nanoseconds": wasi("clock_res_get"),
};

const declared = declaredFunctions(FOLDER);

test("each host function is declared, or left out for a reason", () => {
  expect(uncovered(declared.map(nameOf), LEFT_OUT)).toEqual([]);
});

test("each declaration has the host's type", () => {
  expect(mistyped(declared)).toEqual([]);
});

test("no declaration is overlooked", () => {
  const texts = readdirSync(FOLDER).map((file) => readFileSync(join(FOLDER, file), "utf8"));
  expect(declared).toHaveLength(texts.join().split("@external(").length - 1);
});
