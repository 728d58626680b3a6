import { zstdCompressSync } from "node:zlib";
import { gzipSync } from "fflate";
import { packTar } from "modern-tar";
import { expect, test } from "vitest";
import { extractModule } from "./extract.ts";
import { wasmModule } from "./fixtures/module.ts";
import { blob, type Image } from "./image.ts";
import { MEDIA_TYPES } from "./mediatypes.ts";
import { readLayer } from "./reading/layer.ts";

const module = wasmModule();
const { layer, dockerLayer, dockerManifest, manifest: ociManifest, wasmConfig, wasmContent } = MEDIA_TYPES;

type Layer = readonly [mediaType: string, bytes: Uint8Array];

function image(mediaType: string | undefined, layers: readonly Layer[]): Image {
  const parts = layers.map(([type, bytes]) => blob(type, bytes));
  const config = blob(MEDIA_TYPES.config, new Uint8Array());
  const manifest = {
    schemaVersion: 2,
    config: config.descriptor,
    layers: parts.map((part) => part.descriptor),
  } as const;
  return {
    manifest: mediaType ? { ...manifest, mediaType } : manifest,
    descriptor: blob(ociManifest, new Uint8Array()).descriptor,
    blobs: new Map(parts.map(({ descriptor, bytes }) => [descriptor.digest, bytes])),
  };
}

async function tgz(...files: readonly [name: string, body: Uint8Array | string][]): Promise<Uint8Array> {
  return gzipSync(await packTar(files.map(([name, body]) => ({ header: { name, size: body.length }, body }))));
}

const good = await tgz(["plugin.wasm", module]);
const noise = await tgz(["readme", "x"]);

// The same cases went through Istio's own fetcher.
test.each<[string, Image]>([
  ["compat", image(ociManifest, [[layer, good]])],
  ["compat without a media type in the manifest", image(undefined, [[layer, good]])],
  ["docker", image(dockerManifest, [[dockerLayer, good]])],
  [
    "artifact",
    image(ociManifest, [
      [wasmConfig, noise],
      [wasmContent, module],
    ]),
  ],
  [
    "artifact, the other way round",
    image(ociManifest, [
      [wasmContent, module],
      [wasmConfig, noise],
    ]),
  ],
  [
    "the last of several layers",
    image(ociManifest, [
      [layer, noise],
      [layer, good],
    ]),
  ],
  ["beside other files", image(ociManifest, [[layer, await tgz(["a", "b"], ["plugin.wasm", module], ["z", ""])]])],
  ["in a folder", image(ociManifest, [[layer, await tgz(["./opt/plugin.wasm", module])]])],
  ["under a name that would climb out", image(ociManifest, [[layer, await tgz(["../../../plugin.wasm", module])]])],
])("taken: %s", async (_, image) => {
  expect(Buffer.compare(await extractModule(image, "x"), module)).toBe(0);
});

test.each<[string, Image, string]>([
  ["no layer", image(ociManifest, []), "no layer that Istio reads"],
  [
    "not the last layer",
    image(ociManifest, [
      [layer, good],
      [layer, noise],
    ]),
    'plugin.wasm not found in the archive, found "readme"',
  ],
  ["another name", image(ociManifest, [[layer, await tgz(["main.wasm", module])]]), 'found "main.wasm"'],
  ["plain tar", image(ociManifest, [["application/vnd.oci.image.layer.v1.tar", good]]), "no layer that Istio reads"],
  ["zstd", image(ociManifest, [["application/vnd.oci.image.layer.v1.tar+zstd", good]]), "no layer that Istio reads"],
  ["zstd that says gzip", image(ociManifest, [[layer, zstdCompressSync(good)]]), "gzip: invalid header"],
  ["gzip cut short", image(ociManifest, [[layer, good.subarray(0, 60)]]), "unexpected EOF"],
  [
    "gzip of no tar",
    image(ociManifest, [[layer, gzipSync(new Uint8Array(2000).fill(1))]]),
    "archive/tar: invalid tar header",
  ],
  [
    "docker manifest, OCI layer",
    image(dockerManifest, [[layer, good]]),
    `expected the last to be ${dockerLayer}; got ${layer}`,
  ],
  ["OCI manifest, docker layer", image(ociManifest, [[dockerLayer, good]]), "no layer that Istio reads"],
  ["artifact of one layer", image(ociManifest, [[wasmContent, module]]), "or exactly two"],
  [
    "artifact of three",
    image(ociManifest, [
      [wasmConfig, noise],
      [wasmContent, module],
      [wasmConfig, good],
    ]),
    "or exactly two",
  ],
  [
    "application/wasm",
    image(ociManifest, [
      [wasmConfig, noise],
      ["application/wasm", module],
    ]),
    "or exactly two",
  ],
])("refused: %s", async (_, image, reason) => {
  await expect(extractModule(image, "x")).rejects.toThrow(reason);
});

test("a layer that unpacks to more than the limit is refused", async () => {
  const bomb = await tgz(["plugin.wasm", new Uint8Array(4 * 1024 * 1024)]);
  expect(bomb.length).toBeLessThan(10_000);
  expect(readLayer(bomb, 1024 * 1024)).toMatchObject({
    state: "too large",
    reason: "failed to read plugin.wasm: unexpected EOF",
  });
});
