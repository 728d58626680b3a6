import { wasmPlugin } from "../src/wasm-plugin.ts";

/** A WasmPlugin with everything this project writes. */
export const plugin = wasmPlugin({
  name: "wasm-example",
  namespace: "default",
  repository: { registry: "a.example", repository: "wasm" },
  tag: "1.0.0-as",
  digest: `sha256:${"ab".repeat(32)}`,
  pluginConfig: { header_1: "some_value_1", header_2: ["a", 1, true] },
});
