import { Failure } from "@wasm-header-filter/cli";
import { type Kind, type Kinds, models, type Resource } from "./resources.ts";
import { validate } from "./validate.ts";
import { fromYaml } from "./yaml.ts";

/** What a manifest holds. */
export interface Manifests {
  readonly wasmPlugins: readonly Kinds["WasmPlugin"][];
  readonly deployments: readonly Kinds["Deployment"][];
  readonly services: readonly Kinds["Service"][];
  readonly serviceAccounts: readonly Kinds["ServiceAccount"][];
  /** Kinds that this project doesn't know: not checked, to be named to the user. */
  readonly others: readonly { readonly apiVersion: string; readonly kind: string }[];
}

/**
 * Reads a manifest of one or more YAML (or JSON) documents and checks it.
 *
 * @param text the file's text
 * @param where names the file in errors
 * @throws Failure if it isn't YAML, a document is no Kubernetes resource, or one breaks a rule of its kind (see {@link validate})
 */
export function readManifests(text: string, where: string): Manifests {
  const resources: Resource[] = [];
  const others: { apiVersion: string; kind: string }[] = [];
  for (const value of fromYaml(text, where)) {
    const { apiVersion, kind } = typed(value, where);
    if (isKnown(kind) && models[kind].apiVersion === apiVersion) {
      resources.push(validate(kind, value as object, where));
    } else {
      others.push({ apiVersion, kind });
    }
  }
  return {
    wasmPlugins: resources.filter((resource) => resource.kind === "WasmPlugin"),
    deployments: resources.filter((resource) => resource.kind === "Deployment"),
    services: resources.filter((resource) => resource.kind === "Service"),
    serviceAccounts: resources.filter((resource) => resource.kind === "ServiceAccount"),
    others,
  };
}

function typed(value: unknown, where: string): { apiVersion: string; kind: string } {
  const { apiVersion, kind } = (value ?? {}) as Record<string, unknown>;
  if (typeof apiVersion === "string" && typeof kind === "string") return { apiVersion, kind };
  throw new Failure(`${where}: not a Kubernetes resource, expected a mapping with apiVersion and kind`);
}

function isKnown(kind: string): kind is Kind {
  return Object.hasOwn(models, kind);
}
