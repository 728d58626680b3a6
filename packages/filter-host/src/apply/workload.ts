import type { WasmPluginSpec } from "@wasm-header-filter/manifests";
import type { Extension } from "./extension.ts";

/** The pod that the proxy is the sidecar of. */
export interface Workload {
  readonly namespace: string;
  /** The namespace whose resources apply to the whole mesh. */
  readonly rootNamespace: string;
  readonly labels: Readonly<Record<string, string>>;
  /** The port of the requests. */
  readonly port: number;
  /** Inbound requests, or outbound ones (as of a gateway). */
  readonly mode: "SERVER" | "CLIENT";
  /** The type of the traffic: HTTP, or TCP. */
  readonly type: "HTTP" | "NETWORK";
}

/** The label of a gateway's pods. */
const GATEWAY = "gateway.networking.k8s.io/gateway-name";

/**
 * Why an extension does not apply to a workload and its traffic (istio pilot/pkg/model/policyattachment.go, ShouldAttachPolicy;
 * pilot/pkg/model/trafficextension.go, MatchListener and MatchType).
 *
 * @returns the reason, or undefined if it applies
 */
export function unmatched({ namespace, placement, module }: Extension, workload: Workload): string | undefined {
  if (namespace !== workload.namespace && namespace !== workload.rootNamespace) {
    return `is for namespace ${namespace}, the workload is in ${workload.namespace}`;
  }
  const { selector, targetRef, targetRefs = targetRef && [targetRef] } = placement;
  const attached = targetRefs?.length
    ? untargeted(targetRefs, namespace, workload)
    : unselected(selector?.matchLabels ?? {}, workload);
  if (attached !== undefined) return attached;
  const type = module.type === "NETWORK" ? "NETWORK" : "HTTP";
  if (type !== workload.type) {
    return `is of type ${type}, ${type === "HTTP" ? "which does not run with --tcp" : "which runs only with --tcp"}`;
  }
  return unmatchedTraffic(placement.match ?? [], workload);
}

function unselected(labels: Readonly<Record<string, string>>, workload: Workload): string | undefined {
  const missed = Object.entries(labels).find(([name, value]) => workload.labels[name] !== value);
  if (!missed) return undefined;
  const has = Object.entries(workload.labels).map((label) => label.join("="));
  return `selects ${missed.join("=")}, the workload has ${has.join(",") || "no labels"}`;
}

type TargetRefs = NonNullable<WasmPluginSpec["targetRefs"]>;

function untargeted(targets: TargetRefs, namespace: string, workload: Workload): string | undefined {
  const gateway = workload.labels[GATEWAY];
  const names = targets.map(({ kind, name }) => `${kind} ${name}`).join(", ");
  if (gateway === undefined) {
    return `is for ${names}, and sidecars take no targetRefs; for a gateway's pod use --workload ${GATEWAY}=NAME`;
  }
  const same = namespace === workload.namespace;
  const found = targets.some(
    ({ group, kind, name }) => same && group === "gateway.networking.k8s.io" && kind === "Gateway" && name === gateway,
  );
  return found ? undefined : `is for ${names}, the workload is of Gateway ${gateway}`;
}

function unmatchedTraffic(
  match: NonNullable<WasmPluginSpec["match"]>,
  { mode: ours, port }: Workload,
): string | undefined {
  const found = match.some(({ mode = "UNDEFINED", ports = [] }) => {
    const either = mode === "UNDEFINED" || mode === "CLIENT_AND_SERVER";
    return (either || mode === ours) && (ports.length === 0 || ports.some(({ number }) => number === port));
  });
  if (found || match.length === 0) return undefined;
  const wanted = match.map(({ mode = "any mode", ports = [] }) =>
    [mode, ...ports.map(({ number }) => number)].join(":"),
  );
  return `matches ${wanted.join(", ")}, the traffic is ${ours}:${port}`;
}
