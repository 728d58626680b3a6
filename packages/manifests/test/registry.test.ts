import { unless } from "@wasm-header-filter/cli/testing";
import { createImage, digestOf, hexOf, openRepository, parseReference } from "@wasm-header-filter/oci";
import { registryMissing, startRegistry, type TestRegistry } from "@wasm-header-filter/oci/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cluster } from "../src/cluster.ts";
import { resolveRequest, type Wanted } from "../src/resolve.ts";

const variant = { variant: "as", version: "1.9.0" };
const module = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

describe("what a registry says", unless(registryMissing), () => {
  let registry: TestRegistry;
  let usual: Wanted;
  const digests = new Map<string, string>();

  beforeAll(async () => {
    registry = await startRegistry();
    const repository = parseReference(`${registry.host}/wasm`);
    usual = { target: cluster, name: "n", namespace: "ns", fields: {}, repository, connection: {} };
    const opened = openRepository(repository);
    for (const version of ["1.9.0", "1.10.0", "2.0.0-rc.1"]) {
      const annotations = { "org.opencontainers.image.version": version };
      const image = await createImage("compat", { module, abi: "0.2.1", annotations });
      digests.set(version, hexOf((await opened.push(image, `${version}-as`)).digest));
      await opened.push(image, "as");
    }
    const index = { schemaVersion: 2, mediaType: "application/vnd.oci.image.index.v1+json", manifests: [] };
    const bytes = new TextEncoder().encode(JSON.stringify(index));
    digests.set("index", hexOf((await opened.putManifest("3.0.0-as", bytes, index.mediaType)).digest));
  });
  afterAll(() => registry?.close());

  const spec = async (wanted: Partial<Wanted>) => (await resolveRequest({ ...usual, ...wanted }, variant)).spec;

  test("a tag's digest is pinned in both places", async () => {
    const hex = digests.get("1.9.0");
    const pinned = { url: `oci://${registry.host}/wasm:1.9.0-as@sha256:${hex}`, sha256: hex };
    expect(await spec({ digest: "registry" })).toMatchObject(pinned);
    expect(await spec({ digest: "registry", fields: { sha256: hex ?? "" } })).toMatchObject(pinned);
  });

  test("the newest release is the highest version, pre-releases left out", async () => {
    const repository = parseReference(`${registry.host}/released`);
    const opened = openRepository(repository);
    const image = await createImage("compat", { module, abi: "0.2.1", annotations: {} });
    for (const tag of ["1.9.0-as", "1.10.0-as", "2.0.0-rc.1-as", "1-as", "as", "2.0.0-javy"])
      await opened.push(image, tag);
    const { url } = await spec({ repository, version: "latest-release" });
    expect(url).toBe(`oci://${registry.host}/released:1.10.0-as`);
    const other = resolveRequest({ ...usual, repository, version: "latest-release" }, { ...variant, variant: "jco" });
    await expect(other).rejects.toThrow("no release of the variant jco, expected a tag such as 1.2.3-jco");
  });

  test.each([
    ["an index", () => ({ version: "3.0.0" }), "is an image index, and Istio's pull of a pinned index fails"],
    ["an index's digest", () => ({ fields: { sha256: digests.get("index") ?? "" } }), "is an image index"],
    [
      "the wasm file's digest",
      () => ({ fields: { sha256: hexOf(digestOf(module)) } }),
      "this is the digest of the wasm file, but Istio expects that of the image manifest, sha256:",
    ],
    ["a digest of nothing", () => ({ fields: { sha256: "ab".repeat(32) } }), "the registry has no such manifest"],
    ["no such tag", () => ({ version: "0.0.1" }), "the registry has no such image; push it first"],
  ])("refused: %s", async (_, wanted, reason) => {
    await expect(spec({ digest: "registry", ...wanted() })).rejects.toThrow(reason);
  });
});
