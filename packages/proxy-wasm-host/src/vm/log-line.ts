import { concat, sameBytes, utf8, utf8Bytes } from "../abi/bytes.ts";
import type { LogLevelName } from "../abi/enums.ts";

/** One line of the log. */
export interface LogLine {
  readonly level: LogLevelName;
  /** The plugin's name. */
  readonly plugin: string;
  /** What is not UTF-8 is U+FFFD in it. */
  readonly message: string;
  /** The message as the module has logged it; only there if it is not UTF-8. */
  readonly bytes?: Uint8Array;
  /** Whether the module has logged it, or the host. */
  readonly source: "filter" | "host";
}

/** How many bytes of a message are shown; Envoy shows all. */
export const MAX_LOG_BYTES = 1024 * 1024;

/**
 * The line for what a module has logged; what is longer than the limit is cut, with the number of bytes left out.
 *
 * @param bytes the message, or its beginning
 * @param size how many bytes it has
 */
export function filterLine(level: LogLevelName, plugin: string, bytes: Uint8Array, size: number): LogLine {
  const shown = bytes.subarray(0, MAX_LOG_BYTES);
  const more = size > shown.length ? `... (${size - shown.length} more bytes)` : "";
  const text = utf8(shown);
  const intact = !text.includes("\ufffd") || sameBytes(utf8Bytes(text), shown);
  const line: LogLine = { level, plugin, message: `${text}${more}`, source: "filter" };
  return intact ? line : { ...line, bytes: concat([shown, utf8Bytes(more)]) };
}

/**
 * A filter's line with positions in its sources.
 *
 * @param positions replaces the positions in a text; undefined if the filter has no source map
 */
export function traced(line: LogLine, positions: ((text: string) => string) | undefined): LogLine {
  const message = positions?.(line.message) ?? line.message;
  if (message === line.message) return line;
  const { bytes: _, ...rest } = line;
  return { ...rest, message };
}
