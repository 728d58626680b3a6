import type { LogEntry } from "./case.ts";

/** The metric that counts requests bearing `hello`. */
export const COUNTER = "hello_header_counter";

/**
 * The lines a filter of the contract logs when it gets a configuration.
 *
 * @param configuration the plugin configuration's bytes; valid, unless it is to be refused
 * @param refused the reason of its refusal, or false
 * @returns the announcement, with `{variant}` and `{version}` left to be filled in, or the refusal
 */
export function configureLog(configuration: Uint8Array, refused: string | boolean): LogEntry[] {
  if (typeof refused === "string") return [["error", `header filter: configuration refused: ${refused}`]];
  if (refused) return [];
  const lines = Object.values(JSON.parse(Buffer.from(configuration).toString() || "{}")).flat().length;
  return [["info", `header filter {variant} {version}: adding ${lines} response headers`]];
}
