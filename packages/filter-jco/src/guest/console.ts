import { LogLevel } from "@wasm-header-filter/filter-js/guest";
import { host } from "./host.ts";

const at =
  (level: LogLevel) =>
  (...values: unknown[]) =>
    void host.log(level, values.map(String).join(" "));

// The engine has no console of its own.
globalThis.console = {
  trace: at(LogLevel.Trace),
  debug: at(LogLevel.Debug),
  log: at(LogLevel.Info),
  info: at(LogLevel.Info),
  warn: at(LogLevel.Warn),
  error: at(LogLevel.Error),
} as Console;
