import type { IWasmPlugin } from "@kubernetes-models/istio/extensions.istio.io/v1alpha1/WasmPlugin";
import { type Digest, formatReference, hexOf, type Reference } from "@wasm-header-filter/oci";
import { lab } from "./lab.ts";
import type { Kinds } from "./resources.ts";
import { validate } from "./validate.ts";

export interface WasmPluginInput {
  readonly name: string;
  readonly namespace: string;
  /** Without tag and digest. */
  readonly repository: Reference;
  readonly tag: string;
  /** Of the image's manifest; pins it in the URL and in `sha256`. */
  readonly digest?: Digest | undefined;
  /** What the filter gets as its configuration. */
  readonly pluginConfig: Readonly<Record<string, unknown>>;
}

/**
 * The lab's WasmPlugin, for an image.
 *
 * @throws Failure for what Istio refuses or drops in silence
 */
export function wasmPlugin(input: WasmPluginInput): Kinds["WasmPlugin"] {
  const { name, namespace, repository, tag, digest, pluginConfig } = input;
  const reference = formatReference({ ...repository, tag, ...(digest && { digest }) });
  const resource = {
    apiVersion: "extensions.istio.io/v1alpha1",
    kind: "WasmPlugin",
    metadata: { name, namespace },
    spec: {
      selector: { matchLabels: { app: lab.workload } },
      url: `oci://${reference}`,
      ...(digest && { sha256: hexOf(digest) }),
      ...(Object.keys(pluginConfig).length > 0 && { pluginConfig }),
    },
  } satisfies IWasmPlugin;
  return validate("WasmPlugin", resource, "wasmplugin");
}
