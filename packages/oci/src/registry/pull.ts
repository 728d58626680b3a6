import { Failure } from "@wasm-header-filter/cli";
import type { Digest } from "../digest.ts";
import type { Descriptor } from "../image.ts";
import type { TaggedImage } from "../layout.ts";
import { mediaTypes } from "../mediatypes.ts";
import { isTag } from "../reference.ts";
import { parseManifest } from "../schema.ts";
import { getBlob } from "./blobs.ts";
import type { Client } from "./client.ts";
import { getManifest } from "./manifests.ts";
import type { RegistryOptions } from "./options.ts";

/**
 * Pulls an image whole: manifest, config and layers, each held against its digest.
 *
 * @param name a tag or a digest
 * @throws Failure if it is an index, which Istio takes in some cases only, or no image; RegistryError if a part can't be had
 */
export async function pullImage(
  client: Client,
  name: string,
  progress: RegistryOptions["progress"],
): Promise<TaggedImage> {
  const { descriptor, bytes } = await getManifest(client, name);
  const where = `${client.endpoint.name}: manifest ${name}`;
  if (descriptor.mediaType === mediaTypes.index || descriptor.mediaType === mediaTypes.dockerList) {
    throw new Failure(`${where}: an image index, expected a plain image; Istio can't pin an index`);
  }
  const manifest = parseManifest(bytes, where, descriptor.mediaType);
  const blobs = new Map<Digest, Uint8Array>([[descriptor.digest, bytes]]);
  for (const part of [manifest.config, ...manifest.layers]) {
    if (!blobs.has(part.digest)) blobs.set(part.digest, await pullBlob(client, part, progress));
  }
  return { descriptor, manifest, blobs, ...(isTag(name) && { tag: name }) };
}

/** Fetches a blob and tells of it. */
export async function pullBlob(
  client: Client,
  blob: Descriptor,
  progress: RegistryOptions["progress"],
): Promise<Uint8Array> {
  const event = { kind: "blob", direction: "pull", blob } as const;
  const bytes = await getBlob(client, blob, (done) => progress?.({ ...event, done, state: "moving" }));
  progress?.({ ...event, done: bytes.length, state: "done" });
  return bytes;
}
