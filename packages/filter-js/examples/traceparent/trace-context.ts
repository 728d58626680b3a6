/** The place of a request in a trace: https://www.w3.org/TR/trace-context/. */
export interface TraceContext {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits: who sends the request. */
  readonly parentId: string;
  /** Two hexadecimal digits; the lowest bit: the sender records the trace. */
  readonly flags: string;
}

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const ZEROS = /^0+$/;

/**
 * Reads the header `traceparent`.
 *
 * @param text its value; several headers, which are joined by commas, are none
 * @returns undefined if it is invalid: the trace is then not continued
 */
export function readTraceparent(text: string): TraceContext | undefined {
  const [, version, traceId = "", parentId = "", flags = "", rest] = TRACEPARENT.exec(text) ?? [];
  // A later version may have more fields; what this one knows is read the same way.
  const known = version === "00" ? rest === undefined : version !== undefined && version !== "ff";
  if (!known || ZEROS.test(traceId) || ZEROS.test(parentId)) return undefined;
  return { traceId, parentId, flags };
}

/** Writes the header, in the version of the specification that this is. */
export const writeTraceparent = ({ traceId, parentId, flags }: TraceContext): string =>
  `00-${traceId}-${parentId}-${flags}`;
