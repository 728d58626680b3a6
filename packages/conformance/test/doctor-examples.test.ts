import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { examineModule } from "@wasm-header-filter/doctor";
import { findRoot } from "@wasm-header-filter/oci";
import { expect, test } from "vitest";

const root = findRoot(import.meta.dirname);
const examples = globSync("packages/*/dist/examples/*.wasm", { cwd: root }).sort();

test("there are examples", () => expect(examples.length).toBeGreaterThan(15));

test.each(examples)("doctor does not call %s unfit, without its configuration and clusters", async (path) => {
  const { outcome, findings } = await examineModule(readFileSync(join(root, path)), { envoy: "1.40" });
  const { refused, fit } = {
    fit: ["fit", []],
    refused: ["needs a configuration, not tried", ["trial-needs-configuration"]],
  };
  const rules = findings.map(({ rule }) => rule).filter((rule) => rule !== "trial-cluster");
  expect([fit, refused]).toContainEqual([outcome, rules]);
});
