import { oneLine } from "@wasm-header-filter/cli";
import { parseDocuments } from "./documents.ts";
import type { ExtensionModule, WasmPluginSpec } from "./extension.ts";
import { pathText } from "./faults.ts";
import { dockerConfig, type PullSecret, secretFaultOf } from "./pull-secret.ts";
import { itemsOf } from "./read.ts";
import type { ResourceKind } from "./resource-kind.ts";
import { type ExtensionKind, type Resource, resourceKindOf } from "./resources.ts";
import { unservedReason } from "./served.ts";
import { examined } from "./validate.ts";

/** A resource with a Wasm module, with its faults. */
export interface FoundExtension {
  readonly kind: ExtensionKind;
  readonly name: string;
  readonly namespace: string;
  /** Its position: `FILE:LINE:COLUMN`. */
  readonly at: string;
  /** The fields of its module; none for a Lua extension. */
  readonly module: Partial<ExtensionModule>;
  readonly placement: Partial<Omit<WasmPluginSpec, keyof ExtensionModule>>;
  /** What its kind does not allow: a field, such as `spec.url`, and what is wrong with it. */
  readonly faults: readonly { readonly field: string; readonly reason: string; readonly at: string }[];
}

/** A Secret, as what an `imagePullSecret` may name. */
export interface FoundSecret {
  readonly name: string;
  readonly namespace: string;
  /** Why Istio or the API server does not take it as one. */
  readonly fault?: string;
  /** Its Docker configuration; absent if there is a fault. */
  readonly config?: ReturnType<typeof dockerConfig>;
}

/** What {@link findExtensions} found. */
export interface FoundExtensions {
  readonly extensions: readonly FoundExtension[];
  readonly secrets: readonly FoundSecret[];
  /** The kinds of the other documents, in their order. */
  readonly others: readonly string[];
  /** Documents of kinds that no cluster with Istio serves, each with its position. */
  readonly unserved: readonly string[];
  /** What Kubernetes passes over, with its position. */
  readonly ignored: readonly string[];
  /** Why the text could not be read. */
  readonly unreadable?: string;
}

/**
 * Finds the extensions of a manifest with all of their faults; reading stops at the first.
 *
 * @param text YAML or JSON, one or more documents
 * @param where names the file in places
 */
export function findExtensions(text: string, where: string): FoundExtensions {
  let documents: ReturnType<typeof parseDocuments>;
  try {
    documents = parseDocuments(text, where);
  } catch (error) {
    return { extensions: [], secrets: [], others: [], unserved: [], ignored: [], unreadable: oneLine(error) };
  }
  const extensions: FoundExtension[] = [];
  const secrets: FoundSecret[] = [];
  const others: string[] = [];
  const unserved: string[] = [];
  const ignored = documents.flatMap(({ warnings }) => warnings);
  for (const { value, at } of documents.flatMap(itemsOf)) {
    const { apiVersion, kind } = record(value);
    const known: ResourceKind<Resource> | undefined = resourceKindOf(apiVersion, kind);
    if (known?.kind === "Secret") secrets.push(secretOf(value as PullSecret));
    if (!known?.moduleIn) {
      others.push(typeof kind === "string" ? kind : "no kind");
      const reason = unservedReason(String(apiVersion), String(kind));
      if (reason && typeof kind === "string") unserved.push(`${at(["apiVersion"])}: ${reason}`);
      continue;
    }
    const { resource, faults } = examined(known, value as object);
    const { metadata, spec } = record(resource);
    const { name, namespace } = record(metadata);
    const fields = record(spec);
    extensions.push({
      kind: known.kind as ExtensionKind,
      name: String(name ?? "(no name)"),
      namespace: String(namespace ?? "default"),
      at: at([]),
      module: record(known.moduleIn(fields)),
      placement: fields as FoundExtension["placement"],
      faults: faults.map(({ path, reason }) => ({ field: pathText(path), reason, at: at(path) })),
    });
  }
  return { extensions, secrets, others, unserved, ignored };
}

function secretOf(secret: PullSecret): FoundSecret {
  const { name, namespace } = record(secret.metadata);
  const known = { name: String(name), namespace: String(namespace ?? "default") };
  const fault = secretFaultOf(secret);
  return fault === undefined ? { ...known, config: dockerConfig(secret) } : { ...known, fault };
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}
