import { oneLine } from "@wasm-header-filter/cli";
import { parseDocuments } from "./documents.ts";
import type { ExtensionModule, WasmPluginSpec } from "./extension.ts";
import { pathText } from "./faults.ts";
import { itemsOf } from "./read.ts";
import type { ResourceKind } from "./resource-kind.ts";
import { type ExtensionKind, type Resource, resourceKindOf } from "./resources.ts";
import { nameFaults } from "./validate.ts";

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

/** What {@link findExtensions} found. */
export interface FoundExtensions {
  readonly extensions: readonly FoundExtension[];
  /** The kinds of the other documents, in their order. */
  readonly others: readonly string[];
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
    return { extensions: [], others: [], unreadable: oneLine(error) };
  }
  const extensions: FoundExtension[] = [];
  const others: string[] = [];
  for (const { value, at } of documents.flatMap(itemsOf)) {
    const { apiVersion, kind, metadata, spec } = record(value);
    const known: ResourceKind<Resource> | undefined = resourceKindOf(apiVersion, kind);
    if (!known?.moduleIn) {
      others.push(typeof kind === "string" ? kind : "no kind");
      continue;
    }
    const { name, namespace } = record(metadata);
    const fields = record(spec);
    const faults = [...known.faults(value as Resource), ...nameFaults(record(metadata))];
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
  return { extensions, others };
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}
