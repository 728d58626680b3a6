import { Failure } from "@wasm-header-filter/cli";
import type { Path } from "./documents.ts";
import type { Kinds } from "./resources.ts";

const TYPE = "kubernetes.io/dockerconfigjson";
const KEY = ".dockerconfigjson";

/** What an `imagePullSecret` names: a Secret that holds a Docker `config.json`. */
export type PullSecret = Kinds["Secret"] & { readonly type: typeof TYPE };

/**
 * Whether a Secret is one for pulling images.
 *
 * @throws Failure if it says so and holds no Docker configuration; the error shows nothing of what it holds
 */
export function isPullSecret(secret: Kinds["Secret"], at: (path: Path) => string): secret is PullSecret {
  if (secret.type !== TYPE) return false;
  if (dockerConfig(secret as PullSecret) !== undefined) return true;
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
