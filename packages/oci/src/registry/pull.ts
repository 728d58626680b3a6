import { Failure } from "@wasm-header-filter/cli";
import type { Digest } from "../digest.ts";
import { MODULE_LIMIT } from "../layer.ts";
import type { TaggedImage } from "../layout.ts";
import { MEDIA_TYPES } from "../mediatypes.ts";
import { isTag } from "../reference.ts";
import { parseManifest } from "../schema.ts";
import { getBlob } from "./blobs.ts";
import type { Client } from "./client.ts";
import { getManifest } from "./manifests.ts";

/**
 * Pulls an image: manifest, config and layers. Each digest is checked.
 *
 * @param name a tag or a digest
 * @throws Failure if it is an index, which Istio accepts in some cases only, or not an image; RegistryError if a part can't be fetched
 */
export async function pullImage(client: Client, name: string): Promise<TaggedImage> {
  const { descriptor, bytes } = await getManifest(client, name);
  const where = client.where(`manifest ${name}`);
  if (descriptor.mediaType === MEDIA_TYPES.index || descriptor.mediaType === MEDIA_TYPES.dockerList) {
    throw new Failure(`${where}: an image index, expected a plain image; Istio can't pin an index`);
  }
  const manifest = parseManifest(bytes, where, descriptor.mediaType);
  const size = [manifest.config, ...manifest.layers].reduce((sum, part) => sum + part.size, 0);
  if (size > MODULE_LIMIT) throw new Failure(`${where}: ${size} bytes in all, expected at most ${MODULE_LIMIT}`);
  const blobs = new Map<Digest, Uint8Array>([[descriptor.digest, bytes]]);
  for (const part of [manifest.config, ...manifest.layers]) {
    if (!blobs.has(part.digest)) blobs.set(part.digest, await getBlob(client, part));
  }
  return { descriptor, manifest, blobs, ...(isTag(name) && { tag: name }) };
}
