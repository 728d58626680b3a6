import { oneLine } from "@wasm-header-filter/cli";
import {
  type Descriptor,
  type Digest,
  decompressLayer,
  digestOf,
  type ImageStore,
  isModuleEntry,
  type LayerEntry,
  layerEntries,
  MEDIA_TYPES,
  MODULE_LIMIT,
} from "@wasm-header-filter/oci";

/** A digest that an image must have, and what pins it: `its url`. */
export interface Pin {
  readonly digest: Digest;
  readonly by: string;
}

/** The layer that Istio extracts the module from. */
type Reading =
  | { readonly state: "not gzip" | "not tar" | "too large" | "missing"; readonly reason: string }
  | { readonly state: "listed"; readonly entries: readonly LayerEntry[]; readonly elsewhere: number | undefined }
  | { readonly state: "raw" };

/** An image, read as far as possible. */
export interface ImageSubject {
  readonly pins: readonly Pin[];
  /** What the reference points to; absent if it could not be fetched. */
  readonly top?: Descriptor;
  /** Why it could not be fetched. */
  readonly unreachable?: string;
  /** The platforms of its manifests, if it is an index. */
  readonly index?: { readonly platforms: readonly string[] };
  /** The image's manifest: what the reference points to, or the one that Istio selects from an index. */
  readonly image?: Descriptor;
  /** The content of the manifest, if it is valid. */
  readonly manifest?: { readonly mediaType: string | undefined; readonly layers: readonly Descriptor[] };
  /** Why the manifest is not valid. */
  readonly malformed?: string;
  /** Which of the three formats that Istio reads it has; absent if none. */
  readonly format?: "compat" | "docker" | "artifact";
  readonly reading?: Reading;
  readonly module?: Uint8Array;
}

interface Child {
  readonly descriptor: Descriptor;
  /** `linux/amd64`; absent if the index names none. */
  readonly platform?: string;
}

/** The platform that Istio's agent selects from an index (go-containerregistry pkg/v1/remote/options.go, defaultPlatform). */
export const PLATFORM = "linux/amd64";

/**
 * Reads an image as Istio's agent does (istio pkg/wasm/imagefetcher.go), but continues after an error to find out more about it.
 *
 * @param store the layout or registry
 * @param name the image's tag or digest
 * @param pins the digests that it must have
 * @returns what could be read; errors are part of it and are not thrown
 */
export async function readImageSubject(store: ImageStore, name: string, pins: readonly Pin[]): Promise<ImageSubject> {
  let top: Awaited<ReturnType<ImageStore["manifest"]>>;
  try {
    top = await store.manifest(name);
  } catch (error) {
    return { pins, unreachable: oneLine(error) };
  }
  const base = { pins, top: top.descriptor };
  if (!isIndex(top.descriptor, top.bytes)) return { ...base, ...(await readImage(store, top.descriptor, top.bytes)) };
  const children = childrenOf(top.bytes);
  const index = { platforms: children.map(({ platform }) => platform ?? "none") };
  const child = children.find(({ platform }) => platform === undefined || platform === PLATFORM);
  if (!child) return { ...base, index };
  try {
    const { bytes } = await store.manifest(child.descriptor.digest);
    return { ...base, index, ...(await readImage(store, child.descriptor, bytes)) };
  } catch (error) {
    return { ...base, index, image: child.descriptor, malformed: oneLine(error) };
  }
}

async function readImage(store: ImageStore, image: Descriptor, bytes: Uint8Array): Promise<Partial<ImageSubject>> {
  const manifest = json(bytes);
  if (manifest?.schemaVersion !== 2 || !Array.isArray(manifest.layers)) {
    return { image, malformed: manifest ? "it has no layers or is not of schema version 2" : "it is not JSON" };
  }
  const layers = manifest.layers as Descriptor[];
  const mediaType = typeof manifest.mediaType === "string" ? manifest.mediaType : undefined;
  const base = { image, manifest: { mediaType, layers } };
  const format = formatOf(mediaType, layers);
  if (!format) return base;
  const layer = format === "artifact" ? layers.find(isRawModule) : layers.at(-1);
  let stored: Uint8Array;
  try {
    stored = await store.blob(layer as Descriptor);
  } catch (error) {
    return { ...base, format, reading: { state: "missing", reason: oneLine(error) } };
  }
  if (format === "artifact") return { ...base, format, reading: { state: "raw" }, module: stored };
  const reading = await readLayer(stored);
  if (reading.state !== "listed") return { ...base, format, reading };
  const found = reading.entries.find(isModuleEntry);
  const elsewhere = found ? undefined : await findElsewhere(store, layers);
  const module = found?.type === "file" ? (found.data ?? new Uint8Array()) : undefined;
  return { ...base, format, reading: { ...reading, elsewhere }, ...(module && { module }) };
}

function formatOf(mediaType: string | undefined, layers: readonly Descriptor[]): ImageSubject["format"] {
  const last = layers.at(-1)?.mediaType;
  if (mediaType === MEDIA_TYPES.dockerManifest) return last === MEDIA_TYPES.dockerLayer ? "docker" : undefined;
  if (last === MEDIA_TYPES.layer) return "compat";
  return layers.length === 2 && layers.some(isRawModule) ? "artifact" : undefined;
}

/** Whether a layer is a module that is not in an archive. */
export const isRawModule = ({ mediaType }: Descriptor): boolean => mediaType === MEDIA_TYPES.wasmContent;

async function readLayer(gzip: Uint8Array): Promise<Reading> {
  let tar: Uint8Array;
  try {
    tar = decompressLayer(gzip, "layer");
  } catch (error) {
    const reason = oneLine(error);
    return { state: reason.includes(`larger than ${MODULE_LIMIT}`) ? "too large" : "not gzip", reason };
  }
  try {
    return { state: "listed", entries: await layerEntries(tar, "layer"), elsewhere: undefined };
  } catch (error) {
    return { state: "not tar", reason: oneLine(error) };
  }
}

/** @returns the number of the lower layer that contains the module; the first layer is 1 */
async function findElsewhere(store: ImageStore, layers: readonly Descriptor[]): Promise<number | undefined> {
  for (const [i, layer] of layers.slice(0, -1).entries()) {
    const reading = await store.blob(layer).then(readLayer, () => undefined);
    if (reading?.state === "listed" && reading.entries.some(isModuleEntry)) return i + 1;
  }
  return undefined;
}

function isIndex({ mediaType }: Descriptor, bytes: Uint8Array): boolean {
  const known: string[] = [MEDIA_TYPES.index, MEDIA_TYPES.dockerList];
  return known.includes(mediaType) || (mediaType === "" && Array.isArray(json(bytes)?.manifests));
}

function childrenOf(bytes: Uint8Array): Child[] {
  const manifests = json(bytes)?.manifests;
  if (!Array.isArray(manifests)) return [];
  return manifests.map((descriptor) => {
    const { os, architecture } = descriptor.platform ?? {};
    return { descriptor, ...(os && { platform: `${os}/${architecture}` }) };
  });
}

function json(bytes: Uint8Array): Record<string, unknown> | undefined {
  try {
    const value = JSON.parse(new TextDecoder().decode(bytes));
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The digest of the module, which is easily mistaken for the image's. */
export const moduleDigest = ({ module }: ImageSubject): Digest | undefined => module && digestOf(module);
