import type { Descriptor } from "./image.ts";

/** The largest manifest or index taken, in bytes: what registries must accept at least (OCI distribution specification). */
export const MANIFEST_LIMIT = 4 * 1024 * 1024;

/** A source of manifests and blobs: a layout, or a registry's repository. */
export interface ImageStore {
  /** A manifest or index by tag or digest, its digest checked. */
  manifest(name: string): Promise<{ readonly descriptor: Descriptor; readonly bytes: Uint8Array }>;
  /** A blob, its digest checked, and its size unless that is negative one. */
  blob(descriptor: Descriptor): Promise<Uint8Array>;
  /** The source map with a digest, if it is kept beside the images. */
  sourceMap?(digest: string): Uint8Array | undefined;
}
