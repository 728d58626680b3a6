import { Failure } from "@wasm-header-filter/cli";
import type { Path } from "./documents.ts";
import { type Fault, pathText } from "./faults.ts";
import type { ResourceKind } from "./resource-kind.ts";

const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** Whether a text can be a namespace (RFC 1123 label). */
export function isNamespace(text: string): boolean {
  return LABEL.test(text);
}

/** Whether a text can be a resource's name (RFC 1123 subdomain). */
export function isName(text: string): boolean {
  return text.length <= 253 && text.split(".").every((part) => LABEL.test(part));
}

/**
 * Checks a resource: its kind's rules and its name.
 *
 * @param data the resource as parsed
 * @param at names the manifest and the place in it, for errors
 * @returns the same data, typed
 * @throws Failure with the first fault
 */
export function validate<T>({ kind, faults }: ResourceKind<T>, data: object, at: (path: Path) => string): T {
  const resource = data as T;
  const { metadata } = data as { metadata?: { name?: unknown; namespace?: unknown } };
  const [fault] = [...faults(resource), ...nameFaults(metadata)];
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
