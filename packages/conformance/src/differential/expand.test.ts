import { expect, test } from "vitest";
import { expanded } from "./expand.ts";

test("a scenario without `each` stays as it is", () => {
  expect(expanded({ name: "one", steps: [{}] })).toEqual([{ name: "one", steps: [{}] }]);
});

test("each combination of values is a scenario; names take the names of values", () => {
  const given = {
    name: "<where>-<policy>",
    each: { where: { headers: "on_headers", body: "on_body" }, policy: ["open", "close"] },
    failPolicy: "<policy>",
    callbacks: { "<where>": "call <where>" },
    steps: [{ times: 2 }],
  };
  expect(expanded(given)).toEqual(
    [
      ["headers", "on_headers", "open"],
      ["headers", "on_headers", "close"],
      ["body", "on_body", "open"],
      ["body", "on_body", "close"],
    ].map(([name, callback, policy]) => ({
      name: `${name}-${policy}`,
      failPolicy: policy,
      callbacks: { [callback as string]: `call ${callback}` },
      steps: [{ times: 2 }],
    })),
  );
});
