import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
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
