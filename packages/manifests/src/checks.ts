import { Failure } from "@wasm-header-filter/cli";
import { configurationRefusal } from "@wasm-header-filter/filter-js";
import type { WasmPluginSpec } from "./extension.ts";
import { pluginConfigBytes } from "./plugin-config.ts";

/**
 * Refuses a configuration that the filter would refuse, by the filter's own rules.
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
 * @returns one line for each
 */
export function warnings(
  { url, sha256, imagePullPolicy, failStrategy, type }: WasmPluginSpec,
  guard: boolean,
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
    ...(type === "NETWORK"
      ? ["type NETWORK: this filter works on HTTP headers, and a network filter sees none; leave it out"]
      : []),
  ];
}
