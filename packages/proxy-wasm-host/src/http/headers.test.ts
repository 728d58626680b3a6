import { expect, test } from "vitest";
import { HeaderMap } from "./headers.ts";

test("names are looked up in any case and kept in lower case, the Kelvin sign is no K", () => {
  const headers = new HeaderMap("response", [["X-Key", "1"]]);
  expect([headers.get("x-KEY"), headers.has("x-\u212aey"), headers.pairs()]).toEqual(["1", false, [["x-key", "1"]]]);
});

test("several lines of one name stay apart; those that Envoy keeps one of are joined", () => {
  const headers = new HeaderMap("response", [
    ["x-a", "1"],
    ["x-a", "2"],
    ["vary", "a"],
    ["Vary", "b"],
    ["vary", ""],
  ]);
  expect(headers.pairs()).toEqual([
    ["x-a", "1"],
    ["x-a", "2"],
    ["vary", "a,b"],
  ]);
  expect(headers.get("x-a")).toBe("1");
});

test("replacing removes all lines and adds one at the end, pseudo-headers stay in front", () => {
  const headers = new HeaderMap("response", [
    ["x-a", "1"],
    ["x-b", "2"],
    ["x-a", "3"],
  ]);
  headers.replace("X-A", "4");
  headers.add(":status", "200");
  expect(headers.pairs()).toEqual([
    [":status", "200"],
    ["x-b", "2"],
    ["x-a", "4"],
  ]);
});

test("a request's host is its authority", () => {
  const headers = new HeaderMap("request", [
    ["x-a", "1"],
    ["Host", "h"],
  ]);
  expect([headers.get("host"), headers.pairs()[0]]).toEqual(["h", [":authority", "h"]]);
  headers.remove("host");
  expect(headers.has(":authority")).toBe(false);
});

test("all lines can be put anew, and counted", () => {
  const headers = new HeaderMap("response", [
    [":status", "200"],
    ["x", "y"],
  ]);
  headers.assign([
    ["A", "bc"],
    [":status", "404"],
  ]);
  expect([headers.pairs(), headers.size, headers.byteSize]).toEqual([
    [
      [":status", "404"],
      ["a", "bc"],
    ],
    2,
    13,
  ]);
});
