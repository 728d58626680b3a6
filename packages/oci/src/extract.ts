import { Failure, oneLine } from "@wasm-header-filter/cli";
import { isDigest } from "./digest.ts";
import type { Format } from "./formats.ts";
import type { Image, Manifest } from "./image.ts";
import { MEDIA_TYPES } from "./mediatypes.ts";
import {
  archiveFormat,
  type Extraction,
  extract,
  type ImageReading,
  isDocker,
  isRawModule,
  PLATFORM,
} from "./reading/image.ts";

/**
 * Determines an image's format by Istio's rules (istio pkg/wasm/imagefetcher.go), as far as the manifest tells.
 *
 * @returns nothing if Istio would find no module in it
 */
export function formatOf(manifest: Manifest): Format | undefined {
  const archived = archiveFormat(manifest, manifest.layers.at(-1));
  if (archived || isDocker(manifest)) return archived;
  return manifest.layers.length === 2 && manifest.layers.some(isRawModule) ? "artifact" : undefined;
}

/**
 * Extracts the module from an image in memory as Istio does: what this refuses, Istio's agent refuses too.
 *
 * @param image whole, with its blobs
 * @param where names the image in errors
 * @returns the bytes of `plugin.wasm`
 * @throws Failure if Istio would not find a module in it; the text says what it has and what was expected
 */
export async function extractModule({ manifest, blobs }: Image, where: string): Promise<Uint8Array> {
  const store = {
    async blob({ digest }: { readonly digest: `sha256:${string}` }) {
      const bytes = blobs.get(digest);
      if (!bytes) throw new Failure(`blob ${digest} is missing`);
      return bytes;
    },
  };
  return extracted(await extract(store, manifest), manifest, where);
}

/**
 * The module of an image that was read.
 *
 * @param where names the image in errors
 * @throws Failure if Istio finds none
 */
export function moduleOf(reading: ImageReading, where: string): Uint8Array {
  const { manifest, extraction } = reading;
  if (!manifest || !extraction) throw noManifest(reading, where);
  return extracted(extraction, manifest, where);
}

/** Why an image has no manifest that Istio reads. */
export function noManifest({ index, malformed }: Omit<ImageReading, "extraction">, where: string): Failure {
  if (malformed) return new Failure(`${where}: its ${index ? "index" : "manifest"} can't be read: ${malformed}`);
  const platforms = oneLine(index?.platforms.join(", ") || "nothing");
  return new Failure(`${where}: an index without an image for ${PLATFORM}, which Istio asks for; it has ${platforms}`);
}

/**
 * Checks that every blob of an image can be named.
 *
 * @param where names the image in errors
 * @throws Failure if the config or a layer has no digest, which Istio doesn't mind as long as it doesn't read it
 */
export function requireDigests({ config, layers }: Manifest, where: string): void {
  if (!isDigest(config.digest)) throw new Failure(`${where}: its config has no digest`);
  const at = layers.findIndex(({ digest }) => !isDigest(digest));
  if (at >= 0) throw new Failure(`${where}: its layer ${at + 1} has no digest`);
}

function extracted({ format, layer, missing, module }: Extraction, manifest: Manifest, where: string): Uint8Array {
  if (module && isModule(module)) return module;
  if (module) {
    throw new Failure(`${where}: Istio finds a plugin.wasm of ${module.length} bytes that is no WebAssembly module`);
  }
  if (missing) throw new Failure(`${where}: ${missing}`);
  if (!format || !layer) {
    const expected = isDocker(manifest)
      ? `the last to be ${MEDIA_TYPES.dockerLayer}`
      : `the last to be ${MEDIA_TYPES.layer}, or exactly two, one of them ${MEDIA_TYPES.wasmContent}`;
    const found = oneLine(manifest.layers.map(({ mediaType }) => mediaType).join(", ") || "none");
    throw new Failure(`${where}: no layer that Istio reads, expected ${expected}; got ${found}`);
  }
  const names = layer.entries.map(({ name }) => JSON.stringify(name)).slice(0, 5);
  const inside = names.length > 0 ? `, found ${names.join(", ")}` : "";
  throw new Failure(`${where}: the last layer has no module that Istio reads: ${layer.reason}${inside}`);
}

/** Whether bytes begin as a module does: Istio checks nothing more (istio pkg/wasm/cache.go, isValidWasmBinary). */
export const isModule = (bytes: Uint8Array): boolean =>
  bytes.length >= 8 && bytes[0] === 0 && bytes[1] === 0x61 && bytes[2] === 0x73 && bytes[3] === 0x6d;
