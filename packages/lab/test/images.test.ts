import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { missingCommand, unless } from "@wasm-header-filter/cli/testing";
import {
  createImage,
  extractModule,
  FORMATS,
  findRoot,
  findVariants,
  openRepository,
  parseReference,
} from "@wasm-header-filter/oci";
import { registryMissing, startRegistry, type TestRegistry } from "@wasm-header-filter/oci/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const missing = registryMissing ?? missingCommand("skopeo");
const images = findVariants(findRoot(import.meta.dirname)).flatMap(({ variant, dist }) =>
  FORMATS.map((format) => ({ variant, format, dist })),
);

describe("images in docker-registry", unless(missing), () => {
  let registry: TestRegistry;
  const dir = mkdtempSync(join(tmpdir(), "images-"));
  beforeAll(async () => {
    registry = await startRegistry();
  });
  afterAll(async () => {
    await registry?.close();
    rmSync(dir, { recursive: true });
  });

  test.each(images)("$variant as $format: skopeo pulls what was built", async ({ variant, format, dist }) => {
    const module = readFileSync(dist.module);
    const image = await createImage(format, { module, abi: "0.2.1", annotations: {} });
    const name = `${registry.host}/wasm-header-filter:${format}-${variant}`;
    const reference = parseReference(name);
    await openRepository(reference).push(image, reference.tag);

    const copy = join(dir, `${format}-${variant}`);
    execFileSync("skopeo", ["copy", "--quiet", "--src-tls-verify=false", `docker://${name}`, `dir:${copy}`]);
    const read = (digest: string) => new Uint8Array(readFileSync(join(copy, digest.replace("sha256:", ""))));
    const manifest = new Uint8Array(readFileSync(join(copy, "manifest.json")));
    expect(manifest).toEqual(image.blobs.get(image.descriptor.digest));
    const { config, layers } = image.manifest;
    const blobs = new Map([config, ...layers].map(({ digest }) => [digest, read(digest)]));
    const pulled = await extractModule({ ...image, blobs: new Map([...image.blobs, ...blobs]) }, name);
    expect(Buffer.compare(pulled, module)).toBe(0);
  });
});
