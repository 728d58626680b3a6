import { LogLevel } from "./enums";
import { log } from "./log";

/**
 * Handles `throw`, failed assertions and exhausted memory under `--use abort=proxyAbort`: it logs a line at level
 * critical, then traps.
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
