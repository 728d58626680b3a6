import type { ExtensionModule } from "@wasm-header-filter/manifests";

/** Names with this prefix are Istio's own: its agent removes them (istio pkg/wasm/convert.go, rewriteVMConfig). */
const INTERNAL = "ISTIO_META_";

/**
 * A VM's environment: inline variables, and those of the proxy's environment that exist.
 *
 * @param host the proxy's environment
 */
export function environmentOf(
  { vmConfig }: Pick<ExtensionModule, "vmConfig">,
  host: Readonly<Record<string, string | undefined>> = process.env,
): Record<string, string> {
  const variables = (vmConfig?.env ?? []).flatMap(({ name, value = "", valueFrom }): [string, string | undefined][] => {
    if (valueFrom === "HOST") return [[name, host[name]]];
    return name.startsWith(INTERNAL) ? [] : [[name, value]];
  });
  return Object.fromEntries(variables.filter((one): one is [string, string] => one[1] !== undefined));
}
