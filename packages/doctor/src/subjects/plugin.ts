import { type FoundExtension, isImplied, schemeOf } from "@wasm-header-filter/manifests";
import { parseReference, type Reference } from "@wasm-header-filter/oci";

/** An extension of a manifest, with its parsed `url`. */
export interface PluginSubject extends FoundExtension {
  /** Its `url`; empty if there is none. */
  readonly url: string;
  /** The part before `:`, as Go finds it; absent if there is none. */
  readonly scheme?: string;
  /** The image that an `oci://` URL names, or one without a scheme. */
  readonly reference?: Reference;
  /** The Secret that its `imagePullSecret` names, if it is in the manifest, and why an image cannot be pulled with it. */
  readonly secret?: { readonly fault?: string | undefined };
}

/** Parses the `url` of an extension as far as possible. */
export function pluginSubject(extension: FoundExtension): PluginSubject {
  const url = typeof extension.module.url === "string" ? extension.module.url : "";
  const scheme = schemeOf(url);
  const image = scheme === "oci" ? url.slice("oci://".length) : isImplied(url) ? url : undefined;
  const reference = image === undefined ? undefined : referenceOf(image);
  return { ...extension, url, ...(scheme && { scheme }), ...(reference && { reference }) };
}

function referenceOf(image: string): Reference | undefined {
  try {
    return parseReference(image);
  } catch {
    return undefined;
  }
}
