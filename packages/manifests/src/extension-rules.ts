import { oneLine } from "@wasm-header-filter/cli";
import type { Path } from "./documents.ts";
import type { ExtensionModule, Placement, TargetRef } from "./extension.ts";
import { type Fault, within } from "./faults.ts";
import { moduleSource } from "./source.ts";

type Placed = Omit<Placement, "phase"> & { readonly targetRef?: TargetRef };

/** What Istio's webhook takes for a target, as `GROUP/KIND` (pkg/config/validation, validatePolicyTargetReference). */
const TARGETS = [
  "core/Service",
  "networking.istio.io/ServiceEntry",
  "gateway.networking.k8s.io/Gateway",
  "gateway.networking.k8s.io/GatewayClass",
];

/** Faults of where an extension applies, beyond its schema. */
export function placementFaults(spec: Placed): Fault[] {
  const { selector, targetRef, targetRefs, match = [] } = spec;
  const targets = (["selector", "targetRef", "targetRefs"] as const).filter((field) => spec[field] !== undefined);
  const faults: Fault[] = [];
  if (targets.length > 1)
    faults.push({ path: [targets.at(-1) ?? ""], reason: `only one of ${targets.join(" and ")} can be set` });
  faults.push(...labelFaults(selector?.matchLabels, "selector", "matchLabels"));
  const references = (targetRefs ?? []).map((reference, at) => ({ reference, path: ["targetRefs", at] }));
  if (targetRef) references.push({ reference: targetRef, path: ["targetRef"] });
  for (const { reference, path } of references) {
    if (!TARGETS.includes(`${reference.group || "core"}/${reference.kind}`)) {
      const kinds = "Service, networking.istio.io ServiceEntry, gateway.networking.k8s.io Gateway and GatewayClass";
      const given = `${reference.group || "the core group"} ${reference.kind}`;
      faults.push({ path: [...path, "kind"], reason: `must be one of ${kinds}; Istio refuses ${given}` });
    }
    faults.push(...within(namespaceFaults(reference), ...path));
  }
  match.forEach(({ ports = [] }, at) => {
    const twice = repeated(ports.map(({ number }) => number));
    if (twice !== undefined) faults.push({ path: ["match", at, "ports", twice], reason: "is there already" });
  });
  return faults;
}

/** Faults of the labels that a workload must have. @param path where they are */
export function labelFaults(labels: Readonly<Record<string, string>> = {}, ...path: Path): Fault[] {
  const faults = Object.entries(labels).flatMap(([name, value]) => [
    ...(name === "" ? [{ path: [name], reason: "has a label without a name" }] : []),
    ...(`${name}${value}`.includes("*") ? [{ path: [name], reason: "has a *; a label matches whole" }] : []),
  ]);
  return within(faults, ...path);
}

/** Faults of a target's namespace. */
export const namespaceFaults = ({ namespace }: { readonly namespace?: string }): Fault[] =>
  namespace ? [{ path: ["namespace"], reason: "must be left out: a target is in the same namespace" }] : [];

/** Faults of an extension's module, beyond its schema. */
export function moduleFaults({ url, sha256, vmConfig }: ExtensionModule): Fault[] {
  const faults: Fault[] = [];
  try {
    const source = moduleSource(url);
    const digest = source.scheme === "oci" ? source.reference.digest : undefined;
    if (sha256 && digest && digest !== `sha256:${sha256}`) {
      faults.push({ path: ["sha256"], reason: `is not the digest in the url, ${digest}; Istio refuses the pull` });
    }
  } catch (error) {
    faults.push({ path: ["url"], reason: oneLine(error).replace(/^url /, "") });
  }
  const env = vmConfig?.env ?? [];
  env.forEach(({ valueFrom, value }, at) => {
    if (valueFrom !== "HOST" || value === undefined) return;
    faults.push({ path: ["vmConfig", "env", at, "value"], reason: "must be left out: the value comes from HOST" });
  });
  const twice = repeated(env.map(({ name }) => name));
  if (twice !== undefined) faults.push({ path: ["vmConfig", "env", twice, "name"], reason: "is there already" });
  return faults;
}

function repeated(values: readonly unknown[]): number | undefined {
  const at = values.findIndex((value, at) => values.indexOf(value) < at);
  return at < 0 ? undefined : at;
}
