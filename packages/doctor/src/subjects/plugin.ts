import type { FoundExtension } from "@wasm-header-filter/manifests";
import { parseReference, type Reference } from "@wasm-header-filter/oci";

/** An extension of a manifest, and what its `url` is. */
export interface PluginSubject extends FoundExtension {
  /** Its `url`, as text. */
  readonly url: string;
  /** Before `://`; left out if there is none. */
  readonly scheme?: string;
  /** Of an `oci://` URL that names an image. */
  readonly reference?: Reference;
}

/** Reads an extension's `url` as far as it makes sense. */
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
