import { oneLine } from "@wasm-header-filter/cli";
import { digestOf, isDigest } from "../digest.ts";
import type { Format } from "../formats.ts";
import type { Descriptor, Manifest } from "../image.ts";
import { MEDIA_TYPES } from "../mediatypes.ts";
import type { ImageStore } from "../store.ts";
import { ManifestError } from "./json.ts";
import { type LayerReading, readLayer } from "./layer.ts";
import { ANY_SIZE, type Child, type Part, type ReadManifest, readIndex, readManifest } from "./manifest.ts";

/** The platform that Istio's agent selects from an index (go-containerregistry pkg/v1/remote/options.go, defaultPlatform). */
export const PLATFORM = "linux/amd64";

/** What Istio's agent makes of an image. */
export interface ImageReading {
  /** What the name points to. */
  readonly top: Descriptor;
  /** The platforms of its manifests, if it is an index. */
  readonly index?: { readonly platforms: readonly string[] };
  /** The image's manifest: what the name points to, or the one that is selected from an index. */
  readonly image?: Descriptor;
  /** Its content, if it can be read. */
  readonly manifest?: ReadManifest;
  /** Why the manifest or an index can't be read or fetched. */
  readonly malformed?: string;
  readonly extraction?: Extraction;
}

/** What Istio's agent extracts from an image whose manifest it could read. */
export interface Extraction {
  /** The format that it reads the image as; absent if none. */
  readonly format?: Format;
  /** The compressed layer that it reads; absent if it reads none. */
  readonly layer?: LayerReading;
  /** Why the blob that it reads can't be fetched. */
  readonly missing?: string;
  readonly module?: Uint8Array;
}

/** The manifest that a name leads to. */
export type Selected = Omit<ImageReading, "extraction" | "manifest"> & { readonly bytes?: Uint8Array };

/**
 * Reads an image as Istio's agent does (istio pkg/wasm/imagefetcher.go, with go-containerregistry).
 *
 * @param store the layout or registry
 * @param name the image's tag or digest
 * @returns what it finds; what is wrong with the image is part of it
 * @throws what the store throws if the name can't be fetched
 */
export async function readImage(store: ImageStore, name: string): Promise<ImageReading> {
  const { bytes, ...selected } = await selectManifest(store, name);
  if (!bytes) return selected;
  let manifest: ReadManifest;
  try {
    manifest = readManifest(bytes);
  } catch (error) {
    return { ...selected, malformed: reasonOf(error) };
  }
  return { ...selected, manifest, extraction: await extract(store, manifest) };
}

/**
 * Finds the manifest of an image: through an index and the indexes in it, to the first one for {@link PLATFORM} or without a platform
 * (go-containerregistry pkg/v1/remote/index.go, childByPlatform).
 *
 * @throws what the store throws if the name can't be fetched
 */
export async function selectManifest(store: ImageStore, name: string): Promise<Selected> {
  const { descriptor: top, bytes } = await store.manifest(name);
  let found: Selected = { top, image: top, bytes };
  while (found.image && found.bytes && isIndex(found.image)) {
    const { image, bytes } = found;
    try {
      const children = readIndex(bytes);
      const index = found.index ?? { platforms: children.map(({ platform }) => platform ?? "none") };
      const child = children.find(({ platform }) => platform === undefined || platform === PLATFORM);
      found = child ? { top, index, ...(await childOf(store, child)) } : { top, index };
    } catch (error) {
      return { top, index: found.index ?? { platforms: [] }, image, malformed: reasonOf(error) };
    }
  }
  if (found.image && SCHEMA_1.includes(found.image.mediaType)) {
    return { top, image: found.image, malformed: `its media type ${found.image.mediaType} is not supported` };
  }
  return found;
}

/** Docker's first format of manifests. */
const SCHEMA_1 = [
  "application/vnd.docker.distribution.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v1+prettyjws",
];

async function childOf(store: ImageStore, { descriptor }: Child): Promise<{ image: Descriptor; bytes: Uint8Array }> {
  const { data, mediaType } = descriptor;
  if (!data && !isDigest(descriptor.digest)) throw new ManifestError("the index names a manifest without a digest");
  const bytes = data ?? (await store.manifest(descriptor.digest)).bytes;
  if (data && data.length !== descriptor.size)
    throw new ManifestError(`its data are ${data.length} bytes, its size is ${descriptor.size}`);
  if (data) checkDigest(descriptor, data);
  return { image: { mediaType, digest: digestOf(bytes), size: bytes.length }, bytes };
}

function isIndex({ mediaType }: Descriptor): boolean {
  return mediaType === MEDIA_TYPES.index || mediaType === MEDIA_TYPES.dockerList;
}

/** Where blobs come from. */
export type BlobStore = Pick<ImageStore, "blob">;

/**
 * Extracts the module from an image whose manifest is read: of a Docker manifest from the last layer, else from the last layer if its media type
 * is OCI's, and if there is no module in it, from a raw layer of two.
 */
export async function extract(store: BlobStore, manifest: Manifest): Promise<Extraction> {
  const last = partOf(manifest, manifest.layers.at(-1));
  const format = archiveFormat(manifest, last);
  const first = last && format ? await extractLayer(store, last, format) : {};
  if (isDocker(manifest) || first.module || first.layer?.state === "panic" || manifest.layers.length !== 2)
    return first;
  const raw = manifest.layers.map((layer) => partOf(manifest, layer)).find(isRawModule);
  if (!raw) return first;
  const second = await extractRaw(store, raw);
  return second.module || !first.format ? second : first;
}

/** Istio reads the media type inside the manifest: without one, it is an OCI manifest. */
export const isDocker = ({ mediaType }: Manifest): boolean => mediaType === MEDIA_TYPES.dockerManifest;

/** The format that Istio reads an archive in the last layer as; nothing if it takes that layer for no archive. */
export function archiveFormat(manifest: Manifest, last: Descriptor | undefined): "compat" | "docker" | undefined {
  if (isDocker(manifest)) return last?.mediaType === MEDIA_TYPES.dockerLayer ? "docker" : undefined;
  return last?.mediaType === MEDIA_TYPES.layer ? "compat" : undefined;
}

/** Whether a layer is a module that is not in an archive. */
export const isRawModule = (layer: Descriptor | undefined): boolean => layer?.mediaType === MEDIA_TYPES.wasmContent;

/** The descriptor that counts for a layer: the first one with its digest, the config's too (go-containerregistry pkg/v1/partial/with.go). */
function partOf(manifest: Manifest, layer: Descriptor | undefined): Part | undefined {
  return layer && [manifest.config, ...manifest.layers].find(({ digest }) => digest === layer.digest);
}

async function extractLayer(store: BlobStore, part: Part, format: Format): Promise<Extraction> {
  let stored: Uint8Array;
  try {
    // The digest of inline bytes is only checked where they end, and the archive ends before.
    stored = await blobOf(store, part);
  } catch (error) {
    return { format, missing: reasonOf(error) };
  }
  const layer = readLayer(stored);
  return { format, layer, ...(layer.module && { module: layer.module }) };
}

async function extractRaw(store: BlobStore, part: Part): Promise<Extraction> {
  try {
    const module = await blobOf(store, part);
    if (part.data && part.size !== ANY_SIZE && module.length !== part.size) {
      throw new ManifestError(`its data are ${module.length} bytes, its size is ${part.size}`);
    }
    if (part.data) checkDigest(part, module);
    return { format: "artifact", module };
  } catch (error) {
    return { format: "artifact", missing: reasonOf(error) };
  }
}

/** Inline bytes, as far as the size says. */
const sized = ({ data = new Uint8Array(), size }: Part): Uint8Array =>
  size === ANY_SIZE ? data : data.subarray(0, Math.max(0, size));

async function blobOf(store: BlobStore, part: Part): Promise<Uint8Array> {
  if (!isDigest(part.digest)) throw new ManifestError("it has no digest");
  return part.data ? sized(part) : store.blob(part);
}

/** @throws ManifestError if inline bytes have another digest */
function checkDigest({ digest }: Part, data: Uint8Array): void {
  if (digestOf(data) !== digest) throw new ManifestError(`its data have the digest ${digestOf(data)}, not ${digest}`);
}

const reasonOf = (error: unknown): string => (error instanceof ManifestError ? error.message : oneLine(error));
