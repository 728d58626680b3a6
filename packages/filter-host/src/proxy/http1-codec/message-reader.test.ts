import { expect, test } from "vitest";
import { CodecError } from "./codec-error.ts";
import type { HeaderLines } from "./header-lines.ts";
import { type Framing, MessageReader } from "./message-reader.ts";

const LIMIT = 100;

/** What a reader says of bytes that come in parts of a size; the framing is what the headers say. */
function read(bytes: string, size = Number.POSITIVE_INFINITY, kind: "request" | "response" = "request", ends = false) {
  const said: string[] = [];
  let body = "";
  const flush = () => {
    if (body !== "") said.push(`data ${body}`);
    body = "";
  };
  const reader = new MessageReader(
    kind,
    {
      firstLine: (line) => {
        said.push(line.trimEnd());
        return { headless: line.startsWith("HEADLESS") };
      },
      head: ({ pairs, chunked, length }: HeaderLines): Framing => {
        said.push(...pairs.map(([name, value]) => `${name}=${value}`));
        return chunked ? "chunked" : (length ?? (kind === "request" ? 0 : Number.POSITIVE_INFINITY));
      },
      data: (part) => {
        body += part.toString("latin1");
      },
      end: (trailers) => {
        flush();
        said.push(`end${(trailers ?? []).map(([name, value]) => ` ${name}=${value}`).join("")}`);
      },
    },
    LIMIT,
  );
  const all = Buffer.from(bytes, "latin1");
  try {
    for (let at = 0; at < all.length; at += size) {
      for (let part = all.subarray(at, at + size); part.length > 0; ) part = part.subarray(reader.read(part));
    }
    flush();
    if (ends) said.push(reader.finish() ? "finished" : "cut");
    else if (reader.within) said.push("within");
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    flush();
    said.push(`${error.status} ${error.details}`);
  }
  return said;
}

/** Messages, and what is read of them. */
const MESSAGES: readonly [what: string, bytes: string, said: readonly string[]][] = [
  ["a request without a body", "GET / HTTP/1.1\r\nHost: h\r\n\r\n", ["GET / HTTP/1.1", "host=h", "end"]],
  ["no headers", "GET / HTTP/1.1\r\n\r\n", ["GET / HTTP/1.1", "end"]],
  ["lines that end with a line feed alone", "GET / HTTP/1.1\nA: b\n\n", ["GET / HTTP/1.1", "a=b", "end"]],
  ["empty lines before a request", "\r\n\n\r\nGET / HTTP/1.1\r\n\r\n", ["GET / HTTP/1.1", "end"]],
  ["nothing but a first line", "HEADLESS /\r\n", ["HEADLESS /", "end"]],
  ["white space around a value", "P / HTTP/1.1\r\na: \t b \r\nc:\r\n\r\n", ["P / HTTP/1.1", "a=b", "c=", "end"]],
  ["a folded line", "P / HTTP/1.1\r\na: b\r\n c\r\n\td\r\n\r\n", ["P / HTTP/1.1", "a=b c\td", "end"]],
  [
    "a body with a length",
    "P / HTTP/1.1\r\ncontent-length: 3\r\n\r\nabc",
    ["P / HTTP/1.1", "content-length=3", "data abc", "end"],
  ],
  ["a body of no bytes", "P / HTTP/1.1\r\ncontent-length: 0\r\n\r\n", ["P / HTTP/1.1", "content-length=0", "end"]],
  [
    "a body that has not come completely",
    "P / HTTP/1.1\r\ncontent-length: 9\r\n\r\nabc",
    ["P / HTTP/1.1", "content-length=9", "data abc", "within"],
  ],
  [
    "chunks, with extensions and trailers",
    "P / HTTP/1.1\r\ntransfer-encoding: Chunked\r\n\r\n2;a=b\r\nab\r\n0000A\r\n0123456789\r\n0\r\nT: v\r\n\r\n",
    ["P / HTTP/1.1", "transfer-encoding=Chunked", "data ab0123456789", "end t=v"],
  ],
  [
    "requests one after the other",
    "A / HTTP/1.1\r\ncontent-length: 1\r\n\r\nxB / HTTP/1.1\r\n\r\n",
    ["A / HTTP/1.1", "content-length=1", "data x", "end", "B / HTTP/1.1", "end"],
  ],
  ["bytes that are not ASCII", "P /\xe4 HTTP/1.1\r\na: \xff\r\n\r\n", ["P /\xe4 HTTP/1.1", "a=\xff", "end"]],
];

test.each(MESSAGES)("%s, however the bytes are divided", (_, bytes, said) => {
  for (const size of [Number.POSITIVE_INFINITY, 1, 2, 3, 7]) expect(read(bytes, size)).toEqual(said);
});

/** Messages that are refused, and how. */
const REFUSED: readonly [what: string, bytes: string, refusal: string][] = [
  ["a header without a colon", "P / HTTP/1.1\r\nbad\r\n\r\n", "400 http1.codec_error"],
  ["white space before a colon", "P / HTTP/1.1\r\na : b\r\n\r\n", "400 http1.codec_error"],
  ["a header without a name", "P / HTTP/1.1\r\n: b\r\n\r\n", "400 http1.codec_error"],
  ["a control character", "P / HTTP/1.1\r\na: \x01\r\n\r\n", "400 http1.invalid_characters"],
  ["NUL", "P / HTTP/1.1\r\na: \0\r\n\r\n", "400 http1.invalid_characters"],
  ["a carriage return in front of a header", "P / HTTP/1.1\r\n\rb: c\r\n\r\n", "400 http1.codec_error"],
  ["a length that is no number", "P / HTTP/1.1\r\ncontent-length: 1x\r\n\r\n", "400 http1.codec_error"],
  ["a negative length", "P / HTTP/1.1\r\ncontent-length: -1\r\n\r\n", "400 http1.codec_error"],
  ["a length beyond 64 bits", "P / HTTP/1.1\r\ncontent-length: 18446744073709551616\r\n\r\n", "400 http1.codec_error"],
  ["two lengths", "P / HTTP/1.1\r\ncontent-length: 1\r\ncontent-length: 1\r\n\r\n", "400 http1.codec_error"],
  ["a chunk without a size", "P / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n\r\n", "400 http1.codec_error"],
  ["a size that is no number", "P / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n0x1\r\n", "400 http1.codec_error"],
  [
    "a size beyond 64 bits",
    `P / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n1${"0".repeat(16)}\r\n`,
    "400 http1.codec_error",
  ],
  [
    "a trailer without a colon",
    "P / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n0\r\nbad\r\n\r\n",
    "400 http1.codec_error",
  ],
  ["a head over the limit", `P / HTTP/1.1\r\na: ${"b".repeat(LIMIT)}\r\n\r\n`, "431 http1.headers_too_large"],
  ["a first line over the limit", "P".repeat(LIMIT), "431 http1.headers_too_large"],
  [
    "trailers over the limit",
    `P / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n0\r\nt: ${"b".repeat(LIMIT)}\r\n\r\n`,
    "431 http1.headers_too_large",
  ],
];

test.each(REFUSED)("%s is refused, however the bytes are divided", (_, bytes, refusal) => {
  for (const size of [Number.POSITIVE_INFINITY, 1, 2, 7]) expect(read(bytes, size).at(-1)).toBe(refusal);
});

test("a head is as large as the limit allows, and not larger", () => {
  const fixed = "P / HTTP/1.1\r\na: \r\n\r\n".length;
  const head = (size: number) => `P / HTTP/1.1\r\na: ${"b".repeat(size - fixed)}\r\n\r\n`;
  expect(read(head(LIMIT)).at(-1)).toBe("end");
  expect(read(head(LIMIT + 1)).at(-1)).toBe("431 http1.headers_too_large");
});

test("what is wrong behind a chunk does not concern the data before it", () => {
  const bytes = "P / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\nzz\r\n";
  expect(read(bytes, 1)).toContain("data ab");
});

test("a response without a length ends with the connection, any other one is cut", () => {
  const head = "HTTP/1.1 200 OK\r\n";
  expect(read(`${head}\r\nabc`, 2, "response", true)).toEqual(["HTTP/1.1 200 OK", "data abc", "end", "finished"]);
  expect(read(`${head}content-length: 9\r\n\r\nabc`, 2, "response", true).at(-1)).toBe("cut");
  expect(read(`${head}transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n`, 2, "response", true).at(-1)).toBe("cut");
  expect(read(head, 2, "response", true).at(-1)).toBe("cut");
});
