import { Failure } from "@wasm-header-filter/cli";
import { type ISecret, Secret } from "kubernetes-models/v1/Secret";
import type { Path } from "./documents.ts";
import { NO_NULLS } from "./nulls.ts";
import { modelFaults, type Named, type ResourceKind } from "./resource-kind.ts";

const TYPE = "kubernetes.io/dockerconfigjson";
const KEY = ".dockerconfigjson";

/** What an `imagePullSecret` names: a Secret that holds a Docker `config.json`. */
export type PullSecret = Named<ISecret> & { readonly type: typeof TYPE };

/** Secrets; of use are those for pulling images. */
export const pullSecret: ResourceKind<PullSecret, "Secret", "pullSecrets"> = {
  apiVersion: Secret.apiVersion,
  kind: "Secret",
  plural: "pullSecrets",
  fields: ["data", "stringData", "type", "immutable"],
  schema: NO_NULLS,
  faults: modelFaults(Secret),
  isUsed: isPullSecret,
};

/** The error of a Secret that the API server refuses shows nothing of what it holds. */
function isPullSecret(secret: PullSecret, at: (path: Path) => string): boolean {
  if (secret.type !== TYPE) return false;
  if (isJsonObject(dockerConfig(secret).text)) return true;
  const expected = `data["${KEY}"] must be a Docker config.json in base64; kubectl create secret docker-registry makes one`;
  throw new Failure(`${at(["data", KEY])}: Secret ${secret.metadata.name}: ${expected}`);
}

/** What the API server takes: an object or null, with nothing behind it (kubernetes pkg/apis/core/validation, ValidateSecret). */
function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && !Array.isArray(value);
  } catch {
    return false;
  }
}

/** The Docker configuration in a Secret as it stands there, and the Secret's name; its text is empty if there is none. */
export function dockerConfig({ metadata, data, stringData }: PullSecret): {
  readonly text: string;
  readonly where: string;
} {
  const { name, namespace } = metadata;
  return {
    text: stringData?.[KEY] ?? Buffer.from(data?.[KEY] ?? "", "base64").toString(),
    where: `Secret ${namespace ? `${namespace}/` : ""}${name}`,
  };
}
