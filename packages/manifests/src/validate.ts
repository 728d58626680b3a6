import { Failure } from "@wasm-header-filter/cli";
import type { Path } from "./documents.ts";
import { type Fault, pathText } from "./faults.ts";
import { type Kind, type Kinds, kinds } from "./resources.ts";

const label = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** Whether a text can be a namespace (RFC 1123 label). */
export function isNamespace(text: string): boolean {
  return label.test(text);
}

/** Whether a text can be a resource's name (RFC 1123 subdomain). */
export function isName(text: string): boolean {
  return text.length <= 253 && text.split(".").every((part) => label.test(part));
}

/**
 * Checks a resource: its schema, its name, and for Istio's extensions what Istio refuses or drops in silence.
 *
 * @param kind which schema
 * @param data the resource as parsed
 * @param at names the manifest and the place in it, for errors
 * @returns the same data, typed
 * @throws Failure with the first fault
 */
export function validate<K extends Kind>(kind: K, data: object, at: (path: Path) => string): Kinds[K] {
  const resource = data as Kinds[K];
  const { metadata } = resource as { metadata?: { name?: unknown; namespace?: unknown } };
  const [fault] = [...kinds[kind].faults(resource), ...nameFaults(metadata)];
  if (!fault) return resource;
  const name = typeof metadata?.name === "string" ? metadata.name : "(no name)";
  throw new Failure(`${at(fault.path)}: ${kind} ${name}: ${`${pathText(fault.path)} ${fault.reason}`.trim()}`);
}

/** Faults of a resource's name and namespace. */
export function nameFaults(metadata: { name?: unknown; namespace?: unknown } = {}): Fault[] {
  const { name, namespace } = metadata;
  const faults: Fault[] = [];
  if (typeof name !== "string" || !isName(name)) {
    const reason = "must be lower-case letters, digits, - and . of at most 253 characters";
    faults.push({ path: ["metadata", "name"], reason });
  }
  if (namespace !== undefined && !(typeof namespace === "string" && isNamespace(namespace))) {
    const reason = "must be lower-case letters, digits and - of at most 63 characters";
    faults.push({ path: ["metadata", "namespace"], reason });
  }
  return faults;
}
