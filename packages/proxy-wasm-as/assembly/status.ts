import { Writer } from "./writer";

/** What a host function returns: `proxy_status_t` of the Proxy-Wasm specification 0.2.1, section "Types". */
export enum Status {
  Ok = 0,
  NotFound = 1,
  BadArgument = 2,
  SerializationFailure = 3,
  ParseFailure = 4,
  InvalidMemoryAccess = 6,
  Empty = 7,
  CasMismatch = 8,
  InternalFailure = 10,
  Unimplemented = 12,
}

// The index of a line is the status.
const NAMES = `OK
NOT_FOUND
BAD_ARGUMENT
SERIALIZATION_FAILURE
PARSE_FAILURE

INVALID_MEMORY_ACCESS
EMPTY
CAS_MISMATCH

INTERNAL_FAILURE

UNIMPLEMENTED`;

/**
 * Writes the specification's name of a status, such as `NOT_FOUND`, for messages.
 *
 * @param to where to write
 * @param status any number that a host function returned; one without a name is written as a number
 */
export function appendStatus(to: Writer, status: Status): void {
  const start = to.length;
  to.line(NAMES, status);
  if (to.length == start) to.decimal(<u32>status);
}
