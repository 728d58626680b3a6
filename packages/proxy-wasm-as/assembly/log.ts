import { borrow, unborrow } from "./bytes";
import { LogLevel } from "./enums";
import { receivedNumberAt } from "./receive";
import { Status } from "./status";

// @ts-ignore: decorator
@external("env", "proxy_log")
declare function proxy_log(level: LogLevel, message: usize, size: i32): Status;

/**
 * Writes a line to the proxy's log.
 *
 * @param level the line is dropped if this is below the proxy's level
 * @param message text or {@link Bytes}
 * @returns `Ok`; `BadArgument` for an unknown level. Specification, "proxy_log"
 */
export function log<T>(level: LogLevel, message: T): Status {
  const bytes = borrow<T>(message);
  const status = proxy_log(level, bytes.data, bytes.length);
  unborrow<T>(bytes);
  return status;
}

// @ts-ignore: decorator
@external("env", "proxy_get_log_level")
declare function proxy_get_log_level(level: usize): Status;

/**
 * Gets the proxy's log level into {@link receivedNumber}, so that a filter need not build lines below it.
 *
 * @returns `Ok`. Specification, "proxy_get_log_level"
 */
export function getLogLevel(): Status {
  return proxy_get_log_level(receivedNumberAt());
}
