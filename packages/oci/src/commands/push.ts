import { existsSync } from "node:fs";
import { join } from "node:path";
import { UsageError } from "@wasm-header-filter/cli";
import type { Descriptor } from "../image.ts";
import { readLayout, selectImage, type TaggedImage } from "../layout.ts";
import { formatReference, type Reference } from "../reference.ts";
import { endpointOf } from "../registry/endpoint.ts";
import type { RegistryOptions } from "../registry/options.ts";
import { openRepository } from "../registry/repository.ts";

/** An image in a registry: its name and the descriptor of its manifest. */
export interface Located extends Descriptor {
  readonly image: string;
}

/**
 * Pushes an image of a layout.
 *
 * @param source a layout, or a folder whose build wrote one to `oci/` or `dist/oci/`
 * @param reference its tag becomes the image's tag; without one, the layout's tag is used
 * @param mountFrom a repository of the same registry that may have its blobs, with or without the registry's name
 */
export async function push(
  source: string,
  reference: Reference,
  mountFrom: Reference | undefined,
  options: RegistryOptions,
): Promise<Located> {
  const { registry, repository, tag: asked, digest: pinned } = reference;
  if (pinned) throw new UsageError(`${formatReference(reference)}: expected no digest, the image has its own`);
  if (mountFrom?.registry !== undefined && mountFrom.registry !== registry) {
    throw new UsageError(`--mount-from ${formatReference(mountFrom)}: not in the registry ${registry}`);
  }
  const image = choose(findLayout(source), asked);
  const tag = asked ?? image.tag;
  const from = mountFrom && endpointOf({ ...mountFrom, ...(registry && { registry }) }, options).repository;
  const descriptor = await openRepository(reference, options).push(image, tag, from ? { mountFrom: from } : {});
  const name = { ...(registry && { registry }), repository };
  return { image: formatReference({ ...name, ...(tag ? { tag } : { digest: descriptor.digest }) }), ...descriptor };
}

/** The only image, or else the one with the tag. */
function choose(dir: string, tag: string | undefined): TaggedImage {
  const images = readLayout(dir);
  return images.length === 1 ? images[0] : selectImage(images, dir, tag);
}

function findLayout(source: string): string {
  const places = ["", "oci", join("dist", "oci")].map((below) => join(source, below));
  return places.find((dir) => existsSync(join(dir, "oci-layout"))) ?? source;
}
