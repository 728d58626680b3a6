import { oneLine } from "@wasm-header-filter/cli";
import {
  type Descriptor,
  type Digest,
  digestOf,
  type Extraction,
  type ImageReading,
  type ImageStore,
  readImage,
  readLayer,
} from "@wasm-header-filter/oci";

/** A digest that an image must have, and what pins it: `its url`. */
export interface Pin {
  readonly digest: Digest;
  readonly by: string;
}

/** An image as Istio's agent reads it, and why it could not be fetched. */
export interface ImageSubject extends Partial<Omit<ImageReading, "extraction">>, Extraction {
  readonly pins: readonly Pin[];
  /** Why it could not be fetched. */
  readonly unreachable?: string;
  /** The number of a lower layer that contains the module, if the last one does not; the first layer is 1. */
  readonly elsewhere?: number;
}

/**
 * Reads an image as Istio's agent does, and looks for the module where the agent does not.
 *
 * @param store the layout or registry
 * @param name the image's tag or digest
 * @param pins the digests that it must have
 * @returns what could be read; errors are part of it and are not thrown
 */
export async function readImageSubject(store: ImageStore, name: string, pins: readonly Pin[]): Promise<ImageSubject> {
  let reading: ImageReading;
  try {
    reading = await readImage(store, name);
  } catch (error) {
    return { pins, unreachable: oneLine(error) };
  }
  const { extraction: all, ...image } = reading;
  // The content of a link or folder, which is empty: it is reported as what it is, not as a malformed module.
  const { module: _, ...withoutModule } = all ?? {};
  const isFile = all?.layer?.state !== "found" || all.layer.entries.at(-1)?.type === "file";
  const extraction = isFile ? all : withoutModule;
  const lower = extraction?.layer?.state === "no module" ? (image.manifest?.layers.slice(0, -1) ?? []) : [];
  const elsewhere = await findModule(store, lower);
  return { pins, ...image, ...extraction, ...(elsewhere !== undefined && { elsewhere }) };
}

/** @returns the number of the layer that contains the module */
async function findModule(store: ImageStore, layers: readonly Descriptor[]): Promise<number | undefined> {
  for (const [i, layer] of layers.entries()) {
    const reading = await store.blob(layer).then(readLayer, () => undefined);
    if (reading?.state === "found") return i + 1;
  }
  return undefined;
}

/** The digest of the module, which is easily mistaken for the image's. */
export const moduleDigest = ({ module }: ImageSubject): Digest | undefined => module && digestOf(module);
