import type { Descriptor, Image } from "../image.ts";
import { hasBlob } from "./blobs.ts";
import type { Client } from "./client.ts";
import { putManifest } from "./manifests.ts";
import type { RegistryOptions } from "./options.ts";
import { upload } from "./upload.ts";

/** Stores a blob unless it is there, and tells of it. */
export async function pushBlob(
  client: Client,
  blob: Descriptor,
  bytes: Uint8Array,
  progress: RegistryOptions["progress"],
): Promise<void> {
  const event = { kind: "blob", direction: "push", blob, done: blob.size } as const;
  if (await hasBlob(client, blob.digest)) return progress?.({ ...event, state: "exists" });
  await upload(client, blob, bytes);
  progress?.({ ...event, state: "done" });
}

/**
 * Pushes an image: its blobs first, so that nobody finds a manifest without them.
 *
 * @param name the tag to give it; left out, it has its digest alone
 */
export async function pushImage(
  client: Client,
  image: Image,
  name: string | undefined,
  progress: RegistryOptions["progress"],
): Promise<Descriptor> {
  const { descriptor, manifest, blobs } = image;
  const parts = new Map([manifest.config, ...manifest.layers].map((part) => [part.digest, part]));
  for (const part of parts.values()) await pushBlob(client, part, stored(blobs, part), progress);
  return putManifest(client, name ?? descriptor.digest, stored(blobs, descriptor), descriptor.mediaType);
}

function stored(blobs: Image["blobs"], { digest }: Descriptor): Uint8Array {
  const bytes = blobs.get(digest);
  if (!bytes) throw new TypeError(`the image lacks its blob ${digest}`);
  return bytes;
}
