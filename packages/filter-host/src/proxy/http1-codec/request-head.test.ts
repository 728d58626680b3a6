import { expect, test } from "vitest";
import { CodecError } from "./codec-error.ts";
import { readHeaderLines } from "./header-lines.ts";
import { readRequestHead } from "./request-head.ts";
import { readRequestLine } from "./request-line.ts";
import { readStatusLine } from "./status-line.ts";

/** A head as filters see it, or how it is refused. */
function head(line: string, ...headers: readonly string[]): string {
  const text = headers.map((header) => `${header}\r\n`).join("");
  try {
    const {
      headers: seen,
      framing,
      closes,
      upgrade,
    } = readRequestHead(readRequestLine(`${line}\r\n`), readHeaderLines(text, 0, "request"));
    const pairs = seen.pairs().map(([name, value]) => `${name}=${value}`);
    return [...pairs, `framing=${framing}`, closes ? "closes" : [], upgrade ? "upgrade" : []].flat().join(" ");
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    return `${error.status} ${error.details}`;
  }
}

test.each([
  ["GET /a?b HTTP/1.1", ["host: h"], ":authority=h :path=/a?b :method=GET framing=0"],
  ["GET http://u@h:1/a HTTP/1.1", ["host: x"], ":authority=h:1 :scheme=http :path=/a :method=GET framing=0"],
  ["GET HTTPS://h HTTP/1.1", [], ":authority=h :scheme=https :path=/ :method=GET framing=0"],
  ["OPTIONS * HTTP/1.1", ["host: h"], ":authority=h :path=* :method=OPTIONS framing=0"],
  ["CONNECT h:1 HTTP/1.1", ["host: x"], ":authority=h:1 :method=CONNECT framing=Infinity upgrade"],
  ["POST / HTTP/1.1", ["content-length: 5"], ":path=/ :method=POST content-length=5 framing=5"],
  ["POST / HTTP/1.1", ["transfer-encoding: chunked"], ":path=/ :method=POST transfer-encoding=chunked framing=chunked"],
  ["GET / HTTP/1.0", [], ":path=/ :method=GET framing=0 closes"],
  ["GET / HTTP/1.0", ["connection: Keep-Alive"], ":path=/ :method=GET connection=Keep-Alive framing=0"],
  ["GET / HTTP/1.1", ["connection: close"], ":path=/ :method=GET connection=close framing=0 closes"],
  ["GET / HTTP/1.1", ["connection: x-a", "x-a: 1", "x-b: 2"], ":path=/ :method=GET x-b=2 framing=0"],
  [
    "GET / HTTP/1.1",
    ["connection: upgrade, http2-settings", "upgrade: h2c", "http2-settings: x"],
    ":path=/ :method=GET framing=0",
  ],
  [
    "GET / HTTP/1.1",
    ["connection: upgrade", "upgrade: websocket"],
    ":path=/ :method=GET connection=upgrade upgrade=websocket framing=Infinity upgrade",
  ],
  ["GET  /  HTTP/1.1 ", ["host: h"], ":authority=h :path=/ :method=GET framing=0"],
])("%s with %j", (line, headers, seen) => {
  expect(head(line, ...headers)).toBe(seen);
});

test.each([
  ["BREW / HTTP/1.1", [], "400 http1.codec_error"],
  ["get / HTTP/1.1", [], "400 http1.codec_error"],
  ["GET abc HTTP/1.1", [], "400 http1.codec_error"],
  ["GET / HTTP/11", [], "400 http1.codec_error"],
  ["GET / http/1.1", [], "400 http1.codec_error"],
  ["GET ftp://h/ HTTP/1.1", [], "400 http1.invalid_scheme"],
  ["GET http://h:65536/ HTTP/1.1", [], "400 http1.invalid_url"],
  ["CONNECT h HTTP/1.1", [], "400 http1.invalid_url"],
  ["CONNECT h:1 HTTP/1.1", ["content-length: 1"], "400 http1.body_disallowed"],
  ["GET / HTTP/1.1", ["host: a b"], "400 http.invalid_authority"],
  ["GET / HTTP/1.1", ["connection: x-forwarded-for"], "400 http1.connection_header_rejected"],
  ["GET / HTTP/1.1", [`connection: ${"a,".repeat(10)}`], "400 http1.connection_header_rejected"],
  ["POST / HTTP/1.1", ["transfer-encoding: gzip"], "501 http1.invalid_transfer_encoding"],
  [
    "POST / HTTP/1.1",
    ["transfer-encoding: chunked", "content-length: 1"],
    "400 http1.content_length_and_chunked_not_allowed",
  ],
])("refused: %s with %j", (line, headers, refusal) => {
  expect(head(line, ...headers)).toBe(refusal);
});

test.each([
  ["HTTP/1.1 200 OK", { version: "HTTP/1.1", status: 200 }],
  ["HTTP/1.0 404", { version: "HTTP/1.0", status: 404 }],
  ["HTTP/1.1  +200 OK", { version: "HTTP/1.1", status: 200 }],
])("a status line: %s", (line, read) => {
  expect(readStatusLine(`${line}\r\n`)).toEqual(read);
});

test.each(["HTTP/1.1", "HTTP/1.1 99 Low", "HTTP/1.1 -200", "HTTP/1.1 2x0", "HTTP/2 200 OK", "what?", ""])(
  "no status line: %j",
  (line) => {
    expect(() => readStatusLine(`${line}\r\n`)).toThrow(CodecError);
  },
);
