import { readInput } from "@wasm-header-filter/cli";
import {
  type ImageStore,
  layoutNamed,
  openLayout,
  openRepository,
  parseReference,
  type RegistryOptions,
} from "@wasm-header-filter/oci";
import type { Pin } from "./image.ts";

/** What the user named: a module, a manifest, or images by where they are. */
export type Source =
  | { readonly kind: "module"; readonly bytes: Uint8Array }
  | { readonly kind: "manifest"; readonly text: string }
  | { readonly kind: "images"; readonly images: readonly ImageSource[] };

/** An image that can be looked at. */
export interface ImageSource {
  /** As people write it. */
  readonly name: string;
  readonly store: ImageStore;
  /** The tag or digest in the store. */
  readonly at: string;
  readonly pins: readonly Pin[];
}

const MANIFEST = /\.(ya?ml|json)$/i;

/**
 * Finds out what the user named.
 *
 * @param text a file, an OCI layout's folder, `DIR:TAG`, or `oci://REFERENCE`
 * @throws Failure if there is nothing of that name, or the reference is not valid
 */
export function findSource(text: string, options: RegistryOptions): Source {
  if (text.startsWith("oci://")) return { kind: "images", images: [registryImage(text, options)] };
  const layout = layoutNamed(text);
  if (layout) {
    const store = openLayout(layout.dir);
    const tags = layout.tag === undefined ? store.tags : [layout.tag];
    const images = tags.map((tag) => ({ name: `${layout.dir}:${tag}`, store, at: tag, pins: [] }));
    return { kind: "images", images };
  }
  const bytes = readInput(text, "module");
  return MANIFEST.test(text) ? { kind: "manifest", text: bytes.toString() } : { kind: "module", bytes };
}

/**
 * The image that an `oci://` URL names, in its registry.
 *
 * @throws Failure if what follows `oci://` is no image's name
 */
function registryImage(url: string, options: RegistryOptions): ImageSource {
  const reference = parseReference(url.slice("oci://".length));
  const { tag = "latest", digest } = reference;
  const pins = digest ? [{ digest, by: "the reference" }] : [];
  // With a tag beside it, Istio asks for the digest all the same.
  return { name: url, store: openRepository(reference, options), at: digest ?? tag, pins };
}
