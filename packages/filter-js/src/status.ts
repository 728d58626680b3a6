/** What a host function returns. Numbers and names as in the Proxy-Wasm specification, ABI 0.2.1 ("proxy_status_t"). */
export const Status = {
  Ok: 0,
  NotFound: 1,
  BadArgument: 2,
  SerializationFailure: 3,
  ParseFailure: 4,
  InvalidMemoryAccess: 6,
  Empty: 7,
  CasMismatch: 8,
  InternalFailure: 10,
  Unimplemented: 12,
} as const;
export type Status = (typeof Status)[keyof typeof Status];

/**
 * The specification's name of a status, in capitals: `NOT_FOUND`.
 *
 * @param status any status, known or unknown
 * @returns the name, or the number itself if the specification has no name for it
 */
export function statusName(status: number): string {
  for (const [name, value] of Object.entries(Status)) {
    if (value === status) return name.replace(/(?<=[a-z])[A-Z]/g, "_$&").toUpperCase();
  }
  return String(status);
}
