import type { Header, Host, MapType, Result } from "./host.ts";
import { type Status, statusName } from "./status.ts";

/** A host function's failure, for filters that throw it. */
export class HostError extends Error {
  readonly status: Status;

  /** @param callee what was called @param status what it returned */
  constructor(callee: string, status: Status) {
    super(`${callee}: ${statusName(status)}`);
    this.name = "HostError";
    this.status = status;
  }
}

/**
 * The value of a result.
 *
 * @param callee what was called, for the error
 * @throws HostError with the status and its name, if there is no value
 */
export function orThrow<T>(callee: string, result: Result<T>): T {
  if (result.status === 0) return result.value;
  throw new HostError(callee, result.status);
}

/**
 * The headers or trailers of a map, in the host's order: `for (const [name, value] of headersOf(host, MapType.RequestHeaders))`.
 *
 * @throws HostError if the map can't be read in this callback
 */
export function headersOf(host: Host, map: MapType): Iterable<Header> {
  return orThrow("getHeaders", host.getHeaders(map));
}
