import { expect, test } from "vitest";
import { assembleCase } from "../fixtures/assemble.ts";
import { BAD_MODULES } from "../fixtures/modules.ts";
import { filter } from "../fixtures/wat.ts";
import { inspect } from "./inspection.ts";

test("a sound module has no findings", () => {
  const { module, findings, abi } = inspect(filter(`(func (export "proxy_on_log") (param i32) (say "hi"))`));
  expect([findings, abi, module?.allocator]).toEqual([[], "0.2.1", "malloc"]);
});

// Which rule it is, and what it says, is told beside the rules.
const cases = BAD_MODULES.filter(({ rule, version }) => version === undefined && !rule?.startsWith("trial-"));
test.each(cases.map((one) => [one.name, one] as const))("%s: this host takes what Envoy takes", (_, one) => {
  expect(inspect(assembleCase(one)).module !== undefined).toBe(one.envoy === "loads");
});
