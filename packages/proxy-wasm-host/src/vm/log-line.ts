import type { LogLevelName } from "../abi/enums.ts";

/** One line of the log. */
export interface LogLine {
  readonly level: LogLevelName;
  /** The plugin's name. */
  readonly plugin: string;
  readonly message: string;
  /** Who says it: the module, or the host about the module. */
  readonly source: "filter" | "host";
}

/** What is shown of one message at most; Envoy shows all. */
export const MAX_LOG_BYTES = 1024 * 1024;

/** A message of which only the first bytes are shown, with the number of those left out. */
export const boundedLog = (shown: string, size: number): string =>
  size > MAX_LOG_BYTES ? `${shown}... (${size - MAX_LOG_BYTES} more bytes)` : shown;
