import { Failure } from "@wasm-header-filter/cli";
import { configurationRefusal } from "@wasm-header-filter/filter-js";
import type { Reference } from "@wasm-header-filter/oci";
import type { WasmPluginSpec } from "./extension.ts";
import { pluginConfigBytes } from "./plugin-config.ts";
import type { NamedVariant } from "./variant.ts";

/** The name of the header filter's images. */
const IMAGE = "wasm-header-filter";

/**
 * Whether a module is the header filter, whose configuration has rules; of any other filter nothing is known.
 *
 * @param variant whose module it is, if it is a variant's
 * @param repository where its image is pushed, if that is known
 */
export function isHeaderFilter(variant: NamedVariant | undefined, repository: Reference | undefined): boolean {
  if (variant === undefined) return false;
  if (variant.name !== undefined) return variant.name.startsWith(`@${IMAGE}/`);
  return repository === undefined || repository.repository.split("/").at(-1) === IMAGE;
}

/**
 * Refuses a configuration that the header filter would refuse, by its own rules.
 *
 * @throws Failure with the reason that the filter would log
 */
export function checkConfiguration({ pluginConfig }: WasmPluginSpec): void {
  const refusal = configurationRefusal(pluginConfigBytes(pluginConfig));
  if (refusal !== undefined) throw new Failure(`pluginConfig: the filter would refuse it: ${refusal}`);
}

/**
 * Warnings about what Istio allows but is probably a mistake.
 *
 * @param guard whether requests must not pass without the filter
 * @param isHttp whether the filter is known to work on HTTP
 * @returns one line for each
 */
export function warnings(
  { url, sha256, imagePullPolicy, failStrategy, type }: WasmPluginSpec,
  guard: boolean,
  isHttp: boolean,
): string[] {
  const pinned = sha256 || url.includes("@sha256:");
  return [
    ...(imagePullPolicy === "Always" && pinned
      ? [
          "imagePullPolicy Always with a digest: the bytes can't change, so it only makes pods depend on the registry; leave it out",
        ]
      : []),
    ...(guard && failStrategy === "FAIL_OPEN"
      ? [
          "failStrategy FAIL_OPEN for a guard: if the module can't be fetched or crashes, requests pass without it; choose FAIL_CLOSE",
        ]
      : []),
    ...(type === "NETWORK" && isHttp
      ? ["type NETWORK: this filter works on HTTP headers, and a network filter sees none; leave it out"]
      : []),
  ];
}
