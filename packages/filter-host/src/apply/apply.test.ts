import { join } from "node:path";
import { openRepository, parseReference, writeLayout } from "@wasm-header-filter/oci";
import { registryMissing, startRegistry, type TestRegistry } from "@wasm-header-filter/oci/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { applied, folder, imageOf, plugin } from "../fixtures/apply.ts";
import { ModuleCache } from "./module-cache.ts";

test("an image of a layout", async () => {
  const layout = join(folder(), "oci");
  const image = await imageOf("a");
  await writeLayout(layout, image, "v1");
  const documents = [plugin("a", { url: "oci://registry.example/wasm:v1" })];
  const { host, get } = await applied(documents, { places: { layouts: [layout] } });
  expect(await get()).toEqual(["200", "a", "ok"]);
  expect(host.application.plugins[0]?.module).toMatchObject({ from: "layout", digest: image.descriptor.digest });
});

const why = registryMissing ? ` (skipped: ${registryMissing})` : "";
describe.skipIf(registryMissing)(`images of docker-registry${why}`, () => {
  let registry: TestRegistry;
  beforeAll(async () => {
    registry = await startRegistry();
  });
  afterAll(() => registry?.close());

  const push = async (name: string, tag: string) => {
    const image = await imageOf(name);
    await openRepository(parseReference(`${registry.host}/wasm/filter`)).push(image, tag);
    return image.descriptor.digest;
  };
  const url = (rest: string) => `oci://${registry.host}/wasm/filter${rest}`;

  test("pulled, and kept for the next time", async () => {
    const digest = await push("a", "v1");
    const places = { cache: new ModuleCache(join(folder(), "cache")) };
    for (const [from, reference] of [
      ["registry", ":v1"],
      ["cache", ":v1"],
      ["cache", `@${digest}`],
    ]) {
      const { host, get } = await applied([plugin("a", { url: url(reference ?? "") })], { places });
      expect(host.application.plugins[0]?.module).toMatchObject({ from, digest });
      expect(await get()).toEqual(["200", "a", "ok"]);
    }
  });
});
