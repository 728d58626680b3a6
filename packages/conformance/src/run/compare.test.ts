import { expect, test } from "vitest";
import type { Received, Reply } from "../backends/scene.ts";
import { plainRequest } from "../cases/defaults.ts";
import { checkBaseline, compareCalls, compareRequest, compareResponse } from "./compare.ts";

const answer: Reply = {
  status: 200,
  headers: [["x", "1"]],
  trailers: [],
  interim: [],
  body: Buffer.from("b"),
  end: "complete",
};
const request: Received = { method: "GET", path: "/", headers: [["host", "h"]], trailers: [], body: Buffer.of() };

test.each([
  ["the status", { status: 201 }, "status: expected 200, got 201"],
  ["the body", { body: Buffer.from("c") }, 'body: expected "b", got "c"'],
  ["trailers", { trailers: [["t", "1"]] }, 'trailers: expected [], got [["t","1"]]'],
  [
    "1xx answers",
    { interim: [{ status: 103, headers: [] }] },
    '1xx answers: expected [], got [{"status":103,"headers":[]}]',
  ],
  ["the end", { end: "broken off in the body" }, "the response: expected it complete, got it broken off in the body"],
  [
    "an added line",
    {
      headers: [
        ["x", "1"],
        ["y", "2"],
      ],
    },
    'added: expected [], got [["y","2"]]',
  ],
] as [string, Partial<Reply>, string][])("a response differs in %s", (_, change, line) => {
  expect(compareResponse(plainRequest, answer, { ...answer, ...change }, true)).toEqual([line]);
});

test("a response that a filter breaks off is expected broken off", () => {
  const step = { ...plainRequest, brokenOff: true } as const;
  const broken = { ...answer, end: "broken off in the body" };
  expect(compareResponse(step, answer, broken, true)).toEqual([]);
  expect(compareResponse(step, answer, answer, true)).toEqual([
    "the response: expected it broken off in the body, got it complete",
  ]);
});

test("a pattern takes a generated value, and shows itself where it doesn't", () => {
  const step = { ...plainRequest, added: [["id", { matches: "^[0-9a-f]{4}$" }]] as const, body: { matches: "^b" } };
  const got = (id: string, body = "b2") =>
    compareResponse(
      step,
      answer,
      { ...answer, headers: [...answer.headers, ["id", id]], body: Buffer.from(body) },
      true,
    );
  expect(got("12ef")).toEqual([]);
  expect(got("12eg")).toEqual(['added: expected [["id",{"matches":"^[0-9a-f]{4}$"}]], got [["id","12eg"]]']);
  expect(got("12ef", "c")).toEqual(['body: expected {"matches":"^b"}, got "c"']);
  const any = { ...step, added: [["id", { any: true }]] as const };
  expect(compareResponse(any, answer, answer, true)).toEqual(['added: expected [["id",{"any":true}]], got []']);
});

test("a refusal is a 500 without a body, whatever its framing", () => {
  const refusal = { ...answer, status: 500, headers: [["content-length", "0"]], body: Buffer.of() } as Reply;
  expect(compareResponse(plainRequest, answer, refusal, false)).toEqual([]);
  expect(compareResponse(plainRequest, answer, answer, false)).toHaveLength(2);
});

test.each([
  ["the method", { method: "POST" }, 'upstream: method: expected "GET", got "POST"'],
  ["the path", { path: "/x" }, 'upstream: path: expected "/", got "/x"'],
  ["a line", { headers: [] }, 'upstream: removed: expected [], got [["host","h"]]'],
  ["the body", { body: Buffer.from("b") }, 'upstream: body: expected "", got "b"'],
] as [string, Partial<Received>, string][])("a request differs in %s", (_, change, line) => {
  expect(compareRequest(plainRequest, request, { ...request, ...change }, true)).toEqual([line]);
});

test("a request that comes or stays away against expectation", () => {
  expect(compareRequest(plainRequest, request, undefined, true)).toEqual([
    "upstream: expected it to see GET /, got nothing",
  ]);
  expect(compareRequest(plainRequest, request, request, false)).toEqual([
    "upstream: expected it to see nothing, got GET /",
  ]);
});

test("a broken run without filters proves nothing", () => {
  const broken = { ...answer, end: "nothing more came for 15 s" };
  expect(checkBaseline(plainRequest, answer, true)).toEqual([]);
  expect(checkBaseline(plainRequest, broken, true)).toHaveLength(1);
  expect(checkBaseline(plainRequest, { ...answer, status: 502 }, true)).toHaveLength(1);
  expect(checkBaseline(plainRequest, { ...answer, status: 404 }, false)).toEqual([]);
  const upstream = { ...plainRequest.upstream, reset: "body" as const };
  expect(checkBaseline({ ...plainRequest, upstream }, broken, true)).toEqual([]);
});

test.each([
  [["a", "b"], ["a", "b"], true],
  [["a", "b"], ["b", "a"], false],
  [["a"], ["a", "a"], false],
  [["a?", "b", "c?"], ["b", "c"], true],
  [["a?", "b"], ["a", "a", "b"], false],
  [[], [], true],
  [[], ["a"], false],
])("calls %j, got %j: %s", (expected, got, fits) => {
  expect(compareCalls("host calls", expected, got)).toHaveLength(fits ? 0 : 1);
});
