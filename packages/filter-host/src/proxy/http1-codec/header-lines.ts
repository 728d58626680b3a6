import { HeaderMap, type Pair } from "proxy-wasm-host";
import { TOKEN } from "../wire.ts";
import { CodecError } from "./codec-error.ts";

/** Envoy's default `max_headers_count`, for headers and for trailers. */
export const MAX_HEADERS = 100;

export type HeaderKind = "request" | "request-trailers" | "response" | "response-trailers";

/** The headers of a message, and what they say about its body. */
export interface HeaderLines {
  /** Names in lower case. */
  readonly pairs: readonly Pair[];
  /** Whether there is a transfer-encoding. */
  readonly coded: boolean;
  /** Whether it is `chunked`, and nothing else. */
  readonly chunked: boolean;
  /** The content-length; undefined if there is none. */
  readonly length: number | undefined;
}

/** Control characters but tab, line feed and carriage return. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: HTTP does not allow them
const FORBIDDEN = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/;
const LINE_BREAKS = /[\r\n]+/g;
const SPACE = 32;

/** Throws if a head or trailers contain characters that no part of them may contain. */
export function rejectForbidden(text: string): void {
  if (FORBIDDEN.test(text)) throw new CodecError("a control character", 400, "http1.invalid_characters");
}

/**
 * Reads header lines, with those that continue on the next line (google/quiche, quiche/balsa/balsa_frame.cc, and
 * envoyproxy/envoy, source/common/http/http1/balsa_parser.cc).
 *
 * @param text the lines, with their ends, up to the empty line
 * @param from where they begin
 * @param kind trailers do not say anything about the body
 * @throws CodecError if they are malformed, or too many
 */
export function readHeaderLines(text: string, from: number, kind: HeaderKind): HeaderLines {
  const framing = kind === "request" || kind === "response";
  const pairs: Pair[] = [];
  let chunked = false;
  let coded = false;
  let length: number | undefined;
  for (let at = from; at < text.length; ) {
    const end = endOfLine(text, at);
    const colon = text.indexOf(":", at);
    if (colon < 0 || colon >= end) throw new CodecError("a header without a colon");
    const name = text.slice(at, colon);
    if (!TOKEN.test(name)) throw new CodecError("an invalid header name");
    const key = name.toLowerCase();
    const value = trimmed(text, colon + 1, end);
    if (framing && key === "content-length") length = lengthOf(value, length);
    if (framing && key === "transfer-encoding") {
      chunked = !coded && value.toLowerCase() === "chunked";
      coded = true;
    }
    pairs.push([key, value]);
    at = end;
  }
  // Lines that Envoy joins count as one.
  if (pairs.length > MAX_HEADERS && new HeaderMap(kind, pairs).size > MAX_HEADERS) {
    const what = framing ? "headers" : "trailers";
    throw new CodecError(`more than ${MAX_HEADERS} ${what}`, 431, "http1.too_many_headers");
  }
  // Together with a transfer-encoding, any content-length is refused as such.
  if (Number.isNaN(length) && !coded) throw new CodecError("an invalid content-length");
  return { pairs, coded, chunked, length };
}

/** Where a header ends: behind its last continuation. */
function endOfLine(text: string, from: number): number {
  for (let at = from; ; ) {
    at = text.indexOf("\n", at) + 1;
    if (at === 0) return text.length;
    const next = text.charCodeAt(at);
    if (!(next <= SPACE)) return at;
    if (next !== SPACE && next !== 9) throw new CodecError("a line that begins with a control character");
  }
}

/** The part of a text between white space, without line breaks. */
function trimmed(text: string, from: number, end: number): string {
  let [first, last] = [from, end];
  while (first < last && text.charCodeAt(first) <= SPACE) first++;
  while (last > first && text.charCodeAt(last - 1) <= SPACE) last--;
  const value = text.slice(first, last);
  return value.includes("\n") || value.includes("\r") ? value.replace(LINE_BREAKS, "") : value;
}

const LARGEST = 18_446_744_073_709_551_615n;

/** The number that a content-length is; NaN if it is none. */
function lengthOf(value: string, before: number | undefined): number {
  if (before !== undefined) throw new CodecError("several content-lengths");
  return !/^\d+$/.test(value) || (value.length > 19 && BigInt(value) > LARGEST) ? Number.NaN : Number(value);
}
