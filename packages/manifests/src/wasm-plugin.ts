import { generated, type ManifestInput } from "./input.ts";
import { moduleNotes } from "./notes.ts";
import type { Kinds } from "./resources.ts";
import { validate } from "./validate.ts";
import type { Noted } from "./yaml.ts";

/**
 * A WasmPlugin: Istio's agent pulls the image and hands the module to the proxy.
 *
 * @throws Failure for what Istio refuses or drops in silence
 */
export function wasmPlugin({
  name,
  namespace,
  spec,
}: ManifestInput): Noted & { readonly resource: Kinds["WasmPlugin"] } {
  const resource = {
    apiVersion: "extensions.istio.io/v1alpha1",
    kind: "WasmPlugin",
    metadata: { name, namespace },
    spec,
  };
  return { resource: validate("WasmPlugin", resource, generated("wasmplugin")), notes: moduleNotes(spec, ["spec"]) };
}
