import type { Digest } from "../digest.ts";
import { blob, type Descriptor, type Image } from "../image.ts";
import type { TaggedImage } from "../layout.ts";
import type { Reference } from "../reference.ts";
import { getBlob } from "./blobs.ts";
import { createClient } from "./client.ts";
import { getManifest, resolveManifest, type StoredManifest } from "./manifests.ts";
import type { RegistryOptions } from "./options.ts";
import { pullImage } from "./pull.ts";
import { pushBlob, pushImage } from "./push.ts";
import { listReferrers, putManifest } from "./referrers.ts";
import { listTags } from "./tags.ts";

/** How something is pushed. */
export interface PushOptions {
  /** Another repository of the registry that may have the blobs already: it is asked to take them over from there. */
  readonly mountFrom?: string;
}

/**
 * One repository of a registry. Every method rejects with a RegistryError where the registry refuses, can't be reached or doesn't keep to the
 * protocol, and with a Failure where what it holds is malformed.
 */
export interface Repository {
  /** What a tag or digest points at; nothing if it isn't there. */
  resolve(name: string): Promise<Descriptor | undefined>;
  /** A manifest or index by tag or digest, at most 4 MiB, its digest checked. */
  manifest(name: string): Promise<StoredManifest>;
  /** A blob, its size and digest checked. */
  blob(descriptor: Descriptor): Promise<Uint8Array>;
  /** A whole image by tag or digest, every size and digest checked; of an index, the image that Istio selects. */
  pull(name: string): Promise<TaggedImage>;
  /** Stores a blob unless it is there. */
  putBlob(bytes: Uint8Array, mediaType?: string, options?: PushOptions): Promise<Descriptor>;
  /** Stores a manifest under a tag or its digest; one with a subject is then among the subject's referrers. */
  putManifest(name: string, bytes: Uint8Array, mediaType: string): Promise<Descriptor>;
  /** Pushes an image, blobs first; without a tag it has its digest alone. */
  push(image: Image, tag?: string, options?: PushOptions): Promise<Descriptor>;
  /** All tags; none if there is no such repository. */
  tags(): Promise<string[]>;
  /** What has the manifest of this digest as its subject, of all or one artifact type. */
  referrers(digest: Digest, artifactType?: string): Promise<Descriptor[]>;
}

/**
 * Opens a repository by the OCI distribution specification. Nothing is asked of the registry yet.
 *
 * @param reference registry and repository; its tag and digest don't matter
 */
export function openRepository(reference: Reference, options: RegistryOptions = {}): Repository {
  const client = createClient(reference, options);
  return {
    resolve: (name) => resolveManifest(client, name),
    manifest: (name) => getManifest(client, name),
    blob: (descriptor) => getBlob(client, descriptor),
    pull: (name) => pullImage(client, name),
    async putBlob(bytes, mediaType = "application/octet-stream", { mountFrom } = {}) {
      const { descriptor } = blob(mediaType, bytes);
      await pushBlob(client, descriptor, bytes, mountFrom);
      return descriptor;
    },
    putManifest: (name, bytes, mediaType) => putManifest(client, name, bytes, mediaType),
    push: (image, tag, { mountFrom } = {}) => pushImage(client, image, tag, mountFrom),
    tags: () => listTags(client),
    referrers: (digest, artifactType) => listReferrers(client, digest, artifactType),
  };
}
