import { Failure } from "@wasm-header-filter/cli";
import { findEnvoy, startEnvoy } from "@wasm-header-filter/conformance";
import type { LabOptions, LabProxy } from "./proxy.ts";

/**
 * Runs the filter on the real Envoy.
 *
 * @throws Failure if there is no Envoy on this machine, with the reason
 */
export async function onEnvoy(options: LabOptions): Promise<LabProxy> {
  const { name, modulePath, configuration, upstream, listen, admin, log } = options;
  const found = await findEnvoy();
  if ("reason" in found) throw new Failure(`--proxy envoy: ${found.reason}`);
  // Envoy's discovery takes no dots.
  const filter = { name: name.replaceAll(".", "-"), module: modulePath, configuration };
  const envoy = await startEnvoy({
    envoy: found.path,
    listeners: [{ name: "http", listen, filters: [filter] }],
    upstream,
    admin,
  });
  for (const { level, text } of envoy.log()) {
    const message = /^wasm log(?: [^:]*)?: (.*)$/s.exec(text)?.[1];
    if (message !== undefined) log(level, message);
  }
  return { name: "Envoy", url: envoy.url("http"), adminUrl: envoy.adminUrl, close: () => envoy.close() };
}
