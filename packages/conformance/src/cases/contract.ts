import type { LogEntry } from "./case.ts";

/** The counter of requests with the header `hello`. */
export const COUNTER = "hello_header_counter";

/**
 * The lines that the contract's filter logs when it is configured.
 *
 * @param configuration the plugin configuration's bytes; valid, unless a refusal is expected
 * @param refused the expected reason for a refusal, or false
 * @returns the announcement, with the placeholders `{variant}` and `{version}`, or the refusal
 */
export function configureLog(configuration: Uint8Array, refused: string | boolean): LogEntry[] {
  if (typeof refused === "string") return [["error", `header filter: configuration refused: ${refused}`]];
  if (refused) return [];
  const lines = Object.values(JSON.parse(Buffer.from(configuration).toString() || "{}")).flat().length;
  return [["info", `header filter {variant} {version}: adding ${lines} response headers`]];
}
