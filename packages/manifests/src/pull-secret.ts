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
  const fault = secretFaultOf(secret);
  if (fault !== undefined) throw new Failure(`${at(["data", KEY])}: ${fault}`);
  return true;
}

/**
 * Why a Secret is none that an `imagePullSecret` can name: for Istio it has another type (istio pilot/pkg/credentials/kube/secrets.go,
 * GetDockerCredential), or the API server refuses it.
 */
export function secretFaultOf(secret: PullSecret): string | undefined {
  const where = `Secret ${secret.metadata?.name}`;
  if (secret.type !== TYPE) return `${where}: has the type ${secret.type ?? "Opaque"}, Istio takes ${TYPE} only`;
  if (isJsonObject(dockerConfig(secret).text)) return undefined;
  return `${where}: data["${KEY}"] must be a Docker config.json in base64; kubectl create secret docker-registry makes one`;
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
