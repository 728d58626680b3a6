import { expect, test } from "vitest";
import { channelOf, movingTags } from "./version.ts";

test.each([
  ["1.2.3", "latest"],
  ["1.2.3-next.0", "next"],
  ["0.0.0-pr-7-20261122203500", "pr-7"],
])("%s is published as %s", (version, channel) => expect(channelOf(version)).toBe(channel));

test.each([
  ["the first", "1.2.3", [], ["1.2-as", "1-as", "as"]],
  ["the newest", "1.2.3", ["1.2.2-as", "1.2-as", "1-as", "as", "0.9.0-as"], ["1.2-as", "1-as", "as"]],
  ["once more", "1.2.3", ["1.2.3-as", "1.2-as"], ["1.2-as", "1-as", "as"]],
  ["older than a minor", "1.2.3", ["1.10.0-as"], ["1.2-as"]],
  ["older than a major", "1.2.3", ["2.0.0-as"], ["1.2-as", "1-as"]],
  ["older than a patch", "1.2.3", ["1.2.10-as"], []],
  ["another variant's are not its own", "1.2.3", ["9.0.0-jco", "9.0.0-has"], ["1.2-as", "1-as", "as"]],
  [
    "a preview of what is to come",
    "1.2.3",
    ["2.0.0-next.1-as", "0.0.0-pr-7-20261122203500-as"],
    ["1.2-as", "1-as", "as"],
  ],
])("a release, %s: %s beside %j moves %j", (_, version, there, moved) => {
  expect(movingTags(version, "-as", there)).toEqual(moved);
});

test("a preview moves its own tag alone", () => {
  expect(movingTags("2.0.0-next.1", "-as", ["2.0.0-next.0-as", "1.0.0-as"])).toEqual(["next-as"]);
  expect(movingTags("2.0.0-next.1", "-as", ["2.0.0-next.10-as"])).toEqual([]);
  expect(movingTags("0.0.0-pr-7-20261122203500", "-jco-sm", ["1.0.0-jco-sm"])).toEqual(["pr-7-jco-sm"]);
});

test("an image without a variant has tags without a suffix", () => {
  expect(movingTags("1.2.3", "", ["1.2.2", "1.2.9-javy", "9.0.0-javy", "latest"])).toEqual(["1.2", "1", "latest"]);
  expect(movingTags("1.2.3", "", ["2.0.0"])).toEqual(["1.2", "1"]);
  expect(movingTags("1.3.0-next.1", "", ["1.2.3"])).toEqual(["next"]);
});
