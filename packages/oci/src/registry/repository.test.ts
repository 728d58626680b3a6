import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { missingCommand, unless } from "@wasm-header-filter/cli/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { extractModule } from "../extract.ts";
import { folder } from "../fixtures/folder.ts";
import { wasmModule } from "../fixtures/module.ts";
import { registryMissing, startRegistry, type TestRegistry } from "../fixtures/registry.ts";
import { createImage, FORMATS } from "../formats.ts";
import { parseReference } from "../reference.ts";
import { openRepository } from "./repository.ts";

const module = wasmModule(undefined, 20_000);
const input = { module, abi: "0.2.1", annotations: { "org.opencontainers.image.version": "1.0.0" } };
const missing = registryMissing ?? missingCommand("skopeo");

describe("docker-registry", unless(missing), () => {
  let registry: TestRegistry;
  beforeAll(async () => {
    registry = await startRegistry();
  });
  afterAll(() => registry?.close());

  test.each(FORMATS)("%s is pulled as it was pushed, by us and by skopeo", async (format) => {
    const image = await createImage(format, input);
    const repository = openRepository(parseReference(`${registry.host}/${format}/filter`));
    expect(await repository.push(image, "1.0.0-as")).toEqual(image.descriptor);
    expect(await repository.resolve("1.0.0-as")).toEqual(image.descriptor);

    const pulled = await repository.pull("1.0.0-as");
    expect(pulled).toEqual({ ...image, tag: "1.0.0-as" });
    expect(Buffer.compare(await extractModule(pulled, format), module)).toBe(0);

    const dir = folder();
    const from = `docker://${registry.host}/${format}/filter:1.0.0-as`;
    execFileSync("skopeo", ["copy", "--quiet", "--src-tls-verify=false", from, "dir:copy"], { cwd: dir });
    const read = (name: string) => new Uint8Array(readFileSync(join(dir, "copy", name)));
    expect(read("manifest.json")).toEqual(image.blobs.get(image.descriptor.digest));
    for (const { digest } of [image.manifest.config, ...image.manifest.layers]) {
      expect(read(digest.slice("sha256:".length))).toEqual(image.blobs.get(digest));
    }
  });

  test("what isn't there", async () => {
    const repository = openRepository(parseReference(`${registry.host}/nothing`));
    expect(await repository.resolve("1.0.0-as")).toBeUndefined();
    expect(await repository.tags()).toEqual([]);
    await expect(repository.pull("1.0.0-as")).rejects.toThrow(
      `${registry.host}/nothing: manifest 1.0.0-as: 404 MANIFEST_UNKNOWN: manifest unknown`,
    );
  });
});
