import { Failure, oneLine } from "@wasm-header-filter/cli";
import type { Path } from "./documents.ts";
import { type Fault, pathText } from "./faults.ts";
import { METADATA_NULLS, metadataFaults } from "./metadata.ts";
import { withoutNulls } from "./nulls.ts";
import type { ResourceKind } from "./resource-kind.ts";

/**
 * Checks a resource: its kind's rules, its metadata and its fields.
 *
 * @param data the resource as parsed
 * @param at names the manifest and the place in it, for errors
 * @returns the data without absent fields, typed
 * @throws Failure with the first fault
 */
export function validate<T>(kind: ResourceKind<T>, data: object, at: (path: Path) => string): T {
  const { resource, faults } = examined(kind, data);
  const [fault] = faults;
  if (!fault) return resource;
  const { metadata } = data as { metadata?: { name?: unknown } | null };
  const name = typeof metadata?.name === "string" ? metadata.name : "(no name)";
  const what = `${pathText(fault.path)} ${fault.reason}`.trim();
  throw new Failure(oneLine(`${at(fault.path)}: ${kind.kind} ${name}: ${what}`));
}

/** A resource as an API server reads it, without absent fields, and all of its faults. */
export function examined<T>(kind: ResourceKind<T>, data: object): { resource: T; faults: readonly Fault[] } {
  const { metadata, ...fields } = withoutNulls(data, kind.schema) as { metadata?: unknown };
  const named = withoutNulls(metadata ?? undefined, METADATA_NULLS);
  // In the order of the data, which is that of what is written.
  const present = Object.keys(data)
    .map((name) => [name, name === "metadata" ? named : (fields as Record<string, unknown>)[name]])
    .filter(([, value]) => value !== undefined);
  // An empty namespace is none.
  const { namespace } = (named ?? {}) as { namespace?: unknown };
  if (namespace === "") delete (named as { namespace?: unknown }).namespace;
  const resource = Object.fromEntries(present) as T;
  const unknown = Object.keys(data).filter(
    (name) => !["apiVersion", "kind", "metadata", ...kind.fields].includes(name),
  );
  return {
    resource,
    faults: [
      ...kind.faults(resource),
      ...metadataFaults(named, kind.isValidName),
      ...unknown.map((name) => ({ path: [name], reason: `is no field that a ${kind.kind} has` })),
    ],
  };
}
