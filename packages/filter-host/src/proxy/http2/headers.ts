import type { OutgoingHttpHeaders } from "node:http2";

/** Headers in the form of Node's HTTP/2: each name once, several values as an array. */
export function http2Headers(lines: Iterable<readonly [name: string, value: string]>): OutgoingHttpHeaders {
  // Without a prototype, so that `constructor` is not taken for a header that exists.
  const headers: Record<string, string | string[]> = Object.create(null);
  for (const [name, value] of lines) {
    const before = headers[name];
    headers[name] = before === undefined ? value : [before, value].flat();
  }
  return headers;
}
