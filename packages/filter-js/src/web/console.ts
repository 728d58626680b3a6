import { LogLevel } from "../host.ts";

type Log = (level: LogLevel, message: string) => unknown;

/** A console whose methods write to the proxy's log, each at its level. */
export function makeConsole(
  log: Log,
): Record<"trace" | "debug" | "log" | "info" | "warn" | "error", (...values: unknown[]) => void> {
  const at =
    (level: LogLevel) =>
    (...values: unknown[]) =>
      void log(level, values.map(String).join(" "));
  return {
    trace: at(LogLevel.Trace),
    debug: at(LogLevel.Debug),
    log: at(LogLevel.Info),
    info: at(LogLevel.Info),
    warn: at(LogLevel.Warn),
    error: at(LogLevel.Error),
  };
}
