import { writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { Failure, oneLine } from "./errors.ts";
import { outputError } from "./output.ts";

/** What writing to a path throws. */
function thrown(path: string): unknown {
  try {
    writeFileSync(path, "x");
  } catch (error) {
    return error;
  }
  return undefined;
}

test("a full disk is one line", () => {
  expect(outputError(thrown("/dev/full"), "dist/oci")).toEqual(new Failure("dist/oci: the disk is full"));
});

test("another error of the file system keeps its text", () => {
  expect(oneLine(outputError(thrown("/dev/null/x"), "dist/oci"))).toMatch(/^dist\/oci: ENOTDIR: not a directory/);
});

test("what is no error of the file system is returned as it is", () => {
  const error = new TypeError("a bug");
  expect(outputError(error, "x")).toBe(error);
});
