import { type Digest, digestOf } from "./digest.ts";

/** What points at a blob (OCI image specification, descriptor.md). */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  /** In bytes. */
  readonly size: number;
  /** The artifact type, in a list of referrers. */
  readonly artifactType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** An image manifest (OCI image specification, manifest.md; Docker's schema 2 has the same shape). */
export interface Manifest {
  readonly schemaVersion: 2;
  readonly mediaType?: string;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
  readonly annotations?: Readonly<Record<string, string>>;
}

/** One image in memory: what a layout or a registry stores under a tag. */
export interface Image {
  /** Of the manifest; its digest is the image's digest. */
  readonly descriptor: Descriptor;
  readonly manifest: Manifest;
  /** Every blob the image needs, the manifest's own bytes among them. */
  readonly blobs: ReadonlyMap<Digest, Uint8Array>;
}

/** How much is pulled, in bytes: manifest, config and layers together. */
export function imageSize(image: Image): number {
  return image.blobs.values().reduce((sum, bytes) => sum + bytes.length, 0);
}

/** A blob and the descriptor that points at it. */
export function blob(
  mediaType: string,
  bytes: Uint8Array,
  annotations?: Readonly<Record<string, string>>,
): { descriptor: Descriptor; bytes: Uint8Array } {
  const descriptor = { mediaType, digest: digestOf(bytes), size: bytes.length, ...(annotations && { annotations }) };
  return { descriptor, bytes };
}

/** JSON as it is stored: compact, keys in the order given, so that equal values are equal bytes. */
export function jsonBytes(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}
