import type { Descriptor, Image } from "../image.ts";
import { hasBlob } from "./blobs.ts";
import type { Client } from "./client.ts";
import { putManifest } from "./referrers.ts";
import { upload } from "./upload.ts";

/**
 * Stores a blob: nothing is sent if it is there, or if the registry can take it over from another repository.
 *
 * @param mountFrom a repository of the same registry that may have it
 */
export async function pushBlob(client: Client, blob: Descriptor, bytes: Uint8Array, mountFrom?: string): Promise<void> {
  const event = { kind: "blob", direction: "push", blob, done: blob.size } as const;
  const there = await hasBlob(client, blob.digest);
  const state = there ? "exists" : await upload(client, blob, bytes, mountFrom);
  client.progress?.({ ...event, state });
}

/**
 * Pushes an image: its blobs first, so that nobody finds a manifest without them.
 *
 * @param name the tag to give it; left out, it has its digest alone
 * @param mountFrom a repository of the same registry that may have its blobs
 */
export async function pushImage(client: Client, image: Image, name?: string, mountFrom?: string): Promise<Descriptor> {
  const { descriptor, manifest, blobs } = image;
  const parts = new Map([manifest.config, ...manifest.layers].map((part) => [part.digest, part]));
  for (const part of parts.values()) await pushBlob(client, part, stored(blobs, part), mountFrom);
  return putManifest(client, name ?? descriptor.digest, stored(blobs, descriptor), descriptor.mediaType);
}

function stored(blobs: Image["blobs"], { digest }: Descriptor): Uint8Array {
  const bytes = blobs.get(digest);
  if (!bytes) throw new TypeError(`the image lacks its blob ${digest}`);
  return bytes;
}
