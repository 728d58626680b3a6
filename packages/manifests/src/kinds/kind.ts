import type { Option } from "commander";
import type { ManifestInput } from "../input.ts";
import type { ResourceKind } from "../resource-kind.ts";
import type { Target } from "../target.ts";
import type { Noted } from "../yaml.ts";

/** A kind of manifest, with everything that depends on `--kind`. */
export interface ManifestKind<Options = never> {
  /** What `--kind` takes. */
  readonly name: string;
  readonly target: Target;
  /** The command's options that only this kind reads, and their heading in `--help`. */
  readonly options?: { readonly heading: string; readonly list: readonly Option[] };
  /** The resource that it writes; left out where that is none of Kubernetes'. */
  readonly resource?: ResourceKind;
  /**
   * Writes one.
   *
   * @param options the values of its own options
   * @throws Failure for what the kind has no field for, and for what Istio refuses or ignores
   */
  readonly write: (input: ManifestInput, options: Options) => Noted;
}
