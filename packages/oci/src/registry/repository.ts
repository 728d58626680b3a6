import { blob, type Descriptor, type Image } from "../image.ts";
import type { TaggedImage } from "../layout.ts";
import type { Reference } from "../reference.ts";
import { createClient } from "./client.ts";
import { endpointOf } from "./endpoint.ts";
import { getManifest, putManifest, resolveManifest, type StoredManifest } from "./manifests.ts";
import type { RegistryOptions } from "./options.ts";
import { pullBlob, pullImage } from "./pull.ts";
import { pushBlob, pushImage } from "./push.ts";
import { listTags } from "./tags.ts";

/** One repository of a registry. Every method rejects with a RegistryError where the registry refuses or can't be reached. */
export interface Repository {
  /** What a tag or digest points at; nothing if it isn't there. */
  resolve(name: string): Promise<Descriptor | undefined>;
  /** A manifest or index by tag or digest, its digest checked. */
  manifest(name: string): Promise<StoredManifest>;
  /** A blob, its size and digest checked. */
  blob(descriptor: Descriptor): Promise<Uint8Array>;
  /** A whole image by tag or digest, every digest checked; an index is refused. */
  pull(name: string): Promise<TaggedImage>;
  /** Stores a blob unless it is there. */
  putBlob(bytes: Uint8Array, mediaType?: string): Promise<Descriptor>;
  /** Stores a manifest under a tag or its digest. */
  putManifest(name: string, bytes: Uint8Array, mediaType: string): Promise<Descriptor>;
  /** Pushes an image, blobs first; without a tag it has its digest alone. */
  push(image: Image, tag?: string): Promise<Descriptor>;
  /** All tags; none if there is no such repository. */
  tags(): Promise<string[]>;
}

/**
 * Opens a repository by the OCI distribution specification. Nothing is asked yet.
 *
 * @param reference registry and repository; its tag and digest don't matter
 */
export function openRepository(reference: Reference, options: RegistryOptions = {}): Repository {
  const { progress } = options;
  const client = createClient(endpointOf(reference, options));
  return {
    resolve: (name) => resolveManifest(client, name),
    manifest: (name) => getManifest(client, name),
    blob: (descriptor) => pullBlob(client, descriptor, progress),
    pull: (name) => pullImage(client, name, progress),
    async putBlob(bytes, mediaType = "application/octet-stream") {
      const { descriptor } = blob(mediaType, bytes);
      await pushBlob(client, descriptor, bytes, progress);
      return descriptor;
    },
    putManifest: (name, bytes, mediaType) => putManifest(client, name, bytes, mediaType),
    push: (image, tag) => pushImage(client, image, tag, progress),
    tags: () => listTags(client),
  };
}
