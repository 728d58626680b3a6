import { mkdirSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { Failure, isFolder, readInput } from "@wasm-header-filter/cli";
import { type Digest, digestOf, hexOf, isDigest } from "./digest.ts";
import { moduleOf, requireDigests } from "./extract.ts";
import { type Descriptor, type Image, jsonBytes } from "./image.ts";
import { MODULE_LIMIT } from "./layer.ts";
import { MEDIA_TYPES, REF_NAME } from "./mediatypes.ts";
import { place } from "./place.ts";
import { readImage as readAsIstio } from "./reading/image.ts";
import { ANY_SIZE, mediaTypeOf, parseManifest } from "./reading/manifest.ts";
import { isTag } from "./reference.ts";
import { parseIndex } from "./schema.ts";
import { mapBesideLayout, sourceMapOf } from "./source-map.ts";
import { type ImageStore, MANIFEST_LIMIT } from "./store.ts";

/** An image and the tag it has in a layout. */
export interface TaggedImage extends Image {
  /** Left out when the index gives the image no name. */
  readonly tag?: string;
}

/**
 * Writes an OCI image layout with one image, and replaces the layout that was there.
 *
 * @param dir the layout's folder; the old layout stays until the new one is complete
 * @param image what to write
 * @param tag the image's name in the layout's index; left out, it has none
 */
export async function writeLayout(dir: string, image: Image, tag?: string): Promise<void> {
  if (tag !== undefined && !isTag(tag)) throw new Failure(`${JSON.stringify(tag)}: no image tag`);
  const path = resolve(dir);
  await place(dirname(path), [basename(path)], (staging) => writeFiles(join(staging, basename(path)), image, tag));
}

/** Writes a layout's files into a folder that doesn't exist yet. Unlike {@link writeLayout}, this is not atomic. */
export function writeFiles(dir: string, image: Image, tag?: string): void {
  mkdirSync(join(dir, "blobs", "sha256"), { recursive: true });
  for (const [digest, bytes] of image.blobs) writeFileSync(blobPath(dir, digest), bytes);
  const manifests = [{ ...image.descriptor, ...(tag !== undefined && { annotations: { [REF_NAME]: tag } }) }];
  writeFileSync(join(dir, "index.json"), jsonBytes({ schemaVersion: 2, mediaType: MEDIA_TYPES.index, manifests }));
  writeFileSync(join(dir, "oci-layout"), jsonBytes({ imageLayoutVersion: "1.0.0" }));
}

/**
 * Reads an OCI image layout and checks it: version, index, manifests, and the size and digest of every blob they name.
 *
 * @param dir the layout's folder
 * @returns its images in the index's order, at least one
 * @throws Failure if it is no layout, holds an image index or no image, or a blob is missing, changed, cut short or too large
 */
export function readLayout(dir: string): [TaggedImage, ...TaggedImage[]] {
  const [first, ...rest] = readIndex(dir).map((descriptor) => readImage(dir, descriptor));
  if (!first) throw new Failure(`${join(dir, "index.json")}: names no image`);
  return [first, ...rest];
}

/** The images and indexes that a layout's index names. Checks the layout's version. */
function readIndex(dir: string): readonly Descriptor[] {
  if (!isFolder(dir)) {
    throw new Failure(`${dir}: no such folder, expected an OCI image layout`);
  }
  const marker = join(dir, "oci-layout");
  const version = parseVersion(readInput(marker, "OCI image layout", MANIFEST_LIMIT));
  if (version !== '"1.0.0"') throw new Failure(`${marker}: imageLayoutVersion is ${version}, expected "1.0.0"`);
  const indexPath = join(dir, "index.json");
  return parseIndex(readInput(indexPath, "OCI image layout", MANIFEST_LIMIT), indexPath).manifests;
}

/**
 * Reads `DIR` or `DIR:TAG`, the way people name a layout or an image in it.
 *
 * @returns nothing if there is no such folder
 */
export function layoutNamed(text: string): { readonly dir: string; readonly tag?: string } | undefined {
  if (isFolder(text)) return { dir: text };
  const colon = text.lastIndexOf(":");
  const dir = text.slice(0, colon);
  return colon > 0 && isFolder(dir) ? { dir, tag: text.slice(colon + 1) } : undefined;
}

/** A layout, and what its index names. */
export interface LayoutStore extends ImageStore {
  readonly images: readonly { readonly digest: Digest; readonly tag: string | undefined }[];
  /** One for each image. */
  readonly tags: readonly string[];
}

/** Shown for an image that the index gives no name. */
const NO_TAG = "(no tag)";

/**
 * Opens a layout. Unlike {@link readLayout}, it accepts indexes and images that Istio refuses.
 *
 * @param dir the layout's folder
 * @throws Failure if it is no layout; its methods reject with one if a file is missing or was changed
 */
export function openLayout(dir: string): LayoutStore {
  const entries = readIndex(dir);
  const images = entries.map(({ digest, annotations }) => ({ digest, tag: annotations?.[REF_NAME] }));
  const tags = images.map(({ tag }) => tag ?? NO_TAG);
  return {
    images,
    tags,
    async manifest(name) {
      const found = entries.find(({ digest, annotations }) => digest === name || annotations?.[REF_NAME] === name);
      if (found) {
        const { mediaType, digest, size } = found;
        return { descriptor: { mediaType, digest, size }, bytes: readBlob(dir, found, MANIFEST_LIMIT) };
      }
      if (!isDigest(name)) throw new Failure(`${dir}: no image has the tag ${name}, there is ${tags.join(", ")}`);
      const bytes = readInput(blobPath(dir, name), "blob", MANIFEST_LIMIT);
      const actual = digestOf(bytes);
      if (actual !== name) throw new Failure(`${dir}: manifest ${name}: its bytes have the digest ${actual}`);
      return { descriptor: { mediaType: mediaTypeOf(bytes), digest: name, size: bytes.length }, bytes };
    },
    blob: async (descriptor) => readBlob(dir, descriptor, MODULE_LIMIT),
    sourceMap: (digest) => mapBesideLayout(dir, digest),
  };
}

/**
 * Reads the module of an image in a layout, by Istio's rules.
 *
 * @param dir the layout's folder
 * @param tag which image; may be left out when there is only one
 * @returns the bytes of `plugin.wasm`
 * @throws Failure if it is no layout, the tag names no image or none is named where several are, or Istio would find no module
 */
export async function readModule(dir: string, tag?: string): Promise<Uint8Array> {
  const store = openLayout(dir);
  const found = selectImage(store.images, dir, tag);
  return moduleOf(await readAsIstio(store, found.digest), found.tag === undefined ? dir : `${dir}:${found.tag}`);
}

/**
 * Reads the source map of an image in a layout, which `oci pack` has left beside the layout.
 *
 * @param dir the layout's folder
 * @param tag as in {@link readModule}
 * @returns undefined if there is none with the digest that the image names
 * @throws Failure if it is no layout, or the tag names no image
 */
export async function readSourceMap(dir: string, tag?: string): Promise<Uint8Array | undefined> {
  const store = openLayout(dir);
  const { manifest } = await readAsIstio(store, selectImage(store.images, dir, tag).digest);
  return sourceMapOf(store, manifest?.annotations);
}

/** The image with a tag, or the only one. */
export function selectImage<T extends { readonly tag?: string | undefined }>(
  images: readonly T[],
  dir: string,
  tag?: string,
): T {
  const found = images.filter((image) => tag === undefined || image.tag === tag);
  const [first] = found;
  if (first && found.length === 1) return first;
  const tags = images.map((image) => image.tag ?? NO_TAG).join(", ");
  if (images.length === 0) throw new Failure(`${join(dir, "index.json")}: names no image`);
  if (first) throw new Failure(`${dir}: holds ${images.length} images (${tags}), say which one by its tag`);
  throw new Failure(`${dir}: no image has the tag ${JSON.stringify(tag)}, there is ${tags}`);
}

function readImage(dir: string, descriptor: Descriptor): TaggedImage {
  if (descriptor.mediaType === MEDIA_TYPES.index || descriptor.mediaType === MEDIA_TYPES.dockerList) {
    throw new Failure(`${dir}: ${descriptor.digest} is an image index; expected a plain manifest, as Istio needs it`);
  }
  const bytes = readBlob(dir, descriptor, MANIFEST_LIMIT);
  const manifest = parseManifest(bytes, blobPath(dir, descriptor.digest), descriptor.mediaType);
  requireDigests(manifest, dir);
  const blobs = new Map<Digest, Uint8Array>([[descriptor.digest, bytes]]);
  for (const part of [manifest.config, ...manifest.layers]) blobs.set(part.digest, readBlob(dir, part, MODULE_LIMIT));
  const tag = descriptor.annotations?.[REF_NAME];
  return { descriptor, manifest, blobs, ...(tag !== undefined && { tag }) };
}

function readBlob(dir: string, { digest, size }: Descriptor, limit: number): Uint8Array {
  const path = blobPath(dir, digest);
  const bytes = readInput(path, "blob", limit);
  if (size !== ANY_SIZE && bytes.length !== size)
    throw new Failure(`blob ${path}: ${bytes.length} bytes, its descriptor says ${size}`);
  const actual = digestOf(bytes);
  if (actual !== digest) throw new Failure(`blob ${path}: its bytes have the digest ${actual}, so it was changed`);
  return bytes;
}

function blobPath(dir: string, digest: Digest): string {
  return join(dir, "blobs", "sha256", hexOf(digest));
}

function parseVersion(bytes: Uint8Array): string {
  try {
    return JSON.stringify(JSON.parse(new TextDecoder().decode(bytes))?.imageLayoutVersion) ?? "missing";
  } catch {
    return "not JSON";
  }
}
