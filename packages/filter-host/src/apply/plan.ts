import type { Manifests } from "@wasm-header-filter/manifests";
import { type Extension, extensionsOf, labelOf } from "./extension.ts";
import { inOrder } from "./order.ts";
import { unmatched, type Workload } from "./workload.ts";

/** A resource that is not applied, and why. */
export interface LeftOut {
  /** `KIND NAMESPACE/NAME`. */
  readonly resource: string;
  readonly reason: string;
}

/** What manifests mean for a workload. */
export interface Plan {
  /** In the order of requests. */
  readonly chain: readonly Extension[];
  readonly leftOut: readonly LeftOut[];
}

const NEITHER = "has no wasm, and only WasmPlugins and TrafficExtensions with it are applied";

/** Chooses the extensions of a workload and puts them in order. */
export function planFor(manifests: Manifests, workload: Workload): Plan {
  const extensions = extensionsOf(manifests, workload.namespace);
  const judged = extensions.map((extension) => ({ extension, reason: unmatched(extension, workload) }));
  const chosen = judged.flatMap(({ extension, reason }) => (reason === undefined ? [extension] : []));
  const others = [
    ...manifests.trafficExtensions.filter(({ spec }) => spec.lua),
    ...manifests.envoyFilters,
  ] as readonly { readonly kind: string; readonly metadata: { readonly name: string; readonly namespace?: string } }[];
  return {
    chain: inOrder(chosen, workload),
    leftOut: [
      ...judged.flatMap(({ extension, reason }) => (reason ? [{ resource: labelOf(extension), reason }] : [])),
      ...manifests.others.map(({ apiVersion, kind, name }) => ({
        resource: `${kind} ${name} (${apiVersion})`,
        reason: "is of no kind that is read here",
      })),
      ...others.map(({ kind, metadata: { name, namespace = workload.namespace } }) => ({
        resource: `${kind} ${namespace}/${name}`,
        reason: NEITHER,
      })),
    ],
  };
}
