import type { WasmPluginSpec } from "./extension.ts";

/** The input of every kind of manifest. */
export interface ManifestInput {
  readonly name: string;
  readonly namespace: string;
  /** The fields of a WasmPlugin. The other kinds convert them, or refuse those that they don't have. */
  readonly spec: WasmPluginSpec;
}

/** The position of a resource that isn't read from a file, for errors. */
export const generated = (kind: string) => (): string => kind;
