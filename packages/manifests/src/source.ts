import { Failure, oneLine } from "@wasm-header-filter/cli";
import { parseReference, type Reference } from "@wasm-header-filter/oci";

/** Where a WasmPlugin's `url` says the module is. */
export type ModuleSource =
  | { readonly scheme: "oci"; readonly reference: Reference }
  | { readonly scheme: "http" | "https" | "file"; readonly url: URL };

/**
 * Reads a WasmPlugin's `url`.
 *
 * @throws Failure for what Istio refuses, and for what it accepts and then ignores or misreads
 */
export function moduleSource(url: string): ModuleSource {
  const scheme = /^([a-z]+):\/\//.exec(url)?.[1];
  switch (scheme) {
    case "oci":
      return { scheme, reference: pullable(url) };
    case "http":
    case "https":
    case "file":
      if (URL.canParse(url)) return { scheme, url: new URL(url) };
      throw new Failure(`url ${JSON.stringify(url)}: not a valid URL`);
    default:
      throw new Failure(
        `url ${JSON.stringify(url)}: no scheme that Istio knows, so it would ignore the plugin; expected oci://, https://, http:// or file://`,
      );
  }
}

/**
 * Refuses repositories that Istio would look for in another registry.
 *
 * @throws Failure if the name has no registry and is not valid on Docker Hub
 */
export function checkRepository({ registry, repository }: Reference): void {
  if (registry !== undefined) return;
  if (repository.startsWith("localhost/")) {
    throw new Failure(
      `repository ${JSON.stringify(repository)}: Istio takes this for Docker Hub; name the port, such as localhost:5000`,
    );
  }
  if (!repository.includes("/")) {
    throw new Failure(
      `repository ${JSON.stringify(repository)}: names no registry; expected REGISTRY/NAME, or USER/NAME on Docker Hub`,
    );
  }
}

function pullable(url: string): Reference {
  try {
    const reference = parseReference(url.slice("oci://".length));
    checkRepository(reference);
    return reference;
  } catch (error) {
    throw new Failure(`url ${JSON.stringify(url)}: ${oneLine(error)}`);
  }
}
