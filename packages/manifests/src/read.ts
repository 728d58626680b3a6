import { Failure } from "@wasm-header-filter/cli";
import { type ParsedDocument, parseDocuments } from "./documents.ts";
import type { ResourceKind } from "./resource-kind.ts";
import { type Resource, type ResourceLists, resourceKindOf, resourceKinds } from "./resources.ts";
import { checkServed } from "./served.ts";
import { isImplied } from "./source.ts";
import { validate } from "./validate.ts";

/** What manifests hold. */
export interface Manifests extends ResourceLists {
  /** Resources of other kinds, which are not checked. */
  readonly others: readonly OtherResource[];
  /** What Kubernetes and Istio take, though probably nobody means it; each with its position. */
  readonly warnings: readonly string[];
}

/** A resource of a kind that has no part in filters. */
export interface OtherResource {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
}

/** The text of a manifest, and the name that errors give it. */
export interface ManifestFile {
  readonly text: string;
  readonly where: string;
}

/**
 * Reads a manifest of one or more YAML (or JSON) documents and checks it.
 *
 * @param text the file's text
 * @param where names the file in errors
 * @throws Failure with file, line and column if it isn't YAML, a document is no Kubernetes resource or of a kind that is not served, or one breaks a
 *   rule of its kind (see {@link validate})
 */
export function readManifests(text: string, where: string): Manifests {
  return readManifestFiles([{ text, where }]);
}

/**
 * Reads several manifests as one, as `kubectl apply -f A -f B` does.
 *
 * @throws Failure as {@link readManifests}, or if two documents are the same resource
 */
export function readManifestFiles(files: readonly ManifestFile[]): Manifests {
  const resources: Resource[] = [];
  const others: OtherResource[] = [];
  const warnings: string[] = [];
  const places = new Map<string, string>();
  for (const { text, where } of files) {
    for (const document of parseDocuments(text, where).flatMap(itemsOf)) {
      const { apiVersion, kind, name: given } = typed(document);
      checkServed(apiVersion, kind, given, document.at);
      warnings.push(...document.warnings, ...warningsOf(document));
      const known: ResourceKind<Resource> | undefined = resourceKindOf(apiVersion, kind);
      const resource = known && validate(known, document.value as object, document.at);
      if (!resource || known.isUsed?.(resource, document.at) === false) others.push({ apiVersion, kind, name: given });
      else resources.push(resource);
      if (!resource) continue;
      const { name, namespace = "default" } = resource.metadata;
      const key = `${kind} ${namespace}/${name}`;
      const other = places.get(key);
      if (other) throw new Failure(`${document.at([])}: ${key} is already defined at ${other}; rename one of them`);
      places.set(key, document.at([]));
    }
  }
  const lists = resourceKinds.map(({ kind, plural }) => [plural, resources.filter((one) => one.kind === kind)]);
  return { ...(Object.fromEntries(lists) as ResourceLists), others, warnings };
}

/** A document, or the resources of a List, as `kubectl get -o yaml` prints. */
export function itemsOf(document: ParsedDocument): readonly ParsedDocument[] {
  const { apiVersion, kind, items } = (document.value ?? {}) as Record<string, unknown>;
  if (apiVersion !== "v1" || kind !== "List" || !Array.isArray(items)) return [document];
  return items.map((value, index) => ({
    value,
    warnings: index === 0 ? document.warnings : [],
    at: (path) => document.at(["items", index, ...path]),
  }));
}

function typed({ value, at }: ParsedDocument): OtherResource {
  const { apiVersion, kind, metadata } = (value ?? {}) as Record<string, unknown>;
  if (typeof apiVersion === "string" && typeof kind === "string") {
    const { name } = (metadata ?? {}) as { name?: unknown };
    return { apiVersion, kind, name: String(name ?? "(no name)") };
  }
  throw new Failure(`${at([])}: not a Kubernetes resource, expected a mapping with apiVersion and kind`);
}

function warningsOf({ value, at }: ParsedDocument): string[] {
  const { apiVersion, kind, spec } = value as Record<string, unknown>;
  const known: ResourceKind<Resource> | undefined = resourceKindOf(apiVersion, kind);
  if (!known?.moduleIn || typeof spec !== "object" || spec === null) return [];
  const { url } = (known.moduleIn(spec as Record<string, unknown>) ?? {}) as { url?: unknown };
  if (typeof url !== "string" || !isImplied(url)) return [];
  return [
    `${at(["spec", "url"])}: url ${JSON.stringify(url)} has no scheme: Istio takes it for an image; write oci://${url}`,
  ];
}
