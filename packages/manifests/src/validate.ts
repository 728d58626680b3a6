import { Failure, oneLine } from "@wasm-header-filter/cli";
import { type Kind, type Kinds, models, wasmPluginFields } from "./resources.ts";
import { moduleSource } from "./source.ts";

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
 * Checks a resource: its schema, its name, and for a WasmPlugin what Istio refuses or drops in silence.
 *
 * @param kind which schema
 * @param data the resource as parsed
 * @param where names the manifest in errors
 * @returns the same data, typed
 * @throws Failure with the first faults
 */
export function validate<K extends Kind>(kind: K, data: object, where: string): Kinds[K] {
  const resource = data as Kinds[K];
  const { metadata } = resource;
  const at = `${where}: ${kind} ${metadata?.name ?? "(no name)"}`;
  try {
    // The models' constructors differ in their data's type only.
    new (models[kind] as new (data: object) => { validate(): void })(data).validate();
  } catch (error) {
    throw new Failure(
      `${at}: ${oneLine(error).replaceAll("data/", "").replaceAll("data must", "must").replaceAll("/", ".")}`,
    );
  }
  if (typeof metadata?.name !== "string" || !isName(metadata.name)) {
    throw new Failure(`${at}: metadata.name must be lower-case letters, digits, - and . of at most 253 characters`);
  }
  if (metadata.namespace !== undefined && !isNamespace(metadata.namespace)) {
    throw new Failure(`${at}: metadata.namespace must be lower-case letters, digits and - of at most 63 characters`);
  }
  if (resource.kind === "WasmPlugin") checkSpec(resource.spec, at);
  return resource;
}

function checkSpec(spec: Kinds["WasmPlugin"]["spec"], at: string): void {
  const stranger = Object.keys(spec).find((field) => !Object.hasOwn(wasmPluginFields, field));
  if (stranger) throw new Failure(`${at}: spec has no field ${JSON.stringify(stranger)}`);
  const targets = (["selector", "targetRef", "targetRefs"] as const).filter((field) => spec[field] !== undefined);
  if (targets.length > 1) throw new Failure(`${at}: only one of ${targets.join(" and ")} can be set`);
  try {
    moduleSource(spec.url);
  } catch (error) {
    throw new Failure(`${at}: ${oneLine(error)}`);
  }
}
