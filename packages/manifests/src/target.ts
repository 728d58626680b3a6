import type { WasmPluginSpec } from "./extension.ts";
import type { NamedVariant } from "./variant.ts";

/** A manifest's text, and the name of its overlay or file. */
export interface WrittenManifest {
  readonly name: string;
  readonly text: string;
}

/** Where the proxies of a kind of manifest run, with everything that depends on it. */
export interface Target {
  /** The pods that a manifest is for if it names none. */
  readonly selector?: WasmPluginSpec["selector"];
  /**
   * The URL of a file that the proxy reads.
   *
   * @throws UsageError for a path that would be another file there
   */
  readonly fileUrl: (path: string) => string;
  /**
   * The URL of a variant's own build, where the proxy can read that.
   *
   * @throws Failure if it isn't built
   */
  readonly buildUrl?: (variant: NamedVariant) => string;
  /** What a folder with these manifests holds: a text for each path. */
  readonly folder: (manifests: readonly WrittenManifest[], namespace: string) => Readonly<Record<string, string>>;
}
