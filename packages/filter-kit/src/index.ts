import type { WasmPluginSpec } from "@wasm-header-filter/manifests";
import type { Engine } from "./project.ts";

/** What describes a filter: the field `wasmFilter` of package.json, or the default export of `filter.config.ts`. */
export interface FilterConfig {
  /** The file of the filter. */
  readonly source: string;
  /** What it is built with: `as` for AssemblyScript, `javy`, `jco` or both for TypeScript. */
  readonly engines: Engine | readonly [Engine, ...Engine[]];
  /** A case file. */
  readonly cases?: string;
  /** A JSON Schema of the configuration. */
  readonly schema?: string;
  /** Where images are pushed, such as `ghcr.io/me/my-filter`. */
  readonly repository?: string;
  /** Fields of a WasmPlugin. */
  readonly plugin?: Partial<WasmPluginSpec>;
}

/** Types the default export of `filter.config.ts`. */
export const defineConfig = (config: FilterConfig): FilterConfig => config;
