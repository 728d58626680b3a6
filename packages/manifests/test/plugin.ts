import type { ManifestInput } from "../src/input.ts";
import { wasmPlugin } from "../src/wasm-plugin.ts";

/** Every field that a WasmPlugin has. */
export const everything: ManifestInput = {
  name: "wasm-example",
  namespace: "default",
  spec: {
    selector: { matchLabels: { app: "httpbin" } },
    phase: "AUTHN",
    priority: 10,
    match: [{ mode: "SERVER", ports: [{ number: 8000 }, { number: 80 }] }, { mode: "CLIENT" }],
    url: `oci://a.example/wasm:1.0.0-as@sha256:${"ab".repeat(32)}`,
    sha256: "ab".repeat(32),
    imagePullPolicy: "IfNotPresent",
    imagePullSecret: "registry",
    verificationKey: "key",
    pluginName: "root",
    failStrategy: "FAIL_RELOAD",
    type: "HTTP",
    vmConfig: {
      env: [
        { name: "A", value: "1" },
        { name: "B", valueFrom: "HOST" },
      ],
    },
    pluginConfig: { header_1: "some_value_1", header_2: ["a", 1, true] },
  },
};

export const plugin: ReturnType<typeof wasmPlugin>["resource"] = wasmPlugin(everything).resource;
