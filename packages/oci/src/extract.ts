import { Failure } from "@wasm-header-filter/cli";
import type { Descriptor, Image } from "./image.ts";
import { unpackLayer } from "./layer.ts";
import { mediaTypes } from "./mediatypes.ts";

/**
 * Takes the module out of an image by Istio's own rules (istio pkg/wasm/imagefetcher.go): what this refuses, Istio's agent refuses too.
 *
 * @param image the manifest decides its format
 * @param where names the image in errors
 * @returns the bytes of `plugin.wasm`
 * @throws Failure if Istio would not find a module in it; the text says what each format lacks
 */
export async function extractModule(image: Image, where: string): Promise<Uint8Array> {
  const { manifest, blobs } = image;
  const last = manifest.layers.at(-1);
  const docker = manifest.mediaType === mediaTypes.dockerManifest;
  const expected = docker ? mediaTypes.dockerLayer : mediaTypes.layer;
  if (last?.mediaType === expected) {
    const layer = `${where}: layer ${last.digest}`;
    return unpackLayer(bytesOf(blobs, last, where), layer);
  }
  const content = manifest.layers.find((layer) => layer.mediaType === mediaTypes.wasmContent);
  if (!docker && manifest.layers.length === 2 && content) return bytesOf(blobs, content, where);
  const found = manifest.layers.map((layer) => layer.mediaType).join(", ") || "none";
  const artifact = docker ? "" : `, or exactly two layers, one of them ${mediaTypes.wasmContent}`;
  throw new Failure(
    `${where}: no layer that Istio reads: expected the last to be ${expected}${artifact}; got ${found}`,
  );
}

function bytesOf(blobs: Image["blobs"], { digest }: Descriptor, where: string): Uint8Array {
  const bytes = blobs.get(digest);
  if (!bytes) throw new Failure(`${where}: blob ${digest} is missing`);
  return bytes;
}
