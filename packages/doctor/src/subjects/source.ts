import { readInput } from "@wasm-header-filter/cli";
import { filePathOf } from "@wasm-header-filter/manifests";
import {
  type ImageStore,
  layoutNamed,
  openLayout,
  openRepository,
  parseReference,
  type Reference,
  type RegistryOptions,
} from "@wasm-header-filter/oci";
import { mapBeside } from "@wasm-header-filter/source-maps";
import type { Pin } from "./image.ts";

/** What the user wants to examine: a module, a manifest, or images. */
export type Source =
  | { readonly kind: "module"; readonly bytes: Uint8Array; readonly sourceMap: Uint8Array | undefined }
  | { readonly kind: "manifest"; readonly text: string }
  | { readonly kind: "images"; readonly images: readonly ImageSource[] };

/** An image in a layout or a registry. */
export interface ImageSource {
  /** Its name, for messages. */
  readonly name: string;
  readonly store: ImageStore;
  /** The tag or digest in the store. */
  readonly at: string;
  /** The digests that it must have. */
  readonly pins: readonly Pin[];
  /** What Istio's agent does not take of the registry; it is known once the image has been read. */
  readonly refusals?: readonly string[];
}

/** How long Istio waits for an image, in milliseconds (istio pilot/pkg/model/extensions.go, buildDataSource). */
export const FETCH_LIMIT = 30_000;

/** A registry's image, read as Istio's agent reads it. */
export function openAsIstio(reference: Reference, options: RegistryOptions): Pick<ImageSource, "store" | "refusals"> {
  const refusals: string[] = [];
  const refusedByIstio = (reason: string) => void refusals.push(reason);
  const signal = AbortSignal.timeout(FETCH_LIMIT);
  return { store: openRepository(reference, { handshake: true, ...options, refusedByIstio, signal }), refusals };
}

const MANIFEST = /\.(ya?ml|json)$/i;

/**
 * Reads what the user wants to examine.
 *
 * @param text a file, an OCI layout's folder, `file://PATH`, `DIR:TAG`, or `oci://REFERENCE`
 * @param options how to connect to a registry
 * @throws Failure if there is no such file or layout, or the reference is not valid
 */
export function findSource(text: string, options: RegistryOptions): Source {
  if (text.startsWith("oci://")) return { kind: "images", images: [registryImage(text, options)] };
  const path = filePathOf(text) ?? text;
  const layout = layoutNamed(path);
  if (layout) {
    const store = openLayout(layout.dir);
    const tags = layout.tag === undefined ? store.images : [{ tag: layout.tag, digest: layout.tag }];
    const images = tags.map(({ tag, digest }) => ({
      name: `${layout.dir}:${tag ?? digest}`,
      store,
      at: digest,
      pins: [],
    }));
    return { kind: "images", images };
  }
  const bytes = readInput(path, "module");
  return MANIFEST.test(path)
    ? { kind: "manifest", text: bytes.toString() }
    : { kind: "module", bytes, sourceMap: mapBeside(path) };
}

/**
 * The image that an `oci://` URL names, in its registry.
 *
 * @throws Failure if the rest of the URL does not name an image
 */
function registryImage(url: string, options: RegistryOptions): ImageSource {
  const reference = parseReference(url.slice("oci://".length));
  const { tag = "latest", digest } = reference;
  const pins = digest ? [{ digest, by: "the reference" }] : [];
  // Istio ignores the tag if there is a digest.
  return { name: url, ...openAsIstio(reference, options), at: digest ?? tag, pins };
}
