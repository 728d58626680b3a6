import { Failure, oneLine } from "@wasm-header-filter/cli";
import { parseReference, type Reference } from "@wasm-header-filter/oci";

/** Where a WasmPlugin's `url` says the module is. */
export type ModuleSource =
  | { readonly scheme: "oci"; readonly reference: Reference }
  | { readonly scheme: "http" | "https" | "file"; readonly url: URL };

const SCHEMES = ["oci", "http", "https", "file"];

/** The scheme as Go's url.Parse finds it, in lower case; "" if there is none. */
export const schemeOf = (url: string): string => /^([a-z][a-z\d+.-]*):/i.exec(url)?.[1]?.toLowerCase() ?? "";

/**
 * Reads a WasmPlugin's `url`.
 *
 * @returns the source; a URL without a scheme is an image's (istio pilot/pkg/model/extensions.go)
 * @throws Failure for what Istio refuses, and for what it accepts and then ignores or misreads
 */
export function moduleSource(url: string): ModuleSource {
  const shown = JSON.stringify(url);
  const unread = unreadIn(url);
  if (unread !== undefined) throw new Failure(`url ${shown}: not a valid URL: ${unread}`);
  const scheme = schemeOf(url);
  if (scheme === "") return { scheme: "oci", reference: pullable(`oci://${impliedImage(url)}`, url) };
  if (!SCHEMES.includes(scheme)) {
    const written = url.startsWith(`${scheme}://`)
      ? "write oci://, https://, http:// or file://"
      : `write oci://${url}`;
    throw new Failure(`url ${shown}: Istio refuses it: "url contains unsupported scheme: ${scheme}"; ${written}`);
  }
  const rest = url.slice(scheme.length);
  if (!rest.startsWith("://")) throw new Failure(`url ${shown}: not a valid URL; write ${scheme}://`);
  if (scheme === "oci") return { scheme, reference: pullable(`oci${rest}`, url) };
  if (scheme === "file" && !url.startsWith("file:"))
    throw new Failure(`url ${shown}: Envoy would look for a file of this name; write file:// in lower case`);
  if (URL.canParse(url)) return { scheme: scheme as "http" | "https" | "file", url: new URL(url) };
  throw new Failure(`url ${shown}: not a valid URL`);
}

/** What Go's url.Parse refuses in a URL though WHATWG's rules take it; undefined if nothing. */
function unreadIn(url: string): string | undefined {
  if ([...url].some((one) => one < " " || one === "\x7f")) return "it has a control character";
  // In a query, Go takes everything.
  const [found] = /%(?![\da-f]{2})[\s\S]{0,2}/i.exec(url.replace(/\?[^#]*/, "")) ?? [];
  return found && `${JSON.stringify(found)} is no escape; write %25 for a %`;
}

const FILE = "file://";

/** The path in a `file://` URL, which Envoy takes as it is written, without decoding it; nothing for other URLs. */
export const filePathOf = (url: string): string | undefined =>
  url.startsWith(FILE) ? url.slice(FILE.length) : undefined;

/** Whether Istio takes a `url` for an image's although it has no scheme. */
export const isImplied = (url: string): boolean => url !== "" && schemeOf(url) === "";

function impliedImage(url: string): string {
  const [first = ""] = url.split("/", 1);
  if (!first.includes(":")) return url;
  throw new Failure(
    `url ${JSON.stringify(url)}: Istio accepts it and then discards the plugin: "first path segment in URL cannot contain colon"; write oci://${url}`,
  );
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

function pullable(image: string, url: string): Reference {
  try {
    const reference = parseReference(image.slice("oci://".length));
    checkRepository(reference);
    return reference;
  } catch (error) {
    throw new Failure(`url ${JSON.stringify(url)}: ${oneLine(error)}`);
  }
}
