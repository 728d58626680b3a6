// biome-ignore-all lint/suspicious/noTemplateCurlyInString: texts of cases
import { expect, test } from "vitest";
import type { RequestStep } from "./case.ts";
import { plainRequest } from "./defaults.ts";
import { save, withSaved } from "./saved.ts";

const HEADERS = [
  ["X-Id", "a1"],
  ["set-cookie", "other=1"],
  ["set-cookie", "variant=b; path=/"],
] as const;

test("what a step saves stands in each text of the steps after it", () => {
  const saved = new Map<string, string>();
  const saves = { id: "x-id", variant: { header: "set-cookie", matches: "variant=(\\w+)" } };
  expect(save(saves, HEADERS, saved)).toEqual([]);
  const step: RequestStep = {
    ...plainRequest,
    request: { ...plainRequest.request, path: "/${id}", headers: [["cookie", "variant=${variant}; ${unknown}"]] },
    added: [["x-was", { matches: "^${id}$" }]],
  };
  expect(withSaved(step, saved)).toEqual({
    ...step,
    request: { ...step.request, path: "/a1", headers: [["cookie", "variant=b; ${unknown}"]] },
    added: [["x-was", { matches: "^a1$" }]],
  });
});

test("what is not there is a difference", () => {
  const saved = new Map<string, string>();
  expect(save({ id: "x-none", variant: { header: "set-cookie", matches: "third=(.*)" } }, HEADERS, saved)).toEqual([
    "saves id: expected a header x-none in the response or in what the upstream sees, got none",
    "saves variant: expected a header set-cookie with third=(.*) in the response or in what the upstream sees, got none",
  ]);
  expect(saved.size).toBe(0);
});
