import { expect, test } from "vitest";
import { MAX_HEADERS, readHeaderLines } from "./header-lines.ts";

const many = (count: number, name: (at: number) => string) =>
  Array.from({ length: count }, (_, at) => `${name(at)}: b\r\n`).join("");

test("as many headers as Envoy allows, and one more", () => {
  expect(
    readHeaderLines(
      many(MAX_HEADERS, (at) => `x-${at}`),
      0,
      "request",
    ).pairs,
  ).toHaveLength(MAX_HEADERS);
  expect(() =>
    readHeaderLines(
      many(MAX_HEADERS + 1, (at) => `x-${at}`),
      0,
      "request",
    ),
  ).toThrow("more than 100 headers");
  expect(() =>
    readHeaderLines(
      many(MAX_HEADERS + 1, (at) => `x-${at}`),
      0,
      "request-trailers",
    ),
  ).toThrow("more than 100 trailers");
});

test("lines that Envoy joins count as one header", () => {
  const joined = many(MAX_HEADERS + 1, () => "accept");
  expect(readHeaderLines(joined, 0, "request").pairs).toHaveLength(MAX_HEADERS + 1);
});

test("what the headers say about the body; trailers say nothing", () => {
  const said = (lines: string, kind: "request" | "request-trailers" = "request") => {
    const { coded, chunked, length } = readHeaderLines(lines, 0, kind);
    return { coded, chunked, length };
  };
  expect(said("content-length: 12\r\n")).toEqual({ coded: false, chunked: false, length: 12 });
  expect(said("Transfer-Encoding: CHUNKED\r\n")).toEqual({ coded: true, chunked: true, length: undefined });
  expect(said("transfer-encoding: gzip\r\n")).toEqual({ coded: true, chunked: false, length: undefined });
  expect(said("transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n").chunked).toBe(false);
  expect(said("content-length: 12\r\ntransfer-encoding: chunked\r\n", "request-trailers")).toEqual({
    coded: false,
    chunked: false,
    length: undefined,
  });
});
