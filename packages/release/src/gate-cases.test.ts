import { loadCases, title } from "@wasm-header-filter/conformance";
import { expect, test } from "vitest";
import { gateCases } from "./gate-cases.ts";

const titles = (names?: readonly string[]) => gateCases(names).map(title);

test("the gate is the whole contract, unless a rehearsal names cases", () => {
  const contract = loadCases().map(title);
  expect(contract.length).toBeGreaterThan(150);
  expect(titles()).toEqual(contract);
  expect(titles(["the-lab"])).toEqual(["requests / the-lab"]);
});
