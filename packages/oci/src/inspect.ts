import { createHash } from "node:crypto";
import { oneLine } from "@wasm-header-filter/cli";
import { extractModule, formatOf } from "./extract.ts";
import type { Format } from "./formats.ts";
import { type Descriptor, imageSize } from "./image.ts";
import { readLayout, type TaggedImage } from "./layout.ts";
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
 * Inspects the images of a layout.
 *
 * @param dir the layout's folder
 * @returns one entry for each image
 * @throws Failure if it is no valid layout
 */
export function inspect(dir: string): Promise<Inspection[]> {
  return Promise.all(readLayout(dir).map((image) => inspectImage(image, dir)));
}

/** Inspects an image; `where` names it in errors. */
export async function inspectImage(image: TaggedImage, where: string): Promise<Inspection> {
  const { tag, manifest, descriptor } = image;
  const format = formatOf(manifest);
  return {
    ...(tag !== undefined && { tag }),
    ...(format && { format }),
    size: imageSize(image),
    manifest: { mediaType: descriptor.mediaType, digest: descriptor.digest, size: descriptor.size },
    config: manifest.config,
    layers: manifest.layers,
    annotations: manifest.annotations ?? {},
    module: await extractModule(image, where).then(
      (module) => ({ size: module.length, sha256: createHash("sha256").update(module).digest("hex") }),
      (error) => ({ error: oneLine(error) }),
    ),
  };
}

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
