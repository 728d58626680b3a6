import { cluster } from "../cluster.ts";
import { bytes, type ExtensionModule, MODULE_FIELDS, type Placement, placementFields, record } from "../extension.ts";
import { moduleFaults, placementFaults } from "../extension-rules.ts";
import { type Fault, schemaCheck, within } from "../faults.ts";
import { generated, type ManifestInput } from "../input.ts";
import { moduleNotes } from "../notes.ts";
import { type Extension, type ResourceKind, specFaults } from "../resource-kind.ts";
import { validate } from "../validate.ts";
import type { ManifestKind } from "./kind.ts";

/** `spec` of a TrafficExtension (extensions.istio.io/v1alpha1, since Istio 1.30). */
export interface TrafficExtensionSpec extends Omit<Placement, "phase"> {
  readonly phase?: Placement["phase"] | "UNSPECIFIED";
  readonly wasm?: ExtensionModule;
  readonly lua?: { readonly inlineCode: string };
}

const PLACEMENT = placementFields("UNSPECIFIED");

const SPEC = record({
  ...PLACEMENT,
  wasm: record(MODULE_FIELDS, "url"),
  lua: record({ inlineCode: bytes(1, 65536) }, "inlineCode"),
});
const check = schemaCheck(SPEC);

/** Faults of a TrafficExtension's `spec`, as of a WasmPlugin's. */
function trafficExtensionFaults(spec: unknown): Fault[] {
  const faults = check(spec);
  if (faults.length > 0) return faults;
  const { wasm, lua } = spec as TrafficExtensionSpec;
  if ((wasm === undefined) === (lua === undefined)) return [{ path: [], reason: "needs exactly one of wasm and lua" }];
  return [...placementFaults(spec as TrafficExtensionSpec), ...(wasm ? within(moduleFaults(wasm), "wasm") : [])];
}

const resource: ResourceKind<
  Extension<"TrafficExtension", TrafficExtensionSpec>,
  "TrafficExtension",
  "trafficExtensions"
> = {
  apiVersion: "extensions.istio.io/v1alpha1",
  kind: "TrafficExtension",
  plural: "trafficExtensions",
  fields: ["spec", "status"],
  schema: { properties: { spec: SPEC, status: {} } },
  faults: specFaults(trafficExtensionFaults),
  moduleIn: ({ wasm }) => wasm,
};

/** A TrafficExtension, the successor of WasmPlugin since Istio 1.30: the same fields, those of the module under `wasm`. */
export const trafficExtension = {
  name: "trafficextension",
  target: cluster,
  resource,
  write: ({ name, namespace, spec }: ManifestInput) => {
    const { targetRef, phase, ...fields } = spec;
    const targetRefs = spec.targetRefs ?? (targetRef && [targetRef]);
    const entries = Object.entries({
      ...fields,
      ...(targetRefs && { targetRefs }),
      ...(phase && { phase: phase === "UNSPECIFIED_PHASE" ? "UNSPECIFIED" : phase }),
    });
    const isPlacement = ([field]: readonly [string, unknown]) => Object.hasOwn(PLACEMENT, field);
    const placement = entries.filter(isPlacement);
    const wasm = entries.filter((entry) => !isPlacement(entry));
    const { apiVersion, kind } = resource;
    const written = {
      apiVersion,
      kind,
      metadata: { name, namespace },
      spec: { ...Object.fromEntries(placement), wasm: Object.fromEntries(wasm) },
    };
    return {
      resource: validate(resource, written, generated("trafficextension")),
      notes: [
        { at: [], text: "Needs Istio 1.30 or later; for older versions, write a WasmPlugin." },
        ...moduleNotes(spec, ["spec", "wasm"]),
      ],
    };
  },
} as const satisfies ManifestKind;
