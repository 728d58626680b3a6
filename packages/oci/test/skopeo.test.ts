import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { missingCommand, unless } from "@wasm-header-filter/cli/testing";
import { expect, test } from "vitest";
import { folder } from "../src/fixtures/folder.ts";
import { wasmModule } from "../src/fixtures/module.ts";
import { createImage } from "../src/formats.ts";
import { writeLayout } from "../src/layout.ts";

const missing = missingCommand("skopeo");
const input = { module: wasmModule(), abi: "0.2.1", annotations: { "org.opencontainers.image.version": "1.0.0" } };

// Not `docker`: skopeo looks for OCI manifests alone in a layout.
test.each(["compat", "artifact"] as const)("skopeo copies %s, byte for byte", unless(missing), async (format) => {
  const dir = folder();
  const image = await createImage(format, input);
  await writeLayout(join(dir, "oci"), image, "1.0.0-as");
  execFileSync("skopeo", ["copy", "--quiet", "oci:oci:1.0.0-as", "dir:copy"], { cwd: dir });
  const copied = readdirSync(join(dir, "copy")).filter((name) => name !== "version");
  const names = [...image.blobs.keys()].map((digest) => digest.slice("sha256:".length));
  const manifest = image.descriptor.digest.slice("sha256:".length);
  expect(copied.sort()).toEqual(names.map((name) => (name === manifest ? "manifest.json" : name)).sort());
  const bytes = readFileSync(join(dir, "copy", "manifest.json"));
  expect(Buffer.compare(bytes, image.blobs.get(image.descriptor.digest) ?? Buffer.of())).toBe(0);
});

test("skopeo inspects compat as an image", unless(missing), async () => {
  const dir = folder();
  const image = await createImage("compat", input);
  await writeLayout(join(dir, "oci"), image, "1.0.0-as");
  const stdout = execFileSync("skopeo", ["inspect", "oci:oci:1.0.0-as"], { cwd: dir, encoding: "utf8" });
  expect(JSON.parse(stdout)).toMatchObject({
    Digest: image.descriptor.digest,
    Labels: input.annotations,
    Architecture: "amd64",
    Os: "linux",
    Layers: [image.manifest.layers[0]?.digest],
  });
});
