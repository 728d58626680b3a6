import { expect, test } from "vitest";
import { trialRequest } from "./request-option.ts";

const USUAL = [
  ["user-agent", "filter-host"],
  ["x-forwarded-proto", "http"],
  ["x-request-id", expect.any(String)],
];

test("a method and a path", () => {
  expect(trialRequest("DELETE /a?b=c")).toEqual({
    name: "DELETE /a?b=c",
    headers: [
      [":authority", "httpbin:8000"],
      [":path", "/a?b=c"],
      [":method", "DELETE"],
      [":scheme", "http"],
      ...USUAL,
    ],
  });
});

test("JSON, with headers of several values and one that is otherwise there", () => {
  const headers = { Accept: ["a", "b"], "X-Request-Id": "mine", "x-name": "\u00fc" };
  const {
    name,
    headers: pairs,
    body,
  } = trialRequest(JSON.stringify({ method: "POST", authority: "a.b", headers, body: "text" }));
  expect([name, body]).toEqual(["POST /", "text"]);
  expect(pairs).toEqual([
    [":authority", "a.b"],
    [":path", "/"],
    [":method", "POST"],
    [":scheme", "http"],
    ...USUAL.slice(0, 2),
    ["accept", "a"],
    ["accept", "b"],
    ["x-request-id", "mine"],
    ["x-name", "\u00c3\u00bc"],
  ]);
});

test.each([
  "",
  "GET",
  "/path",
  "GET /a b",
  "[]",
  "null",
  '{"methd":"GET"}',
  '{"method":1}',
  '{"headers":[]}',
  '{"headers":{"a":1}}',
])("%j is refused", (text) => {
  expect(() => trialRequest(text)).toThrow(`--request ${text}: expected "METHOD PATH"`);
});
