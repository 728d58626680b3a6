import type { FoundExtension } from "@wasm-header-filter/manifests";
import { parseReference, type Reference } from "@wasm-header-filter/oci";

/** An extension of a manifest, with its parsed `url`. */
export interface PluginSubject extends FoundExtension {
  /** Its `url`; empty if there is none. */
  readonly url: string;
  /** The part before `://`; absent if there is none. */
  readonly scheme?: string;
  /** The image that an `oci://` URL names. */
  readonly reference?: Reference;
}

/** Parses the `url` of an extension as far as possible. */
export function pluginSubject(extension: FoundExtension): PluginSubject {
  const url = typeof extension.module.url === "string" ? extension.module.url : "";
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(url)?.[1]?.toLowerCase();
  const reference = scheme === "oci" ? referenceOf(url) : undefined;
  return { ...extension, url, ...(scheme && { scheme }), ...(reference && { reference }) };
}

function referenceOf(url: string): Reference | undefined {
  try {
    return parseReference(url.slice("oci://".length));
  } catch {
    return undefined;
  }
}
