import { spawnSync } from "node:child_process";
import { globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { examineModule } from "@wasm-header-filter/doctor";
import { createImage, FORMATS, findRoot, findVariants, writeLayout } from "@wasm-header-filter/oci";
import { expect, test } from "vitest";

const root = findRoot(import.meta.dirname);
const images = findVariants(root).flatMap((variant) =>
  FORMATS.map((format) => [variant.variant, format, variant] as const),
);

test.each(images)("doctor finds nothing in %s as %s", async (_, format, { dist, plugin }) => {
  expect(plugin, "not built, run npm run build").toBeDefined();
  const dir = mkdtempSync(join(tmpdir(), "doctor-"));
  const input = { module: readFileSync(dist.module), abi: "0.2.1", annotations: {} };
  await writeLayout(join(dir, "oci"), await createImage(format, input), "v1");
  const main = join(root, "packages/filter-host/src/bin.ts");
  const { stdout } = spawnSync(process.execPath, [main, "doctor", join(dir, "oci"), "--json"], { encoding: "utf8" });
  rmSync(dir, { recursive: true });
  const { ok, examined } = JSON.parse(stdout);
  expect([ok, examined[0].image.format, examined[0].findings]).toEqual([true, format, []]);
});

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
