import { expect, test } from "vitest";
import { tracedStacks } from "../../filter-js/test/traced-stacks.ts";

const EXAMPLE = new URL("../dist/examples/levels.wasm", import.meta.url);

test("the stack of an exception two functions deep leads to the lines of two files", () => {
  expect(tracedStacks(EXAMPLE)).toEqual([
    [
      "onRequestHeaders: RangeError: other is no level",
      "    at describe (levels.ts:15:29)",
      "    at greet (filter.ts:9:31)",
      "    at onRequestHeaders (filter.ts:17:110)",
    ],
  ]);
});
