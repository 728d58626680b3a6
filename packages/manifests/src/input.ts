import type { WasmPluginSpec } from "./extension.ts";

/** What every kind of manifest is made from. */
export interface ManifestInput {
  readonly name: string;
  readonly namespace: string;
  /** Everything that a WasmPlugin can say; the other kinds say it in their own words, or refuse what they can't. */
  readonly spec: WasmPluginSpec;
}

/** What resources that aren't read from a file have for a place. */
export const generated = (kind: string) => (): string => kind;
