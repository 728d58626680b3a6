import { cluster } from "../cluster.ts";
import { MODULE_FIELDS, placementFields, record, targetRef, type WasmPluginSpec } from "../extension.ts";
import { moduleFaults, placementFaults } from "../extension-rules.ts";
import { type Fault, schemaCheck } from "../faults.ts";
import { generated, type ManifestInput } from "../input.ts";
import { moduleNotes } from "../notes.ts";
import { type Extension, type ResourceKind, specFaults } from "../resource-kind.ts";
import { validate } from "../validate.ts";
import type { ManifestKind } from "./kind.ts";

const SPEC = record({ ...placementFields("UNSPECIFIED_PHASE"), ...MODULE_FIELDS, targetRef }, "url");
const check = schemaCheck(SPEC);

/** Faults of a WasmPlugin's `spec`: its schema, the rules of Istio's resource definition, and what Istio ignores. */
function wasmPluginFaults(spec: unknown): Fault[] {
  const faults = check(spec);
  if (faults.length > 0) return faults;
  return [...placementFaults(spec as WasmPluginSpec), ...moduleFaults(spec as WasmPluginSpec)];
}

const resource: ResourceKind<Extension<"WasmPlugin", WasmPluginSpec>, "WasmPlugin", "wasmPlugins"> = {
  apiVersion: "extensions.istio.io/v1alpha1",
  kind: "WasmPlugin",
  plural: "wasmPlugins",
  fields: ["spec", "status"],
  schema: { properties: { spec: SPEC, status: {} } },
  faults: specFaults(wasmPluginFaults),
  moduleIn: (spec) => spec,
};

/** A WasmPlugin: Istio's agent pulls the image and hands the module to the proxy. */
export const wasmPlugin = {
  name: "wasmplugin",
  target: cluster,
  resource,
  write: ({ name, namespace, spec }: ManifestInput) => {
    const { apiVersion, kind } = resource;
    const written = { apiVersion, kind, metadata: { name, namespace }, spec };
    return { resource: validate(resource, written, generated("wasmplugin")), notes: moduleNotes(spec, ["spec"]) };
  },
} as const satisfies ManifestKind;
