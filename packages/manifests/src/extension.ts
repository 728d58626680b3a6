import type { NullSchema } from "./nulls.ts";

/** The pods or gateways that a plugin is for, and which part of their traffic. */
export interface Placement {
  readonly selector?: { readonly matchLabels?: Readonly<Record<string, string>> };
  readonly targetRefs?: readonly TargetRef[];
  readonly phase?: "AUTHN" | "AUTHZ" | "STATS";
  readonly priority?: number | null;
  readonly match?: readonly TrafficMatch[];
}

/** A Gateway, GatewayClass, Service or ServiceEntry of the same namespace. */
export interface TargetRef {
  /** API group; empty for the core group. */
  readonly group?: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

export interface TrafficMatch {
  readonly mode?: "UNDEFINED" | "CLIENT" | "SERVER" | "CLIENT_AND_SERVER";
  readonly ports?: readonly { readonly number: number }[];
}

export interface EnvVar {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: "INLINE" | "HOST";
}

/** A Wasm module and how it is fetched, configured and run: fields of a WasmPlugin, or of a TrafficExtension's `wasm`. */
export interface ExtensionModule {
  readonly url: string;
  /** For an image, hexadecimal digits of its manifest's digest; for a file, of its bytes. */
  readonly sha256?: string;
  readonly imagePullPolicy?: "UNSPECIFIED_POLICY" | "IfNotPresent" | "Always";
  readonly imagePullSecret?: string;
  readonly verificationKey?: string;
  readonly pluginConfig?: Readonly<Record<string, unknown>>;
  /** The root id. */
  readonly pluginName?: string;
  readonly failStrategy?: "FAIL_CLOSE" | "FAIL_OPEN" | "FAIL_RELOAD";
  readonly vmConfig?: { readonly env?: readonly EnvVar[] };
  readonly type?: "UNSPECIFIED_PLUGIN_TYPE" | "HTTP" | "NETWORK";
}

/** `spec` of a WasmPlugin (extensions.istio.io/v1alpha1). */
export interface WasmPluginSpec extends Omit<Placement, "phase">, ExtensionModule {
  readonly phase?: Placement["phase"] | "UNSPECIFIED_PHASE";
  /** Older than `targetRefs`, for one. */
  readonly targetRef?: TargetRef;
}

// JSON schemas with the facts of Istio's resource definitions. Unlike those, they refuse unknown fields, as `kubectl apply` does.

/** A text of so many characters. */
const text = (minLength: number, maxLength: number) => ({ type: "string", minLength, maxLength });
/** A text of so many bytes of UTF-8: Istio's webhook counts bytes, unlike its resource definitions. */
export const bytes = (minLength: number, maxBytes: number) => ({ type: "string", minLength, maxBytes });
/** One of these texts. */
export const choice = (...values: readonly string[]) => ({ type: "string", enum: values });
export const list = (items: NullSchema, maxItems?: number) => ({ type: "array", items, ...(maxItems && { maxItems }) });
/** An object with these fields and no others. */
export const record = (properties: Readonly<Record<string, NullSchema>>, ...required: readonly string[]) => ({
  type: "object",
  properties,
  required,
  additionalProperties: false,
});

export const targetRef = record(
  {
    group: {
      type: "string",
      maxLength: 253,
      pattern: "^$|^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$",
    },
    kind: { ...text(1, 63), pattern: "^[a-zA-Z]([-a-zA-Z0-9]*[a-zA-Z0-9])?$" },
    name: text(1, 253),
    namespace: { type: "string" },
  },
  "kind",
  "name",
);

/** The fields of {@link Placement}; the kinds differ in how they call the absence of a phase. */
export const placementFields = (noPhase: string) => ({
  selector: record({
    matchLabels: { type: "object", additionalProperties: text(0, 63), maxProperties: 4096 },
  }),
  targetRefs: list(targetRef, 16),
  phase: choice(noPhase, "AUTHN", "AUTHZ", "STATS"),
  priority: { type: ["integer", "null"], minimum: -(2 ** 31), maximum: 2 ** 31 - 1 },
  match: list(
    record({
      mode: choice("UNDEFINED", "CLIENT", "SERVER", "CLIENT_AND_SERVER"),
      ports: list(record({ number: { type: "integer", minimum: 1, maximum: 65535 } }, "number")),
    }),
  ),
});

/** The fields of {@link ExtensionModule}. */
export const MODULE_FIELDS = {
  url: { type: "string", minLength: 1 },
  sha256: { type: "string", pattern: "^$|^[a-f0-9]{64}$" },
  imagePullPolicy: choice("UNSPECIFIED_POLICY", "IfNotPresent", "Always"),
  imagePullSecret: bytes(1, 253),
  verificationKey: { type: "string" },
  pluginConfig: { type: "object" },
  pluginName: bytes(1, 256),
  failStrategy: choice("FAIL_CLOSE", "FAIL_OPEN", "FAIL_RELOAD"),
  vmConfig: record({
    env: list(record({ name: bytes(1, 256), value: text(0, 2048), valueFrom: choice("INLINE", "HOST") }, "name"), 256),
  }),
  type: choice("UNSPECIFIED_PLUGIN_TYPE", "HTTP", "NETWORK"),
};
