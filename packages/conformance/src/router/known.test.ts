import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { table } from "../differential/known.ts";
import { loadRouterCases } from "./case.ts";

const page = readFileSync(fileURLToPath(new URL("../../../../docs/envoy-differences.md", import.meta.url)), "utf8");

test("the documents list each request that is known to be routed or to end differently", () => {
  const listed = /<!-- router -->\n(.*?)<!-- \/router -->/s.exec(page)?.[1]?.trim();
  const known = loadRouterCases().flatMap(({ topic, name, differs }) =>
    differs === undefined ? [] : [[`router: ${topic} / ${name}`, differs] as const],
  );
  expect(listed).toBe(table(new Map(known)));
});
