import { Failure } from "@wasm-header-filter/cli";
import { type Digest, digestOf } from "../digest.ts";
import { noManifest, requireDigests } from "../extract.ts";
import { MODULE_LIMIT } from "../layer.ts";
import type { TaggedImage } from "../layout.ts";
import { MEDIA_TYPES } from "../mediatypes.ts";
import { isDocker, selectManifest } from "../reading/image.ts";
import { ANY_SIZE, manifestOf, type Part } from "../reading/manifest.ts";
import { isTag } from "../reference.ts";
import { getBlob } from "./blobs.ts";
import type { Client } from "./client.ts";
import { getManifest } from "./manifests.ts";

/**
 * Pulls an image: manifest, config and layers. Each digest is checked. Of an index, it pulls the image that Istio selects.
 *
 * @param name a tag or a digest
 * @throws Failure if it is not an image, or an index without one for Istio; RegistryError if a part can't be fetched
 */
export async function pullImage(client: Client, name: string): Promise<TaggedImage> {
  const where = client.where(`manifest ${name}`);
  const store = {
    manifest: (of: string) => getManifest(client, of),
    blob: (part: Part) => getBlob(client, part),
  };
  const { bytes, ...selected } = await selectManifest(store, name);
  const { image, malformed } = selected;
  if (!image || !bytes || malformed) throw noManifest(selected, where);
  const manifest = manifestOf(bytes, where);
  // Istio does not mind what the registry or an index says of it.
  const descriptor = { ...image, mediaType: isDocker(manifest) ? MEDIA_TYPES.dockerManifest : MEDIA_TYPES.manifest };
  const parts = [manifest.config, ...manifest.layers];
  requireDigests(manifest, where);
  const size = parts.reduce((sum, part) => sum + Math.max(0, part.size), 0);
  if (size > MODULE_LIMIT) throw new Failure(`${where}: ${size} bytes in all, expected at most ${MODULE_LIMIT}`);
  const blobs = new Map<Digest, Uint8Array>([[descriptor.digest, bytes]]);
  for (const part of parts) {
    if (!blobs.has(part.digest)) blobs.set(part.digest, await bytesOf(client, part));
  }
  return { descriptor, manifest, blobs, ...(isTag(name) && { tag: name }) };
}

/** The bytes that a digest names. Inline ones that are others are left in the manifest, where Istio reads them. */
async function bytesOf(client: Client, part: Part): Promise<Uint8Array> {
  const { data, digest, size } = part;
  const sound = data && (size === ANY_SIZE || data.length === size) && digestOf(data) === digest;
  return sound ? data : getBlob(client, part);
}
