import { Action, LogLevel } from "@wasm-header-filter/filter-js/guest";
import { host } from "./host.ts";

/**
 * Logs the exception of a callback with its stack; the request continues.
 *
 * @param callback the callback's name
 * @param thrown anything
 */
export function failed(callback: string, thrown: unknown): Action {
  const stack = thrown instanceof Error ? `\n${text(thrown.stack)}` : "";
  host.log(LogLevel.Error, `${callback}: ${text(thrown)}${stack}`.trimEnd());
  return Action.Continue;
}

function text(value: unknown): string {
  try {
    return String(value);
  } catch {
    return "something that can't be turned into text";
  }
}
