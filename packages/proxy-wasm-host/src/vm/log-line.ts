import type { LogLevelName } from "../abi/enums.ts";

/** One line of the log. */
export interface LogLine {
  readonly level: LogLevelName;
  /** The plugin's name. */
  readonly plugin: string;
  readonly message: string;
  /** Whether the module has logged it, or the host. */
  readonly source: "filter" | "host";
}

/** How many bytes of a message are shown; Envoy shows all. */
export const MAX_LOG_BYTES = 1024 * 1024;

/** A message that is cut at the limit, with the number of bytes left out. */
export const boundedLog = (shown: string, size: number): string =>
  size > MAX_LOG_BYTES ? `${shown}... (${size - MAX_LOG_BYTES} more bytes)` : shown;
