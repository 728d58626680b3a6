import type { ExtensionModule, Manifests, WasmPluginSpec } from "@wasm-header-filter/manifests";

/** A WasmPlugin, or a TrafficExtension with a Wasm module. */
export interface Extension {
  readonly kind: "WasmPlugin" | "TrafficExtension";
  readonly namespace: string;
  readonly name: string;
  /** Its `creationTimestamp` in milliseconds since 1970; undefined if it was never in a cluster. */
  readonly created: number | undefined;
  readonly placement: Pick<WasmPluginSpec, "selector" | "targetRef" | "targetRefs" | "phase" | "priority" | "match">;
  readonly module: ExtensionModule;
}

/**
 * The extensions of manifests that have a Wasm module.
 *
 * @param namespace the namespace of resources without one
 */
export function extensionsOf({ wasmPlugins, trafficExtensions }: Manifests, namespace: string): Extension[] {
  const common = ({ metadata }: (typeof wasmPlugins | typeof trafficExtensions)[number]) => ({
    namespace: metadata.namespace ?? namespace,
    name: metadata.name,
    created: createdAt(metadata),
  });
  return [
    ...wasmPlugins.map((resource) => ({
      ...common(resource),
      kind: "WasmPlugin" as const,
      placement: resource.spec,
      module: resource.spec,
    })),
    ...trafficExtensions.flatMap((resource) => {
      const { wasm, phase, ...placement } = resource.spec;
      const specified = phase === "UNSPECIFIED" ? undefined : phase;
      return wasm
        ? [
            {
              ...common(resource),
              kind: "TrafficExtension" as const,
              placement: { ...placement, ...(specified && { phase: specified }) },
              module: wasm,
            },
          ]
        : [];
    }),
  ];
}

/** A resource as people name it: `KIND NAMESPACE/NAME`. */
export const labelOf = ({ kind, namespace, name }: Pick<Extension, "kind" | "namespace" | "name">): string =>
  `${kind} ${namespace}/${name}`;

/**
 * The name that Istio 1.30 and later give to the plugin, which the module finds as the property `plugin_name`
 * (istio pilot/pkg/model/trafficextension.go, buildWasmConfig; a WasmPlugin is translated into a TrafficExtension first).
 */
export const pluginName = ({ kind, namespace, name }: Extension): string =>
  `${namespace}.${name}${kind === "WasmPlugin" ? "~istio-translated-wasmplugin" : ""}`;

function createdAt(metadata: { readonly name: string; readonly creationTimestamp?: unknown }): number | undefined {
  const at = Date.parse(String(metadata.creationTimestamp));
  return Number.isNaN(at) ? undefined : at;
}
