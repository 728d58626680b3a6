import type { Placement } from "./extension.ts";
import { generated, type ManifestInput } from "./input.ts";
import { moduleNotes } from "./notes.ts";
import type { Kinds } from "./resources.ts";
import { validate } from "./validate.ts";
import type { Noted } from "./yaml.ts";

const PLACEMENT: readonly string[] = [
  "selector",
  "targetRefs",
  "phase",
  "priority",
  "match",
] satisfies (keyof Placement)[];

/**
 * A TrafficExtension, WasmPlugin's successor since Istio 1.30: the same fields, those of the module under `wasm`.
 *
 * @throws Failure for what Istio refuses or drops in silence
 */
export function trafficExtension({ name, namespace, spec }: ManifestInput): Noted & {
  readonly resource: Kinds["TrafficExtension"];
} {
  const { targetRef, phase, ...fields } = spec;
  const targetRefs = spec.targetRefs ?? (targetRef && [targetRef]);
  const entries = Object.entries({
    ...fields,
    ...(targetRefs && { targetRefs }),
    ...(phase && { phase: phase === "UNSPECIFIED_PHASE" ? "UNSPECIFIED" : phase }),
  });
  const placement = entries.filter(([field]) => PLACEMENT.includes(field));
  const wasm = entries.filter(([field]) => !PLACEMENT.includes(field));
  const resource = {
    apiVersion: "extensions.istio.io/v1alpha1",
    kind: "TrafficExtension",
    metadata: { name, namespace },
    spec: { ...Object.fromEntries(placement), wasm: Object.fromEntries(wasm) },
  };
  return {
    resource: validate("TrafficExtension", resource, generated("trafficextension")),
    notes: [
      { at: [], text: "For Istio 1.30 and later; older ones know the same plugin as a WasmPlugin." },
      ...moduleNotes(spec, ["spec", "wasm"]),
    ],
  };
}
