import { Failure } from "@wasm-header-filter/cli";
import { type ISecret, Secret } from "kubernetes-models/v1/Secret";
import type { Path } from "./documents.ts";
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
  faults: modelFaults(Secret),
  isUsed: isPullSecret,
};

/** The error of a Secret without a Docker configuration shows nothing of what it holds. */
function isPullSecret(secret: PullSecret, at: (path: Path) => string): boolean {
  if (secret.type !== TYPE) return false;
  if (dockerConfig(secret) !== undefined) return true;
  const expected = `data["${KEY}"] must be a Docker config.json in base64, with auths; kubectl create secret docker-registry makes one`;
  throw new Failure(`${at(["data", KEY])}: Secret ${secret.metadata.name}: ${expected}`);
}

/** The Docker configuration (`config.json`) in a Secret, as parsed; undefined if there is none. */
export function dockerConfig({
  data,
  stringData,
}: PullSecret): { readonly auths: Readonly<Record<string, unknown>> } | undefined {
  const text = stringData?.[KEY] ?? Buffer.from(data?.[KEY] ?? "", "base64").toString();
  try {
    const config = JSON.parse(text);
    return typeof config?.auths === "object" && config.auths !== null ? config : undefined;
  } catch {
    return undefined;
  }
}
