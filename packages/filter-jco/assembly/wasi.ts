import { out } from "./memory";
import { proxy_get_current_time_nanoseconds, proxy_log } from "./proxy";

// The WASI functions that an engine may call in a proxy, by interface and function. Functions that a proxy does not need trap.

@external("wasi_snapshot_preview1", "random_get")
declare function random_get(bytes: usize, size: usize): u32;

const STDOUT: i32 = 1;
const STDERR: i32 = 2;
const INFO: u32 = 2;
const ERROR: u32 = 4;

function now(): u64 {
  proxy_get_current_time_nanoseconds(out());
  return load<u64>(out());
}

export function wasi_clocks_monotonic_clock_now(): u64 {
  return now();
}

export function wasi_clocks_wall_clock_now(result: usize): void {
  const time = now();
  store<u64>(result, time / 1_000_000_000);
  store<u32>(result, <u32>(time % 1_000_000_000), 8);
}

export function wasi_random_insecure_seed_insecure_seed(result: usize): void {
  random_get(result, 16);
}

export function wasi_cli_environment_get_environment(result: usize): void {
  store<u64>(result, 0);
}

export function wasi_filesystem_preopens_get_directories(result: usize): void {
  store<u64>(result, 0);
}

export function wasi_cli_terminal_stdin_get_terminal_stdin(result: usize): void {
  store<u8>(result, 0);
}

export function wasi_cli_terminal_stdout_get_terminal_stdout(result: usize): void {
  store<u8>(result, 0);
}

export function wasi_cli_terminal_stderr_get_terminal_stderr(result: usize): void {
  store<u8>(result, 0);
}

export function wasi_cli_stdin_get_stdin(): i32 {
  return 0;
}

export function wasi_cli_stdout_get_stdout(): i32 {
  return STDOUT;
}

export function wasi_cli_stderr_get_stderr(): i32 {
  return STDERR;
}

/** Logs what an engine prints: before it aborts, it prints the reason to stderr. */
export function wasi_io_streams_output_stream_blocking_write_and_flush(self: i32, bytes: usize, size: usize, result: usize): void {
  if (size > 1 || (size == 1 && load<u8>(bytes) != 0x0a)) proxy_log(self == STDERR ? ERROR : INFO, bytes, size);
  store<u8>(result, 0);
}

export function wasi_io_streams_output_stream_write(self: i32, bytes: usize, size: usize, result: usize): void {
  wasi_io_streams_output_stream_blocking_write_and_flush(self, bytes, size, result);
}

export function wasi_io_streams_output_stream_check_write(self: i32, result: usize): void {
  store<u8>(result, 0);
  store<u64>(result, 4096, 8);
}

export function wasi_io_streams_output_stream_blocking_flush(self: i32, result: usize): void {
  store<u8>(result, 0);
}

export function wasi_io_streams_output_stream_subscribe(self: i32): i32 {
  return 0;
}

export function wasi_io_poll_pollable_block(self: i32): void {}
