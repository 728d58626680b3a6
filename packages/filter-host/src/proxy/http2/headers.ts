import type { OutgoingHttpHeaders } from "node:http2";

/** Headers as Node's HTTP/2 takes them: names once, several values as a list. */
export function http2Headers(lines: Iterable<readonly [name: string, value: string]>): OutgoingHttpHeaders {
  // Names that all objects have, such as `constructor`, are no headers.
  const headers: Record<string, string | string[]> = Object.create(null);
  for (const [name, value] of lines) {
    const before = headers[name];
    headers[name] = before === undefined ? value : [before, value].flat();
  }
  return headers;
}
