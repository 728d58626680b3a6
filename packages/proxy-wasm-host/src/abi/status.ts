/** Statuses a host function returns (proxy-wasm/spec, abi-versions/v0.2.1, "proxy_status_t"; numbers as in proxy-wasm-cpp-host). */
export const Status = {
  OK: 0,
  NOT_FOUND: 1,
  BAD_ARGUMENT: 2,
  SERIALIZATION_FAILURE: 3,
  PARSE_FAILURE: 4,
  BAD_EXPRESSION: 5,
  INVALID_MEMORY_ACCESS: 6,
  EMPTY: 7,
  CAS_MISMATCH: 8,
  RESULT_MISMATCH: 9,
  INTERNAL_FAILURE: 10,
  BROKEN_CONNECTION: 11,
  UNIMPLEMENTED: 12,
} as const;

/** One of the statuses. */
export type Status = (typeof Status)[keyof typeof Status];
