import { unless } from "@wasm-header-filter/cli/testing";
import { createImage, openRepository, parseReference, readModuleSource } from "@wasm-header-filter/oci";
import { registryMissing, startRegistry, type TestRegistry } from "@wasm-header-filter/oci/testing";
import { filter, on } from "proxy-wasm-host/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

describe("an image in a registry", unless(registryMissing), () => {
  let registry: TestRegistry;
  beforeAll(async () => {
    registry = await startRegistry();
  });
  afterAll(() => registry?.close());

  test("its module is read by tag and by digest", async () => {
    const module = filter(on("proxy_on_request_headers", ""));
    const name = `${registry.host}/wasm/filter`;
    const image = await createImage("compat", { module, abi: "0.2.1", annotations: {} });
    await openRepository(parseReference(name)).push(image, "1.0.0-as");
    for (const suffix of [":1.0.0-as", `@${image.descriptor.digest}`]) {
      expect(Buffer.compare(await readModuleSource(`oci://${name}${suffix}`), module)).toBe(0);
    }
    await expect(readModuleSource(`oci://${name}:2`)).rejects.toThrow(/404 MANIFEST_UNKNOWN/);
  });
});

test("another scheme is refused", async () => {
  await expect(readModuleSource("https://example.org/x.wasm")).rejects.toThrow(
    /expected a file, an OCI layout's folder/,
  );
});
