import { createHash } from "node:crypto";
import { join } from "node:path";
import { Failure, oneLine } from "@wasm-header-filter/cli";
import { moduleOf, noManifest, requireDigests } from "./extract.ts";
import type { Format } from "./formats.ts";
import type { Descriptor } from "./image.ts";
import { openLayout } from "./layout.ts";
import { type ImageReading, readImage } from "./reading/image.ts";
import type { ImageStore } from "./store.ts";
import { bytes } from "./units.ts";

/** The content of an image. Sizes in bytes. */
export interface Inspection {
  readonly tag?: string;
  /** Left out if Istio would find no module in it. */
  readonly format?: Format;
  readonly size: number;
  readonly manifest: Descriptor;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
  readonly annotations: Readonly<Record<string, string>>;
  /** The module, or why Istio finds none. */
  readonly module: { readonly size: number; readonly sha256: string } | { readonly error: string };
}

/**
 * Inspects the images of a layout, as Istio reads them.
 *
 * @param dir the layout's folder
 * @returns one entry for each image
 * @throws Failure if it is no valid layout, or a blob is missing or was changed
 */
export async function inspect(dir: string): Promise<Inspection[]> {
  const store = openLayout(dir);
  if (store.images.length === 0) throw new Failure(`${join(dir, "index.json")}: names no image`);
  return Promise.all(store.images.map(({ digest, tag }) => inspectImage(store, digest, dir, tag)));
}

/**
 * Inspects an image as Istio reads it: of an index, the image that it selects.
 *
 * @param store the layout or registry
 * @param name the image's tag or digest
 * @param where names it in errors
 * @param tag the tag to show
 * @throws Failure if it has no manifest, or a blob is missing or was changed
 */
export async function inspectImage(store: ImageStore, name: string, where: string, tag?: string): Promise<Inspection> {
  const reading = await readImage(store, name);
  const { manifest, image, extraction } = reading;
  if (!manifest || !image) throw noManifest(reading, where);
  const module = foundModule(reading, where);
  const parts = [manifest.config, ...manifest.layers];
  try {
    requireDigests(manifest, where);
    for (const part of parts) if (!part.data) await store.blob(part);
  } catch (error) {
    // What Istio refuses the image for comes first: it may never fetch the blob.
    throw "error" in module && !extraction?.missing ? new Failure(module.error) : error;
  }
  const format = extraction?.format;
  const sizes = new Map([image, ...parts].map(({ digest, size }) => [digest, size]));
  return {
    ...(tag !== undefined && { tag }),
    ...(format && { format }),
    size: sizes.values().reduce((sum, size) => sum + size, 0),
    manifest: shown(image),
    config: shown(manifest.config),
    layers: manifest.layers.map(shown),
    annotations: manifest.annotations ?? {},
    module,
  };
}

function foundModule(reading: ImageReading, where: string): Inspection["module"] {
  try {
    const module = moduleOf(reading, where);
    return { size: module.length, sha256: createHash("sha256").update(module).digest("hex") };
  } catch (error) {
    return { error: oneLine(error) };
  }
}

/** A descriptor without inline bytes. */
const shown = ({ mediaType, digest, size, annotations }: Descriptor): Descriptor => ({
  mediaType,
  digest,
  size,
  ...(annotations && { annotations }),
});

/** An inspection as lines for a terminal. */
export function describe(image: Inspection): string {
  const blobs = [
    ["manifest", image.manifest] as const,
    ["config", image.config] as const,
    ...image.layers.map((layer) => ["layer", layer] as const),
  ].map(([what, { mediaType, digest, size }]) => [what, digest, `${mediaType}, ${bytes(size)}`]);
  const module =
    "error" in image.module
      ? [["module", `none: ${image.module.error}`]]
      : [["module", `sha256:${image.module.sha256}`, `plugin.wasm, ${bytes(image.module.size)}`]];
  const labels = Object.entries(image.annotations).map(([name, text]) => ["label", `${name}=${text}`]);
  const head = `${image.tag ?? "(no tag)"} ${image.format ?? "not for Istio"}, ${bytes(image.size)}`;
  const lines = [...blobs, ...module, ...labels];
  return [head, ...lines.map(([what, ...rest]) => `  ${what?.padEnd(8)} ${rest.join("  ")}`)].join("\n");
}
