import { LogLevel } from "./enums";
import { log } from "./log";

/**
 * What `throw`, a failed assertion or memory that has run out come to under `--use abort=proxyAbort`: a line at level
 * critical, then a trap.
 *
 * @param message what was thrown
 * @param file the source file
 * @param line the line in it
 * @param column the column in it
 */
// @ts-ignore: decorator
@global
export function proxyAbort(message: string | null, file: string | null, line: u32, column: u32): void {
  log<string>(LogLevel.Critical, message ? message : "abort");
  unreachable();
}
