export { httpbin } from "./httpbin.ts";
export { lab } from "./lab.ts";
export { type Manifests, readManifests } from "./read.ts";
export type { Kind, Kinds, Named, Resource } from "./resources.ts";
export { type ModuleSource, moduleSource } from "./source.ts";
export { builtDigest, selectVariant } from "./variant.ts";
export { type WasmPluginInput, wasmPlugin } from "./wasm-plugin.ts";
export { toYaml } from "./yaml.ts";
