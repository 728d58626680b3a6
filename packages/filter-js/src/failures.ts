import { type Host, LogLevel } from "./host.ts";
import { type Status, statusName } from "./status.ts";

/** A host function's failure, as it is logged. */
export function failure(callee: string, status: number): string {
  return `header filter: ${callee} failed: ${statusName(status)}`;
}

/**
 * Logs each host function's first failure at level warn.
 *
 * @param log the host's function
 * @returns a function that takes a failed host function's name and its status
 */
export function onceEach(log: Host["log"]): (callee: string, status: Status) => void {
  const logged = new Set<string>();
  return (callee, status) => {
    if (logged.has(callee)) return;
    logged.add(callee);
    log(LogLevel.Warn, failure(callee, status));
  };
}
