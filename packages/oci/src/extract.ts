import { Failure } from "@wasm-header-filter/cli";
import type { Format } from "./formats.ts";
import type { Descriptor, Image, Manifest } from "./image.ts";
import { unpackLayer } from "./layer.ts";
import { MEDIA_TYPES } from "./mediatypes.ts";

/**
 * Determines an image's format by Istio's rules (istio pkg/wasm/imagefetcher.go).
 *
 * @returns nothing if Istio would find no module in it
 */
export function formatOf(manifest: Manifest): Format | undefined {
  const last = manifest.layers.at(-1)?.mediaType;
  // Istio reads the media type inside the manifest: without one, it is an OCI manifest.
  if (manifest.mediaType === MEDIA_TYPES.dockerManifest) return last === MEDIA_TYPES.dockerLayer ? "docker" : undefined;
  if (last === MEDIA_TYPES.layer) return "compat";
  return manifest.layers.length === 2 && wasmLayer(manifest) ? "artifact" : undefined;
}

/**
 * Extracts the module from an image as Istio does: what this refuses, Istio's agent refuses too.
 *
 * @param image whole, with its blobs
 * @param where names the image in errors
 * @returns the bytes of `plugin.wasm`
 * @throws Failure if Istio would not find a module in it; the text says what it has and what was expected
 */
export async function extractModule({ manifest, blobs }: Image, where: string): Promise<Uint8Array> {
  const format = formatOf(manifest);
  const layer = format === "artifact" ? wasmLayer(manifest) : manifest.layers.at(-1);
  if (!format || !layer) {
    const docker = manifest.mediaType === MEDIA_TYPES.dockerManifest;
    const expected = docker
      ? `the last to be ${MEDIA_TYPES.dockerLayer}`
      : `the last to be ${MEDIA_TYPES.layer}, or exactly two, one of them ${MEDIA_TYPES.wasmContent}`;
    const found = manifest.layers.map(({ mediaType }) => mediaType).join(", ") || "none";
    throw new Failure(`${where}: no layer that Istio reads, expected ${expected}; got ${found}`);
  }
  const bytes = blobs.get(layer.digest);
  if (!bytes) throw new Failure(`${where}: blob ${layer.digest} is missing`);
  return format === "artifact" ? bytes : unpackLayer(bytes, `${where}: layer ${layer.digest}`);
}

function wasmLayer(manifest: Manifest): Descriptor | undefined {
  return manifest.layers.find(({ mediaType }) => mediaType === MEDIA_TYPES.wasmContent);
}
