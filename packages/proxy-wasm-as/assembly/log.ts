import { borrow, unborrow } from "./bytes";
import { LogLevel } from "./enums";
import { Status } from "./status";

// @ts-ignore: decorator
@external("env", "proxy_log")
declare function proxy_log(level: LogLevel, message: usize, size: i32): Status;

/**
 * Writes a line to the proxy's log.
 *
 * @param level below the proxy's own level the line is dropped
 * @param message text or {@link Bytes}
 * @returns `Ok`; `BadArgument` for an unknown level. Specification, "proxy_log"
 */
export function log<T>(level: LogLevel, message: T): Status {
  const bytes = borrow<T>(message);
  const status = proxy_log(level, bytes.data, bytes.length);
  unborrow<T>(bytes);
  return status;
}
