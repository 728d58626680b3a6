/** What a host function answers: `proxy_status_t` of the Proxy-Wasm specification 0.2.1, section "Types". */
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

/**
 * The specification's name of a status, for messages.
 *
 * @param status any number that a host function returned
 * @returns the name in capitals, such as `NOT_FOUND`; an empty string for a number that the specification doesn't name
 */
export function statusName(status: Status): string {
  switch (status) {
    case Status.Ok: return "OK";
    case Status.NotFound: return "NOT_FOUND";
    case Status.BadArgument: return "BAD_ARGUMENT";
    case Status.SerializationFailure: return "SERIALIZATION_FAILURE";
    case Status.ParseFailure: return "PARSE_FAILURE";
    case Status.InvalidMemoryAccess: return "INVALID_MEMORY_ACCESS";
    case Status.Empty: return "EMPTY";
    case Status.CasMismatch: return "CAS_MISMATCH";
    case Status.InternalFailure: return "INTERNAL_FAILURE";
    case Status.Unimplemented: return "UNIMPLEMENTED";
    default: return "";
  }
}
